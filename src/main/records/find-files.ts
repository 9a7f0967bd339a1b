/** Which files an import reads: those that were named, and those of the folders that were named. */
import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface FoundFile {
  readonly file: string
  readonly bytes: number
  /** Found in a folder, and not named by whoever asked. */
  readonly isSearched: boolean
}

/** Folders are searched without following links, which may lead in a circle or out of what was chosen. */
export async function findFiles(
  paths: readonly string[],
  wanted: RegExp,
): Promise<{ files: FoundFile[]; missing: string[] }> {
  const files: FoundFile[] = []
  const missing: string[] = []
  const search = async (folder: string): Promise<void> => {
    let entries
    try {
      entries = await readdir(folder, { withFileTypes: true })
    } catch {
      missing.push(folder)
      return
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) await search(path)
      else if (wanted.test(entry.name)) add(path, await look(path), true)
    }
  }
  const look = (path: string) => stat(path).catch(() => null)
  const add = (path: string, info: Stats | null, isSearched: boolean): void => {
    // A pipe or a device would be read for ever.
    if (info?.isFile() === true) files.push({ file: path, bytes: info.size, isSearched })
    else missing.push(path)
  }
  for (const path of paths) {
    const info = await look(path)
    if (info?.isDirectory() === true) await search(path)
    else add(path, info, false)
  }
  return { files, missing }
}
