/** Facts of synthetic patients, as a chain of their visits would give them. */
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { generatePatients } from '../../generator/generate-patients.ts'
import { factsOf } from './facts-of.ts'
import type { Facts } from './fact-tables.ts'

/** Visits of all patients in order of time, one block each from `firstBlock` on. */
export function syntheticFacts(patients: number, seed: string, firstBlock = 0, errors = true): Facts[] {
  return syntheticRecords(patients, seed, errors).map((record, i) =>
    factsOf(record, { block: firstBlock + i, supersedes: null, author: record.encounter.facility }),
  )
}

/** Visits of all patients in order of time; whoever writes them to a chain gives them ids of their own. */
export function syntheticRecords(patients: number, seed: string, errors = true): VisitRecord[] {
  const records: VisitRecord[] = []
  for (const { index, visits } of generatePatients({ patients, seed, errors }))
    for (const visit of visits)
      records.push(recordOf(index, visit.sourceId, visit.hospital, visit.late?.content ?? visit.content))
  records.sort((a, b) => (a.encounter.day < b.encounter.day ? -1 : a.encounter.day > b.encounter.day ? 1 : 0))
  return records
}

function recordOf(
  index: number,
  sourceId: string,
  facility: string,
  {
    patient,
    encounter,
    ...content
  }: Omit<VisitRecord, 'envelope' | 'patient' | 'encounter'> & {
    patient: Omit<VisitRecord['patient'], 'key' | 'keyEpoch'>
    encounter: Omit<VisitRecord['encounter'], 'facility'>
  },
): VisitRecord {
  return {
    ...content,
    envelope: {
      schema: 'visit/1',
      recordId: '0'.repeat(32),
      visitId: sourceId,
      op: 'create',
      recordedAt: encounter.admission.at,
      recorder: { userKeyId: 'test', role: 'clerk' },
      origin: { kind: 'synthetic', sourceId },
      confirmations: [],
    },
    patient: { ...patient, key: index.toString(16).padStart(64, '0'), keyEpoch: 0 },
    encounter: { ...encounter, facility },
  }
}
