/**
 * Everything that an import reads, told apart by itself: FHIR bundles, single resources and NDJSON, messages of HL7 v2,
 * folders of Synthea's CSV, and a hospital's own tables, which need a mapping.
 */
import { dirname } from 'node:path'
import { fingerprintOf, type TableMapping } from '../../shared/domain/table-mapping.ts'
import { ENROLMENT_HEADER, LEDGER_HEADER, TRUTH_COST_HEADER, TRUTH_CP_HEADER } from '../generator/tables.ts'
import { DEFAULT_MAP_OPTIONS, type MapOptions } from './fhir/mapped.ts'
import { findFiles, type FoundFile } from './find-files.ts'
import { readHospitalTables } from './hospital-files.ts'
import { FHIR_FILE, readFhirFiles, type ReadOptions, type SourceEvent } from './import.ts'
import { looksLikeHl7 } from './read-hl7v2.ts'
import { readSynthea, syntheaFileOf, type SyntheaFile } from './synthea-files.ts'
import { inspectTable, isTableFile } from './table-file.ts'
import type { AtFacility } from './tables/row.ts'

export interface RecordOptions extends ReadOptions {
  /** How a hospital's own tables are read; null when none was chosen. */
  readonly mapping: TableMapping | null
  readonly at: AtFacility
}

/** Names that say what they are: a damaged one is told so by the reader of messages. */
const SURE_HL7_FILE = /\.(hl7|hl7v2|er7)$/i
/** Names that mean anything. Messages are known by how they begin; of the rest, only what a person names is read. */
const VAGUE_FILE = /\.(txt|msg|dat)$/i
/** Names that a folder is searched for. */
const SEARCHED = new RegExp(
  [FHIR_FILE, SURE_HL7_FILE, VAGUE_FILE, /\.(csv|tsv|xlsx)$/].map(({ source }) => source).join('|'),
  'i',
)

/** What the paths hold, before anything is read. */
export interface Recognised {
  readonly fhir: readonly FoundFile[]
  readonly hl7: readonly FoundFile[]
  /** Synthea exports, one for each folder. */
  readonly synthea: readonly (readonly SyntheaFile[])[]
  /** Tables that only a mapping can explain. */
  readonly tables: readonly FoundFile[]
  readonly missing: readonly string[]
}

export async function recogniseFiles(paths: readonly string[]): Promise<Recognised> {
  const { files, missing } = await findFiles(paths, SEARCHED)
  const fhir: FoundFile[] = []
  const hl7: FoundFile[] = []
  const tables: FoundFile[] = []
  const synthea = new Map<string, SyntheaFile[]>()
  for (const file of files) {
    if (await isForHl7(file.file)) {
      hl7.push(file)
      continue
    }
    if (file.isSearched && VAGUE_FILE.test(file.file)) continue // folders hold notes as well
    if (!isTableFile(file.file)) {
      fhir.push(file)
      continue
    }
    const looked = await inspectTable(file.file)
    const headers = looked.kind === 'table' ? (looked.sheets[0]?.rows[0] ?? []) : []
    const ofExport = syntheaFileOf(file, headers)
    if (ofExport !== null) {
      const folder = dirname(file.file)
      synthea.set(folder, [...(synthea.get(folder) ?? []), ofExport])
    } else if (!(file.isSearched && TRUTH.has(fingerprintOf(headers)))) tables.push(file)
  }
  return { fhir, hl7, synthea: [...synthea.values()], tables, missing }
}

async function isForHl7(path: string): Promise<boolean> {
  return SURE_HL7_FILE.test(path) || (!FHIR_FILE.test(path) && (await looksLikeHl7(path)))
}

export const bytesOf = (files: readonly FoundFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)

/** The generator lays its truth beside the files that it makes; no hospital has such tables. */
const TRUTH = new Set(
  [ENROLMENT_HEADER, LEDGER_HEADER, TRUTH_CP_HEADER, TRUTH_COST_HEADER].map((header) =>
    fingerprintOf(header.trim().split(',')),
  ),
)

/** All but the messages, which have a reader of their own (read-hl7v2.ts): they speak of parts of visits. */
export async function* readRecords(
  { fhir, hl7, synthea, tables, missing }: Recognised,
  options: RecordOptions,
): AsyncGenerator<SourceEvent, void, void> {
  for (const file of missing) yield { kind: 'reject', file, path: '', reason: 'file-not-readable' }
  const map: MapOptions = {
    ...DEFAULT_MAP_OPTIONS,
    ...(options.consentScope && { consentScope: options.consentScope }),
  }
  const totalBytes = [fhir, hl7, ...synthea, tables].reduce((sum, files) => sum + bytesOf(files), 0)
  let before = 0
  async function* counted(events: AsyncIterable<SourceEvent>, bytes: number): AsyncGenerator<SourceEvent> {
    for await (const event of events)
      yield event.kind === 'progress' ? { ...event, bytes: before + event.bytes, totalBytes } : event
    before += bytes
  }
  if (fhir.length > 0)
    yield* counted(
      readFhirFiles(
        fhir.map(({ file }) => file),
        options,
      ),
      bytesOf(fhir),
    )
  for (const files of synthea) {
    if (options.signal?.aborted === true) return
    yield* counted(readSynthea(files, map, options), bytesOf(files))
  }
  if (tables.length === 0) return
  const { mapping, at } = options
  if (mapping === null) {
    for (const { file } of tables) {
      yield { kind: 'reject', file, path: '', reason: 'table-needs-mapping' }
      yield { kind: 'progress', bytes: before, totalBytes, file }
    }
    return
  }
  const { consentScope } = map
  yield* counted(readHospitalTables(tables, { ...options, mapping, at, consentScope }), bytesOf(tables))
}
