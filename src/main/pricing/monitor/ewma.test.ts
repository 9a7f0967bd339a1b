import { describe, expect, it } from 'vitest'
import { ewma } from '../../stats/actuarial/monitoring.ts'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import type { CusumMonth } from './cusum.ts'
import { ewmaChart } from './ewma.ts'

const monthsOf = (observed: readonly number[], noise = 0): CusumMonth[] =>
  observed.map((count, m) => ({
    month: `2024-${String(m + 1).padStart(2, '0')}`,
    observed: count,
    expected: 20 + m,
    noise,
  }))

describe('ewmaChart', () => {
  it('is the engine’s without noise, where claims come one by one and nothing signals', () => {
    const observed = [18, 24, 25, 19, 26, 21, 30, 24]
    const engine = ewma(
      observed,
      monthsOf(observed).map(({ expected }) => expected),
    )
    expect(engine.some(({ isSignal }) => isSignal)).toBe(false)
    for (const [m, { value, lower, upper }] of ewmaChart(monthsOf(observed), 1).entries()) {
      expect([value, lower, upper]).toEqual(
        [engine[m]!.value, engine[m]!.lower, engine[m]!.upper].map((v) => expect.closeTo(v, 12)),
      )
    }
  })
  it('goes on beyond its limits, as no alarm is given, and stays there as long as the group does', () => {
    const values = ewmaChart(monthsOf([20, 60, 60, 60, 60, 60]), 1).map(({ value, upper }) => value > upper)
    expect(values).toEqual([false, true, true, true, true, true])
  })
  it('has limits that leave out as few months as they say, with noise and claims that come by twos', () => {
    const uniform = stream(5)
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    const months = Array.from({ length: 4_000 }, (_, m) => ({
      month: `${m}`,
      observed: 400 + Math.sqrt(2 * 400 + 500) * normal(),
      expected: 400,
      noise: 500,
    }))
    const beyond = (dispersion: number) =>
      ewmaChart(months, dispersion).filter(({ value, lower, upper }) => value < lower || value > upper).length
    // Both tails beyond 2.7 of a normal are 0.7 %; months in a row go together.
    expect(beyond(2)).toBeGreaterThan(8)
    expect(beyond(2)).toBeLessThan(55)
    expect(beyond(1)).toBeGreaterThan(60)
  })
})
