/** What an import did not take, as a file that a spreadsheet opens. */
import type { ImportReject } from '../../shared/contract/imports.ts'

/** CSV of RFC 4180 with a header; cells that a spreadsheet would run as formulas are quoted with an apostrophe. */
export function rejectsAsCsv(rejects: readonly ImportReject[]): string {
  const lines = [
    ['file', 'path', 'reason', 'detail', 'column', 'value', 'suggestion'],
    ...rejects.map((r) => [
      r.file,
      r.path,
      r.reason,
      r.detail ?? '',
      r.column ?? '',
      r.value ?? '',
      r.suggestion ?? '',
    ]),
  ]
  return lines.map(csvLine).join('')
}

export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',') + '\r\n'
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}
