/**
 * The folder `codes` of an institution: its own code lists in place of the built-in ones, and who has looked at all lists
 * and when. Names and codes only, never a patient's data.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeListName, type CodeListName } from '../../shared/contract/upkeep.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'

export const CODES_FOLDER = 'codes'
const FORMAT = 1
const CONFIRMED = 'confirmed.json'

const ownList = z.object({
  format: z.literal(FORMAT),
  list: codeListName,
  /** Name of the file that it came from. */
  source: z.string(),
  importedAt: z.number(),
  system: z.string(),
  entries: z.array(
    z.object({ code: z.string(), en: z.string(), zh: z.string(), hint: z.string().optional() }),
  ),
})
export type OwnCodeList = Omit<z.infer<typeof ownList>, 'format'>

const confirmed = z.object({
  format: z.literal(FORMAT),
  at: z.number(),
  personName: z.string(),
  digest: z.string(),
})
export type ConfirmedCodes = Omit<z.infer<typeof confirmed>, 'format'>

/** Null where there is none; a file that is damaged gives the built-in list, and its digest says that it is another. */
export async function loadOwnList(folder: string, list: CodeListName): Promise<OwnCodeList | null> {
  const parsed = ownList.safeParse(await load(folder, `${list}.json`))
  return parsed.success && parsed.data.list === list ? parsed.data : null
}

export function saveOwnList(folder: string, own: OwnCodeList): Promise<void> {
  return save(folder, `${own.list}.json`, own)
}

export async function dropOwnList(folder: string, list: CodeListName): Promise<void> {
  await rm(join(folder, CODES_FOLDER, `${list}.json`), { force: true })
}

export async function loadConfirmed(folder: string): Promise<ConfirmedCodes | null> {
  const parsed = confirmed.safeParse(await load(folder, CONFIRMED))
  return parsed.success ? parsed.data : null
}

export function saveConfirmed(folder: string, value: ConfirmedCodes): Promise<void> {
  return save(folder, CONFIRMED, value)
}

async function load(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse((await readTextFile(join(folder, CODES_FOLDER, name))) ?? 'null')
  } catch {
    return null
  }
}

async function save(folder: string, name: string, value: object): Promise<void> {
  await mkdir(join(folder, CODES_FOLDER), { recursive: true, mode: 0o700 })
  await writeFileAtomic(join(folder, CODES_FOLDER, name), JSON.stringify({ format: FORMAT, ...value }))
}
