import { describe, expect, it } from 'vitest'
import {
  ageInYears,
  civilOfDay,
  dayOfCivil,
  formatDay,
  formatRocDay,
  parseDay,
  parseInstant,
  parsePartialDate,
  parseRocDay,
  parseTypedDay,
  swapDayAndMonth,
} from './dates.ts'

describe('civil days', () => {
  it('agree with the calendar of the machine from 1600 to 2400, both ways', () => {
    for (let day = dayOfCivil(1600, 1, 1); day <= dayOfCivil(2400, 12, 31); day += 13) {
      const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
      expect(formatDay(day)).toBe(text)
      expect(parseDay(text)).toBe(day)
    }
  })
  it('refuse dates that do not exist', () => {
    for (const text of [
      '2023-02-29',
      '1900-02-29',
      '2023-04-31',
      '2023-00-10',
      '2023-13-01',
      '2023-01-00',
      '2023-1-01',
      '',
      '2023-01-0x',
    ]) {
      expect(parseDay(text), text).toBeNull()
    }
    expect(parseDay('2000-02-29')).not.toBeNull()
    expect(civilOfDay(0)).toEqual({ year: 1970, month: 1, day: 1 })
  })
  it('keep what a partial date leaves open', () => {
    expect(parsePartialDate('1974')).toEqual({
      precision: 'year',
      first: dayOfCivil(1974, 1, 1),
      last: dayOfCivil(1974, 12, 31),
    })
    expect(parsePartialDate('2024-02')!.last).toBe(dayOfCivil(2024, 2, 29))
    expect(parsePartialDate('2024-13')).toBeNull()
  })
})

describe('parseInstant', () => {
  it('keeps the civil day of the source and agrees with the machine on the moment', () => {
    for (const text of [
      '2012-04-11T18:45:11+00:00',
      '2012-04-11T18:45:11.300+00:00',
      '2012-03-11T23:45:11-05:00',
      '2012-03-12T00:45:11+11:00',
      '2012-03-12T00:45:11Z',
      '2012-03-12T00:45+08:00',
    ]) {
      expect(parseInstant(text)!.epochMs, text).toBe(Date.parse(text))
      expect(formatDay(parseInstant(text)!.day)).toBe(text.slice(0, 10))
    }
  })
  it('refuses a time without an offset, and hours and days that do not exist', () => {
    for (const text of [
      '2012-04-11T18:45:11',
      '2012-02-30T18:45:11Z',
      '2012-04-11T24:00:00Z',
      '2012-04-11T10:60:00Z',
      '2012-04-11T10:00:00+25:00',
      '2012-04',
    ]) {
      expect(parseInstant(text), text).toBeNull()
    }
  })
})

describe('Republican years', () => {
  const day = dayOfCivil(2023, 5, 3)
  it('are read in the forms that Taiwanese files have', () => {
    for (const text of [
      '112/05/03',
      '112.5.3',
      '112-05-03',
      '1120503',
      '民國112年5月3日',
      '１１２/０５/０３',
      '112年5月3日',
    ]) {
      expect(parseRocDay(text), text).toBe(day)
    }
    expect(parseRocDay('112/02/29')).toBeNull()
    expect(parseRocDay('2023/05/03')).toBeNull()
  })
  it('are shown as forms show them', () => {
    expect(formatRocDay(day)).toBe('112/05/03')
    expect(formatRocDay(dayOfCivil(1911, 12, 31))).toBe('1911-12-31')
  })
})

describe('parseTypedDay', () => {
  const today = dayOfCivil(2026, 1, 10)
  it('reads what clerks type', () => {
    expect(parseTypedDay('t', today)).toBe(today)
    expect(parseTypedDay('-3', today)).toBe(today - 3)
    expect(parseTypedDay('t+2', today)).toBe(today + 2)
    expect(parseTypedDay('0105', today)).toBe(dayOfCivil(2026, 1, 5))
    expect(parseTypedDay('1224', today)).toBe(dayOfCivil(2025, 12, 24))
    expect(parseTypedDay('20251224', today)).toBe(dayOfCivil(2025, 12, 24))
    expect(parseTypedDay('2025/12/4', today)).toBe(dayOfCivil(2025, 12, 4))
    expect(parseTypedDay('114/12/04', today)).toBe(dayOfCivil(2025, 12, 4))
    expect(parseTypedDay('ｔ－３', today)).toBe(today - 3)
  })
  it('answers null to anything else', () => {
    for (const text of ['', 'x', '1332', '20250230', '12/40'])
      expect(parseTypedDay(text, today), text).toBeNull()
  })
})

describe('small helpers', () => {
  it('count completed years', () => {
    expect(ageInYears(dayOfCivil(2000, 2, 29), dayOfCivil(2023, 2, 28))).toBe(22)
    expect(ageInYears(dayOfCivil(2000, 2, 29), dayOfCivil(2023, 3, 1))).toBe(23)
  })
  it('exchange day and month where that is another date', () => {
    expect(swapDayAndMonth('2023-05-03')).toBe('2023-03-05')
    expect(swapDayAndMonth('2023-05-03T08:00:00+08:00')).toBe('2023-03-05T08:00:00+08:00')
    expect(swapDayAndMonth('2023-05-23')).toBeNull()
    expect(swapDayAndMonth('2023-05-05')).toBeNull()
  })
})
