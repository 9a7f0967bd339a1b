/**
 * The folder `mappings` of an institution: how its tables are read, one file for each saved mapping. Headers, codes and
 * units only, never a patient's data; so a watched folder can name one by its id and a person can look at it.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tableMapping, type TableMapping } from '../../shared/domain/table-mapping.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'

export const MAPPINGS_FOLDER = 'mappings'
/** More than a hospital has systems; a folder that somebody filled is read no further. */
const MAPPINGS_MAX = 200

const FILE = /^([0-9a-f]{32})\.json$/

/** Null where there is none of that id, or its file is damaged. */
export async function loadMapping(folder: string, id: string): Promise<TableMapping | null> {
  if (!FILE.test(`${id}.json`)) return null
  try {
    const text = await readTextFile(join(folder, MAPPINGS_FOLDER, `${id}.json`))
    const parsed = tableMapping.safeParse(JSON.parse(text ?? 'null'))
    return parsed.success && parsed.data.id === id ? parsed.data : null
  } catch {
    return null
  }
}

/** All that can be read, the last saved first. */
export async function listMappings(folder: string): Promise<TableMapping[]> {
  const names = await readdir(join(folder, MAPPINGS_FOLDER)).catch(() => [])
  const found: TableMapping[] = []
  for (const name of names.slice(0, MAPPINGS_MAX)) {
    const id = FILE.exec(name)?.[1]
    const mapping = id === undefined ? null : await loadMapping(folder, id)
    if (mapping !== null) found.push(mapping)
  }
  return found.sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? -1 : 1))
}

export async function saveMapping(folder: string, mapping: TableMapping): Promise<void> {
  await mkdir(join(folder, MAPPINGS_FOLDER), { recursive: true, mode: 0o700 })
  await writeFileAtomic(
    join(folder, MAPPINGS_FOLDER, `${mapping.id}.json`),
    JSON.stringify(mapping, null, 2) + '\n',
  )
}

export async function removeMapping(folder: string, id: string): Promise<void> {
  if (FILE.test(`${id}.json`)) await rm(join(folder, MAPPINGS_FOLDER, `${id}.json`), { force: true })
}
