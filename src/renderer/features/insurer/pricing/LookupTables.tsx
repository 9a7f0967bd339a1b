/** Tables of look-up that a formula may name: each a name and two pasted columns. */
import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { formatNumber } from '../../../lib/format.ts'
import { Callout } from '../../../ui/Callout.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { LOOKUPS_MOST, type LookupText, type ReadLookups } from './lookup-text.ts'
import styles from './Pricing.module.css'

const EMPTY: LookupText = { name: '', key: 'text', rows: '' }

export function LookupTables({
  tables,
  onChange,
  read,
}: {
  readonly tables: readonly LookupText[]
  readonly onChange: (tables: readonly LookupText[]) => void
  readonly read: ReadLookups
}) {
  const t = useWords().pricing.lookups
  const locale = useLocale()
  const change = (at: number, part: Partial<LookupText>): void =>
    onChange(tables.map((each, i) => (i === at ? { ...each, ...part } : each)))
  return (
    <div className={room.close}>
      {tables.map((table, i) => (
        <fieldset key={i} className={styles.lookup}>
          <legend>{t.legend(String(i + 1))}</legend>
          <TextInput
            label={t.name}
            description={t.nameHint}
            value={table.name}
            maxLength={80}
            onChange={(event) => change(i, { name: event.currentTarget.value })}
          />
          <Select
            label={t.key}
            data={[
              { value: 'text', label: t.keys.text },
              { value: 'number', label: t.keys.number },
            ]}
            value={table.key}
            allowDeselect={false}
            onChange={(key) => change(i, { key: key === 'number' ? 'number' : 'text' })}
          />
          <Textarea
            className={room.mono}
            label={t.rows}
            description={t.rowsHint}
            autosize
            minRows={3}
            maxRows={10}
            value={table.rows}
            onChange={(event) => change(i, { rows: event.currentTarget.value })}
          />
          <div>
            <Button variant="subtle" onClick={() => onChange(tables.filter((_, other) => other !== i))}>
              {t.remove(String(i + 1))}
            </Button>
          </div>
        </fieldset>
      ))}
      {read.kind === 'wrong' && (
        <Callout
          tone="bad"
          isLive
          title={t.wrong(String(read.table + 1), formatNumber(read.errorCount, locale))}
        >
          <ul className={styles.list}>
            {read.errors.map((error, i) => (
              <li key={`${error.kind}/${i}`}>
                {'line' in error
                  ? t.lineErrors[error.kind](String(error.line), error.found)
                  : t.errors[error.kind]}
              </li>
            ))}
          </ul>
        </Callout>
      )}
      {tables.length < LOOKUPS_MOST && (
        <div>
          <Button variant="default" onClick={() => onChange([...tables, EMPTY])}>
            {t.add}
          </Button>
        </div>
      )}
    </div>
  )
}
