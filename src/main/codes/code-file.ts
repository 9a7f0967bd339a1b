/** A file of codes beside the edition in use: what it would change, and keeping it. Runs in a thread of its own. */
import { basename } from 'node:path'
import type { CodeFilePreview, CodeListName } from '../../shared/contract/codes.ts'
import { builtInEntries } from './built-in.ts'
import { CODES_MAX, guessColumns, guessSystem, isHeading, readRows, type ListedCode } from './code-rows.ts'
import { CODE_SYSTEMS } from './code-systems.ts'
import type { CodesCalls, EditionAt, FileAnswer, FileQuestion } from './codes-calls.ts'
import { hashOfCodes, loadEdition, saveEdition, type EditionContent } from './edition-file.ts'
import { readCodeFile } from './read-code-file.ts'

const SHOWN_ROWS = 20
const SHOWN_MALFORMED = 100
const SHOWN_CELL = 200

type Read =
  | Exclude<FileAnswer, { kind: 'preview' }>
  | { kind: 'read'; preview: Omit<CodeFilePreview, 'added' | 'changed' | 'removed'>; content: EditionContent }

export async function previewCodeFile(question: FileQuestion): Promise<FileAnswer> {
  const read = await readWhole(question)
  if (read.kind !== 'read') return read
  const before = await contentInUse(question.list, question.inUse)
  return { kind: 'preview', preview: { ...read.preview, ...differences(before, read.content.codes) } }
}

export async function keepCodeFile({
  hash,
  to,
  ...question
}: CodesCalls['keep']['input']): Promise<CodesCalls['keep']['output']> {
  const read = await readWhole(question)
  if (read.kind === 'refused') return read
  if (read.kind === 'columns' || read.preview.hash !== hash) return { kind: 'changed' }
  try {
    await saveEdition(to, read.content)
  } catch {
    return { kind: 'refused', reason: 'not-writable' }
  }
  return { kind: 'kept', codeCount: read.content.codes.length }
}

async function readWhole({
  path,
  list,
  columns: given,
  system: wanted,
  ownSystem,
}: FileQuestion): Promise<Read> {
  const file = await readCodeFile(path)
  if (file.kind === 'refused') return file
  const { table } = file
  const guess = guessColumns(table.rows, list)
  const columns = given ?? table.columns ?? guess.columns
  const hasHeader =
    table.columns !== undefined ||
    (given === undefined || guess.columns.code === given.code
      ? guess.hasHeader
      : isHeading(table.rows, given, list))
  const width = Math.max(0, ...table.rows.slice(0, SHOWN_ROWS + 1).map(({ cells }) => cells.length))
  const headings = Array.from({ length: width }, (_, at) => {
    const heading = hasHeader ? (table.rows[0]?.cells[at] ?? '').replace(/^\uFEFF/, '').trim() : ''
    return heading === '' ? String(at + 1) : heading.slice(0, SHOWN_CELL)
  })
  const rows = table.rows
    .slice(hasHeader ? 1 : 0, SHOWN_ROWS + (hasHeader ? 1 : 0))
    .map(({ cells }) => cells.map((cell) => cell.slice(0, SHOWN_CELL)))
  if (table.rows.length === 0) return { kind: 'refused', reason: 'no-codes' }
  if (columns.code === undefined || (columns.en === undefined && columns.zh === undefined))
    return width < 2 ? { kind: 'refused', reason: 'no-columns' } : { kind: 'columns', path, headings, rows }
  const { codes, malformed } = readRows(table.rows, hasHeader, columns, list)
  if (codes.length > CODES_MAX) return { kind: 'refused', reason: 'too-many-codes' }
  if (codes.length === 0 && given === undefined) return { kind: 'refused', reason: 'no-codes' }
  const system = wanted ?? table.system ?? guessSystem(codes, list, ownSystem)
  const content = { list, system, codes }
  return {
    kind: 'read',
    content,
    preview: {
      path,
      source: basename(path),
      format: table.format,
      encoding: table.encoding,
      hasHeader,
      headings,
      rows,
      columns,
      edition: table.edition ?? '',
      system,
      hash: hashOfCodes(content),
      codeCount: codes.length,
      malformedCount: malformed.length,
      malformed: malformed.slice(0, SHOWN_MALFORMED),
    },
  }
}

/** A damaged edition is not in use: the built-in list is. */
export async function contentInUse(list: CodeListName, edition: EditionAt): Promise<readonly ListedCode[]> {
  return (
    (edition === null ? null : await loadEdition(edition.path, edition.hash))?.codes ?? builtInCodes(list)
  )
}

export function builtInCodes(list: CodeListName): ListedCode[] {
  return builtInEntries(list).map(({ code, en, zh, hint }) => ({
    code,
    en,
    zh,
    ...(hint === undefined ? {} : { hint }),
  }))
}

export const builtInContent = (list: CodeListName): EditionContent => ({
  list,
  system: CODE_SYSTEMS[list],
  codes: builtInCodes(list),
})

function differences(before: readonly ListedCode[], after: readonly ListedCode[]) {
  const was = new Map(before.map((each) => [each.code, JSON.stringify(plain(each))]))
  let added = 0
  let changed = 0
  for (const each of after) {
    const known = was.get(each.code)
    if (known === undefined) added++
    else if (known !== JSON.stringify(plain(each))) changed++
  }
  return { added, changed, removed: before.length - (after.length - added) }
}

const plain = ({ code, en, zh, hint, parent, validFrom, validTo, isBillable }: ListedCode) => [
  ...[code, en, zh, hint ?? '', parent ?? '', validFrom ?? '', validTo ?? '', isBillable ?? true],
]
