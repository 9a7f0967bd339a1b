/**
 * Everything that an import reads, told apart by itself: FHIR bundles, single resources and NDJSON, folders of Synthea's
 * CSV, and a hospital's own tables, which need a mapping.
 */
import { dirname } from 'node:path'
import { fingerprintOf, type TableMapping } from '../../shared/domain/table-mapping.ts'
import { ENROLMENT_HEADER, LEDGER_HEADER, TRUTH_COST_HEADER, TRUTH_CP_HEADER } from '../generator/tables.ts'
import { DEFAULT_MAP_OPTIONS, type MapOptions } from './fhir/map-bundle.ts'
import { findFiles, type FoundFile } from './find-files.ts'
import { readHospitalTables } from './hospital-files.ts'
import { FHIR_FILE, readFhirFiles, type ReadOptions, type SourceEvent } from './import.ts'
import { readSynthea, syntheaFileOf, type SyntheaFile } from './synthea-files.ts'
import { inspectTable, isTableFile } from './table-file.ts'
import type { AtFacility } from './tables/row-reader.ts'

export interface RecordOptions extends ReadOptions {
  /** How a hospital's own tables are read; null when none was chosen. */
  readonly mapping: TableMapping | null
  readonly at: AtFacility
}

/** Names that a folder is searched for. Plain text is read only when a person names it: folders hold notes as well. */
const SEARCHED = new RegExp(`${FHIR_FILE.source}|\\.(csv|tsv|xlsx)$`, 'i')

/** What the paths hold, before anything is read. */
export interface Recognised {
  readonly fhir: readonly FoundFile[]
  /** Synthea exports, one for each folder. */
  readonly synthea: readonly (readonly SyntheaFile[])[]
  /** Tables that only a mapping can explain. */
  readonly tables: readonly FoundFile[]
  readonly missing: readonly string[]
}

export async function recogniseFiles(paths: readonly string[]): Promise<Recognised> {
  const { files, missing } = await findFiles(paths, SEARCHED)
  const fhir: FoundFile[] = []
  const tables: FoundFile[] = []
  const synthea = new Map<string, SyntheaFile[]>()
  for (const file of files) {
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
  return { fhir, synthea: [...synthea.values()], tables, missing }
}

/** The generator lays its truth beside the files that it makes; no hospital has such tables. */
const TRUTH = new Set(
  [ENROLMENT_HEADER, LEDGER_HEADER, TRUTH_CP_HEADER, TRUTH_COST_HEADER].map((header) =>
    fingerprintOf(header.trim().split(',')),
  ),
)

export async function* readRecords(
  paths: readonly string[],
  options: RecordOptions,
): AsyncGenerator<SourceEvent, void, void> {
  const { fhir, synthea, tables, missing } = await recogniseFiles(paths)
  for (const file of missing) yield { kind: 'reject', file, path: '', reason: 'file-not-readable' }
  const map: MapOptions = {
    ...DEFAULT_MAP_OPTIONS,
    ...(options.consentScope && { consentScope: options.consentScope }),
  }
  const sizeOf = (files: readonly FoundFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0)
  const totalBytes = sizeOf(fhir) + synthea.reduce((sum, files) => sum + sizeOf(files), 0) + sizeOf(tables)
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
      sizeOf(fhir),
    )
  for (const files of synthea) {
    if (options.signal?.aborted === true) return
    yield* counted(readSynthea(files, map, options), sizeOf(files))
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
  yield* counted(readHospitalTables(tables, { ...options, mapping, at, consentScope }), sizeOf(tables))
}
