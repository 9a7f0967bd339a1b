/** Where an import's visits come from: files that exist, or the generator for demonstrations. */
import { generatePatients } from '../generator/generate-patients.ts'
import { insurerOfLife } from '../generator/insured-with.ts'
import { HOSPITALS } from '../generator/model.ts'
import type { PersonQuestion } from './person-desk.ts'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import type { SourceEvent as FileEvent } from '../records/import.ts'
import { bytesOf, readRecords, recogniseFiles } from '../records/read-records.ts'
import { readHl7Files } from '../records/read-hl7v2.ts'
import { offsetAtCivil } from '../services/facility-time.ts'
import { atFacility } from './at-facility.ts'
import { describeFile } from './describe-file.ts'
import type { ImportSource } from './import-calls.ts'
import type { SourceEvent } from './intake.ts'

export function eventsOf(source: ImportSource): AsyncIterable<SourceEvent> {
  switch (source.kind) {
    case 'generated':
      return generatedEvents(source)
    case 'files':
      return fileEvents(source.paths, source.mapping ?? null, source.zone)
  }
}

/** Synthetic people, one life after the other. Late results are there already: a demonstration needs no second version. */
async function* generatedEvents(
  source: Extract<ImportSource, { kind: 'generated' }>,
): AsyncIterable<SourceEvent> {
  const {
    patients,
    seed,
    share: { part, of } = { part: 0, of: 1 },
    population = 'everybody',
    insurers,
  } = source
  // A clinic is there to be cleaned.
  const errors = population === 'diabetes-clinic'
  let done = 0
  yield { kind: 'progress', done, total: patients }
  for (const { index, visits } of generatePatients({ patients, seed, population, errors })) {
    const insurer = insurers && insurerOfLife(seed, index, insurers).name
    for (const { hospital, patient, origin, content, late, sourceId, memberNumber } of visits) {
      if (HOSPITALS.indexOf(hospital) % of !== part) continue
      const whole = insuredWith(late?.content ?? content, insurer)
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

function insuredWith<
  Content extends { readonly encounter: { readonly payer: { readonly organisation?: string } } },
>(content: Content, insurer: string | undefined): Content {
  const { encounter } = content
  if (insurer === undefined || encounter.payer.organisation === undefined) return content
  return { ...content, encounter: { ...encounter, payer: { ...encounter.payer, organisation: insurer } } }
}

/**
 * Files and folders of any kind that we read → events. The one way in for whoever has paths: the window, the command line,
 * a watched folder. Messages come last, since they are joined with the visits that are there; `done` and `total` are bytes
 * of all.
 * @param mapping how a hospital's own tables are read; without it they are refused by name
 * @param zone of times that stand without one
 */
export async function* fileEvents(
  paths: readonly string[],
  mapping: TableMapping | null,
  zone: string | undefined,
): AsyncIterable<SourceEvent> {
  const found = await recogniseFiles(paths)
  const hl7Bytes = bytesOf(found.hl7)
  const before = [found.fhir, ...found.synthea, found.tables].reduce((sum, files) => sum + bytesOf(files), 0)
  yield* recordEvents(readRecords(found, { mapping, at: atFacility(zone ?? 'UTC') }))
  if (found.hl7.length > 0)
    yield* hl7Events(
      found.hl7.map(({ file }) => file),
      zone,
      before,
      before + hl7Bytes,
    )
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
        // Messages say no consent; what is joined keeps that of the version which is there.
        const isConsentAssumed = true
        yield {
          kind: 'visit',
          patient,
          content,
          memberNumber,
          isConsentAssumed,
          origin,
          file,
          path,
          observations,
          joining,
        }
        break
      }
      case 'person': {
        const { person, file, path } = event
        const { patient, section, before } = person
        const { deceased, deathDate, residenceRegion } = section
        const facts = { ...patient, deceased, deathDate, residenceRegion }
        const question: PersonQuestion =
          before === null ? { kind: 'person', patient, person: facts } : { kind: 'merge', patient, before }
        yield { kind: 'person', question, file, path }
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

async function* recordEvents(source: AsyncIterable<FileEvent>): AsyncIterable<SourceEvent> {
  const files = new Set<string>()
  for await (const event of source) {
    switch (event.kind) {
      case 'visit': {
        const { patient, content, memberNumber, isConsentAssumed, origin, observationResourceCount } =
          event.visit
        yield {
          kind: 'visit',
          patient,
          content,
          memberNumber: memberNumber ?? null,
          ...(isConsentAssumed === undefined ? {} : { isConsentAssumed }),
          origin,
          ...(event.sourceName === undefined ? {} : { sourceName: event.sourceName }),
          ...(event.places === undefined ? {} : { places: event.places }),
          file: event.file,
          path: origin.path ?? '',
          observations: observationResourceCount,
        }
        break
      }
      case 'reject': {
        const { kind: _kind, ...reject } = event
        yield { kind: 'reject', reject }
        break
      }
      case 'warning': {
        const { reason, count, at, file } = event
        yield { kind: 'warning', reason, count, ...(at === undefined ? {} : { at: { file, ...at } }) }
        break
      }
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
