/**
 * Files of HL7 v2 messages → visits. Messages of one visit may lie in several files and in any order, so all are gathered
 * by patient first: in memory while that is small, else in sealed temporary files.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { VisitPatient } from '../../shared/domain/visit.ts'
import { Gathering } from './gather.ts'
import { composeVisits, type ComposedVisit, type PlacedPart } from './hl7v2/compose.ts'
import { parseMessage } from './hl7v2/message.ts'
import type { PersonPart } from './hl7v2/part.ts'
import { readMessage } from './hl7v2/read-message.ts'
import { charsetOf, createMessageSplitter, type RawMessage } from './hl7v2/split.ts'
import type { OffsetAt } from './hl7v2/when.ts'

export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024
/** Messages about people in one import: they wait in memory until all visits are read. */
const PEOPLE_MAX = 200_000
const PROGRESS_EVERY_BYTES = 1_000_000

export interface ReadHl7Options {
  /** The hospital's own zone, for times that name no offset. */
  readonly offsetAt: OffsetAt
  readonly consentScope?: VisitPatient['consent']['scope']
  /** Lower bound for tests. */
  readonly gatheredBytesMax?: number
}

export type Hl7Event =
  | { kind: 'visit'; visit: ComposedVisit }
  /** After all visits, in the order of the messages. */
  | { kind: 'person'; person: PersonPart; file: string; path: string }
  | { kind: 'reject'; file: string; path: string; reason: string; detail?: string }
  | { kind: 'warning'; reason: string; count: number }
  /** Bytes of all files, read so far. */
  | { kind: 'progress'; file: string; bytes: number }

type PersonEvent = Extract<Hl7Event, { kind: 'person' }>

/** Whether a file begins as messages do, whatever its name: a wrapper, a message, or the byte of MLLP before one. */
export async function looksLikeHl7(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    try {
      const head = Buffer.alloc(64)
      const { bytesRead } = await file.read(head, 0, head.length, 0)
      return /^(\xef\xbb\xbf)?[\s\x0b]*(MSH|FHS|BHS)[^A-Za-z0-9\s]/.test(
        head.toString('latin1', 0, bytesRead),
      )
    } finally {
      await file.close()
    }
  } catch {
    return false
  }
}

/** @throws {GatherFailure} */
export async function* readHl7Files(
  files: readonly string[],
  options: ReadHl7Options,
): AsyncGenerator<Hl7Event, void, void> {
  const gathered = new Gathering<HashlessPart>(FORM, options.gatheredBytesMax)
  const hashes = new Map<string, string>()
  const people: PersonEvent[] = []
  let bytes = 0
  try {
    for (const file of files) {
      yield { kind: 'progress', file, bytes }
      for await (const event of readOneFile(file, bytes, options, gathered, hashes, people)) {
        if (event.kind === 'progress') bytes = event.bytes
        yield event
      }
    }
    for await (const group of gathered.groups()) {
      const parts = group.map((part): PlacedPart => ({ ...part, fileHash: hashes.get(part.file) ?? null }))
      const { visits, rejects, warnings } = composeVisits(parts)
      for (const reject of rejects) yield { kind: 'reject', ...reject }
      for (const [reason, count] of warnings) yield { kind: 'warning', reason, count }
      for (const visit of visits) yield { kind: 'visit', visit }
    }
    yield* people
  } finally {
    await gathered.remove()
  }
}

async function* readOneFile(
  file: string,
  before: number,
  options: ReadHl7Options,
  gathered: Gathering<HashlessPart>,
  hashes: Map<string, string>,
  people: PersonEvent[],
): AsyncGenerator<Hl7Event, void, void> {
  const hash = createHash('sha256')
  const splitter = createMessageSplitter(MESSAGE_BYTES_MAX)
  const batch = { number: 0, sinceBatch: 0, strays: 0 }
  const found: HashlessPart[] = []
  let bytes = before
  let told = before
  const take = function* (messages: readonly RawMessage[]): Generator<Hl7Event> {
    for (const raw of messages) yield* takeMessage(raw, file, batch, options, found, people)
  }
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      yield* take(splitter.push(chunk.toString('latin1')))
      for (const part of found.splice(0)) await gather(gathered, part)
      bytes += chunk.length
      if (bytes - told > PROGRESS_EVERY_BYTES) {
        told = bytes
        yield { kind: 'progress', file, bytes }
      }
    }
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error
    yield { kind: 'reject', file, path: '', reason: 'file-not-readable' }
    return
  }
  yield* take(splitter.end())
  if (batch.number === 0 && batch.strays === 0) yield { kind: 'reject', file, path: '', reason: 'not-hl7' }
  for (const part of found) await gather(gathered, part)
  hashes.set(file, hash.digest('hex'))
  yield { kind: 'progress', file, bytes }
}

function* takeMessage(
  raw: RawMessage,
  file: string,
  batch: { number: number; sinceBatch: number; strays: number },
  options: ReadHl7Options,
  found: HashlessPart[],
  people: PersonEvent[],
): Generator<Hl7Event> {
  switch (raw.kind) {
    case 'stray':
      batch.strays++
      yield { kind: 'reject', file, path: '', reason: 'not-hl7' }
      return
    case 'BHS':
      batch.sinceBatch = 0
      return
    case 'BTS': {
      // The sender counted: what is missing was lost on the way.
      const said = raw.byteText.split(raw.byteText.charAt(3))[1]?.trim() ?? ''
      if (/^[0-9]{1,9}$/.test(said) && Number(said) !== batch.sinceBatch)
        yield {
          kind: 'reject',
          file,
          path: 'BTS',
          reason: 'batch-count-differs',
          detail: `${said} / ${batch.sinceBatch}`,
        }
      return
    }
    case 'FHS':
    case 'FTS':
      return
    case 'MSH':
      break
  }
  batch.number++
  batch.sinceBatch++
  const path = `message ${batch.number}`
  if (raw.isTooLarge) {
    yield { kind: 'reject', file, path, reason: 'file-too-large', detail: String(MESSAGE_BYTES_MAX) }
    return
  }
  const charset = charsetOf(raw.byteText)
  if (charset.label === null) {
    yield { kind: 'reject', file, path, reason: 'charset-not-known', detail: charset.named.slice(0, 40) }
    return
  }
  const text = decode(raw.byteText, charset.label)
  if (text === null) {
    yield { kind: 'reject', file, path, reason: 'text-not-decodable', detail: charset.label }
    return
  }
  const message = parseMessage(text)
  if (message === null) {
    yield { kind: 'reject', file, path, reason: 'not-hl7' }
    return
  }
  const { part, person, rejects, warnings } = readMessage(message, batch.number, {
    offsetAt: options.offsetAt,
    consentScope: options.consentScope ?? 'treatment-and-research',
  })
  for (const reject of rejects) yield { kind: 'reject', file, ...reject }
  for (const [reason, count] of warnings) yield { kind: 'warning', reason, count }
  if (person !== undefined) {
    if (people.length < PEOPLE_MAX) people.push({ kind: 'person', person, file, path })
    else yield { kind: 'reject', file, path, reason: 'too-many-people', detail: String(PEOPLE_MAX) }
  }
  if (part !== null) found.push({ file, message: batch.number, part })
}

/** Null where the bytes are no text of that character set: letters are never guessed. */
function decode(byteText: string, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(Buffer.from(byteText, 'latin1'))
  } catch {
    return null
  }
}

/** The hash of a file is known when it was read to its end. */
type HashlessPart = Omit<PlacedPart, 'fileHash'>

const FORM = {
  write: (part: HashlessPart): string => JSON.stringify(part),
  read: (text: string): HashlessPart => JSON.parse(text) as HashlessPart,
}

function gather(gathered: Gathering<HashlessPart>, part: HashlessPart): Promise<void> {
  const line = FORM.write(part)
  return gathered.add(part.part.patient.sourceKey, part, line.length, line)
}
