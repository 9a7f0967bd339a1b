/** Rows of a text with separated columns (RFC 4180), with whichever separator its first line has most of. Pure. */

export interface Row {
  readonly cells: readonly string[]
  /** Line of the file on which the row begins, from 1. */
  readonly line: number
}

export function separatorOf(text: string): string {
  const firstLine = text.slice(0, 10_000).split(/\r?\n/, 1)[0]!
  return [',', '\t', ';', '|'].reduce((best, each) =>
    firstLine.split(each).length > firstLine.split(best).length ? each : best,
  )
}

export function rowsOf(text: string, separator: string): Row[] {
  const rows: Row[] = []
  let cells: string[] = []
  let start = 0
  let at = 0
  let line = 1
  let rowLine = 1
  // Cells are cut out of the text, not gathered letter by letter: a classification has millions of them.
  for (;;) {
    let cell: string
    if (text[at] === '"' && at === start) {
      const closing = closingQuote(text, at + 1)
      cell = text.slice(at + 1, closing).replaceAll('""', '"')
      line += countLines(cell)
      at = closing + 1
      const restFrom = at
      while (at < text.length && text[at] !== separator && text[at] !== '\n') at++
      cell += text.slice(restFrom, at)
    } else {
      while (at < text.length && text[at] !== separator && text[at] !== '\n') at++
      cell = text.slice(start, at)
    }
    const isEnd = at >= text.length
    const isRowEnd = isEnd || text[at] === '\n'
    if (isRowEnd && cell.endsWith('\r')) cell = cell.slice(0, -1)
    cells.push(cell)
    if (isRowEnd) {
      if (!isEnd || cells.length > 1 || cell !== '') rows.push({ cells, line: rowLine })
      cells = []
      rowLine = ++line
    }
    if (isEnd) return rows
    start = ++at
  }
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at < 0 ? text.length : at
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
