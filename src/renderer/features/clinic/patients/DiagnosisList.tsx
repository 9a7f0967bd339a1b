/** Diagnoses of a history: each once, chronic ones first, with when it was recorded. */
import { formatDay } from '../../../../shared/domain/dates.ts'
import { formatCivilDate, formatCode, formatNumber } from '../../../lib/format.ts'
import { useSettings } from '../../../lib/session.ts'
import { useCodeNames } from '../../../parts/code-names.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { diagnosesOf, type DatedRecord } from './series.ts'
import styles from './History.module.css'

export function DiagnosisList({ records }: { readonly records: readonly DatedRecord[] }) {
  const words = useWords()
  const t = words.history.diagnoses
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const lines = diagnosesOf(records)
  const nameOf = useCodeNames(lines.map(({ code }) => code))
  if (lines.length === 0) return <EmptyState>{t.empty}</EmptyState>
  const day = (at: number) => formatCivilDate(formatDay(at), calendar)
  return (
    <table className={styles.list}>
      <thead>
        <tr>
          <th scope="col">{t.name}</th>
          <th scope="col">{t.first}</th>
          <th scope="col">{t.last}</th>
          <th scope="col" className={styles.number}>
            {t.times}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ code, text, isChronic, first, last, visitCount }) => (
          <tr key={`${code.system}|${code.code}|${text}`}>
            <td>
              {code.code !== 'text' && <strong>{formatCode(code)} </strong>}
              {nameOf(code) ?? text}
              {isChronic && <span className={styles.tag}>{words.patients.record.chronic}</span>}
            </td>
            <td>{day(first)}</td>
            <td>{day(last)}</td>
            <td className={styles.number}>{formatNumber(visitCount, locale)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
