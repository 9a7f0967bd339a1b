/**
 * Whether a package holds what was built. Electron checks the archive itself on macOS and Windows; on Linux nobody does, so a
 * package for Linux brings a list of its code with hashes, `contents.json`, written by the packager
 * (electron-builder.config.cjs). It shows a disk that forgets and a file that was changed alone; whoever can write
 * there can write the list too, which is why the package belongs where only root writes.
 */
import { createHash } from 'node:crypto'
import type { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const CONTENTS_FILE = 'contents.json'

/** Of Electron, `original-fs`: the usual one sees a folder where the archive lies. */
export interface Files {
  readonly createReadStream: typeof createReadStream
  readonly readFileSync: typeof readFileSync
}

/**
 * @param folder the package's `resources`
 * @returns files that are missing or others than were built, by their path in the folder; the list itself when it cannot be read
 */
export async function findAltered(folder: string, files: Files): Promise<string[]> {
  const hashes = readList(folder, files)
  if (hashes === null) return [CONTENTS_FILE]
  const altered: string[] = []
  for (const [path, hash] of hashes)
    if ((await hashOf(join(folder, ...path.split('/')), files)) !== hash) altered.push(path)
  return altered
}

/** Path in the folder and SHA-256 in hexadecimal; null where the list is none, or lacks the archive. */
function readList(folder: string, files: Files): [string, string][] | null {
  try {
    const list: unknown = JSON.parse(files.readFileSync(join(folder, CONTENTS_FILE), 'utf8'))
    if (typeof list !== 'object' || list === null || !Object.hasOwn(list, 'app.asar')) return null
    const entries = Object.entries(list)
    return entries.every(([, hash]) => typeof hash === 'string') ? entries : null
  } catch {
    return null
  }
}

async function hashOf(path: string, files: Files): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of files.createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch {
    return null
  }
}
