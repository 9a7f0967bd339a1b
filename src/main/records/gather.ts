/**
 * Lines put together by a name, more of them than memory holds: in memory while they are few, else spread over temporary
 * files by a hash of the name, each line sealed under a key that lives in this process alone. Every group that comes back
 * holds all lines of each of its names, in the order in which they were added, and nothing readable touches the disk.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../shared/std/failure.ts'

/** Gathered lines beyond this go to temporary files. */
export const GATHERED_BYTES_MAX = 64 * 1024 * 1024
const PARTITIONS = 64
/** Sealed lines are written in pieces of about this size: one call for each would cost more than the sealing. */
const PIECE_BYTES = 1 << 18

/** There is no room for the temporary files, or no leave to write them. */
export class GatherFailure extends Failure<{ code: 'disk-full' | 'folder-not-writable'; path: string }> {}

/** How a line of the caller's kind becomes text and comes back; `undefined` for a text that no longer can be read. */
export interface LineForm<T> {
  write(line: T): string
  read(text: string): T | undefined
}

export class Gathering<T> {
  private readonly form: LineForm<T>
  private readonly bytesMax: number
  private readonly memory: { name: string; line: T }[] = []
  private bytes = 0
  private folder: string | null = null
  private handles: FileHandle[] = []
  private readonly key = randomBytes(32)
  private readonly offsets: number[] = []
  private readonly pieces: { parts: Buffer[]; bytes: number }[] = []

  constructor(form: LineForm<T>, bytesMax = GATHERED_BYTES_MAX) {
    this.form = form
    this.bytesMax = bytesMax
  }

  get isEmpty(): boolean {
    return this.memory.length === 0 && this.folder === null
  }

  /** `bytes`: about what the line takes in memory; `text`: its written form, when it is at hand. @throws {GatherFailure} */
  async add(name: string, line: T, bytes: number, text?: string): Promise<void> {
    if (this.folder === null) {
      this.memory.push({ name, line })
      this.bytes += bytes
      if (this.bytes > this.bytesMax) await gathering(() => this.spill())
      return
    }
    await gathering(() => this.write(name, text ?? this.form.write(line)))
  }

  /** Groups of lines of which each holds all of its names. @throws {GatherFailure} */
  async *groups(): AsyncGenerator<T[], void, void> {
    if (this.folder === null) {
      if (this.memory.length > 0) yield this.memory.map(({ line }) => line)
      return
    }
    for (let part = 0; part < PARTITIONS; part++) await gathering(() => this.flush(part))
    for (let part = 0; part < PARTITIONS; part++) {
      const group = await this.readBack(part)
      if (group.length > 0) yield group
    }
  }

  async remove(): Promise<void> {
    for (const handle of this.handles) await handle.close().catch(() => undefined)
    this.handles = []
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true })
    this.key.fill(0)
  }

  private async spill(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'consilium-import-'))
    for (let part = 0; part < PARTITIONS; part++) {
      this.handles.push(await open(join(this.folder, `part-${part}`), 'w+', 0o600))
      this.offsets.push(0)
      this.pieces.push({ parts: [], bytes: 0 })
    }
    for (const { name, line } of this.memory) await this.write(name, this.form.write(line))
    this.memory.length = 0
  }

  private async write(name: string, text: string): Promise<void> {
    const part = createHash('sha256').update(name).digest()[0]! % PARTITIONS
    const sealed = this.seal(Buffer.from(text, 'utf8'), part)
    const head = Buffer.alloc(4)
    head.writeUInt32BE(sealed.length)
    const piece = this.pieces[part]!
    piece.parts.push(head, sealed)
    piece.bytes += 4 + sealed.length
    if (piece.bytes > PIECE_BYTES) await this.flush(part)
  }

  private async flush(part: number): Promise<void> {
    const piece = this.pieces[part]!
    if (piece.bytes === 0) return
    const all = Buffer.concat(piece.parts)
    piece.parts = []
    piece.bytes = 0
    await this.handles[part]!.write(all, 0, all.length, this.offsets[part])
    this.offsets[part]! += all.length
  }

  private seal(plain: Buffer, part: number): Buffer {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce)
    cipher.setAAD(Buffer.from([part]))
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  private async readBack(part: number): Promise<T[]> {
    const size = this.offsets[part]!
    if (size === 0) return []
    const all = Buffer.alloc(size)
    await this.handles[part]!.read(all, 0, size, 0)
    const group: T[] = []
    for (let at = 0; at < size;) {
      const length = all.readUInt32BE(at)
      const sealed = all.subarray(at + 4, at + 4 + length)
      at += 4 + length
      const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, 12))
      decipher.setAAD(Buffer.from([part]))
      decipher.setAuthTag(sealed.subarray(length - 16))
      const plain = Buffer.concat([decipher.update(sealed.subarray(12, length - 16)), decipher.final()])
      const line = this.form.read(plain.toString('utf8'))
      if (line !== undefined) group.push(line)
    }
    return group
  }
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
