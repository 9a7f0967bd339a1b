/** The numbers of a manuscript as two columns: the name of an attested cell, and the number as it is printed. Pure. */

export interface PrintedNumber {
  readonly name: string
  readonly value: string
}

/**
 * One line each; further columns are left out, so a table of results may be given as it is. Lines without a number in the second
 * column, such as a line of heads, are left out.
 */
export function claimsOfText(text: string): PrintedNumber[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [name = '', value = ''] = cellsOf(line)
    return name !== '' && /^[-−+]?\d+(\.\d+)?$/.test(value) ? [{ name, value }] : []
  })
}

/** Tabs where there is one, else commas and semicolons; a semicolon before a blank is part of a name (`all shown; sex male`). */
function cellsOf(line: string): string[] {
  const cell = line.includes('\t')
    ? /\s*("(?:[^"]|"")*"|[^\t]*)(?:\t|$)/y
    : /\s*("(?:[^"]|"")*"|(?:[^,;]|; )*)\s*(?:,|;(?! )|$)/y
  const cells: string[] = []
  for (let found = cell.exec(line); found !== null && cells.length < 2; found = cell.exec(line)) {
    const text = found[1]!
    cells.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"').trim() : text.trim())
    if (cell.lastIndex >= line.length) break
  }
  return cells
}
