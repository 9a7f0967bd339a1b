/**
 * The sealed stream of a backup: files and entries of the store, in chunks that are sealed one by one, so that a backup of any
 * size is written and read in little memory and no chunk can be changed, left out, swapped or cut off unseen.
 *
 *     backup.sealed = (u32 length ‖ AES-256-GCM(key, nonce = u32 0 ‖ u64 number, aad = cbor([number, 1 last | 0]), chunk) ‖ tag) …
 *     chunk         = (u8 1 file | 2 entry ‖ u32 length of name ‖ u32 length of value ‖ name ‖ value) …
 *
 * A key seals one backup, so numbers serve as nonces.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { concatBytes, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { encode } from '../node/chain/codec.ts'

export type BackupPart =
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Bytes }
  | { readonly kind: 'entry'; readonly key: Bytes; readonly value: Bytes }

/** What lies there is not what was written, or another key wrote it. */
export class StreamFailure extends Failure<{ code: 'stream-damaged' }> {}

const CHUNK_BYTES = 1024 * 1024
/** A chunk holds whole parts, and the longest part is a state or a page of some megabytes. */
const CHUNK_BYTES_MAX = 256 * 1024 * 1024
const TAG_BYTES = 16
const KINDS = { file: 1, entry: 2 } as const

export interface StreamWriter {
  add(part: BackupPart): Promise<void>
  /** Durable when it resolves. */
  end(): Promise<void>
  /** After a failure. */
  close(): Promise<void>
}

/** To a new file, for the owner alone. */
export async function createStreamWriter(path: string, key: Bytes): Promise<StreamWriter> {
  const file = await open(path, 'wx', 0o600)
  let parts: Bytes[] = []
  let chunkBytes = 0
  let number = 0
  async function write(isLast: boolean): Promise<void> {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number))
    cipher.setAAD(encode([number, isLast ? 1 : 0]))
    const sealed = concatBytes(
      ...parts.map((part) => cipher.update(part)),
      cipher.final(),
      cipher.getAuthTag(),
    )
    number++
    parts = []
    chunkBytes = 0
    await file.writeFile(concatBytes(u32(sealed.length), sealed))
  }
  return {
    async add(part) {
      const name = part.kind === 'file' ? utf8Encode(part.name) : part.key
      const value = part.kind === 'file' ? part.bytes : part.value
      parts.push(Uint8Array.of(KINDS[part.kind]), u32(name.length), u32(value.length), name, value)
      chunkBytes += 9 + name.length + value.length
      if (chunkBytes >= CHUNK_BYTES) await write(false)
    },
    async end() {
      await write(true)
      await file.sync()
      await file.close()
    },
    close: () => file.close().catch(() => {}),
  }
}

/**
 * Every part in order. What was given before a damaged chunk was whole; only the end says that nothing is missing.
 * @throws {StreamFailure}
 */
export async function* readStream(
  path: string,
  key: Bytes,
): AsyncGenerator<BackupPart & { readonly at: number }> {
  const file = await open(path, 'r')
  try {
    let at = 0
    for (let number = 0; ; number++) {
      const head = await readExactly(file, at, 4)
      const length = head && view(head).getUint32(0)
      if (!length || length < TAG_BYTES || length > CHUNK_BYTES_MAX) throw damaged()
      const sealed = await readExactly(file, at + 4, length)
      if (sealed === null) throw damaged()
      at += 4 + length
      const isLast = (await readExactly(file, at, 1)) === null
      for (const part of partsOf(openChunk(key, number, isLast, sealed))) yield { ...part, at }
      if (isLast) return
    }
  } finally {
    await file.close()
  }
}

function openChunk(key: Bytes, number: number, isLast: boolean, sealed: Bytes): Bytes {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number))
  decipher.setAAD(encode([number, isLast ? 1 : 0]))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return concatBytes(decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final())
  } catch {
    throw damaged()
  }
}

function* partsOf(chunk: Bytes): Generator<BackupPart> {
  for (let at = 0; at < chunk.length;) {
    if (at + 9 > chunk.length) throw damaged()
    const kind = chunk[at]
    const nameLength = view(chunk).getUint32(at + 1)
    const valueLength = view(chunk).getUint32(at + 5)
    const nameAt = at + 9
    const end = nameAt + nameLength + valueLength
    if (end > chunk.length) throw damaged()
    const name = chunk.slice(nameAt, nameAt + nameLength)
    const value = chunk.slice(nameAt + nameLength, end)
    if (kind === KINDS.file) yield { kind: 'file', name: utf8Decode(name), bytes: value }
    else if (kind === KINDS.entry) yield { kind: 'entry', key: name, value }
    else throw damaged()
    at = end
  }
}

/** Null where the file ends before. */
async function readExactly(file: FileHandle, from: number, count: number): Promise<Bytes | null> {
  const bytes = new Uint8Array(count)
  for (let done = 0; done < count;) {
    const { bytesRead } = await file.read(bytes, done, count - done, from + done)
    if (bytesRead === 0) return null
    done += bytesRead
  }
  return bytes
}

const damaged = () => new StreamFailure({ code: 'stream-damaged' })
const view = (bytes: Bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function u32(value: number): Bytes {
  const bytes = new Uint8Array(4)
  view(bytes).setUint32(0, value)
  return bytes
}

function nonceOf(number: number): Bytes {
  const nonce = new Uint8Array(12)
  view(nonce).setBigUint64(4, BigInt(number))
  return nonce
}
