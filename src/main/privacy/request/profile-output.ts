/**
 * The cleaning profile of a cohort (docs/spec/privacy.md Q10): of how many people results of some tests are usual, unusual, impossible or no number, in which
 * units they stand, in which years there is a value, and what the cleaning says of whose rows, as several small tables of one request. Pure.
 */
import { OTHER_UNIT } from '../../../shared/domain/cleaning.ts'
import {
  NO_UNIT,
  PROFILE_LEFT,
  PROFILE_REASONS,
  PROFILE_SORTS,
  PROFILE_TESTS_MAX,
  PROFILE_UNITS_MAX,
  PROFILE_YEARS_MAX,
  unitPair,
  unitsOfTest,
} from '../../../shared/domain/cleaning-profile.ts'
import type { Axis } from './axis.ts'

export type ProfiledTest = {
  /** Key in the table of tests. */
  readonly test: string
  /** Units of the table, in order: a unit that is none of them counts as “other”. */
  readonly units: readonly string[]
}

export type ProfileOutput = {
  readonly kind: 'cleaning-profile'
  /** In the order of their keys. */
  readonly tests: readonly ProfiledTest[]
  /** Reasons of the cleaning that are counted, in order; none where nothing is cleaned. */
  readonly reasons: readonly string[]
  readonly lastYear: number
  /** So many years, up to the last one. */
  readonly years: number
}

/** Cells that one person touches at most, for each test: of sorts before and after the steps, and of units. */
export const SORTS_PER_TEST = 2
/** Years of which a person counts, spread evenly over those in which there is a visit. */
export const YEARS_PER_PERSON = 4
export const REASONS_PER_PERSON = 8

const YEAR_LEAST = 1900
const YEAR_MOST = 2200

const labelled = (variable: string, labels: readonly string[]): Axis => ({ variable, edges: [], labels })

export function profileAxes({ tests, reasons, lastYear, years }: ProfileOutput) {
  const keys = tests.map(({ test }) => test)
  const inWindow = Array.from({ length: years }, (_, i) => String(lastYear - years + 1 + i))
  return {
    left: labelled('profile-left', PROFILE_LEFT),
    tested: labelled('profile-tested', keys),
    test: labelled('profile-test', keys),
    written: labelled('profile-written', PROFILE_SORTS),
    cleaned: labelled('profile-cleaned', PROFILE_SORTS),
    unit: labelled(
      'profile-unit',
      tests.flatMap(({ test, units }) => [...units, OTHER_UNIT, NO_UNIT].map((unit) => unitPair(test, unit))),
    ),
    seen: labelled('profile-seen', inWindow),
    known: labelled('profile-known', inWindow),
    reason: labelled('profile-reason', reasons),
  }
}

/** What the shape cannot say. */
export function isProfileInForm({ tests, reasons, lastYear, years }: ProfileOutput): boolean {
  return (
    tests.length >= 1 &&
    tests.length <= PROFILE_TESTS_MAX &&
    isEachOnce(tests.map(({ test }) => test)) &&
    tests.every(({ test, units }) => {
      const known = unitsOfTest(test)
      return (
        known !== null &&
        units.length <= PROFILE_UNITS_MAX &&
        isEachOnce(units) &&
        units.every((unit) => known.includes(unit))
      )
    }) &&
    isEachOnce(reasons) &&
    reasons.every((reason) => PROFILE_REASONS.some((known) => known === reason)) &&
    Number.isSafeInteger(lastYear) &&
    lastYear >= YEAR_LEAST &&
    lastYear <= YEAR_MOST &&
    Number.isSafeInteger(years) &&
    years >= 1 &&
    years <= PROFILE_YEARS_MAX
  )
}

export function canonicalProfile(output: ProfileOutput): ProfileOutput {
  return {
    ...output,
    tests: output.tests
      .map(({ test, units }) => ({ test, units: [...units].sort() }))
      .sort((a, b) => (a.test < b.test ? -1 : a.test > b.test ? 1 : 0)),
    reasons: [...output.reasons].sort(),
  }
}

const isEachOnce = (list: readonly string[]): boolean => new Set(list).size === list.length
