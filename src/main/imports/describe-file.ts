/** What the list of imports and the manifest say of a file. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { SourceFile } from './intake.ts'

/** Name, size and hash of a file as it is now; null where it cannot be read. */
export async function describeFile(path: string): Promise<SourceFile | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return null
    throw error
  }
  return { name: basename(path), bytes, hash: hash.digest('hex') }
}
