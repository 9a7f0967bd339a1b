/** What a cohort's persons are like on their index day: sums over persons, so that they may come in batches. Pure. */
import { ageInYears } from '../../../shared/domain/dates.ts'
import { LAB_TESTS } from '../../../shared/domain/lab-tests.ts'
import { factCode, type FACT_CODES } from '../facts/fact-tables.ts'
import { resultsOfTest } from '../persons/event-days.ts'
import { birthOf, sexOf } from '../persons/person-says.ts'
import type { IndexedPerson } from '../intervals/build-intervals.ts'

export type Sex = (typeof FACT_CODES.sex)[number]

/** Of persons with a value. */
export interface Sums {
  count: number
  sum: number
  /** Of squares around `shift`, which keeps them small. */
  squares: number
  readonly shift: number
}

export interface Profile {
  /** Numbers of the persons. */
  readonly persons: ReadonlySet<number>
  readonly sexes: ReadonlyMap<Sex | null, number>
  readonly ages: Sums
  /** Persons by the first three signs of diagnoses on the index day or before. */
  readonly diagnoses: ReadonlyMap<string, number>
  /** By test: the last value in the year up to the index day, in the test's own unit. */
  readonly results: ReadonlyMap<string, Sums>
}

export interface ProfileBuilder {
  add(members: readonly IndexedPerson[]): void
  finish(): Profile
}

/** A value that is older says little of the person on the index day. */
const RESULT_DAYS = 365
const CATEGORY_SIGNS = 3
const REFUTED = factCode('verification', 'refuted')

export function createProfile(): ProfileBuilder {
  const persons = new Set<number>()
  const sexes = new Map<Sex | null, number>()
  const ages: Sums = { count: 0, sum: 0, squares: 0, shift: 50 }
  const diagnoses = new Map<string, number>()
  const tests = LAB_TESTS.filter(({ unit }) => unit !== '').map(({ key, reference }) => ({
    resultsOf: resultsOfTest(key),
    key,
    sums: { count: 0, sum: 0, squares: 0, shift: reference?.[0] ?? 0 } satisfies Sums,
  }))
  return {
    add(members) {
      for (const { facts, index } of members) {
        persons.add(facts.person)
        const sex = sexOf(facts)
        sexes.set(sex, (sexes.get(sex) ?? 0) + 1)
        const birth = birthOf(facts)
        if (birth !== null && birth <= index) take(ages, ageInYears(birth, index))
        const days = new Map(facts.visit.map(({ block, day }) => [block, day]))
        const known = new Set<string>()
        for (const { block, code, verification } of facts.diagnosis) {
          const day = days.get(block) ?? null
          if (code === null || verification === REFUTED || day === null || day > index) continue
          known.add(code.slice(0, CATEGORY_SIGNS))
        }
        for (const code of known) diagnoses.set(code, (diagnoses.get(code) ?? 0) + 1)
        if (facts.observation.length === 0) continue
        for (const { resultsOf, sums } of tests) {
          const last = resultsOf(facts).findLast(({ day }) => day <= index)
          if (last !== undefined && last.day > index - RESULT_DAYS) take(sums, last.value)
        }
      }
    },
    finish: () => ({
      persons,
      sexes,
      ages,
      diagnoses,
      results: new Map(tests.map(({ key, sums }) => [key, sums])),
    }),
  }
}

function take(sums: Sums, value: number): void {
  const apart = value - sums.shift
  sums.count++
  sums.sum += apart
  sums.squares += apart * apart
}

export interface Moments {
  readonly mean: number
  /** Null of one. */
  readonly sd: number | null
}

/** Null of nobody. */
export function momentsOf({ count, sum, squares, shift }: Sums): Moments | null {
  if (count === 0) return null
  const variance = count < 2 ? null : Math.max(0, (squares - (sum * sum) / count) / (count - 1))
  return { mean: shift + sum / count, sd: variance === null ? null : Math.sqrt(variance) }
}
