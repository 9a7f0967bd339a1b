/** When a person died, of visits that say it each in its own way. */
import { describe, expect, it } from 'vitest'
import { dayOfCivil } from '../../../shared/domain/dates.ts'
import { personWith } from '../cleaning/cleaning.test-kit.ts'
import { deathOf } from './person-says.ts'

const day = (month: number, of: number): number => dayOfCivil(2021, month, of)
const year = { deathFrom: day(1, 1), death: day(12, 31) }
const march = { deathFrom: day(3, 1), death: day(3, 31) }
const exactly = (on: number) => ({ deathFrom: on, death: on })
const endedWith = (on: number) => ({ died: 1, discharge: on })
const deathIn = (...visits: Parameters<typeof personWith>[0][number]['visit'][]): number | null =>
  deathOf(personWith(visits.map((visit) => ({ visit }))))

describe('the day of death', () => {
  it('is the end of the stay that ended with it, where a year is all that is stated', () => {
    expect(deathIn(year, { day: day(1, 20), ...endedWith(day(2, 3)), ...year })).toBe(day(2, 3))
    expect(deathIn(year, year, endedWith(day(2, 3)))).toBe(day(2, 3))
    // Another year's stay says nothing of it.
    expect(deathIn(year, endedWith(dayOfCivil(2020, 2, 3)))).toBe(day(12, 31))
  })

  it('is the day in the year that somebody states, before the end of a stay, and that before a month', () => {
    expect(deathIn(year, year, exactly(day(2, 4)), endedWith(day(2, 3)))).toBe(day(2, 4))
    expect(deathIn(year, year, march, endedWith(day(3, 9)))).toBe(day(3, 9))
    expect(deathIn(year, year, march)).toBe(day(3, 31))
    expect(deathIn(year, year)).toBe(day(12, 31))
  })

  it('is what most visits state, of two as frequent the first, and without a stated date the end of such a stay', () => {
    expect(deathIn(exactly(day(5, 1)), exactly(day(6, 1)), exactly(day(6, 1)))).toBe(day(6, 1))
    expect(deathIn(exactly(day(6, 1)), exactly(day(5, 1)), endedWith(day(5, 1)))).toBe(day(6, 1))
    expect(deathIn({}, endedWith(day(7, 1)), { day: day(8, 2), died: 1 }, endedWith(day(7, 1)))).toBe(
      day(7, 1),
    )
    expect(deathIn({}, {})).toBeNull()
  })
})
