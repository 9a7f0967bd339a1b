/** What a file would change against the edition in use, and the rows that it would leave out. */
import type { CodeFilePreview } from '../../../../shared/contract/codes.ts'
import { formatNumber } from '../../../lib/format.ts'
import { Field, Fields } from '../../../ui/Field.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Codes.module.css'

const SHOWN = 20

export function Changes({ preview }: { readonly preview: CodeFilePreview }) {
  const t = useWords().codes
  const locale = useLocale()
  const { codeCount, added, changed, removed, malformedCount, malformed, hash, format, encoding, source } =
    preview
  const figures = [
    ['codes', t.codesRead, codeCount],
    ['added', t.added, added],
    ['changed', t.changed, changed],
    ['removed', t.removed, removed],
    ['malformed', t.malformedRows, malformedCount],
  ] as const
  const left = malformedCount - Math.min(SHOWN, malformed.length)
  return (
    <div className={styles.stack}>
      <dl className={styles.figures}>
        {figures.map(([key, name, count]) => (
          <div key={key} data-testid={`figure-${key}`}>
            <dt>{name}</dt>
            <dd>{formatNumber(count, locale)}</dd>
          </div>
        ))}
      </dl>
      <Fields>
        <Field name={t.file}>
          {source} · {t.formats[format]}
          {encoding !== '' && ` · ${encoding}`}
        </Field>
        <Field name={t.hash}>
          <span className={`mono ${styles.hash}`} data-testid="preview-hash">
            {hash}
          </span>
        </Field>
      </Fields>
      {malformed.length > 0 && (
        <div>
          <h3>{t.malformedTitle}</h3>
          <ul className={styles.plainList}>
            {malformed.slice(0, SHOWN).map(({ row, problem, text }) => (
              <li key={row} data-testid="malformed-row">
                {t.row(formatNumber(row, locale))}: {t.problems[problem]} <span className="mono">{text}</span>
              </li>
            ))}
          </ul>
          {left > 0 && <p className="secondary">{t.malformedMore(formatNumber(left, locale))}</p>}
        </div>
      )}
    </div>
  )
}
