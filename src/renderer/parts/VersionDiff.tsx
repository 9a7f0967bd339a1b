/** What a new version of a visit changes, before it is signed; and what it has changed, as long as it lasts. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { VisitInput } from '../../shared/contract/records.ts'
import { diffOf } from '../../shared/domain/record-diff.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { formatNumber } from '../lib/format.ts'
import { nameOfPart, wordOfPart } from './version-words.ts'
import styles from './VersionDiff.module.css'

const SHOWN_MAX = 12

interface Props {
  readonly before: Omit<VisitInput, 'patientId' | 'confirmations'>
  readonly after: Omit<VisitInput, 'patientId' | 'confirmations'>
  /** Set where two versions stand side by side: whose each is. Without them, `after` is what `before` becomes. */
  readonly heads?: { readonly before: string; readonly after: string }
  /** It is signed; where nothing differs, nothing is shown. */
  readonly isSigned?: boolean
}

export function VersionDiff({ before, after, heads, isSigned }: Props) {
  const words = useWords()
  const t = words.people.diff
  const locale = useLocale()
  const [isWhole, setWhole] = useState(false)
  const lines = diffOf(before, after, (section, key, value) => wordOfPart(words, section, key, value))
  const shown = isWhole ? lines : lines.slice(0, SHOWN_MAX)
  const what = ({ section, what: part }: (typeof lines)[number]) =>
    `${t.sections[section]}${part === '' ? '' : ` · ${nameOfPart(words, section, part)}`}`
  const more = lines.length > shown.length && (
    <Button variant="subtle" size="compact-xs" onClick={() => setWhole(true)}>
      {t.more(formatNumber(lines.length - shown.length, locale))}
    </Button>
  )
  if (heads !== undefined)
    return (
      <div className={styles.sides} data-testid="version-sides" tabIndex={0}>
        {lines.length === 0 && <span className="secondary">{t.nothing}</span>}
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{heads.before}</th>
              <th scope="col">{heads.after}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line, i) => (
              <tr key={i}>
                <th scope="row">{what(line)}</th>
                <td>{line.before ?? '–'}</td>
                <td>{line.after ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {more}
      </div>
    )
  if (isSigned && lines.length === 0) return null
  const title = isSigned ? t.changed : t.title
  return (
    <section className={styles.diff} aria-label={title} data-testid="version-diff">
      <strong>{title}</strong>
      {lines.length === 0 && <span className="secondary">{t.nothing}</span>}
      <ul className={styles.lines}>
        {shown.map((line, i) => (
          <li key={i}>
            <span className="secondary">{what(line)}</span>{' '}
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
      {more}
    </section>
  )
}
