/** Medicines over time: one line each, a bar for every prescription; what ends without a date fades. */
import { civilOfDay, dayOfCivil, formatDay } from '../../../../shared/domain/dates.ts'
import { formatCivilDate } from '../../../lib/format.ts'
import { useSettings } from '../../../lib/session.ts'
import { useCodeNames } from '../../../parts/code-names.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { medicinesOf, type DatedRecord } from './series.ts'
import styles from './History.module.css'

/** What a bar of unknown end is drawn as, in days. */
const OPEN_DAYS = 14

export function MedicineBars({ records }: { readonly records: readonly DatedRecord[] }) {
  const t = useWords().history.medicines
  const calendar = useSettings()?.calendar ?? 'gregory'
  const lines = medicinesOf(records)
  const nameOf = useCodeNames(lines.map(({ code }) => code))
  if (lines.length === 0) return <EmptyState>{t.empty}</EmptyState>
  const all = lines.flatMap(({ spans }) => spans)
  const first = Math.min(...all.map((span) => span.first))
  const last = Math.max(...all.map((span) => (span.last ?? span.first + OPEN_DAYS) + 1), first + 30)
  const share = (day: number) => `${(((day - first) / (last - first)) * 100).toFixed(2)}%`
  const day = (at: number) => formatCivilDate(formatDay(at), calendar)
  const years: number[] = []
  for (let year = civilOfDay(first).year + 1; dayOfCivil(year, 1, 1) < last; year++) years.push(year)
  return (
    <div className={styles.bars}>
      <div className={styles.axis} aria-hidden>
        <span>{day(first)}</span>
        {years.slice(-6).map((year) => (
          <span
            key={year}
            className={styles.year}
            style={{ insetInlineStart: share(dayOfCivil(year, 1, 1)) }}
          >
            {year}
          </span>
        ))}
        <span>{day(last - 1)}</span>
      </div>
      {lines.map(({ code, text, spans }) => {
        const name = nameOf(code) ?? (text || code.code)
        return (
          <div key={`${code.system}|${code.code}|${text}`} className={styles.medicine}>
            <span className={styles.medicineName} title={name}>
              {name}
            </span>
            <div className={styles.track} role="list" aria-label={name}>
              {spans.map((span, i) => {
                const end = span.last ?? span.first + OPEN_DAYS
                const label = t.describe(
                  [name, span.dose].filter(Boolean).join(' '),
                  day(span.first),
                  span.last === null ? t.open : day(span.last),
                )
                return (
                  <span
                    key={i}
                    role="listitem"
                    aria-label={label}
                    title={label}
                    className={styles.bar}
                    data-open={span.last === null || undefined}
                    style={{
                      insetInlineStart: share(span.first),
                      width: share(first + end + 1 - span.first),
                    }}
                  />
                )
              })}
            </div>
            <span className={`secondary ${styles.medicineDose}`}>{spans.at(-1)?.dose}</span>
          </div>
        )
      })}
    </div>
  )
}
