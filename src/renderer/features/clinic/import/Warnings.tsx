/** What of an import was taken although it is unusual, by its reason; and how many codes the hospital's map replaced. */
import { formatNumber } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { reasonName, splitWarnings } from './issue-words.ts'
import styles from './Import.module.css'

interface Props {
  readonly warnings: Parameters<typeof splitWarnings>[0]
}

export function Warnings({ warnings }: Props) {
  const words = useWords()
  const t = words.imports.report
  const locale = useLocale()
  const { unusual, unusualCount, mappedCount } = splitWarnings(warnings)
  return (
    <>
      {unusualCount > 0 && (
        <details>
          <summary>{t.warnings(formatNumber(unusualCount, locale))}</summary>
          <ul className={styles.paths}>
            {unusual.map(({ reason, count }) => (
              <li key={reason}>
                {formatNumber(count, locale)} × {reasonName(reason, 'unusual', words)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {mappedCount > 0 && (
        <p className="secondary">
          {formatNumber(mappedCount, locale)} × {reasonName('code-mapped', 'unusual', words)} {t.mappedWhere}
        </p>
      )}
    </>
  )
}
