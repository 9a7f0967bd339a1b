/** Where an import's visits come from: files that exist, or the generator for demonstrations. */
import { generatePatients } from '../generator/generate-patients.ts'
import { HOSPITALS } from '../generator/model.ts'
import { readFhirFiles } from '../records/import.ts'
import type { ImportSource } from './import-calls.ts'
import type { SourceEvent } from './intake.ts'

export function eventsOf(source: ImportSource): AsyncIterable<SourceEvent> {
  switch (source.kind) {
    case 'generated':
      return generatedEvents(source.patients, source.seed, source.share ?? { part: 0, of: 1 })
    case 'files':
      return fileEvents(source.paths)
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

async function* fileEvents(paths: readonly string[]): AsyncIterable<SourceEvent> {
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
          yield { kind: 'file' }
        }
        yield { kind: 'progress', done: event.bytes, total: event.totalBytes }
        break
      case 'patient':
      case 'file':
        break
    }
  }
}
