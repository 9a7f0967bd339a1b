/** The rows of the work list, the most frequent first. */
import { Button } from '@mantine/core'
import type { Uncoded } from '../../../../shared/contract/codes.ts'
import { formatCode, formatNumber } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { useHitName } from '../../../parts/code-hit.tsx'
import styles from './Codes.module.css'

interface Props {
  readonly rows: readonly Uncoded[]
  readonly chosenKey: string | undefined
  onChoose(row: Uncoded): void
}

export function WorkRows({ rows, chosenKey, onChoose }: Props) {
  const words = useWords()
  const t = words.codes
  const locale = useLocale()
  const nameOf = useHitName()
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.list}</th>
            <th scope="col" className={styles.number}>
              {t.times}
            </th>
            <th scope="col">{t.seen}</th>
            <th scope="col">{t.example}</th>
            <th scope="col">{t.suggestion}</th>
            <th aria-hidden />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { key, list, text, system, code, count, firstSeen, lastSeen, example, suggestion } = row
            return (
              <tr key={key} data-testid="uncoded" data-chosen={key === chosenKey || undefined}>
                <th scope="row">
                  {text}
                  <div className="secondary">
                    {code === '' ? t.wordsOnly : <span className="mono">{`${code} · ${system}`}</span>}
                  </div>
                </th>
                <td className={styles.plain}>{t.names[list]}</td>
                <td className={styles.number}>{formatNumber(count, locale)}</td>
                <td className={styles.plain}>
                  {firstSeen === lastSeen ? firstSeen : `${firstSeen} – ${lastSeen}`}
                </td>
                <td>
                  {example.admission.slice(0, 10)}
                  <div className="secondary">
                    {words.clinical.class[example.encounterClass as 'AMB'] ?? example.encounterClass}
                    {example.department !== '' && ` · ${example.department}`}
                  </div>
                </td>
                <td>
                  {suggestion && (
                    <>
                      <strong>{formatCode(suggestion.hit)}</strong> {nameOf(suggestion.hit)}
                      <div className="secondary">{t.suggestedBy[suggestion.from]}</div>
                    </>
                  )}
                </td>
                <td className={styles.acts}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t.codeThis(text)}
                    onClick={() => onChoose(row)}
                  >
                    {t.code}
                  </Button>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
