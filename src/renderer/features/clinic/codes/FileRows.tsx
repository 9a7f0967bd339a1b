/** The first rows of a file with what each column is, which a person may change. */
import { NativeSelect } from '@mantine/core'
import { columnRole, type ColumnMap, type ColumnRole } from '../../../../shared/contract/codes.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Codes.module.css'

interface Props {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly columns: ColumnMap
  readonly isIncomplete: boolean
  onRole(column: number, role: ColumnRole | null): void
}

export function FileRows({ headings, rows, columns, isIncomplete, onRole }: Props) {
  const t = useWords().codes
  const roleOf = (at: number) => columnRole.options.find((role) => columns[role] === at) ?? null
  return (
    <div className={styles.stack}>
      {isIncomplete ? (
        <Callout tone="warn" isLive>
          {t.columnsNeeded}
        </Callout>
      ) : (
        <p className="secondary">{t.columnsWhat}</p>
      )}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.columnsTitle}>
        <table className={styles.file}>
          <thead>
            <tr>
              {headings.map((heading, at) => (
                <th key={at} scope="col">
                  <div title={heading}>{heading}</div>
                  <NativeSelect
                    size="xs"
                    aria-label={t.columnIs(heading)}
                    value={roleOf(at) ?? ''}
                    data={[
                      { value: '', label: t.roles.none },
                      ...columnRole.options.map((value) => ({ value, label: t.roles[value] })),
                    ]}
                    onChange={(event) =>
                      onRole(
                        at,
                        event.currentTarget.value === '' ? null : (event.currentTarget.value as ColumnRole),
                      )
                    }
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i} data-testid="file-row">
                {headings.map((_, at) => (
                  <td key={at} data-used={roleOf(at) === null ? undefined : true} title={row[at]}>
                    {row[at]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
