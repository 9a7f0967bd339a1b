/** What an import did not take, as a file that a spreadsheet opens: with a byte order mark, since it holds the hospital's own words. */
import type { ReasonSentences } from '../../shared/contract/batches.ts'
import type { ImportReject } from '../../shared/contract/imports.ts'

/**
 * CSV of RFC 4180 with a header; cells that a spreadsheet would run as formulas are quoted with an apostrophe.
 * @param sentences of whoever saves it, by reason; the column is empty without them
 */
export function rejectsAsCsv(rejects: readonly ImportReject[], sentences: ReasonSentences = {}): string {
  const lines = [
    ['file', 'path', 'reason', 'detail', 'column', 'value', 'suggestion', 'explanation', 'line'],
    ...rejects.map((r) => [
      r.file,
      r.path,
      r.reason,
      r.detail ?? '',
      r.column ?? '',
      r.value ?? '',
      r.suggestion ?? '',
      sentences[r.reason] ?? '',
      r.line ?? '',
    ]),
  ]
  return `\ufeff${lines.map(csvLine).join('')}`
}

export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',') + '\r\n'
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}
