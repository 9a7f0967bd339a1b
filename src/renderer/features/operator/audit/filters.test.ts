import { describe, expect, it } from 'vitest'
import { filterOf, isTimeWrong, NO_FILTERS, typedTime } from './filters.ts'

describe('times that somebody types', () => {
  it('are those of the facility, whatever zone this machine has', () => {
    expect(typedTime('2026-11-30 09:30', 'Asia/Taipei')).toEqual({
      from: Date.UTC(2026, 10, 30, 1, 30),
      to: Date.UTC(2026, 10, 30, 1, 31),
    })
    // A day of 25 hours is whole.
    expect(typedTime('2026-10-25', 'Europe/Berlin')).toEqual({
      from: Date.UTC(2026, 9, 24, 22),
      to: Date.UTC(2026, 9, 25, 23),
    })
  })
})

describe('the filters of the audit', () => {
  it('take a date as its whole day and a time as its minute', () => {
    const day = typedTime('2026-05-03')!
    expect(new Date(day.from).getHours()).toBe(0)
    expect(new Date(day.to).getDate()).toBe(4)
    const minute = typedTime('2026-5-3 09:30')!
    expect(minute.to - minute.from).toBe(60_000)
    expect(new Date(minute.from).getMinutes()).toBe(30)
  })

  it('know what is no time, and ask for nothing of it', () => {
    for (const text of ['2026-02-31', '2026-13-01', '2026-05-03 24:00', 'yesterday', '2026-05'])
      expect(isTimeWrong(text)).toBe(true)
    expect(isTimeWrong('  ')).toBe(false)
    expect(filterOf({ ...NO_FILTERS, from: '2026-02-31' })).toEqual({})
  })

  it('ask for what was chosen and for nothing else', () => {
    expect(filterOf(NO_FILTERS)).toEqual({})
    const patientId = 'ab12'.repeat(8)
    expect(filterOf({ ...NO_FILTERS, outcome: 'refused', patientId: ` ${patientId} ` })).toEqual({
      outcome: 'refused',
      patientId,
    })
    // Half typed it fits nothing, and the whole log would be looked through to say so.
    expect(filterOf({ ...NO_FILTERS, patientId: 'ab12' })).toEqual({})
  })
})
