/** What a new version of a visit changes, before it is signed. */
import type { VisitInput } from '../../shared/contract/records.ts'
import { diffOf } from '../../shared/domain/record-diff.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { formatNumber } from '../lib/format.ts'
import styles from './VersionDiff.module.css'

const SHOWN_MAX = 12

interface Props {
  readonly before: Omit<VisitInput, 'patientId' | 'confirmations'>
  readonly after: Omit<VisitInput, 'patientId' | 'confirmations'>
}

export function VersionDiff({ before, after }: Props) {
  const words = useWords()
  const t = words.people.diff
  const names: Record<string, unknown> = words.patients.record
  const nameOf = (what: string): string => (typeof names[what] === 'string' ? names[what] : what)
  const locale = useLocale()
  const lines = diffOf(before, after)
  return (
    <section className={styles.diff} aria-label={t.title} data-testid="version-diff">
      <strong>{t.title}</strong>
      {lines.length === 0 && <span className="secondary">{t.nothing}</span>}
      <ul className={styles.lines}>
        {lines.slice(0, SHOWN_MAX).map((line, i) => (
          <li key={i}>
            <span className="secondary">
              {t.sections[line.section]}
              {line.what !== '' && ` · ${nameOf(line.what)}`}
            </span>{' '}
            {line.before === null ? (
              <span className={styles.state}>{t.added}</span>
            ) : (
              <del className={styles.before}>{line.before}</del>
            )}{' '}
            {line.after === null ? (
              <span className={styles.state}>{t.removed}</span>
            ) : (
              <ins className={styles.after}>{line.after}</ins>
            )}
          </li>
        ))}
      </ul>
      {lines.length > SHOWN_MAX && (
        <span className="secondary">{t.more(formatNumber(lines.length - SHOWN_MAX, locale))}</span>
      )}
    </section>
  )
}
