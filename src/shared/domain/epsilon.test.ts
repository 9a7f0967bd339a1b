import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epsilonOf } from './epsilon.ts'

describe('epsilonOf', () => {
  it.each([
    [2_000, 0.26],
    [20_000, 0.9],
    [500_000, 5.22],
  ])('says %i millionths of rho as docs/spec/privacy.md does', (microRho, epsilon) => {
    expect(epsilonOf(microRho)).toBeCloseTo(epsilon, 2)
  })
  it('is no larger than the plain bound ρ + 2√(ρ ln 1/δ), and grows with the price', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 2_000_000 }), (microRho) => {
        const rho = microRho / 1e6
        expect(epsilonOf(microRho)).toBeLessThanOrEqual(rho + 2 * Math.sqrt(rho * Math.log(1e6)))
        expect(epsilonOf(microRho + 100)).toBeGreaterThan(epsilonOf(microRho))
      }),
    )
  })
  it('is nothing for nothing', () => {
    expect(epsilonOf(0)).toBe(0)
  })
})
