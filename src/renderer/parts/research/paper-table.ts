/** A table as papers print it, and the same table as CSV, as a page that Word opens, and as text to paste. Pure. */
import { escaped } from '../../../shared/domain/release-mark.ts'

export interface PaperTable {
  readonly title: string
  readonly header: readonly string[]
  readonly rows: readonly PaperRow[]
  /** Columns of words, which begin at one line; all others but the first are numbers. */
  readonly textColumns?: readonly number[]
  /** Below the table. */
  readonly notes: readonly string[]
  /** The same numbers for a program, one a cell and not rounded: what goes into CSV and a workbook in place of the printed rows. */
  readonly data?: { readonly header: readonly string[]; readonly rows: readonly PaperRow[] }
}

export interface PaperRow {
  readonly cells: readonly string[]
  /** A line above indented ones: what they are levels of. */
  readonly isHeading?: boolean
  readonly isIndented?: boolean
}

/** CSV of RFC 4180 with a header; cells that a spreadsheet would run as formulas are quoted with an apostrophe. */
export function tableCsv({ title, notes, data, ...printed }: PaperTable): string {
  const { header, rows } = data ?? printed
  const lines = [
    header,
    ...rows.map(({ cells, isIndented }) =>
      isIndented === true ? [`  ${cells[0] ?? ''}`, ...cells.slice(1)] : cells,
    ),
  ].map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
  const beside = [title, ...notes].map((line) => `${csvCell(`# ${line}`)}\r\n`)
  return [...lines, ...beside].join('')
}

/** Cells for a workbook: what is nothing but a number is one; a name such as `007` is none. */
export function tableCells({ title, notes, data, ...printed }: PaperTable): (string | number)[][] {
  const { header, rows } = data ?? printed
  const cellOf = (text: string): string | number =>
    /^[-−]?(0|[1-9][0-9]{0,14})(\.[0-9]+)?(e[-+]?[0-9]+)?$/.test(text) ? Number(text.replace('−', '-')) : text
  return [
    [...header],
    ...rows.map(({ cells, isIndented }) =>
      cells.map((cell, i) => (i === 0 && isIndented === true ? `  ${cell}` : cellOf(cell))),
    ),
    [],
    [title],
    ...notes.map((note) => [note]),
  ]
}

/** A whole page without anything from elsewhere: rules above and below as journals have them, numbers to the right. */
export function tableHtml({ title, header, rows, notes, textColumns = [] }: PaperTable): string {
  const text = (column: number): string => (textColumns.includes(column) ? ' class="text"' : '')
  const head = header.map((cell, i) => `<th${text(i)}>${escaped(cell)}</th>`).join('')
  const body = rows
    .map(({ cells, isHeading, isIndented }) => {
      const [first = '', ...rest] = cells.map(escaped)
      const kind = isHeading === true ? ' class="heading"' : isIndented === true ? ' class="indented"' : ''
      return `<tr><th${kind}>${first}</th>${rest.map((cell, i) => `<td${text(i + 1)}>${cell}</td>`).join('')}</tr>`
    })
    .join('\n')
  return `<!doctype html>
<html><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>
body { font-family: "Times New Roman", "PMingLiU", serif; font-size: 11pt }
table { border-collapse: collapse; border-top: 1.5pt solid; border-bottom: 1.5pt solid }
caption { text-align: left; font-weight: bold; padding-bottom: 4pt }
thead th { border-bottom: 0.75pt solid; text-align: right; padding: 2pt 8pt }
thead th:first-child, tbody th { text-align: left; font-weight: normal; padding: 2pt 8pt }
tbody th.heading { font-weight: bold }
tbody th.indented { padding-left: 20pt }
td { text-align: right; padding: 2pt 8pt; white-space: nowrap }
thead th.text, td.text { text-align: left }
.mark, .note { font-size: 9pt }
</style></head>
<body><table><caption>${escaped(title)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table>
${notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('\n')}
</body></html>
`
}

/** Tabs between cells: what a word processor and a spreadsheet take when it is pasted. */
export function tableText({ title, header, rows, notes }: PaperTable): string {
  const lines = rows.map(({ cells, isIndented }) => `${isIndented === true ? '  ' : ''}${cells.join('\t')}`)
  return [title, header.join('\t'), ...lines, ...notes, ''].join('\n')
}

function csvCell(text: string): string {
  const isNumber = /^[-−]?[0-9][0-9.,]*$/.test(text)
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}
