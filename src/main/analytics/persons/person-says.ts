/** What the visits of a person say of the person: dates of birth and death, sex, where they were seen. Pure. */
import { FACT_CODES } from '../facts/fact-tables.ts'
import type { PersonFacts } from './person-facts.ts'

/** Days since 1970-01-01. */
export function birthOf({ visit }: PersonFacts): number | null {
  return mostOften(visit.map(({ birth }) => birth))
}

export function deathOf({ visit }: PersonFacts): number | null {
  return mostOften(visit.map(({ death }) => death))
}

export function sexOf({ visit }: PersonFacts): (typeof FACT_CODES.sex)[number] | null {
  const sex = mostOften(visit.map((each) => each.sex))
  return sex === null ? null : (FACT_CODES.sex[sex] ?? null)
}

/** Of the first visit on that day, or of the last one before; null where there is none. */
export function hospitalOn({ visit }: PersonFacts, day: number): string | null {
  let found: { day: number; hospital: string } | null = null
  for (const each of visit) {
    if (each.day === null || each.hospital === null || each.day > day) continue
    if (found === null || each.day > found.day || (each.day === found.day && each.day < day))
      found = { day: each.day, hospital: each.hospital }
  }
  return found?.hospital ?? null
}

/** What most visits say; of two that are said as often, the one that stands first in the chain. */
export function mostOften(said: readonly (number | null)[]): number | null {
  const times = new Map<number, number>()
  for (const each of said) if (each !== null) times.set(each, (times.get(each) ?? 0) + 1)
  let best: number | null = null
  for (const [each, count] of times) if (best === null || count > times.get(best)!) best = each
  return best
}
