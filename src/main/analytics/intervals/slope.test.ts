import { describe, expect, it } from 'vitest'
import { slopeOf } from './slope.ts'

const at = (...pairs: [day: number, value: number][]) => pairs.map(([day, value]) => ({ day, value }))

describe('the slope of dated values', () => {
  it('is per year, of the line that is nearest in squares', () => {
    expect(slopeOf(at([18_000, 80], [18_365.25, 78]))).toBeCloseTo(-2, 12)
    // By hand: days 0, 1, 2 and values 1, 2, 4 have a slope of 1.5 a day.
    expect(slopeOf(at([5, 1], [6, 2], [7, 4]))).toBeCloseTo(1.5 * 365.25, 9)
    expect(slopeOf(at([5, 3], [9, 3]))).toBe(0)
  })

  it('is not there on one day, however many values it has', () => {
    expect(slopeOf([])).toBeNull()
    expect(slopeOf(at([5, 1]))).toBeNull()
    expect(slopeOf(at([5, 1], [5, 9]))).toBeNull()
  })
})
