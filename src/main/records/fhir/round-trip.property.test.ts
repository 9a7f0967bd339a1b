import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { contentHashOf } from '../../node/chain/content-hash.ts'
import { anyVisit } from '../../node/chain/visit-arbitrary.test-kit.ts'
import { fieldsOfVisit } from '../../node/chain/visit-fields.ts'
import { generatePatients } from '../../generator/generate-patients.ts'
import { readJson } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { mapBundle } from './map-bundle.ts'
import { DEFAULT_MAP_OPTIONS } from './mapped.ts'
import type { Mapped } from './mapped.ts'
import { patientBundleText, patientLines } from './write-patient.ts'
import type { WritablePatient } from './write-patient.ts'

const crypto = { sha256: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) }

function draftOf(record: VisitRecord): VisitDraft {
  const { envelope: _envelope, patient, encounter, ...rest } = record
  const { key: _key, keyEpoch: _epoch, ...person } = patient
  const { facility: _facility, ...stay } = encounter
  return { ...rest, patient: person, encounter: stay }
}

function hashOf(draft: VisitDraft, from: VisitRecord): string {
  const record = {
    ...draft,
    envelope: from.envelope,
    patient: { ...draft.patient, key: from.patient.key, keyEpoch: from.patient.keyEpoch },
    encounter: { ...draft.encounter, facility: from.encounter.facility },
  }
  const fields = fieldsOfVisit(record)
  if (fields.kind !== 'fields') throw new Error(`${fields.field}: ${fields.reason}`)
  return Buffer.from(contentHashOf(crypto as never, fields.fields)).toString('hex')
}

function readBundle(text: string): Mapped {
  const read = readJson(text)
  if (read.kind !== 'json') throw new Error(read.reason)
  const entries = (read.value as JsonObject)['entry'] as Json[]
  const items = entries.map((entry, i) => ({
    resource: (entry as JsonObject)['resource'] as JsonObject,
    path: `entry[${i}]`,
    fullUrl: (entry as JsonObject)['fullUrl'] as string,
  }))
  return mapBundle(items, { consentScope: 'treatment-only' }, read.hasBadText)
}

const patientUuid = '11111111-1111-8111-a111-111111111111'

describe('export and import', () => {
  it('give back any record that the schema lets through, field by field', () => {
    fc.assert(
      fc.property(fc.array(anyVisit, { minLength: 1, maxLength: 3 }), (records) => {
        const visits = records.map((record, i) => ({
          visitId: `${String(i).padStart(2, '0')}${record.envelope.visitId.slice(2)}`,
          content: draftOf(record),
          envelope: record.envelope,
        }))
        const mapped = readBundle(patientBundleText({ patientUuid, visits }))
        expect(mapped.visits.map((visit) => visit.origin.sourceId)).toEqual(
          visits.map((visit) => visit.visitId),
        )
        mapped.visits.forEach((visit, i) => {
          expect(visit.content).toEqual(visits[i]!.content)
          expect(hashOf(visit.content, records[i]!)).toBe(hashOf(visits[i]!.content, records[i]!))
        })
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('give back the same through bulk files, whatever the order of their lines', () => {
    fc.assert(
      fc.property(anyVisit, fc.integer(), (record, seed) => {
        const content = draftOf(record)
        const lines = patientLines({ patientUuid, visits: [{ visitId: record.envelope.visitId, content }] })
        const all = [...lines.values()].flatMap((text) => text.trimEnd().split('\n'))
        const shuffled = all
          .map((line, i) => ({ line, key: createHash('md5').update(`${seed} ${i}`).digest('hex') }))
          .sort((a, b) => (a.key < b.key ? -1 : 1))
        const items = shuffled.map(({ line }, i) => {
          const read = readJson(line)
          if (read.kind !== 'json') throw new Error(read.reason)
          return { resource: read.value as JsonObject, path: `line ${i}` }
        })
        const mapped = mapBundle(items, DEFAULT_MAP_OPTIONS)
        expect(mapped.visits.map((visit) => visit.content)).toEqual([content])
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('give back generated patients with nothing refused, with errors in them or without', () => {
    for (const errors of [false, true]) {
      for (const patient of generatePatients({ patients: 30, seed: 'fhir', errors })) {
        const writable: WritablePatient = {
          identity: patient.patient,
          patientUuid,
          visits: patient.visits.map((visit, i) => ({
            visitId: createHash('md5').update(`${visit.sourceId} ${i}`).digest('hex'),
            content: (visit.late ?? visit).content,
          })),
        }
        const mapped = readBundle(patientBundleText(writable))
        expect(mapped.rejects).toEqual([])
        expect(mapped.patients).toHaveLength(1)
        expect(mapped.patients[0]).toMatchObject({
          name: patient.patient.name,
          nationalId: patient.patient.nationalId,
          medicalRecordNumber: patient.patient.medicalRecordNumber,
          sex: writable.visits[writable.visits.length - 1]!.content.patient.sex,
        })
        expect(mapped.visits.map((visit) => visit.content)).toEqual(
          writable.visits.map((visit) => visit.content),
        )
      }
    }
  }, 120_000)
})
