/** Facts of visits by person, as the warehouse would give them out. */
import { FACT_CODES, FACT_TABLE_NAMES, type Facts } from '../facts/fact-tables.ts'
import type { PersonFacts } from './person-facts.ts'

/** Persons in the order of their first visit that is finished. */
export function personsOf(facts: readonly Facts[]): PersonFacts[] {
  const byPatient = new Map<string, Facts[]>()
  for (const each of facts) {
    const { patient, status } = each.visit[0]!
    if (FACT_CODES.visitStatus[status!] !== 'finished') continue
    const own = byPatient.get(patient!)
    if (own === undefined) byPatient.set(patient!, [each])
    else own.push(each)
  }
  return [...byPatient].map(([patient, own], person) => {
    const tables = FACT_TABLE_NAMES.map((table) => [table, own.flatMap((each) => each[table] as unknown[])])
    return { person, patients: [patient], ...Object.fromEntries(tables) } as PersonFacts
  })
}
