/** An edition of a list on disk: packed, and whole only if its content has the hash under which it is known. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { codeListName, type CodeListName } from '../../shared/contract/codes.ts'
import { writeFileAtomic } from '../profile/atomic-file.ts'
import type { ListedCode } from './code-rows.ts'

export interface EditionContent {
  readonly list: CodeListName
  readonly system: string
  readonly codes: readonly ListedCode[]
}

const FORMAT = 1
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024
/** Nulls keep the places of what a code does not have. */
const row = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.boolean().nullable(),
])
const file = z.object({
  format: z.literal(FORMAT),
  list: codeListName,
  system: z.string(),
  codes: z.array(row),
})
type StoredRow = z.infer<typeof row>

/**
 * SHA-256 over list, code system and every code with its names, parent, validity and whether it can be claimed, one JSON
 * array a line, sorted by code: the order of a file's rows or columns does not matter.
 */
export function hashOfCodes({ list, system, codes }: EditionContent): string {
  const sorted = [...codes].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
  const hash = createHash('sha256').update(`consilium/codes/1\n${JSON.stringify([list, system])}\n`)
  for (const each of sorted) hash.update(`${JSON.stringify(toRow(each))}\n`)
  return hash.digest('hex')
}

export async function saveEdition(path: string, content: EditionContent): Promise<void> {
  const { list, system, codes } = content
  const text = JSON.stringify({ format: FORMAT, list, system, codes: codes.map(toRow) })
  await writeFileAtomic(path, await promisify(gzip)(text))
}

/** Null where it is not there, damaged, or other than its hash. */
export async function loadEdition(path: string, hash: string): Promise<EditionContent | null> {
  try {
    const text = await promisify(gunzip)(await readFile(path), { maxOutputLength: UNPACKED_BYTES_MAX })
    const parsed = file.safeParse(JSON.parse(text.toString('utf8')))
    if (!parsed.success) return null
    const { list, system, codes } = parsed.data
    const content = { list, system, codes: codes.map(toCode) }
    return hashOfCodes(content) === hash ? content : null
  } catch {
    return null
  }
}

function toRow({ code, en, zh, hint, parent, validFrom, validTo, isBillable }: ListedCode): StoredRow {
  return [code, en, zh, hint ?? null, parent ?? null, validFrom ?? null, validTo ?? null, isBillable ?? null]
}

function toCode([code, en, zh, hint, parent, validFrom, validTo, isBillable]: StoredRow): ListedCode {
  return {
    code,
    en,
    zh,
    ...(hint === null ? {} : { hint }),
    ...(parent === null ? {} : { parent }),
    ...(validFrom === null ? {} : { validFrom }),
    ...(validTo === null ? {} : { validTo }),
    ...(isBillable === null ? {} : { isBillable }),
  }
}
