/** Reading a hospital's own code list: CSV, tab or semicolon separated, with a first line that names the columns. Pure. */
import type { CodeListRefusal } from '../../shared/contract/upkeep.ts'

export interface ReadCode {
  readonly code: string
  readonly en: string
  readonly zh: string
  readonly hint?: string
}

export type ReadCodeList =
  | { readonly kind: 'read'; readonly entries: readonly ReadCode[] }
  | { readonly kind: 'refused'; readonly reason: CodeListRefusal; readonly line: number | null }

/** Its index is made on the thread that shows the window. */
export const OWN_CODES_MAX = 5_000
const CODE_TEXT_MAX = 32
const NAME_TEXT_MAX = 200

/** Columns `code`, `en`, `zh` and `hint`, in any order; of the two names one may be missing, and then stands for both. */
export function readCodeList(text: string): ReadCodeList {
  const rows = rowsOf(text.replace(/^\uFEFF/, ''))
  const header = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  const at = { code: header.indexOf('code'), en: header.indexOf('en'), zh: header.indexOf('zh') }
  const hintAt = header.indexOf('hint')
  if (at.code < 0 || (at.en < 0 && at.zh < 0)) return refused('no-columns', 1)
  const entries: ReadCode[] = []
  const seen = new Set<string>()
  for (const { cells, line } of rows.slice(1)) {
    const cell = (index: number) => (cells[index] ?? '').normalize('NFC').trim()
    if (cells.every((each) => each.trim() === '')) continue
    const code = cell(at.code)
    const [en, zh] = [cell(at.en), cell(at.zh)]
    const isWellFormed = code !== '' && code.length <= CODE_TEXT_MAX && !/[\p{C}\s]/u.test(code)
    if (!isWellFormed || (en === '' && zh === '')) return refused('code-malformed', line)
    if (Math.max(en.length, zh.length) > NAME_TEXT_MAX) return refused('code-malformed', line)
    if (seen.has(code)) return refused('code-twice', line)
    seen.add(code)
    if (entries.length >= OWN_CODES_MAX) return refused('too-many-codes', line)
    const hint = cell(hintAt)
    entries.push({ code, en: en || zh, zh: zh || en, ...(hint === '' ? {} : { hint }) })
  }
  return entries.length === 0 ? refused('no-codes', null) : { kind: 'read', entries }
}

interface Row {
  readonly cells: readonly string[]
  readonly line: number
}

/** RFC 4180, with whichever separator the first line has most of. */
function rowsOf(text: string): Row[] {
  const firstLine = text.split(/\r?\n/, 1)[0]!
  const separator = [',', '\t', ';'].reduce((best, each) =>
    firstLine.split(each).length > firstLine.split(best).length ? each : best,
  )
  const rows: Row[] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  let line = 1
  let rowLine = 1
  const endRow = (): void => {
    rows.push({ cells: [...cells, cell], line: rowLine })
    cells = []
    cell = ''
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\n') line++
    if (isQuoted) {
      if (char !== '"') cell += char
      else if (text[i + 1] === '"') cell += text[++i]!
      else isQuoted = false
    } else if (char === '"' && cell === '') isQuoted = true
    else if (char === separator) {
      cells.push(cell)
      cell = ''
    } else if (char === '\n') {
      endRow()
      rowLine = line
    } else if (char !== '\r') cell += char
  }
  if (cell !== '' || cells.length > 0) endRow()
  return rows
}

function refused(reason: CodeListRefusal, line: number | null): ReadCodeList {
  return { kind: 'refused', reason, line }
}
