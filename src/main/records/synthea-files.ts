/** A folder of Synthea's CSV export → visits: each table row by row, put together by patient, mapped as FHIR is. */
import { basename } from 'node:path'
import type { Json, JsonObject } from './fhir/json.ts'
import type { MapOptions } from './fhir/mapped.ts'
import type { FoundFile } from './find-files.ts'
import type { SourceEvent } from './import.ts'
import { ResourcePool } from './resource-pool.ts'
import { openTables } from './table-file.ts'
import { hasBrokenText } from './tables/row-reader.ts'
import { joinSynthea } from './tables/synthea-claims.ts'
import { SYNTHEA_ORDER, SYNTHEA_SYSTEM, syntheaReader, syntheaTableOf } from './tables/synthea.ts'

export interface SyntheaFile extends FoundFile {
  readonly table: string
}

interface Options {
  readonly signal?: AbortSignal
  readonly gatheredBytesMax?: number
}

/** The table of a file, when its name and headers are of a Synthea export. */
export function syntheaFileOf(file: FoundFile, headers: readonly string[]): SyntheaFile | null {
  const table = syntheaTableOf(basename(file.file), headers)
  return table === null ? null : { ...file, table }
}

/** Files of one folder, which name each other's rows. Bytes of `progress` count from 0. */
export async function* readSynthea(
  files: readonly SyntheaFile[],
  map: MapOptions,
  options: Options = {},
): AsyncGenerator<SourceEvent, void, void> {
  const inOrder = [...files].sort((a, b) => SYNTHEA_ORDER.indexOf(a.table) - SYNTHEA_ORDER.indexOf(b.table))
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const pool = new ResourcePool(options.gatheredBytesMax)
  const payers = new Map<string, string>()
  let done = 0
  try {
    for (const { file, table, bytes } of inOrder) {
      for await (const event of readTable(file, table, pool, payers)) {
        if (options.signal?.aborted === true) return
        yield event.kind === 'progress' ? { ...event, bytes: done + event.bytes, totalBytes } : event
      }
      done += bytes
      yield { kind: 'progress', bytes: done, totalBytes, file }
    }
    yield* mapped(pool, payers, map, options)
  } finally {
    await pool.remove()
  }
}

async function* readTable(
  file: string,
  table: string,
  pool: ResourcePool,
  payers: Map<string, string>,
): AsyncGenerator<SourceEvent, void, void> {
  const tables = await openTables(file, { encoding: 'utf-8', delimiter: ',' })
  if (typeof tables === 'string') {
    yield { kind: 'reject', file, path: '', reason: tables }
    return
  }
  let read: ReturnType<typeof syntheaReader> | null = null
  let width = 0
  try {
    for await (const { rows, bytes } of tables[0]!.batches()) {
      for (const { row, cells } of rows) {
        if (read === null) {
          read = syntheaReader(table, cells)
          width = cells.length
          continue
        }
        const path = `row ${row}`
        if (hasBrokenText(cells)) {
          yield { kind: 'reject', file, path, reason: 'text-not-readable' }
          continue
        }
        if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '')) {
          yield { kind: 'reject', file, path, reason: 'columns-shifted' }
          continue
        }
        const result = read(cells)
        if (result.kind === 'refused') {
          const { reason, detail } = result
          yield { kind: 'reject', file, path, reason, ...(detail === undefined ? {} : { detail }) }
          continue
        }
        for (const reason of result.warnings) yield { kind: 'warning', file, reason, count: 1 }
        if (table === 'payers') notePayer(result.resource, payers)
        await pool.add({ resource: result.resource, path }, file, false)
      }
      yield { kind: 'progress', bytes, totalBytes: 0, file }
    }
  } catch (error) {
    if ((error as Error).message !== 'file-not-readable') throw error
    yield { kind: 'reject', file, path: '', reason: 'file-not-readable' }
  }
}

function notePayer(resource: JsonObject, payers: Map<string, string>): void {
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
  payers.set(`Organization/${text(resource['id'])}`, text(resource['name']))
}

async function* mapped(
  pool: ResourcePool,
  payers: ReadonlyMap<string, string>,
  map: MapOptions,
  options: Options,
): AsyncGenerator<SourceEvent, void, void> {
  let orphans: readonly { path: string; claim: string }[] = []
  let transferCount = 0
  const groups = pool.map({ ...map, origin: { kind: 'csv', system: SYNTHEA_SYSTEM } }, (items) => {
    const joined = joinSynthea(items, (reference) => payers.get(reference))
    orphans = joined.orphans
    transferCount = joined.transferCount
    return joined.items
  })
  for await (const { mapped: result, placeOf, firstFile } of groups) {
    for (const patient of result.patients) yield { kind: 'patient', file: firstFile, patient }
    for (const visit of result.visits) {
      if (options.signal?.aborted === true) return
      const [file, path] = placeOf(visit.origin.path ?? '')
      yield {
        kind: 'visit',
        file,
        fileHash: undefined,
        visit: { ...visit, origin: { ...visit.origin, path } },
      }
    }
    for (const { path, claim } of orphans) {
      const [file, place] = placeOf(path)
      yield { kind: 'reject', file, path: place, reason: 'unresolved-reference', detail: claim }
    }
    for (const reject of result.rejects) {
      const [file, path] = placeOf(reject.path)
      yield { kind: 'reject', file, ...reject, path }
    }
    if (transferCount > 0)
      yield { kind: 'warning', file: firstFile, reason: 'moved-between-payers', count: transferCount }
    for (const [reason, count] of result.warnings) yield { kind: 'warning', file: firstFile, reason, count }
  }
}
