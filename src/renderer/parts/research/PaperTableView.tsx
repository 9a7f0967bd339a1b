/** A table of a paper on the screen: the same cells as in its file but for the sign of minus, of a very long one the first until the rest is asked for. */
import { Button, Table } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { formatNumber, withMinus } from '../../lib/format.ts'
import { useLocale, useWords } from '../../words/catalogue.ts'
import type { PaperTable } from './paper-table.ts'
import styles from './PaperTable.module.css'

/** Each row is many elements: a window that makes thousands at once stands still meanwhile. */
const ROWS_AT_ONCE = 200

export function PaperTableView({ table }: { readonly table: PaperTable }) {
  const { title, header, rows: all, notes, textColumns = [] } = table
  const isText = (column: number) => (textColumns.includes(column) ? true : undefined)
  const t = useWords().question.tables
  const locale = useLocale()
  const [most, setMost] = useState(ROWS_AT_ONCE)
  const rows = all.length <= most ? all : all.slice(0, most)
  const place = useRef<HTMLDivElement>(null)
  const [isWide, setIsWide] = useState(false)
  // Where it scrolls, the keyboard scrolls it too; elsewhere it is no stop on the way.
  useEffect(() => {
    const { current } = place
    if (current === null) return
    const observer = new ResizeObserver(() => setIsWide(current.scrollWidth > current.clientWidth))
    observer.observe(current)
    for (const child of current.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={place} className={styles.scroll} {...(isWide ? { tabIndex: 0 } : {})}>
      <Table aria-label={title} className={styles.numbers}>
        <Table.Thead>
          <Table.Tr>
            {header.map((cell, i) => (
              <Table.Th key={i} scope="col" data-text={isText(i)}>
                {cell}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ cells, isHeading, isIndented }, r) => (
            <Table.Tr key={r}>
              {cells.map((cell, c) =>
                c === 0 ? (
                  <Table.Th
                    key={c}
                    scope="row"
                    data-level={isHeading === true ? 'heading' : isIndented === true ? 'indented' : undefined}
                  >
                    {cell}
                  </Table.Th>
                ) : (
                  <Table.Td key={c} data-text={isText(c)}>
                    <Cell text={withMinus(cell)} />
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length < all.length && (
        <p>
          {t.rowsOf(formatNumber(rows.length, locale), formatNumber(all.length, locale))}{' '}
          <Button size="compact-sm" variant="default" onClick={() => setMost(most + ROWS_AT_ONCE)}>
            {t.moreRows}
          </Button>
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="secondary">
          {note}
        </p>
      ))}
    </div>
  )
}

/** A number and its limits in brackets: where a cell may break, it does between the two. */
function Cell({ text }: { readonly text: string }) {
  const [, value, limits] = /^(\S.*) (\([^()]+\))$/.exec(text) ?? []
  return limits === undefined ? (
    text
  ) : (
    <>
      <span className={styles.one}>{value}</span> <span className={styles.one}>{limits}</span>
    </>
  )
}
