/** A list of an import: its first lines, how many there are, and all of them as a file. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import { formatNumber } from '../../../lib/format.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { DataTable, type TableColumn } from '../../../ui/DataTable.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Import.module.css'

interface Props<Row extends object> {
  readonly title: string
  readonly columns: readonly TableColumn<Row & { id: number }>[]
  readonly rows: readonly Row[]
  readonly total: number
  /** Answers where it was written; null when nobody chose a place. */
  onSave(): Promise<{ path: string | null }>
}

export function ImportList<Row extends object>({ title, columns, rows, total, onSave }: Props<Row>) {
  const words = useWords()
  const t = words.imports.report
  const locale = useLocale()
  const numbered = useMemo(() => rows.map((row, id) => ({ ...row, id })), [rows])
  const save = async () => {
    const { path } = await onSave()
    if (path !== null) notifications.show({ message: t.saved(path) })
  }
  return (
    <>
      <div className={styles.rejectsHead}>
        <h3>{title}</h3>
        <span className="secondary">
          {total > rows.length && t.shown(formatNumber(rows.length, locale), formatNumber(total, locale))}
        </span>
        <Button size="compact-sm" variant="default" onClick={() => save().catch(tellFailure)}>
          {t.save}
        </Button>
      </div>
      <div className={styles.rejects}>
        <DataTable<Row & { id: number }>
          label={title}
          columns={columns}
          rows={numbered}
          rowId={({ id }) => String(id)}
          words={words.shell.table}
        />
      </div>
    </>
  )
}
