/**
 * What a person is in a cleaning profile (docs/spec/privacy.md Q10): a row for each thing that is so of them, from this one person's records as they were
 * written and as the steps left them. Pure.
 */
import { OTHER_UNIT } from '../../../shared/domain/cleaning.ts'
import {
  NO_UNIT,
  PROFILE_SORTS,
  unitPair,
  type ProfileSort,
} from '../../../shared/domain/cleaning-profile.ts'
import { civilOfDay } from '../../../shared/domain/dates.ts'
import { labTestByKey, LOINC_SYSTEM, type LabTest } from '../../../shared/domain/lab-tests.ts'
import { unitRuleOf } from '../../../shared/domain/units.ts'
import { present } from '../../../shared/std/assert.ts'
import { profileAxes, YEARS_PER_PERSON, type ProfileOutput } from '../../privacy/request/profile-output.ts'
import type { Patient, Row } from '../../privacy/request/tabulate.ts'
import { hasVisit, type CleanPerson, type CleanRow } from '../cleaning/cleaned.ts'
import { isWithin } from '../cleaning/harmonise-units.ts'
import { FACT_TABLE_NAMES, type FactTable } from '../facts/fact-tables.ts'

/** Everybody has a row at least, also who has no visit left. */
export function profileRows(output: ProfileOutput): (person: CleanPerson) => Patient {
  const axes = profileAxes(output)
  const tests = output.tests.map(({ test }) => present(labTestByKey(test)))
  const byLoinc = new Map(tests.map((test) => [test.loinc, test]))
  const pairs = unitsFromRarest(output, tests)
  const isNamed = new Set(axes.unit.labels)
  const keys = present(axes.test.labels)

  return (person) => {
    const tested = new Set<string>()
    const [written, cleaned] = [createSorts(), createSorts()]
    const units = new Set<string>()
    const known = new Set<string>()
    const yearOf = yearsOfVisits(person, present(axes.seen.labels))
    for (const { source, now, isKept } of person.observation) {
      const before = source.system === LOINC_SYSTEM ? byLoinc.get(source.code ?? '') : undefined
      if (before !== undefined) {
        tested.add(before.key)
        written.add(before, source.value)
        const pair = unitPair(before.key, unitOfTable(before, source.unit))
        units.add(isNamed.has(pair) ? pair : unitPair(before.key, OTHER_UNIT))
      }
      const after = isKept && now.system === LOINC_SYSTEM ? byLoinc.get(now.code ?? '') : undefined
      if (after === undefined) continue
      cleaned.add(after, now.canonical)
      const year = now.block === null ? undefined : yearOf.get(now.block)
      if (year !== undefined && now.canonical !== null) known.add(`${after.key} ${year}`)
    }
    const years = spread([...new Set(yearOf.values())].sort(), YEARS_PER_PERSON)
    const reasons = reasonsOf(person)
    return [
      { 'profile-left': hasVisit(person) ? 'kept' : 'gone' },
      ...keys.filter((key) => tested.has(key)).map((key): Row => ({ 'profile-tested': key })),
      ...written.rows(keys, 'profile-written'),
      ...cleaned.rows(keys, 'profile-cleaned'),
      ...pairs.filter((pair) => units.has(pair)).map((pair): Row => ({ 'profile-unit': pair })),
      ...years.map((year): Row => ({ 'profile-seen': year })),
      ...keys.flatMap((key) =>
        years
          .filter((year) => known.has(`${key} ${year}`))
          .map((year): Row => ({ 'profile-test': key, 'profile-known': year })),
      ),
      ...present(axes.reason.labels)
        .filter((reason) => reasons.has(reason))
        .map((reason): Row => ({ 'profile-reason': reason })),
    ]
  }
}

/** At most so many of a list, evenly over it, so that no end of it counts for more; all of them where they are no more. */
export function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  return Array.from({ length: most }, (_, i) => list[Math.floor(((2 * i + 1) * list.length) / (2 * most))]!)
}

function createSorts() {
  const found = new Set<string>()
  return {
    add: (test: LabTest, value: number | null) => void found.add(`${sortOf(test, value)} ${test.key}`),
    rows: (keys: readonly string[], variable: string): Row[] =>
      PROFILE_SORTS.flatMap((sort) =>
        keys
          .filter((key) => found.has(`${sort} ${key}`))
          .map((key): Row => ({ 'profile-test': key, [variable]: sort })),
      ),
  }
}

function sortOf({ hard, soft }: LabTest, value: number | null): ProfileSort {
  if (value === null) return 'no-number'
  if (!isWithin(value, hard)) return 'impossible'
  return isWithin(value, soft) ? 'usual' : 'unusual'
}

/** By the table's own spelling: what else was typed is one sort. */
function unitOfTable(test: LabTest, text: string | null): string {
  return text === null ? NO_UNIT : (unitRuleOf(test, text)?.unit ?? OTHER_UNIT)
}

/** Other ones and none first, each test's own last: what is cut off, of whoever has too many, is the most usual. */
function unitsFromRarest({ tests }: ProfileOutput, known: readonly LabTest[]): readonly string[] {
  const own = known.map(({ key, unit }) => unitPair(key, unit))
  const others = tests.flatMap(({ test, units }) => units.map((unit) => unitPair(test, unit)))
  return [
    ...[OTHER_UNIT, NO_UNIT].flatMap((unit) => tests.map(({ test }) => unitPair(test, unit))),
    ...others.filter((pair) => !own.includes(pair)),
    ...others.filter((pair) => own.includes(pair)),
  ]
}

/** By block, of visits that count after the steps, in the years that are asked about. */
function yearsOfVisits({ visit }: CleanPerson, asked: readonly string[]): ReadonlyMap<number, string> {
  const years = new Map<number, string>()
  for (const { now, isKept } of visit) {
    if (!isKept || now.day === null || now.block === null) continue
    const year = String(civilOfDay(now.day).year)
    if (asked.includes(year)) years.set(now.block, year)
  }
  return years
}

/** Of rows of all tables, those that were left out too. */
function reasonsOf(person: CleanPerson): ReadonlySet<string> {
  const reasons = new Set<string>()
  for (const table of FACT_TABLE_NAMES)
    for (const { flags } of person[table] as readonly CleanRow<FactTable>[])
      for (const { reason } of flags) reasons.add(reason)
  return reasons
}
