/** Files that people choose or name: read whole with a bound, written whole. */
import { readFile, stat } from 'node:fs/promises'
import { FILE_BYTES_MAX } from '../node/membership/limits.ts'
import { writeFileAtomic } from '../profile/atomic-file.ts'

/** Null where it cannot be read or is too large to be one of ours. */
export async function readSmallFile(path: string, bytesMax = FILE_BYTES_MAX): Promise<Uint8Array | null> {
  try {
    if ((await stat(path)).size > bytesMax) return null
    return new Uint8Array(await readFile(path))
  } catch {
    return null
  }
}

/** False where the disk is full or the place may not be written. */
export async function saveSmallFile(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await writeFileAtomic(path, bytes)
    return true
  } catch {
    return false
  }
}

/** A file name that every system takes. */
export function plainFileName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{C}/\\:*?"<>|.]/gu, ' ')
    .replace(/\s+/g, '-')
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'institution' : plain.slice(0, 60)
}
