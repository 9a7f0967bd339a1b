import { describe, expect, it } from 'vitest'
import { shareBand } from './share-band.ts'

describe('the band of a share', () => {
  it('has no width without noise', () => {
    expect(shareBand({ value: 30, halfWidth: 0 }, { value: 120, halfWidth: 0 })).toEqual({
      value: 0.25,
      low: 0.25,
      high: 0.25,
    })
  })
  it('is wider than that of the part alone, and never leaves 0 to 1', () => {
    const alone = shareBand({ value: 300, halfWidth: 50 }, { value: 1_000, halfWidth: 0 })!
    const both = shareBand({ value: 300, halfWidth: 50 }, { value: 1_000, halfWidth: 100 })!
    expect(alone.low).toBeCloseTo(0.25, 9)
    expect(alone.high).toBeCloseTo(0.35, 9)
    expect(both.low).toBeLessThan(alone.low)
    expect(both.high).toBeGreaterThan(alone.high)
    const least = shareBand({ value: 10, halfWidth: 50 }, { value: 1_000, halfWidth: 10 })!
    const most = shareBand({ value: 1_020, halfWidth: 50 }, { value: 1_000, halfWidth: 10 })!
    expect(least.low).toBe(0)
    expect(most).toMatchObject({ value: 1, high: 1 })
  })
  it('says nothing where the whole could be nobody', () => {
    expect(shareBand({ value: 5, halfWidth: 50 }, { value: 60, halfWidth: 61 })).toBeNull()
    expect(shareBand({ value: 5, halfWidth: 50 }, { value: -60, halfWidth: 10 })).toBeNull()
  })
  it('holds the exact share in 19 of 20 draws, whatever it is', () => {
    // Two independent normal draws from a stream of its own.
    let state = 9
    const uniform = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return (state + 0.5) / 4_294_967_296
    }
    const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    for (const [part, whole] of [
      [300, 1_000],
      [950, 1_000],
      [40, 400],
    ] as const) {
      const [s, S] = [30, 40]
      let held = 0
      const draws = 4_000
      for (let i = 0; i < draws; i++) {
        const band = shareBand(
          { value: part + s * normal(), halfWidth: 1.96 * s },
          { value: whole + S * normal(), halfWidth: 1.96 * S },
        )!
        if (band.low <= part / whole && part / whole <= band.high) held++
      }
      expect(held / draws).toBeGreaterThan(0.94)
      expect(held / draws).toBeLessThan(0.965)
    }
  })
})
