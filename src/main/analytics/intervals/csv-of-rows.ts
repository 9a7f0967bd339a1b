/** A table as the file that `consilium fit` reads: to hold a study against the command line. */
import { columnsOfRows, type DerivedColumn, type IntervalRows } from './interval-table.ts'

/** The table as a file (RFC 4180): what `consilium fit` reads gives what `columnsOfRows` gives. */
export function csvOfRows(rows: IntervalRows, derived: readonly DerivedColumn[] = []): string {
  const { header, columns } = columnsOfRows(rows, derived)
  const lines = [header.join(',')]
  for (let row = 0; row < rows.rowCount; row++)
    lines.push(
      header
        .map((name) => {
          const { numbers, kinds, texts } = columns.get(name)!
          return kinds[row] === 0 ? String(numbers[row]) : quoted(texts.get(row) ?? '')
        })
        .join(','),
    )
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
