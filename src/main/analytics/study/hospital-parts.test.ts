/** R4: whose patients a study is of, and that nobody whose hospital is not known stands for one. */
import { describe, expect, it } from 'vitest'
import { checkCoverage } from '../../privacy/rules/people.ts'
import { isBroken } from '../../privacy/rules/rule-check.ts'
import { RULE_DEFAULTS } from '../../privacy/rules/rule-policy.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { hospitalOf, hospitalParts } from './propose-release.ts'

const person = (...visits: (readonly [day: number | null, hospital: string | null])[]) =>
  ({ visit: visits.map(([day, hospital]) => ({ day, hospital })) }) as unknown as PersonFacts

/** Persons 0, 1, … with a row each, the hospital of each or null. */
function partsOf(hospitals: readonly (string | null)[]) {
  const rows = {
    rowCount: hospitals.length,
    id: Int32Array.from(hospitals, (_, i) => i),
    event: Uint8Array.from(hospitals, (_, i) => Number(i % 4 === 0)),
  }
  const known = hospitals.flatMap((hospital, i) => (hospital === null ? [] : [[i, hospital] as const]))
  return hospitalParts(rows, new Map(known))
}
const of = (hospital: string | null, count: number) => Array.from({ length: count }, () => hospital)

describe('the hospital of a patient', () => {
  it('is that of the last visit up to the index day, else of the first one: a result may be known before it', () => {
    expect(hospitalOf(person([10, 'A'], [20, 'B'], [30, 'C']), 25)).toBe('B')
    expect(hospitalOf(person([30, 'C'], [20, 'B']), 12)).toBe('B')
    expect(hospitalOf(person([null, 'A'], [20, null]), 12)).toBeNull()
  })
})

describe('hospitals of a study', () => {
  it('are no more because nobody knows where somebody was', () => {
    const two = partsOf([...of('A', 60), ...of('B', 60), ...of(null, 4)])
    expect(two).toEqual([
      { hospital: 'A', patients: 64, events: 16 },
      { hospital: 'B', patients: 60, events: 15 },
    ])
    expect(isBroken(checkCoverage(two, RULE_DEFAULTS))).toBe(true)
    expect(partsOf(of(null, 8))).toEqual([{ hospital: '', patients: 8, events: 2 }])
  })
  it('have the share that they may have at most', () => {
    const oneLarge = partsOf([...of('A', 100), ...of('B', 10), ...of('C', 10), ...of(null, 60)])
    expect(isBroken(checkCoverage(oneLarge, RULE_DEFAULTS))).toBe(true)
    const three = partsOf([...of('A', 60), ...of('B', 60), ...of('C', 60), ...of(null, 4)])
    expect(isBroken(checkCoverage(three, RULE_DEFAULTS))).toBe(false)
  })
})
