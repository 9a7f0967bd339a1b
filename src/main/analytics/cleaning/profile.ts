/** What the facts look like: values of each test, their units, what is implausible, and what is missing. Before and after. Pure. */
import { OTHER_UNIT } from '../../../shared/domain/cleaning.ts'
import { civilOfDay } from '../../../shared/domain/dates.ts'
import { LAB_TESTS, LOINC_SYSTEM, type LabTest } from '../../../shared/domain/lab-tests.ts'
import { unitRuleOf } from '../../../shared/domain/units.ts'
import type { CleanPerson } from './cleaned.ts'
import { isWithin } from './harmonise-units.ts'

export interface TestProfile {
  readonly test: string
  readonly rows: number
  /** Numbers that can be compared: before the steps as they were written, whatever their unit; after them in the test's own. */
  readonly values: number
  readonly withoutNumber: number
  readonly impossible: number
  readonly unusual: number
  readonly units: readonly { readonly unit: string | null; readonly rows: number }[]
  readonly histogram: Histogram
}

export interface Histogram {
  readonly from: number
  readonly to: number
  /** Of equal width between `from` and `to`. */
  readonly counts: readonly number[]
  readonly below: number
  readonly above: number
}

export interface YearCell {
  readonly test: string
  readonly year: number
  readonly visits: number
  readonly withValue: number
}

export interface Profile {
  readonly tests: readonly TestProfile[]
  readonly years: readonly YearCell[]
}

export const HISTOGRAM_BINS = 24
const BY_LOINC = new Map(LAB_TESTS.map((test) => [test.loinc, test]))

interface Growing {
  test: LabTest
  rows: number
  values: number
  impossible: number
  unusual: number
  units: Map<string | null, number>
  counts: number[]
  below: number
  above: number
  withValue: Map<number, number>
}

export interface ProfileBuilder {
  add(persons: readonly CleanPerson[]): void
  finish(): Profile
}

/** `before`: every row of the facts as written. `after`: rows that count, as derived. */
export function createProfile(when: 'before' | 'after'): ProfileBuilder {
  const grown = new Map<string, Growing>()
  const visitsOfYear = new Map<number, number>()
  return {
    add(persons) {
      for (const person of persons) addPerson(person, when, grown, visitsOfYear)
    },
    finish: () => finished(grown, visitsOfYear),
  }
}

function addPerson(
  { visit, observation }: CleanPerson,
  when: 'before' | 'after',
  grown: Map<string, Growing>,
  visitsOfYear: Map<number, number>,
): void {
  const yearOf = new Map<number, number>()
  for (const row of visit) {
    const { block, day } = when === 'before' ? row.source : row.now
    if ((when === 'after' && !row.isKept) || day === null) continue
    const { year } = civilOfDay(day)
    yearOf.set(block!, year)
    visitsOfYear.set(year, (visitsOfYear.get(year) ?? 0) + 1)
  }
  const counted = new Set<string>()
  for (const row of observation) {
    const of = when === 'before' ? row.source : row.now
    if ((when === 'after' && !row.isKept) || of.system !== LOINC_SYSTEM) continue
    const test = BY_LOINC.get(of.code!)
    if (test === undefined) continue
    const value = when === 'before' ? of.value : of.canonical
    const each = growing(grown, test)
    each.rows++
    each.units.set(of.unit, (each.units.get(of.unit) ?? 0) + 1)
    if (value !== null) count(each, value)
    if (value === null && (test.unit !== '' || of.valueCode === null)) continue
    const year = yearOf.get(of.block!)
    const once = `${of.block} ${test.key}`
    if (year === undefined || counted.has(once)) continue
    counted.add(once)
    each.withValue.set(year, (each.withValue.get(year) ?? 0) + 1)
  }
}

function finished(grown: ReadonlyMap<string, Growing>, visitsOfYear: ReadonlyMap<number, number>): Profile {
  const inOrder = LAB_TESTS.flatMap(({ key }) => grown.get(key) ?? [])
  const years = [...visitsOfYear.keys()].sort((a, b) => a - b)
  return {
    tests: inOrder.filter(({ test }) => test.unit !== '').map(testProfile),
    years: inOrder.flatMap(({ test, withValue }) =>
      years.map((year) => ({
        test: test.key,
        year,
        visits: visitsOfYear.get(year)!,
        withValue: withValue.get(year) ?? 0,
      })),
    ),
  }
}

/** A quarter wider than what is usual: what is strange is counted at the ends. */
function boundsOf({ soft, hard }: LabTest): [number, number] {
  const [low, high] = soft ?? hard ?? [0, 1]
  const [from, to] = [low ?? 0, high ?? 1]
  const wider = (to - from) / 8
  return [Math.max(0, from - wider), to + wider]
}

function growing(all: Map<string, Growing>, test: LabTest): Growing {
  const known = all.get(test.key)
  if (known !== undefined) return known
  const made: Growing = {
    test,
    rows: 0,
    values: 0,
    impossible: 0,
    unusual: 0,
    units: new Map(),
    counts: Array.from({ length: HISTOGRAM_BINS }, () => 0),
    below: 0,
    above: 0,
    withValue: new Map(),
  }
  all.set(test.key, made)
  return made
}

function count(into: Growing, value: number): void {
  const { test, counts } = into
  into.values++
  if (!isWithin(value, test.hard)) into.impossible++
  else if (!isWithin(value, test.soft)) into.unusual++
  const [from, to] = boundsOf(test)
  if (value < from) into.below++
  else if (value >= to) into.above++
  else counts[Math.min(counts.length - 1, Math.floor(((value - from) / (to - from)) * counts.length))]!++
}

/** By the table's own spelling: what else was typed is one sort. */
function unitsOfTable(test: LabTest, typed: ReadonlyMap<string | null, number>): Map<string | null, number> {
  const units = new Map<string | null, number>()
  for (const [text, rows] of typed) {
    const unit = text === null ? null : (unitRuleOf(test, text)?.unit ?? OTHER_UNIT)
    units.set(unit, (units.get(unit) ?? 0) + rows)
  }
  return units
}

function testProfile(each: Growing): TestProfile {
  const { test, rows, values, impossible, unusual, units, counts, below, above } = each
  const [from, to] = boundsOf(test)
  return {
    test: test.key,
    rows,
    values,
    withoutNumber: rows - values,
    impossible,
    unusual,
    units: [...unitsOfTable(test, units)]
      .map(([unit, n]) => ({ unit, rows: n }))
      .sort((a, b) => b.rows - a.rows || ((a.unit ?? '') < (b.unit ?? '') ? -1 : 1)),
    histogram: { from, to, counts, below, above },
  }
}
