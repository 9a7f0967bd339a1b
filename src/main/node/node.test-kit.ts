/** A visit record for tests: small, whole, and different for each number. */
import type { VisitRecord } from '../../shared/domain/visit.ts'
import type { Field } from './chain/record.ts'
import { fieldsOfVisit } from './chain/visit-fields.ts'

export function sampleVisit(n: number): VisitRecord {
  const hex = (byteCount: number, salt: number) =>
    (n * 7919 + salt)
      .toString(16)
      .padStart(byteCount * 2, '0')
      .slice(-byteCount * 2)
  return {
    envelope: {
      schema: 'visit/1',
      recordId: hex(16, 1),
      visitId: hex(16, 2),
      op: 'create',
      recordedAt: '2026-01-02T03:04:05+08:00',
      recorder: { userKeyId: 'u1', role: 'clerk' },
      origin: { kind: 'form' },
      confirmations: [],
    },
    patient: {
      key: hex(32, 3),
      keyEpoch: 0,
      sex: 'female',
      birthDate: '1970-05-06',
      consent: { scope: 'treatment-and-research' },
      linkTokens: [],
    },
    encounter: {
      class: 'AMB',
      status: 'finished',
      admission: { at: '2026-01-02T03:04:05+08:00', zone: 'Asia/Taipei' },
      day: '2026-01-02',
      facility: hex(16, 4),
      payer: { type: 'NHI' },
    },
    observations: [
      {
        code: { system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' },
        kind: 'lab',
        status: 'final',
        value: { type: 'decimal', value: `${5 + (n % 40) / 10}`, unit: '%' },
        sourceCodings: [],
      },
    ],
    diagnoses: [
      {
        code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'E119' },
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        verification: 'confirmed',
        text: `Visit number ${n}`,
      },
    ],
    procedures: [],
    prescriptions: [],
    claims: [],
    notes: [],
  }
}

export function sampleFields(n: number, facility: string): Field[] {
  return fieldsAt(sampleVisit(n), facility)
}

/** `facility`: the member id in hex of the hospital that will sign it. */
export function fieldsAt(visit: VisitRecord, facility: string): Field[] {
  const result = fieldsOfVisit({ ...visit, encounter: { ...visit.encounter, facility } })
  if (result.kind === 'refused') throw new Error(`${result.reason} in ${result.field}`)
  return result.fields
}
