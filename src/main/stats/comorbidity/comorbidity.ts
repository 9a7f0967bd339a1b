import charlsonTable from './charlson-icd10-quan2005.json' with { type: 'json' }
import elixhauserTable from './elixhauser-icd10-quan2005.json' with { type: 'json' }

/** A list of conditions recognised by prefixes of ICD-10 codes (Quan et al. 2005; sources in the tables). */
export interface ComorbidityTable {
  name: string
  source: string
  /** Pairs [severe, mild]: the mild one does not count beside the severe one. */
  hierarchy: readonly (readonly string[])[]
  categories: readonly {
    key: string
    en: string
    zhTW: string
    prefixes: readonly string[]
    weights: Readonly<Record<string, number>>
  }[]
}

export const CHARLSON: ComorbidityTable = charlsonTable as unknown as ComorbidityTable
export const ELIXHAUSER: ComorbidityTable = elixhauserTable as unknown as ComorbidityTable

export type CharlsonWeights = 'charlson1987' | 'quan2011'
export type ElixhauserWeights = 'vanWalraven2009' | 'swiss2021'

export interface Comorbidities {
  /** Keys of the conditions found, in the order of the table, mild ones beside severe ones included. */
  found: string[]
  score: number
}

/** Conditions among a patient's ICD-10 codes and their weighted sum; dots, blanks and case do not matter. */
export function comorbidities(
  table: ComorbidityTable,
  codes: Iterable<string>,
  weights: CharlsonWeights | ElixhauserWeights,
): Comorbidities {
  const index = prefixIndex(table)
  const hit = new Set<string>()
  for (const raw of codes) {
    const code = normaliseCode(raw)
    for (let length = 3; length <= Math.min(code.length, 6); length++) {
      for (const key of index.get(code.slice(0, length)) ?? []) hit.add(key)
    }
  }
  const found = table.categories.filter((c) => hit.has(c.key)).map((c) => c.key)
  let score = 0
  for (const category of table.categories) {
    if (!hit.has(category.key)) continue
    const isOutranked = table.hierarchy.some(([severe, mild]) => mild === category.key && hit.has(severe!))
    if (!isOutranked) score += category.weights[weights] ?? 0
  }
  return { found, score }
}

/** Charlson's points for age: one per decade from 50 on, four from 80 (Charlson et al. 1994). */
export function charlsonAgePoints(years: number): number {
  return years < 50 ? 0 : Math.min(4, Math.floor((years - 40) / 10))
}

export function normaliseCode(code: string): string {
  return code.replace(/[.\s]/g, '').toUpperCase()
}

const INDEXES = new Map<ComorbidityTable, Map<string, string[]>>()

function prefixIndex(table: ComorbidityTable): Map<string, string[]> {
  const known = INDEXES.get(table)
  if (known) return known
  const index = new Map<string, string[]>()
  for (const category of table.categories) {
    for (const prefix of category.prefixes) {
      const list = index.get(prefix)
      if (list) list.push(category.key)
      else index.set(prefix, [category.key])
    }
  }
  INDEXES.set(table, index)
  return index
}
