/**
 * Temporary files for what does not fit in memory while it is put in order: spread over parts by a hash, each line sealed
 * under a key that lives in this process alone, so that nothing readable touches the disk.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../shared/std/failure.ts'

export interface SealedParts {
  write(part: number, line: string): Promise<void>
  /** The lines of one part, in the order in which they were written. */
  read(part: number): Promise<string[]>
  remove(): Promise<void>
}

/** There is no room for the temporary files, or no leave to write them. */
export class GatherFailure extends Failure<{ code: 'disk-full' | 'folder-not-writable'; path: string }> {}

/** @throws {GatherFailure} */
export async function openSealedParts(count: number): Promise<SealedParts> {
  const key = randomBytes(32)
  const { folder, handles } = await gathering(async () => {
    const made = await mkdtemp(join(tmpdir(), 'consilium-import-'))
    const files: FileHandle[] = []
    for (let part = 0; part < count; part++) files.push(await open(join(made, `part-${part}`), 'w+', 0o600))
    return { folder: made, handles: files }
  })
  const sizes = new Array<number>(count).fill(0)
  return {
    write: (part, line) =>
      gathering(async () => {
        const sealed = seal(key, Buffer.from(line, 'utf8'), part)
        const head = Buffer.alloc(4)
        head.writeUInt32BE(sealed.length)
        await handles[part]!.write(Buffer.concat([head, sealed]))
        sizes[part]! += 4 + sealed.length
      }),
    async read(part) {
      const size = sizes[part]!
      if (size === 0) return []
      const all = Buffer.alloc(size)
      await handles[part]!.read(all, 0, size, 0)
      const lines: string[] = []
      for (let at = 0; at < size;) {
        const length = all.readUInt32BE(at)
        lines.push(unseal(key, all.subarray(at + 4, at + 4 + length), part))
        at += 4 + length
      }
      return lines
    },
    async remove() {
      for (const handle of handles) await handle.close().catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
      key.fill(0)
    },
  }
}

/** The part that everything of one name lies in. */
export function partOfName(name: string, count: number): number {
  return createHash('sha256').update(name).digest()[0]! % count
}

function seal(key: Buffer, plain: Buffer, part: number): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from([part]))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function unseal(key: Buffer, sealed: Buffer, part: number): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAAD(Buffer.from([part]))
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
}

async function gathering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code !== 'string') throw error
    const isFull = code === 'ENOSPC' || code === 'EDQUOT'
    throw new GatherFailure(
      { code: isFull ? 'disk-full' : 'folder-not-writable', path: tmpdir() },
      { cause: error },
    )
  }
}
