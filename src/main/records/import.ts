/**
 * Files → visits: FHIR bundles, single resources and bulk NDJSON, streaming, with every refusal named by file and place.
 * Knows nothing of the chain: whoever calls makes keys, ids and sealed records of the drafts.
 *
 * A bundle that holds its own patient is mapped at once. Everything else (NDJSON, single resources, pages of searches)
 * may need other files, so it is gathered by patient first: in memory while it is small, else in temporary files under
 * a key that lives in this process alone.
 */
import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourcePatient } from '../../shared/domain/source.ts'
import { readJson, writeJson } from './fhir/json.ts'
import type { Json, JsonObject } from './fhir/json.ts'
import { DEFAULT_MAP_OPTIONS, mapBundle } from './fhir/map-bundle.ts'
import type { Mapped, MapOptions, SourceVisit } from './fhir/map-bundle.ts'
import { objectAt, referenceText } from './fhir/reading.ts'
import { indexReferences } from './fhir/references.ts'
import type { Item } from './fhir/references.ts'
import { CONTEXT_TYPES } from './fhir/resource-types.ts'
import { openSealedParts, partOfName, type SealedParts } from './sealed-parts.ts'

export { GatherFailure } from './sealed-parts.ts'

/** A single JSON file larger than this is refused by name; NDJSON has no limit but that of one line. */
export const FILE_BYTES_MAX = 50 * 1024 * 1024
export const LINE_BYTES_MAX = FILE_BYTES_MAX
/** Gathered resources beyond this go to temporary files. */
const GATHERED_BYTES_MAX = 64 * 1024 * 1024
const PARTITIONS = 64
/** Patients, organisations and the like of other files that a resource may refer to. */
const CONTEXT_MAX = 200_000
/** Context that belongs to one patient and is gathered with the rest of it. */
const OF_ONE_PATIENT = new Set(['Coverage', 'Specimen'])

export interface ReadOptions extends Partial<MapOptions> {
  /** Stops the reading between two visits. */
  signal?: AbortSignal
  /** Lower bounds for tests. */
  gatheredBytesMax?: number
  fileBytesMax?: number
}

export type SourceEvent =
  | { kind: 'patient'; file: string; patient: SourcePatient }
  | { kind: 'visit'; file: string; fileHash: string | undefined; visit: SourceVisit }
  | { kind: 'reject'; file: string; path: string; reason: string; detail?: string }
  | { kind: 'warning'; file: string; reason: string; count: number }
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
  const found = await findFiles(paths)
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
  const pool = new Pool(options.gatheredBytesMax ?? GATHERED_BYTES_MAX)
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
const isLines = (file: string) => /\.(ndjson|jsonl)$/i.test(file)

/** Folders are searched without following links, which may lead in a circle or out of what was chosen. */
async function findFiles(paths: readonly string[]) {
  const files: { file: string; bytes: number }[] = []
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
      else if (/\.(json|ndjson|jsonl)$/i.test(entry.name)) add(path, await look(path))
    }
  }
  const look = (path: string) => stat(path).catch(() => null)
  const add = (path: string, info: Stats | null): void => {
    // A pipe or a device would be read for ever.
    if (info?.isFile() === true) files.push({ file: path, bytes: info.size })
    else missing.push(path)
  }
  for (const path of paths) {
    const info = await look(path)
    if (info?.isDirectory() === true) await search(path)
    else add(path, info)
  }
  return { files, missing }
}

/* Single documents */

async function* readDocument(
  file: string,
  pool: Pool,
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
  pool: Pool,
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

async function gatherLine(text: string, file: string, path: string, pool: Pool): Promise<SourceEvent[]> {
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

interface Gathered {
  item: Item
  file: string
  hasBadText: boolean
}

/**
 * Resources by patient. Small: all in memory. Large: spread over temporary files by a hash of the patient's name, each
 * line sealed, so that one part at a time fits in memory and nothing readable touches the disk.
 */
class Pool {
  private readonly bytesMax: number
  private readonly memory: Gathered[] = []
  private readonly context: Item[] = []
  private readonly contextNames = new Set<string>()
  private bytes = 0
  private parts: SealedParts | null = null

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  get isEmpty(): boolean {
    return this.memory.length === 0 && this.parts === null
  }

  contextItems(): readonly Item[] {
    return this.context
  }

  /** Every bundle of an export repeats the same organisations and practitioners: each is kept once. */
  addContext(item: Item): void {
    const { resourceType, id } = item.resource
    const name = item.fullUrl ?? (typeof id === 'string' ? `${String(resourceType)}/${id}` : '')
    if (this.context.length >= CONTEXT_MAX || this.contextNames.has(name)) return
    if (name !== '') this.contextNames.add(name)
    this.context.push({ resource: withoutText(item.resource), path: item.path, fullUrl: item.fullUrl })
  }

  /** `text` is the resource's own JSON, when it is at hand. */
  async add(item: Item, file: string, hasBadText: boolean, text?: string): Promise<void> {
    const type = item.resource['resourceType']
    const isShared = typeof type === 'string' && CONTEXT_TYPES.has(type) && !OF_ONE_PATIENT.has(type)
    if (isShared && !hasBadText) {
      this.addContext(item)
      return
    }
    // References by identifier may lead from another part to this patient.
    if (type === 'Patient' && !hasBadText) this.addContext(item)
    const gathered: Gathered = { item, file, hasBadText }
    if (this.parts === null) {
      this.memory.push(gathered)
      this.bytes += text?.length ?? 2000
      if (this.bytes > this.bytesMax) await this.spill()
      return
    }
    await this.write(gathered, text)
  }

  /** Groups of resources of which each holds all of its patients. */
  async *groups(): AsyncGenerator<Gathered[], void, void> {
    if (this.parts === null) {
      if (this.memory.length > 0) yield this.memory
      return
    }
    for (let part = 0; part < PARTITIONS; part++) {
      const group = await this.readBack(part)
      if (group.length > 0) yield group
    }
  }

  async remove(): Promise<void> {
    await this.parts?.remove()
  }

  private async spill(): Promise<void> {
    this.parts = await openSealedParts(PARTITIONS)
    for (const gathered of this.memory) await this.write(gathered)
    this.memory.length = 0
  }

  private async write(gathered: Gathered, text?: string): Promise<void> {
    const { item, file, hasBadText } = gathered
    const line = JSON.stringify([
      file,
      item.path,
      item.fullUrl ?? null,
      hasBadText,
      text ?? writeJson(item.resource),
    ])
    await this.parts!.write(partOfName(patientName(item.resource), PARTITIONS), line)
  }

  private async readBack(part: number): Promise<Gathered[]> {
    const group: Gathered[] = []
    for (const line of await this.parts!.read(part)) {
      const [file, path, fullUrl, hasBadText, text] = JSON.parse(line) as [
        string,
        string,
        string | null,
        boolean,
        string,
      ]
      const read = readJson(text)
      if (read.kind !== 'json') continue
      group.push({
        item: { resource: read.value as JsonObject, path, fullUrl: fullUrl ?? undefined },
        file,
        hasBadText,
      })
    }
    return group
  }
}

/** Narrative is of no use to a name, and it is most of the bytes. */
function withoutText(resource: JsonObject): JsonObject {
  if (resource['text'] === undefined) return resource
  const { text: _text, ...rest } = resource
  return rest
}

/** One word for the patient that a resource belongs to, the same in every way of referring to it. */
function patientName(resource: JsonObject): string {
  if (resource['resourceType'] === 'Patient') {
    const id = resource['id']
    return typeof id === 'string' ? id : ''
  }
  const link =
    objectAt(resource['subject']) ?? objectAt(resource['patient']) ?? objectAt(resource['beneficiary'])
  const reference = referenceText(link) ?? ''
  const plain = reference.replace(/\/_history\/.*$/, '').replace(/^urn:uuid:/, '')
  return plain.slice(plain.lastIndexOf('/') + 1)
}

async function* mapGathered(
  pool: Pool,
  withoutPatient: Set<string>,
  map: MapOptions,
  options: ReadOptions,
): AsyncGenerator<SourceEvent, void, void> {
  if (pool.isEmpty) return
  const outer = indexReferences(pool.contextItems())
  for await (const group of pool.groups()) {
    if (isStopped(options)) return
    // Places name their file too: resources of several files meet here.
    const fileOf = new Map<string, string>()
    const items = group.map(({ item, file }, i) => {
      const path = `${i}\u0001${item.path}`
      fileOf.set(String(i), file)
      return { ...item, path }
    })
    const hasBadText = group.some((each) => each.hasBadText)
    const mapped = mapBundle(items, { ...map, outer }, hasBadText)
    const placeOf = (path: string): [file: string, path: string] => {
      const mark = path.indexOf('\u0001')
      return [fileOf.get(path.slice(0, mark)) ?? '', path.slice(mark + 1).replace(/^\./, '')]
    }
    const first = group[0]!.file
    yield* mapped.patients.map((patient): SourceEvent => ({ kind: 'patient', file: first, patient }))
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
    for (const [reason, count] of mapped.warnings) yield { kind: 'warning', file: first, reason, count }
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
