/** Facts of synthetic patients, as a chain of their visits would give them. */
import type { Population } from '../../../shared/domain/populations.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { inventedPatients, recordOfInvented } from '../twin/twin-records.ts'
import { factsOf } from './facts-of.ts'
import type { Facts } from './fact-tables.ts'

/** Visits of all patients in order of time, one block each from `firstBlock` on. */
export function syntheticFacts(
  patients: number,
  seed: string,
  firstBlock = 0,
  errors = true,
  population: Population = 'everybody',
): Facts[] {
  return syntheticRecords(patients, seed, errors, population).map((record, i) =>
    factsOf(record, { block: firstBlock + i, supersedes: null, author: record.encounter.facility }),
  )
}

/** Visits of all patients in order of time; whoever writes them to a chain gives them ids of their own. */
export function syntheticRecords(
  patients: number,
  seed: string,
  errors = true,
  population: Population = 'everybody',
): VisitRecord[] {
  const records: VisitRecord[] = []
  for (const { index, visits } of inventedPatients(seed, patients, errors, population))
    for (const visit of visits)
      records.push(recordOfInvented(visit, index.toString(16).padStart(64, '0'), visit.hospital))
  records.sort((a, b) => (a.encounter.day < b.encounter.day ? -1 : a.encounter.day > b.encounter.day ? 1 : 0))
  return records
}
