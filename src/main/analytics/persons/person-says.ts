/** What the visits of a person say of the person: dates of birth and death, sex, where they were seen. Pure. */
import { FACT_CODES } from '../facts/fact-tables.ts'
import type { PersonFacts } from './person-facts.ts'

/** Days since 1970-01-01. */
export function birthOf({ visit }: PersonFacts): number | null {
  return mostOften(visit.map(({ birth }) => birth))
}

/**
 * The date that most visits state. Where that is a month or a year, the day in it that most visits state, else on which most visits that
 * ended with death ended, else the last day of the shortest time that is stated within it. Without a stated date, the end of such a visit.
 */
export function deathOf({ visit }: PersonFacts): number | null {
  const said = visit.flatMap(saysOfDeath)
  const stated = said.filter(({ isEnd }) => !isEnd)
  const key = mostOften(stated.map(({ from, day }) => day * 400 + (day - from)))
  const most = stated.find(({ from, day }) => day * 400 + (day - from) === key)
  const inside = said.filter(({ day }) => most === undefined || (day >= most.from && day <= most.day))
  let best = Infinity
  for (const each of inside) best = Math.min(best, vagueness(each))
  return mostOften(inside.map((each) => (vagueness(each) === best ? each.day : null)))
}

interface SaidOfDeath {
  /** The last day that it may mean, and the first. */
  readonly day: number
  readonly from: number
  /** The end of a visit that ended with death, not a stated date. */
  readonly isEnd: boolean
}

function saysOfDeath({
  deathFrom,
  death,
  died,
  discharge,
  day,
}: PersonFacts['visit'][number]): SaidOfDeath[] {
  const end = died === 1 ? (discharge ?? day) : null
  return [
    ...(death === null ? [] : [{ day: death, from: deathFrom ?? death, isEnd: false }]),
    ...(end === null ? [] : [{ day: end, from: end, isEnd: true }]),
  ]
}

/** A stated day goes before the end of a visit, that before a month, and a month before a year. */
function vagueness({ day, from, isEnd }: SaidOfDeath): number {
  return isEnd ? 1 : day === from ? 0 : 1 + day - from
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
