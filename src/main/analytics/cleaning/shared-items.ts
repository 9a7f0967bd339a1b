/** What two visits have in common: results and diagnoses as they were written. Pure. */
import type { FactRow } from '../facts/fact-tables.ts'
import type { CleanPerson } from './cleaned.ts'

export interface VisitItems {
  readonly results: readonly string[]
  readonly diagnoses: readonly string[]
}

/** As the source wrote it: two that differ in a unit are not the same result. */
export function resultKey(row: Readonly<FactRow<'observation'>>): string {
  const { system, code, value, unit, textValue, comparator, valueCode } = row
  return [system, code, value, unit, textValue, comparator, valueCode].join('|')
}

/** By the block of the visit that they count for. */
export function itemsByVisit(person: CleanPerson): Map<number, VisitItems> {
  const out = new Map<number, { results: string[]; diagnoses: string[] }>()
  for (const { now, isKept } of person.visit) if (isKept) out.set(now.block!, { results: [], diagnoses: [] })
  for (const { source, now, isKept } of person.observation)
    if (isKept) out.get(now.block!)?.results.push(resultKey(source))
  for (const { source, now, isKept } of person.diagnosis)
    if (isKept) out.get(now.block!)?.diagnoses.push(source.code ?? '')
  for (const items of out.values()) {
    items.results.sort()
    items.diagnoses.sort()
  }
  return out
}

/** Of two lists in order: how many they share, a double counting as often as both have it. */
export function sharedCount(a: readonly string[], b: readonly string[]): number {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      shared++
      i++
      j++
    } else if (a[i]! < b[j]!) i++
    else j++
  }
  return shared
}
