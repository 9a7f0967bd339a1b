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
  unitUnderstood,
} from './units.ts'
import { ucumRatio } from './ucum.ts'

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

describe('units outside of the table', () => {
  it('are understood where UCUM makes them a multiple of a unit of the test', () => {
    for (const [key, unit, value, expected] of [
      ['gluc', 'g/L', 1, 100],
      ['gluc', 'umol/L', 5550.7, 100],
      ['gluc', 'mg%', 100, 100],
      ['hgb', 'mg/mL', 130, 13],
      ['uacr', 'ug/mg', 30, 30],
      ['uacr', 'g/mol', 3, 26.52],
      ['wbc', 'G/L', null, null],
      ['wbc', '/mm3', 7000, 7],
      ['wbc', '10*6/L', 7000, 7],
      ['wbc', 'x10³/µL', 7, 7],
      ['plt', '10⁹/L', 200, 200],
      ['mcv', 'um3', 90, 90],
      ['hct', 'mL/dL', 42, 42],
      ['hr', '1/min', 70, 70],
      ['hr', '{cycles}/s', 1, 60],
      ['height', 'mm', 1750, 175],
      ['sbp', 'hPa', 160, 120.01],
      ['alt', 'nmol/(s.L)', 1000, 60],
      ['alt', 'k[IU]/L', 0.04, 40],
      ['egfr', 'mL/min/1.73 m²', 60, 60],
      ['egfr', 'mL/s/{1.73_m2}', 1, 60],
      ['egfr', 'mL/min/1.73', 60, 60],
      ['hba1c', 'umol/mmol', 47.5, 6.5],
      ['tropI', 'ug/L', 0.04, 0.04],
    ] as const) {
      const canonical = canonicalValue(test(key), value ?? 1, unit)
      if (expected === null) expect(canonical.kind, unit).toBe('unknown-unit')
      else
        expect(canonical.kind === 'canonical' && canonical.value, `${key} ${unit}`).toBeCloseTo(expected, 2)
    }
    // Powers of ten are exact: the same unit by another name has the factor 1.
    expect(unitUnderstood(test('tropI'), 'ug/L')!.factor).toBe(1)
    expect(unitUnderstood(test('gluc'), 'mg%')!.factor).toBe(1)
  })
  it('are not guessed: other dimensions, letters with two meanings, equivalents of calcium, shares, nonsense', () => {
    for (const [key, unit] of [
      ['gluc', 'mg'],
      ['gluc', 'mmol/dL/L'],
      ['gluc', 'furlong'],
      ['gluc', 'mg/'],
      ['gluc', 'mg/0/L'],
      ['gluc', 'mg/1.5.dL'],
      ['gluc', 'mg//dL'],
      ['gluc', '(mg/dL'],
      ['gluc', 'constructor'],
      ['temp', 'K'],
      ['wbc', 'kK/uL'],
      ['ca', 'meq/L'],
      ['hba1c', 'mg/g'],
      ['hba1c', '1'],
      ['spo2', '1'],
      ['uacr', '%'],
      ['uacr', 'mol/mol'],
      ['egfr', 'mL/min/m2'],
      ['alt', '[iU]'],
      ['hbsag', 'mg/dL'],
      ['gluc', '10*3'],
    ] as const)
      expect(unitUnderstood(test(key), unit), `${key} ${unit}`).toBeNull()
  })
  it('come after the table: HbA1c is no conversion of UCUM', () => {
    expect(convertUnit(test('hba1c'), 6.5, '%', 'mmol/mol')).toBeCloseTo(47.5, 1)
    expect(convertUnit(test('gluc'), 100, 'mg/dL', 'umol/L')).toBeCloseTo(5550.7, 0)
    expect(ucumRatio('%', 'mmol/mol')).toBeNull()
    expect(ucumRatio('g/L', 'mg/dL')).toBe(100)
    expect(ucumRatio('mmol/L', 'umol/L')).toBe(1000)
  })
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
