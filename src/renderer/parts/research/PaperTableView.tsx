/** A table of a paper on the screen: the same cells as in its file. */
import { Table } from '@mantine/core'
import type { PaperTable } from './paper-table.ts'
import styles from './PaperTable.module.css'

export function PaperTableView({ table }: { readonly table: PaperTable }) {
  const { title, header, rows, notes } = table
  return (
    <div className={styles.scroll}>
      <Table aria-label={title} className={styles.numbers}>
        <Table.Thead>
          <Table.Tr>
            {header.map((cell, i) => (
              <Table.Th key={i} scope="col">
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
                  <Table.Td key={c}>{cell}</Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {notes.map((note) => (
        <p key={note} className="secondary">
          {note}
        </p>
      ))}
    </div>
  )
}
