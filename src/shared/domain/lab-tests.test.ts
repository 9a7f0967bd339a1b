import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isLoincCode, LAB_TESTS, labTestByKey, labTestOf, LOINC_SYSTEM } from './lab-tests.ts'
import {
  canonicalValue,
  convertUnit,
  decimalTextOf,
  estimatedFiltration,
  normaliseUnit,
  unitRuleOf,
} from './units.ts'

const test = (key: string) => labTestByKey(key)!

describe('LAB_TESTS', () => {
  it('holds 57 tests with unique keys and LOINC codes whose check digits hold', () => {
    expect(LAB_TESTS).toHaveLength(57)
    expect(new Set(LAB_TESTS.map((each) => each.key)).size).toBe(57)
    expect(new Set(LAB_TESTS.map((each) => each.loinc)).size).toBe(57)
    for (const each of LAB_TESTS) expect(isLoincCode(each.loinc), each.loinc).toBe(true)
    expect(isLoincCode('8480-5')).toBe(false)
  })
  it('has soft limits inside the hard ones and names in both languages', () => {
    for (const each of LAB_TESTS) {
      expect(each.zh, each.key).toMatch(/[\u4e00-\u9fff]|MCV/)
      if (each.hard === null) continue
      expect(each.soft![0]!, each.key).toBeGreaterThanOrEqual(each.hard[0]!)
      expect(each.soft![1]!, each.key).toBeLessThanOrEqual(each.hard[1]!)
    }
  })
  it('never takes a code of another system for a test: 1558-6 is also a race of the CDC', () => {
    expect(labTestOf({ system: LOINC_SYSTEM, code: '1558-6' })!.key).toBe('glucF')
    expect(labTestOf({ system: 'urn:oid:2.16.840.1.113883.6.238', code: '1558-6' })).toBeNull()
  })
  it.skipIf(!process.env['CONSILIUM_SAMPLES'])(
    'agrees with the reference table, where that is at hand',
    () => {
      const path = `${process.env['CONSILIUM_SAMPLES']}/../data/labs.json`
      const table = JSON.parse(readFileSync(path, 'utf8')) as { tests: any[] }
      for (const row of table.tests) {
        const ours = test(row.key)
        expect([ours.loinc, ours.unit, ours.zh]).toEqual([row.loinc, row.ucum, row.zhTW])
        expect(ours.hard ?? [null, null]).toEqual(row.hard)
        expect(ours.soft ?? [null, null]).toEqual(row.warn)
        expect(ours.reference ?? [null, null]).toEqual(row.ref)
        expect(ours.otherUnits).toEqual(row.alts)
      }
    },
  )
})

describe('units', () => {
  it('convert HbA1c by the line of the IFCC, not by proportion', () => {
    expect(convertUnit(test('hba1c'), 47.5, 'mmol/mol', '%')).toBeCloseTo(6.5, 2)
    expect(convertUnit(test('hba1c'), 6.5, '%', 'mmol/mol')).toBeCloseTo(47.5, 1)
  })
  it('know every spelling that sources use', () => {
    expect(normaliseUnit(' µmol/L ')).toBe('umol/L')
    for (const [key, unit, value, expected] of [
      ['sbp', 'mmHg', 120, 120],
      ['temp', '°C', 37, 37],
      ['temp', 'C', 37, 37],
      ['temp', '[degF]', 98.6, 37],
      ['wbc', 'K/uL', 7, 7],
      ['wbc', '10^3/uL', 7, 7],
      ['creat', 'μmol/L', 88.4, 1],
      ['creat', 'µmol/L', 88.4, 1],
      ['gluc', 'MMOL/L', 5.5507, 100],
      ['height', 'm', 1.75, 175],
    ] as const) {
      const canonical = canonicalValue(test(key), value, unit)
      expect(canonical.kind, `${key} ${unit}`).toBe('canonical')
      if (canonical.kind === 'canonical') expect(canonical.value).toBeCloseTo(expected, 2)
    }
    expect(unitRuleOf(test('hgb'), 'furlong')).toBeNull()
    expect(unitRuleOf(test('temp'), 'K')).toBeNull()
  })
  it('write decimals without minus zero or exponent', () => {
    expect(decimalTextOf(-0.01, 1)).toBe('0.0')
    expect(decimalTextOf(6.45, 1)).toMatch(/^6\.[45]$/)
  })
  it('estimate filtration as CKD-EPI 2021 does', () => {
    expect(estimatedFiltration(1.0, 50, false)).toBeCloseTo(91.7, 0)
    expect(estimatedFiltration(1.0, 50, true)).toBeCloseTo(68.6, 0)
  })
})
