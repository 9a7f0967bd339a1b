import { afterEach, describe, expect, it } from 'vitest'
import {
  ageOn,
  formatBytes,
  formatCivilDate,
  formatClock,
  formatInstant,
  formatInstantBare,
  formatMinute,
  formatDuration,
  formatCode,
  formatMoney,
  formatNumber,
  formatRecordedInstant,
  shortHash,
  withMinus,
  writeTimesIn,
  zoneNoteAt,
} from './format.ts'
import { formatPlace, parsePlace } from './router.ts'

const noon = Date.UTC(2026, 10, 30, 12)
describe('instants', () => {
  // One of the two is not this machine's, whatever it is set to.
  const [east, west] = ['Asia/Taipei', 'America/Lima']
  afterEach(() => writeTimesIn(undefined))

  it('are written in the zone of the institution, in every form', () => {
    for (const [zone, clock] of [
      [east, '20:00'],
      [west, '07:00'],
    ] as const) {
      writeTimesIn(zone)
      expect(formatInstantBare(noon)).toBe(`2026-11-30 ${clock}:00`)
      expect(formatInstant(noon)).toContain(`2026-11-30 ${clock}:00`)
      expect(formatMinute(noon).slice(0, 16)).toBe(`2026-11-30 ${clock}`)
      expect(formatClock(noon, 'en').slice(0, 5)).toBe(clock)
    }
  })

  it('say the zone where this machine has another', () => {
    const notes = [east, west].map((zone) => {
      writeTimesIn(zone)
      expect(formatMinute(noon)).toBe(
        [formatInstantBare(noon).slice(0, 16), zoneNoteAt(noon)].filter(Boolean).join(' '),
      )
      return zoneNoteAt(noon)
    })
    expect(notes.some((note) => note === 'UTC+08:00' || note === 'UTC-05:00')).toBe(true)
    writeTimesIn(Intl.DateTimeFormat().resolvedOptions().timeZone)
    expect(zoneNoteAt(noon)).toBeNull()
    expect(formatInstant(noon)).toBe(formatInstantBare(noon))
  })
})

describe('formats', () => {
  it('shortens a hash in the middle and leaves short ones whole', () => {
    expect(shortHash('9f3a00000000c41d', 4)).toBe('9f3a…c41d')
    expect(shortHash('9f3a')).toBe('9f3a')
  })
  it('shows years of the Republic on request only', () => {
    expect(formatCivilDate('2026-05-03')).toBe('2026-05-03')
    expect(formatCivilDate('2026-05-03', 'roc')).toBe('民國 115-05-03')
    expect(formatCivilDate('1890-05', 'roc')).toBe('1890-05')
    expect(formatRecordedInstant('2026-05-03T09:30:00+08:00')).toBe('2026-05-03 09:30')
  })
  it('counts completed years', () => {
    expect(ageOn('1957-03-02', '2026-03-01')).toBe(68)
    expect(ageOn('1957-03-02', '2026-03-02')).toBe(69)
    expect(ageOn('1957', '2026-03-02')).toBe(69)
    expect(ageOn(undefined, '2026-03-02')).toBeUndefined()
    expect(ageOn('2027-01-01', '2026-03-02')).toBeUndefined()
  })
  it('writes codes, amounts and sizes', () => {
    const icd = 'http://hl7.org/fhir/sid/icd-10'
    expect(formatCode({ system: icd, code: 'E119' })).toBe('E11.9')
    expect(formatCode({ system: icd, code: 'I10' })).toBe('I10')
    expect(formatCode({ system: 'http://www.whocc.no/atc', code: 'A10BA02' })).toBe('A10BA02')
    expect(formatNumber(1234567, 'en')).toBe('1,234,567')
    expect(formatMoney(1200, 'TWD', 0, 'en')).toContain('1,200')
    expect(formatBytes(1_500_000, 'en')).toBe('1.5 MB')
    const words = {
      seconds: (n: number) => `${n}s`,
      minutes: (n: number) => `${n}m`,
      hours: (n: number) => `${n}h`,
    }
    expect([0.2, 59, 90, 7200].map((s) => formatDuration(s, words))).toEqual(['1s', '59s', '2m', '2h'])
  })
})

describe('places', () => {
  it('go to text and back, whatever the parts hold', () => {
    expect(parsePlace(formatPlace('patients', 'a/b 王'))).toEqual({ room: 'patients', parts: ['a/b 王'] })
    expect(parsePlace('')).toEqual({ room: '', parts: [] })
    expect(parsePlace('#/%E0%A4%A')).toEqual({ room: '', parts: [] })
  })
})

it('prints a minus where a signed text has a hyphen, and leaves the hyphens of words', () => {
  expect(withMinus('-0.55 – -0.05')).toBe('−0.55 – −0.05')
  expect(withMinus('0.2 (-0.1–0.5)')).toBe('0.2 (−0.1–0.5)')
  expect(withMinus('age-years 2024-01')).toBe('age-years 2024-01')
})
