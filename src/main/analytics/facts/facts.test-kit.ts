/** Facts of synthetic patients, as a chain of their visits would give them. */
import { civilOfDay, dayOfCivil } from '../../../shared/domain/dates.ts'
import type { Population } from '../../../shared/domain/populations.ts'
import type { VisitRecord } from '../../../shared/domain/visit.ts'
import { inventedPatients, recordOfInvented } from '../twin/twin-records.ts'
import { factsOf } from './facts-of.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { FACT_TABLE_NAMES, factCode, type Facts } from './fact-tables.ts'

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

/** Every second visit that states a date of death says instead that it ended with it, on the day before. */
export function someDeathsByDischarge(facts: readonly Facts[]): Facts[] {
  let count = 0
  return facts.map((each) => ({
    ...each,
    visit: each.visit.map((visit) => {
      if (visit.death === null || count++ % 2 === 0) return visit
      return { ...visit, deathFrom: null, death: null, died: 1, discharge: visit.death - 1 }
    }),
  }))
}

/** Of every second person who dies, visits state a year instead of the day; the last one ended with the death, or states the day all the same. */
export function someDeathsByYear(facts: readonly Facts[]): Facts[] {
  const lastOf = new Map<string, number>()
  for (const { visit } of facts)
    for (const { patient, block, death } of visit) if (death !== null) lastOf.set(patient!, block!)
  const dying = [...lastOf.keys()]
  return facts.map((each) => ({
    ...each,
    visit: each.visit.map((visit) => {
      const nth = dying.indexOf(visit.patient!)
      if (visit.death === null || nth % 2 === 0) return visit
      const { year } = civilOfDay(visit.death)
      const stated = { deathFrom: dayOfCivil(year, 1, 1), death: dayOfCivil(year, 12, 31) }
      if (visit.block !== lastOf.get(visit.patient!) || nth % 8 === 1) return { ...visit, ...stated }
      return nth % 8 === 3 ? visit : { ...visit, ...stated, died: 1, discharge: visit.death - 1 }
    }),
  }))
}

/** Of every patient's claims: every third is a draft or was denied, every third is reversed at the next visit, and the rest stand. */
export function someClaimsWithout(facts: readonly Facts[]): Facts[] {
  const draft = factCode('claimStatus', 'draft')
  const denied = factCode('claimStatus', 'denied')
  const toReverse = new Map<string, string[]>()
  let count = 0
  return facts.map((each) => {
    const patient = each.visit[0]!.patient!
    const reversing = (toReverse.get(patient) ?? []).map((reverses, i) => ({
      ...each.claim[0]!,
      seq: each.claim.length + i,
      claim: `${reverses}-reversed`,
      reverses,
    }))
    // A visit without a claim reverses none.
    if (each.claim.length > 0) toReverse.delete(patient)
    const claims = each.claim.map((claim) => {
      const kind = count++ % 3
      if (kind === 0) return { ...claim, status: count % 2 === 0 ? draft : denied }
      if (kind === 1 && claim.claim !== null)
        toReverse.set(patient, [...(toReverse.get(patient) ?? []), claim.claim])
      return claim
    })
    return { ...each, claim: each.claim.length > 0 ? [...claims, ...reversing] : claims }
  })
}

/** Every third HbA1c is written in mmol/mol and says per cent, as somebody typed it who knows the other unit. */
export function someUnitsWrong(facts: readonly Facts[]): Facts[] {
  let count = 0
  return facts.map((each) => ({
    ...each,
    observation: each.observation.map((row) => {
      if (row.code !== '4548-4' || row.canonical === null || row.comparator !== null || count++ % 3 !== 0)
        return row
      const typed = Math.round((row.canonical - 2.152) / 0.0915)
      return { ...row, value: typed, unit: '%', canonical: typed }
    }),
  }))
}

/** A visit like that one, by whom and on which day is said. */
export function visitLike(facts: Facts, patient: string, day: number): Facts {
  const copy = structuredClone(facts)
  const moved = ({ day: was, recorded }: Facts['visit'][number]) =>
    was === null || recorded === null ? recorded : recorded + day - was
  return { ...copy, visit: copy.visit.map((row) => ({ ...row, patient, day, recorded: moved(row) })) }
}

/** The same facts in another block. */
export function atBlock(facts: Facts, block: number): Facts {
  return Object.fromEntries(
    FACT_TABLE_NAMES.map((table) => [table, facts[table].map((row) => ({ ...row, block }))]),
  ) as unknown as Facts
}

/** All facts of one patient in one place. */
export function personsOf(facts: readonly Facts[]): PersonFacts[] {
  const byPatient = new Map<string, Facts[]>()
  for (const each of facts) {
    const { patient } = each.visit[0]!
    byPatient.set(patient!, [...(byPatient.get(patient!) ?? []), each])
  }
  return [...byPatient].map(([patient, own], person) => ({
    person,
    patients: [patient],
    ...(Object.fromEntries(
      FACT_TABLE_NAMES.map((table) => [table, own.flatMap((each) => each[table] as object[])]),
    ) as unknown as Facts),
  }))
}
