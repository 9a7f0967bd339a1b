import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CLEANING_REASONS,
  CLEANING_STEPS,
  COMPARING_STEPS,
  usualStep,
  type CleaningPipeline,
} from '../../../shared/domain/cleaning.ts'
import { PROFILE_REASONS, reasonsOfSteps, unitsOfTest } from '../../../shared/domain/cleaning-profile.ts'
import { civilOfDay } from '../../../shared/domain/dates.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'
import { unitRuleOf } from '../../../shared/domain/units.ts'
import { sensitivitySquared } from '../../privacy/request/part.ts'
import { planOf } from '../../privacy/request/plan.ts'
import { canonicalProfile, type ProfileOutput } from '../../privacy/request/profile-output.ts'
import { cellOf, tabulate, type Patient } from '../../privacy/request/tabulate.ts'
import { personWith } from '../cleaning/cleaning.test-kit.ts'
import { clean } from '../cleaning/clean.ts'
import { underCleaning, type CleanPerson } from '../cleaning/cleaned.ts'
import { changesNothing } from '../cleaning/cleaning-book.ts'
import { personsOf, syntheticFacts } from '../facts/facts.test-kit.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { profileRows, spread } from './profile-rows.ts'

const pipeline: CleaningPipeline = {
  schema: 'cleaning/1',
  title: 'Alone',
  steps: CLEANING_STEPS.filter((name) => !COMPARING_STEPS.includes(name)).map((name) => usualStep(name)),
}
const KEYS = ['creat', 'hba1c', 'ldlD', 'sbp']
const output: ProfileOutput = canonicalProfile({
  kind: 'cleaning-profile',
  tests: KEYS.map((test) => ({ test, units: unitsOfTest(test)! })),
  reasons: reasonsOfSteps(pipeline.steps),
  lastYear: 2018,
  years: 6,
})
const parts = planOf({ output, microRho: 20_000 })
/** As a gateway cleans: without the steps that change no row, of which Little's test takes longest. */
const changing = { steps: pipeline.steps.filter((step) => !changesNothing(step)) }
const known = new Map<PersonFacts, CleanPerson>()
const cleaned = (facts: PersonFacts): CleanPerson => {
  const before = known.get(facts)
  if (before !== undefined) return before
  const [person] = clean([facts], changing).persons
  known.set(facts, person!)
  return person!
}
const rowsOf = (facts: PersonFacts): Patient => profileRows(output)(cleaned(facts))
const persons = personsOf(syntheticFacts(170, 'profile'))

/** Of how many persons something is so, by cell. */
type Counted = Map<string, number>
const add = (into: Counted, cells: ReadonlySet<string>) => {
  for (const cell of cells) into.set(cell, (into.get(cell) ?? 0) + 1)
}

/** With plain loops over the same cleaned rows, and no bound at all. */
function byHand(all: readonly PersonFacts[]): Counted {
  const counted: Counted = new Map()
  for (const facts of all) {
    const person = cleaned(facts)
    const cells = new Set<string>()
    cells.add(person.visit.some(({ isKept }) => isKept) ? 'count kept' : 'count gone')
    const years = new Map<number, number>()
    for (const { now, isKept } of person.visit) if (isKept) years.set(now.block!, civilOfDay(now.day!).year)
    for (const year of years.values()) if (year >= 2013 && year <= 2018) cells.add(`seen ${year}`)
    for (const key of KEYS) {
      const test = labTestByKey(key)!
      const sortOf = (value: number | null): string => {
        const [low, high] = test.hard!
        const [softLow, softHigh] = test.soft!
        if (value === null) return 'no-number'
        if (value < low! || value > high!) return 'impossible'
        return value < softLow! || value > softHigh! ? 'unusual' : 'usual'
      }
      for (const { source, now, isKept } of person.observation) {
        if (source.code !== test.loinc) continue
        cells.add(`tested ${key}`)
        cells.add(`written ${key} ${sortOf(source.value)}`)
        const unit = source.unit === null ? '{none}' : (unitRuleOf(test, source.unit)?.unit ?? '{other}')
        cells.add(`units ${key} ${unit}`)
        if (!isKept) continue
        cells.add(`cleaned ${key} ${sortOf(now.canonical)}`)
        const year = years.get(now.block!)
        if (now.canonical !== null && year !== undefined && year >= 2013 && year <= 2018)
          cells.add(`known ${key} ${year}`)
      }
    }
    for (const table of ['visit', 'observation', 'diagnosis', 'procedure', 'prescription', 'claim'] as const)
      for (const { flags } of person[table]) for (const { reason } of flags) cells.add(`reasons ${reason}`)
    add(counted, cells)
  }
  return counted
}

/** The product's tables under the same names; `isBounded` false lifts the bounds of what one person adds. */
function tabulated(all: readonly PersonFacts[], isBounded = true): Counted {
  const patients = all.map(rowsOf)
  const counted: Counted = new Map()
  for (const part of parts) {
    const free = { ...part, cellsMost: 10_000 }
    const cells = tabulate(isBounded ? part : free, patients)
    const names = part.axes.map((axis) => axis.labels!)
    const [first, second] = names
    for (const a of first!)
      for (const b of second ?? ['']) {
        const row = {
          [part.axes[0]!.variable]: a,
          ...(part.axes[1] === undefined ? {} : { [part.axes[1].variable]: b }),
        }
        const value = Number(cells[cellOf(part.axes, row)])
        if (value > 0) counted.set(`${part.name} ${a}${b === '' ? '' : ` ${b}`}`, value)
      }
  }
  return counted
}

describe('a cleaning profile', () => {
  it('counts what plain loops count, where nobody has more than is counted of one', () => {
    const hand = byHand(persons)
    const product = tabulated(persons, false)
    // Years are chosen: of whoever was seen in more than four, not all count.
    const ofYears = (name: string) => name.startsWith('seen') || name.startsWith('known')
    const rest = (counted: Counted) => new Map([...counted].filter(([name]) => !ofYears(name)))
    expect(rest(product)).toEqual(rest(hand))
    expect(rest(product).size).toBeGreaterThan(25)
    const few = persons.filter(
      ({ visit }) => new Set(visit.map(({ day }) => civilOfDay(day!).year)).size <= 4,
    )
    expect(few.length).toBeGreaterThan(20)
    expect(tabulated(few, false)).toEqual(byHand(few))
  })

  it('leaves little out by its bounds, and of what cannot be nothing', () => {
    const [whole, bounded] = [tabulated(persons, false), tabulated(persons)]
    const lost = [...whole].filter(([name, count]) => (bounded.get(name) ?? 0) < count)
    for (const [name, count] of lost) {
      expect(name).not.toMatch(/impossible|no-number|other|count|tested|seen|known/)
      expect((bounded.get(name) ?? 0) / count).toBeGreaterThan(0.9)
    }
  })

  it('changes by no more than the noise is for when one person is another, or is not there', () => {
    const others = persons.slice(0, 20)
    fc.assert(
      fc.property(
        fc.nat(persons.length - 1),
        fc.nat(),
        fc.double({ min: 0.001, max: 5_000, noNaN: true }),
        (who, seed, value) => {
          const wild = persons[who]!
          // Whatever stands in one person's records: other values, units and days of every result.
          const units = ['%', 'mmol/mol', 'mg/dL', 'umol/L', 'kPa', 'a name', null]
          const target: PersonFacts = {
            ...wild,
            observation: wild.observation.map((row, i) => ({
              ...row,
              code: labTestByKey(KEYS[(i + seed) % KEYS.length]!)!.loinc,
              unit: units[(i * 7 + seed) % units.length]!,
              value: (i + seed) % 5 === 0 ? null : value * (1 + ((i * seed) % 97)),
            })),
          }
          const [without, withTarget] = [others.map(rowsOf), [...others, target].map(rowsOf)]
          for (const part of parts) {
            const [before, after] = [tabulate(part, without), tabulate(part, withTarget)]
            const moved = after.map((each, i) => each - before[i]!)
            expect(moved.every((each) => each === 0n || each === 1n)).toBe(true)
            expect(moved.reduce((sum, each) => sum + each * each, 0n) <= sensitivitySquared(part)).toBe(true)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('reaches its bound with a person who has very much of everything', () => {
    const results = (year: number) =>
      KEYS.flatMap((key): [string, number | null, string | null][] => [
        [key, null, null],
        [key, 1e9, 'a name'],
        [key, labTestByKey(key)!.reference?.[1] ?? 100, unitsOfTest(key)![year % 2]!],
      ])
    const much = personWith(
      [2013, 2014, 2015, 2016, 2017, 2018].map((year) => ({
        visit: { day: 365 * (year - 1970) + 100, sex: year % 2 },
        results: results(year),
        codes: ['E1O.9', 'Z?'],
      })),
    )
    for (const part of parts) {
      const touched = tabulate(part, [rowsOf(much)]).filter((each) => each > 0n).length
      if (part.name === 'reasons') expect(touched).toBeGreaterThan(3)
      else expect(BigInt(touched), part.name).toBe(sensitivitySquared(part))
    }
  })

  it('counts whoever has no visit left, and what the steps left out', () => {
    const gone = personWith([{ visit: { status: 0 }, results: [['hba1c', 6]] }])
    expect(cleaned(gone).visit.every(({ isKept }) => !isKept)).toBe(true)
    const rows = rowsOf(gone)
    expect(rows[0]).toEqual({ 'profile-left': 'gone' })
    expect(rows).toContainEqual({ 'profile-tested': 'hba1c' })
    expect(rows).toContainEqual({ 'profile-reason': 'visit-left-out' })
    expect(rows.some((row) => 'profile-cleaned' in row || 'profile-seen' in row)).toBe(false)
  })

  it('is of the records as they were written where nothing is cleaned', () => {
    const rows = profileRows({ ...output, reasons: [] })(underCleaning(persons[0]!))
    expect(rows.some((row) => 'profile-reason' in row)).toBe(false)
    expect(rows.filter((row) => 'profile-seen' in row).length).toBeGreaterThan(0)
  })
})

describe('cleaning for a profile', () => {
  it('is the same with the steps that change nothing, and without them', () => {
    expect(changing.steps.length).toBeLessThan(pipeline.steps.length)
    for (const facts of persons.slice(0, 15))
      expect(clean([facts], pipeline).persons).toEqual(clean([facts], changing).persons)
  })
})

describe('reasons that are counted', () => {
  it('are all that these steps give, and no other', () => {
    const seen = new Set(
      persons.flatMap((facts) => {
        const person = cleaned(facts)
        return [...person.visit, ...person.observation, ...person.diagnosis].flatMap(({ flags }) =>
          flags.map(({ reason }) => reason),
        )
      }),
    )
    expect(seen.size).toBeGreaterThan(8)
    for (const reason of seen) expect(PROFILE_REASONS).toContain(reason)
    expect(PROFILE_REASONS.every((reason) => CLEANING_REASONS.includes(reason))).toBe(true)
  })
})

describe('spread', () => {
  it('takes all where they are few, else so many in order with as much left out at either end', () => {
    expect(spread(['a', 'b'], 4)).toEqual(['a', 'b'])
    expect(spread([1, 2, 3, 4, 5], 4)).toEqual([1, 2, 4, 5])
    expect(spread([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual([2, 4, 6, 8])
    expect(new Set(spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 4)).size).toBe(4)
  })
})
