/** Where an import's visits come from: files that exist, or the generator for demonstrations. */
import { generatePatients } from '../generator/generate-patients.ts'
import type { ImportSource } from './import-calls.ts'
import type { SourceEvent } from './intake.ts'

export function eventsOf(source: ImportSource): AsyncIterable<SourceEvent> {
  switch (source.kind) {
    case 'generated':
      return generatedEvents(source.patients, source.seed)
    case 'files':
      return fileEvents(source.paths, source.zone)
  }
}

/** Synthetic people, one life after the other. Late results are there already: a demonstration needs no second version. */
async function* generatedEvents(patients: number, seed: string): AsyncIterable<SourceEvent> {
  let done = 0
  yield { kind: 'progress', done, total: patients }
  for (const { visits } of generatePatients({ patients, seed })) {
    for (const { patient, origin, content, late, sourceId } of visits) {
      const whole = late?.content ?? content
      yield {
        kind: 'visit',
        patient,
        content: whole,
        origin,
        file: 'generator',
        path: sourceId,
        observations: whole.observations.length,
      }
    }
    yield { kind: 'progress', done: ++done, total: patients }
  }
}

async function* fileEvents(_paths: readonly string[], _zone: string): AsyncIterable<SourceEvent> {
  throw new Error('not here yet')
}
