/**
 * Files → visits: FHIR bundles, single resources and bulk NDJSON, streaming, with every refusal named by file and place.
 * Knows nothing of the chain: whoever calls makes keys, ids and sealed records of the drafts.
 *
 * A bundle that holds its own patient is mapped at once. Everything else (NDJSON, single resources, pages of searches)
 * may need other files, so it is gathered by patient first: in memory while it is small, else in temporary files under
 * a key that lives in this process alone.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { SourcePatient } from '../../shared/domain/source.ts'
import { findFiles } from './find-files.ts'
import { readJson } from './fhir/json.ts'
import type { Json, JsonObject } from './fhir/json.ts'
import { mapBundle } from './fhir/map-bundle.ts'
import { DEFAULT_MAP_OPTIONS } from './fhir/mapped.ts'
import type { Mapped, MapOptions, SourceVisit } from './fhir/mapped.ts'
import { objectAt } from './fhir/reading.ts'
import type { Item } from './fhir/references.ts'
import { CONTEXT_TYPES } from './fhir/resource-types.ts'
import { ResourcePool } from './resource-pool.ts'

/** A single JSON file larger than this is refused by name; NDJSON has no limit but that of one line. */
export const FILE_BYTES_MAX = 50 * 1024 * 1024
export const LINE_BYTES_MAX = FILE_BYTES_MAX

export interface ReadOptions extends Partial<MapOptions> {
  /** Stops the reading between two visits. */
  signal?: AbortSignal
  /** Lower bounds for tests. */
  gatheredBytesMax?: number
  fileBytesMax?: number
}

/** Where in a table something stands: row, column and what is in the cell. */
export interface CellPlace {
  readonly path: string
  readonly column?: string
  readonly value?: string
  /** A value that would be right. */
  readonly suggestion?: string
}

export type SourceEvent =
  | { kind: 'patient'; file: string; patient: SourcePatient }
  | {
      kind: 'visit'
      file: string
      fileHash: string | undefined
      visit: SourceVisit
      /** What ids are made of where the source's name of the visit must not be stored. */
      sourceName?: string
      /** Of tables: the cell behind an entry of the content, by `observations.3`. */
      places?: ReadonlyMap<string, { file: string; path: string; column: string }>
    }
  | ({ kind: 'reject'; file: string; reason: string; detail?: string } & CellPlace)
  /** `at`: the one cell that it is about, where a table was read. */
  | { kind: 'warning'; file: string; reason: string; count: number; at?: CellPlace }
  /** Bytes read so far, of all files. */
  | { kind: 'progress'; bytes: number; totalBytes: number; file: string }
  | { kind: 'file'; file: string; patients: number; visits: number }

/** One file, alone. */
export function readFhirFile(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<SourceEvent, void, void> {
  return readFhirFiles([path], options)
}

/**
 * Files and folders (searched for `.json`, `.ndjson` and `.jsonl`, in the order of their names). Patients come before
 * their visits. The same patient in several files comes once for each file: whoever calls knows them by identity.
 */
export async function* readFhirFiles(
  paths: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<SourceEvent, void, void> {
  const found = await findFiles(paths, FHIR_FILE)
  yield* found.missing.map((file): SourceEvent => ({
    kind: 'reject',
    file,
    path: '',
    reason: 'file-not-readable',
  }))
  const totalBytes = found.files.reduce((sum, each) => sum + each.bytes, 0)
  const map: MapOptions = {
    ...DEFAULT_MAP_OPTIONS,
    ...(options.consentScope && { consentScope: options.consentScope }),
  }
  const pool = new ResourcePool(options.gatheredBytesMax)
  const withoutPatient = new Set<string>()
  let bytes = 0
  try {
    for (const { file, bytes: size } of found.files) {
      if (isStopped(options)) return
      if (isLines(file)) {
        for await (const event of gatherLines(file, pool, options, (done) => ({
          kind: 'progress',
          bytes: bytes + done,
          totalBytes,
          file,
        }))) {
          yield event
          if (isStopped(options)) return
        }
      } else if (size > (options.fileBytesMax ?? FILE_BYTES_MAX)) {
        yield { kind: 'reject', file, path: '', reason: 'file-too-large', detail: String(size) }
      } else yield* readDocument(file, pool, withoutPatient, map, options)
      bytes += size
      yield { kind: 'progress', bytes, totalBytes, file }
    }
    yield* mapGathered(pool, withoutPatient, map, options)
  } finally {
    await pool.remove()
  }
}

const isStopped = (options: ReadOptions) => options.signal?.aborted === true
/** Names that a folder is searched for. */
export const FHIR_FILE = /\.(json|ndjson|jsonl)$/i
const isLines = (file: string) => /\.(ndjson|jsonl)$/i.test(file)

/* Single documents */

async function* readDocument(
  file: string,
  pool: ResourcePool,
  withoutPatient: Set<string>,
  map: MapOptions,
  options: ReadOptions,
): AsyncGenerator<SourceEvent, void, void> {
  let raw: Buffer
  try {
    raw = await readFile(file)
  } catch {
    yield { kind: 'reject', file, path: '', reason: 'file-not-readable' }
    return
  }
  const text = decodeStrictly(raw)
  if (text === null) {
    yield { kind: 'reject', file, path: '', reason: 'not-utf8' }
    return
  }
  const read = readJson(text)
  if (read.kind === 'refused') {
    yield { kind: 'reject', file, path: `line ${read.line}, column ${read.column}`, reason: read.reason }
    return
  }
  const document = objectAt(read.value)
  if (document === undefined) {
    yield { kind: 'reject', file, path: '', reason: 'wrong-resource-type' }
    return
  }
  // The generator lays its truth beside the files that it makes.
  if (String(document['generator']).startsWith('consilium-synthetic/')) return
  if (document['resourceType'] !== 'Bundle') {
    // Not in any bundle: it may belong to a patient of another file.
    await pool.add({ resource: document, path: '', fullUrl: undefined }, file, read.hasBadText, text)
    return
  }
  const { items, rejects } = bundleItems(document, '')
  yield* rejects.map((each): SourceEvent => ({ kind: 'reject', file, ...each }))
  const type = document['type']
  const isPage = type === 'searchset' || type === 'history'
  if (isPage) {
    for (const item of items) await pool.add(item, file, read.hasBadText)
    return
  }
  const fileHash = createHash('sha256').update(raw).digest('hex')
  const mapped = mapBundle(items, { ...map, isPatientElsewhere: true }, read.hasBadText)
  for (const item of items) {
    const type = item.resource['resourceType']
    if (type === 'Patient' || (typeof type === 'string' && CONTEXT_TYPES.has(type))) pool.addContext(item)
  }
  for (const item of mapped.deferred) await pool.add(item, file, read.hasBadText)
  if (items.length > 0 && mapped.visits.length === 0 && mapped.patients.length === 0) {
    // Where the patient is in another file is known when all were read.
    if (mapped.deferred.length > 0) withoutPatient.add(file)
    else yield { kind: 'reject', file, path: '', reason: 'bundle-without-patient' }
  }
  yield* eventsOf(mapped, file, fileHash, options)
  yield { kind: 'file', file, patients: mapped.patients.length, visits: mapped.visits.length }
}

/** Entries of a bundle, bundles within it included. */
function bundleItems(bundle: JsonObject, prefix: string) {
  const items: Item[] = []
  const rejects: { path: string; reason: string; detail?: string }[] = []
  const entries = Array.isArray(bundle['entry']) ? bundle['entry'] : []
  if (entries.length === 0) rejects.push({ path: prefix, reason: 'empty-bundle' })
  entries.forEach((entry: Json, i) => {
    const path = `${prefix}entry[${i}]`
    const resource = objectAt(objectAt(entry)?.['resource'])
    if (resource === undefined) {
      rejects.push({ path, reason: 'entry-without-resource' })
      return
    }
    if (resource['resourceType'] === 'Bundle') {
      const inner = bundleItems(resource, `${path}.resource.`)
      items.push(...inner.items)
      rejects.push(...inner.rejects)
      return
    }
    const fullUrl = objectAt(entry)!['fullUrl']
    items.push({
      resource,
      path,
      fullUrl: typeof fullUrl === 'string' && fullUrl !== '' ? fullUrl : undefined,
    })
  })
  return { items, rejects }
}

/** UTF-8 or null; a byte order mark is left out by the reader. */
function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/* Lines */

async function* gatherLines(
  file: string,
  pool: ResourcePool,
  options: ReadOptions,
  progress: (bytes: number) => SourceEvent,
): AsyncGenerator<SourceEvent, void, void> {
  const lineMax = options.fileBytesMax ?? LINE_BYTES_MAX
  let lineNumber = 0
  let done = 0
  let told = 0
  for await (const { bytes, isTooLong, isUnreadable, end } of linesOf(file, lineMax)) {
    lineNumber++
    done = end
    const path = `line ${lineNumber}`
    if (isUnreadable) {
      yield { kind: 'reject', file, path: lineNumber === 1 ? '' : path, reason: 'file-not-readable' }
      return
    }
    if (isTooLong) yield { kind: 'reject', file, path, reason: 'file-too-large', detail: String(lineMax) }
    else {
      const text = decodeStrictly(bytes)
      if (text === null) yield { kind: 'reject', file, path, reason: 'not-utf8' }
      else if (text.trim() !== '') yield* await gatherLine(text, file, path, pool)
    }
    if (done - told > 1_000_000) {
      told = done
      yield progress(done)
      if (isStopped(options)) return
    }
  }
}

async function gatherLine(
  text: string,
  file: string,
  path: string,
  pool: ResourcePool,
): Promise<SourceEvent[]> {
  const read = readJson(text)
  if (read.kind === 'refused') {
    return [{ kind: 'reject', file, path: `${path}, column ${read.column}`, reason: read.reason }]
  }
  const resource = objectAt(read.value)
  if (resource === undefined) return [{ kind: 'reject', file, path, reason: 'wrong-resource-type' }]
  if (resource['resourceType'] !== 'Bundle') {
    await pool.add({ resource, path }, file, read.hasBadText, text)
    return []
  }
  const { items, rejects } = bundleItems(resource, `${path}.`)
  for (const item of items) await pool.add(item, file, read.hasBadText)
  return rejects.map((each) => ({ kind: 'reject', file, ...each }))
}

interface Line {
  bytes: Uint8Array
  isTooLong: boolean
  /** The file cannot be read from here on. */
  isUnreadable: boolean
  /** Bytes of the file up to and with this line. */
  end: number
}

const NOTHING = new Uint8Array(0)

async function* linesOf(file: string, lineMax: number): AsyncGenerator<Line, void, void> {
  let parts: Uint8Array[] = []
  let size = 0
  let end = 0
  const take = (): Line => {
    const isTooLong = size > lineMax
    const line = { bytes: isTooLong ? NOTHING : Buffer.concat(parts), isTooLong, isUnreadable: false, end }
    parts = []
    size = 0
    return line
  }
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      let from = 0
      for (;;) {
        const newline = chunk.indexOf(10, from)
        const to = newline < 0 ? chunk.length : newline
        size += to - from
        end += to - from + (newline < 0 ? 0 : 1)
        if (size <= lineMax) parts.push(chunk.subarray(from, to))
        else parts = []
        if (newline < 0) break
        yield take()
        from = newline + 1
      }
    }
  } catch {
    yield { bytes: NOTHING, isTooLong: false, isUnreadable: true, end }
    return
  }
  if (size > 0) yield take()
}

/* What needs other files */

async function* mapGathered(
  pool: ResourcePool,
  withoutPatient: Set<string>,
  map: MapOptions,
  options: ReadOptions,
): AsyncGenerator<SourceEvent, void, void> {
  for await (const { mapped, placeOf, firstFile } of pool.map(map)) {
    if (isStopped(options)) return
    yield* mapped.patients.map((patient): SourceEvent => ({ kind: 'patient', file: firstFile, patient }))
    for (const visit of mapped.visits) {
      if (isStopped(options)) return
      const [file, path] = placeOf(visit.origin.path ?? '')
      yield {
        kind: 'visit',
        file,
        fileHash: undefined,
        visit: { ...visit, origin: { ...visit.origin, path } },
      }
    }
    for (const reject of mapped.rejects) {
      const [file, path] = placeOf(reject.path)
      if (reject.reason === 'unresolved-reference' && withoutPatient.delete(file))
        yield { kind: 'reject', file, path: '', reason: 'bundle-without-patient' }
      yield { kind: 'reject', file, ...reject, path }
    }
    for (const [reason, count] of mapped.warnings) yield { kind: 'warning', file: firstFile, reason, count }
  }
}

function* eventsOf(
  mapped: Mapped,
  file: string,
  fileHash: string,
  options: ReadOptions,
): Generator<SourceEvent, void, void> {
  for (const patient of mapped.patients) yield { kind: 'patient', file, patient }
  for (const visit of mapped.visits) {
    if (isStopped(options)) return
    yield { kind: 'visit', file, fileHash, visit: { ...visit, origin: { ...visit.origin, fileHash } } }
  }
  for (const reject of mapped.rejects) yield { kind: 'reject', file, ...reject }
  for (const [reason, count] of mapped.warnings) yield { kind: 'warning', file, reason, count }
}
