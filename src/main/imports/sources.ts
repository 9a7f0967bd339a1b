/** Where an import's visits come from: files that exist, or the generator for demonstrations. */
import { generatePatients } from '../generator/generate-patients.ts'
import { HOSPITALS } from '../generator/model.ts'
import { readFhirFiles } from '../records/import.ts'
import { readHl7Files } from '../records/read-hl7v2.ts'
import { offsetAtCivil } from '../services/facility-time.ts'
import { describeFile, sortFiles } from './find-files.ts'
import type { ImportSource } from './import-calls.ts'
import type { SourceEvent } from './intake.ts'

export function eventsOf(source: ImportSource): AsyncIterable<SourceEvent> {
  switch (source.kind) {
    case 'generated':
      return generatedEvents(source.patients, source.seed, source.share ?? { part: 0, of: 1 })
    case 'files':
      return fileEvents(source.paths, source.zone)
  }
}

/** Synthetic people, one life after the other. Late results are there already: a demonstration needs no second version. */
async function* generatedEvents(
  patients: number,
  seed: string,
  { part, of }: { part: number; of: number },
): AsyncIterable<SourceEvent> {
  let done = 0
  yield { kind: 'progress', done, total: patients }
  for (const { visits } of generatePatients({ patients, seed })) {
    for (const { hospital, patient, origin, content, late, sourceId, memberNumber } of visits) {
      if (HOSPITALS.indexOf(hospital) % of !== part) continue
      const whole = late?.content ?? content
      yield {
        kind: 'visit',
        patient,
        content: whole,
        memberNumber,
        origin,
        file: 'generator',
        path: sourceId,
        observations: whole.observations.length,
      }
    }
    yield { kind: 'progress', done: ++done, total: patients }
  }
}

/** Bundles and resources first, then messages; `done` and `total` are bytes of all. */
async function* fileEvents(paths: readonly string[], zone: string | undefined): AsyncIterable<SourceEvent> {
  const { fhir, hl7, hl7Bytes } = await sortFiles(paths)
  let fhirBytes = 0
  if (fhir.length > 0) {
    for await (const event of fhirEvents(fhir)) {
      if (event.kind !== 'progress') yield event
      else {
        fhirBytes = event.total ?? 0
        yield { kind: 'progress', done: event.done, total: fhirBytes + hl7Bytes }
      }
    }
  }
  if (hl7.length > 0) yield* hl7Events(hl7, zone, fhirBytes, fhirBytes + hl7Bytes)
}

async function* hl7Events(
  paths: readonly string[],
  zone: string | undefined,
  before: number,
  total: number,
): AsyncIterable<SourceEvent> {
  const files = new Set<string>()
  const offsetAt = (civil: string) => (zone === undefined ? null : offsetAtCivil(zone, civil))
  for await (const event of readHl7Files(paths, { offsetAt })) {
    switch (event.kind) {
      case 'visit': {
        const { patient, content, memberNumber, origin, joining, file, path } = event.visit
        const observations = content.observations.length
        yield { kind: 'visit', patient, content, memberNumber, origin, file, path, observations, joining }
        break
      }
      case 'reject': {
        const { kind: _kind, ...reject } = event
        yield { kind: 'reject', reject }
        break
      }
      case 'warning':
        yield event
        break
      case 'progress':
        if (!files.has(event.file)) {
          files.add(event.file)
          yield await fileEvent(event.file)
        }
        yield { kind: 'progress', done: before + event.bytes, total }
        break
    }
  }
}

async function* fhirEvents(paths: readonly string[]): AsyncIterable<SourceEvent> {
  const files = new Set<string>()
  for await (const event of readFhirFiles(paths)) {
    switch (event.kind) {
      case 'visit': {
        const { patient, content, memberNumber, origin, observationResourceCount } = event.visit
        yield {
          kind: 'visit',
          patient,
          content,
          memberNumber: memberNumber ?? null,
          origin,
          file: event.file,
          path: origin.path ?? '',
          observations: observationResourceCount,
        }
        break
      }
      case 'reject': {
        const { file, path, reason, detail } = event
        yield { kind: 'reject', reject: { file, path, reason, ...(detail === undefined ? {} : { detail }) } }
        break
      }
      case 'warning':
        yield { kind: 'warning', reason: event.reason, count: event.count }
        break
      case 'progress':
        if (!files.has(event.file)) {
          files.add(event.file)
          yield await fileEvent(event.file)
        }
        yield { kind: 'progress', done: event.bytes, total: event.totalBytes }
        break
      case 'patient':
      case 'file':
        break
    }
  }
}

/** The file as it is now, for the list and the manifest of the import. */
async function fileEvent(path: string): Promise<SourceEvent> {
  const file = await describeFile(path)
  return file === null ? { kind: 'file' } : { kind: 'file', file }
}
