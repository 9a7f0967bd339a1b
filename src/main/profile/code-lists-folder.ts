/**
 * The folder `codes` of an institution: the editions of its lists and which is in use from when, its own codes, its map
 * from other systems, and who has looked at all lists and when. Names and codes only, never a patient's data; what people
 * wrote in records lies in `desk.sealed` beside it (`codes/desk-codes.ts`).
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeListName, localCode, type CodeListName } from '../../shared/contract/codes.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'

export const CODES_FOLDER = 'codes'
const FORMAT = 1
const LISTS_FORMAT = 2
const LISTS = 'lists.json'
const CONFIRMED = 'confirmed.json'
const LOCAL = 'local.json'
const MAP = 'map.json'

const keptEdition = z.object({
  list: codeListName,
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  edition: z.string(),
  system: z.string(),
  codeCount: z.number().int(),
  /** Name of the file that it came from. */
  source: z.string(),
  importedAt: z.number(),
  importedBy: z.string(),
})
export type KeptEdition = z.infer<typeof keptEdition>

/** An entry of the journal of what was put in use; null is the built-in list. */
const use = z.object({
  list: codeListName,
  hash: z.string().nullable(),
  from: z.string(),
  at: z.number(),
  by: z.string(),
})
export type Use = z.infer<typeof use>

const lists = z.object({
  format: z.literal(LISTS_FORMAT),
  editions: z.array(keptEdition),
  uses: z.array(use),
})
export type KeptLists = Omit<z.infer<typeof lists>, 'format'>

const confirmed = z.object({
  format: z.literal(FORMAT),
  at: z.number(),
  personName: z.string(),
  digest: z.string(),
})
export type ConfirmedCodes = Omit<z.infer<typeof confirmed>, 'format'>

const local = z.object({ format: z.literal(FORMAT), codes: z.array(localCode) })
const map = z.object({
  format: z.literal(FORMAT),
  source: z.string(),
  importedAt: z.number(),
  importedBy: z.string(),
  /** Source system, source code, target code. */
  rows: z.array(z.tuple([z.string(), z.string(), z.string()])),
})
export type KeptMap = Omit<z.infer<typeof map>, 'format'>

export const codesFolderOf = (folder: string): string => join(folder, CODES_FOLDER)

/** Named by its content, so that an edition is never written over. */
export const editionPath = (folder: string, list: CodeListName, hash: string): string =>
  join(folder, CODES_FOLDER, `${list}-${hash.slice(0, 16)}.json.gz`)

/** Empty where there is none; a damaged file gives the built-in lists, and their digest says that they are others. */
export async function loadLists(folder: string): Promise<KeptLists> {
  const parsed = lists.safeParse(await load(folder, LISTS))
  return parsed.success ? parsed.data : { editions: [], uses: [] }
}

export function saveLists(folder: string, value: KeptLists): Promise<void> {
  return save(folder, LISTS, { format: LISTS_FORMAT, ...value })
}

export async function removeEditionFile(folder: string, list: CodeListName, hash: string): Promise<void> {
  await rm(editionPath(folder, list, hash), { force: true })
}

export async function loadLocal(folder: string): Promise<z.infer<typeof localCode>[]> {
  const parsed = local.safeParse(await load(folder, LOCAL))
  return parsed.success ? parsed.data.codes : []
}

export function saveLocal(folder: string, codes: readonly z.infer<typeof localCode>[]): Promise<void> {
  return save(folder, LOCAL, { format: FORMAT, codes })
}

export async function loadMap(folder: string): Promise<KeptMap | null> {
  const parsed = map.safeParse(await load(folder, MAP))
  return parsed.success ? parsed.data : null
}

export async function saveMap(folder: string, value: KeptMap | null): Promise<void> {
  if (value === null) await rm(join(folder, CODES_FOLDER, MAP), { force: true })
  else await save(folder, MAP, { format: FORMAT, ...value })
}

export async function loadConfirmed(folder: string): Promise<ConfirmedCodes | null> {
  const parsed = confirmed.safeParse(await load(folder, CONFIRMED))
  return parsed.success ? parsed.data : null
}

export function saveConfirmed(folder: string, value: ConfirmedCodes): Promise<void> {
  return save(folder, CONFIRMED, { format: FORMAT, ...value })
}

async function load(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse((await readTextFile(join(folder, CODES_FOLDER, name))) ?? 'null')
  } catch {
    return null
  }
}

async function save(folder: string, name: string, value: object): Promise<void> {
  await mkdir(codesFolderOf(folder), { recursive: true, mode: 0o700 })
  await writeFileAtomic(join(folder, CODES_FOLDER, name), JSON.stringify(value))
}
