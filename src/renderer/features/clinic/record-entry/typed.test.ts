import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { readPartialDay, readDay } from '../../../parts/typed-date.ts'
import { inOwnUnit } from '../../../parts/units.ts'
import { parseBloodPressure, parseTypedNumber, readAmount, readTime, unitMeant } from './typed.ts'

const glucose = labTestByKey('glucF')!
const temperature = labTestByKey('temp')!

describe('parseTypedNumber', () => {
  it('keeps the digits as they were typed', () => {
    expect(parseTypedNumber('7.0')).toEqual({ value: '7.0' })
    expect(parseTypedNumber(' .5')).toEqual({ value: '0.5' })
    expect(parseTypedNumber('007')).toEqual({ value: '7' })
    expect(parseTypedNumber('7,2')).toEqual({ value: '7.2' })
  })
  it('reads comparators, units behind the number and full-width digits', () => {
    expect(parseTypedNumber('<0.04')).toEqual({ value: '0.04', comparator: '<' })
    expect(parseTypedNumber('≥90')).toEqual({ value: '90', comparator: '>=' })
    expect(parseTypedNumber('7.2mmol')).toEqual({ value: '7.2', unitTyped: 'mmol' })
    expect(parseTypedNumber('３６．８')).toEqual({ value: '36.8' })
  })
  it('does not read what is no number', () => {
    for (const text of ['', 'abc', '1.2.3', '--1', '.', '1e400000000000000000000000000000000'])
      expect(parseTypedNumber(text)?.unitTyped ?? parseTypedNumber(text), text).not.toEqual({ value: text })
    expect(parseTypedNumber('1.2.3')).toBeNull()
    expect(parseTypedNumber('9'.repeat(31))).toBeNull()
  })
})

describe('units', () => {
  it('finds the unit that a beginning means', () => {
    expect(unitMeant(glucose, 'mmol')).toBe('mmol/L')
    expect(unitMeant(temperature, 'F')).toBe('[degF]')
    expect(unitMeant(temperature, '°C')).toBe('Cel')
    expect(unitMeant(glucose, 'furlong')).toBeNull()
  })
  it('shows the value in the own unit of the test', () => {
    expect(inOwnUnit(glucose, '7.2', 'mmol/L')).toBe('129.7 mg/dL')
    expect(inOwnUnit(glucose, '130', 'mg/dL')).toBeNull()
    expect(inOwnUnit(labTestByKey('sbp')!, '130', 'mmHg')).toBeNull()
    expect(inOwnUnit(temperature, '98.6', 'F')).toBe('37.0 °C')
  })
})

describe('dates, times and amounts', () => {
  const today = parseDay('2026-05-10')!
  it('reads what clerks type', () => {
    expect(readDay('t', today)).toBe('2026-05-10')
    expect(readDay('t-1', today)).toBe('2026-05-09')
    expect(readDay('0503', today)).toBe('2026-05-03')
    expect(readDay('115/05/03', today)).toBe('2026-05-03')
    expect(readDay('2026-02-30', today)).toBeNull()
    expect(readPartialDay('1957', today)).toBe('1957')
    expect(readPartialDay('46/03/02', today)).toBe('1957-03-02')
    expect(readTime('930')).toBe('09:30')
    expect(readTime('0930')).toBe('09:30')
    expect(readTime('25:00')).toBeNull()
  })
  it('keeps money exact', () => {
    expect(readAmount('1,200', 0)).toBe(1200)
    expect(readAmount('0.07', 2)).toBe(7)
    expect(readAmount('1.5', 0)).toBeNull()
    expect(readAmount('x', 2)).toBeNull()
  })
  it('reads both pressures at once', () => {
    expect(parseBloodPressure('120/80')).toEqual({ systolic: '120', diastolic: '80' })
    expect(parseBloodPressure('120')).toBeNull()
  })
})
