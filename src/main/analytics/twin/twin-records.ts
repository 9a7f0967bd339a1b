/**
 * Visits of invented people in the form of records (docs/spec/twin.md): visits in time, repeated results, wrong units and double entries, all from a
 * seed and published knowledge. Pure.
 */
import type { Population } from '../../../shared/domain/populations.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { generatePatients, type GeneratedVisit } from '../../generator/generate-patients.ts'

export interface InventedPatient {
  /** Of the generator, from 0. */
  readonly index: number
  readonly visits: readonly GeneratedVisit[]
}

/** Patients 0 to `count` - 1 of a seed, with the errors of real files where `errors`. */
export function inventedPatients(
  seed: string,
  count: number,
  errors: boolean,
  population: Population = 'everybody',
): InventedPatient[] {
  return [...generatePatients({ patients: count, seed, errors, population })]
}

/** The last state of a visit: results that came late are in it. @param key 64 hex digits, in place of a patient key */
export function recordOfInvented(visit: GeneratedVisit, key: string, facility: string): VisitRecord {
  const { patient, encounter, ...content } = visit.late?.content ?? visit.content
  return {
    ...content,
    envelope: {
      schema: 'visit/1',
      recordId: '0'.repeat(32),
      visitId: visit.sourceId,
      op: 'create',
      recordedAt: encounter.admission.at,
      recorder: { userKeyId: 'synthetic', role: 'clerk' },
      origin: { kind: 'synthetic', sourceId: visit.sourceId },
      confirmations: [],
    },
    patient: { ...patient, key, keyEpoch: 0 },
    encounter: { ...encounter, facility },
  }
}
