import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RELEASE_DEFAULTS } from '../answers/answer-policy.ts'
import { noiseOf, priceFor } from './price.ts'
import type { Output } from './outputs.ts'
import type { ReleaseRequest } from './release-request.ts'

const request = (output: Output, microRho: number) =>
  ({
    snapshot: new Uint8Array(32),
    cohort: new Uint8Array(32),
    cleaning: null,
    followUp: null,
    output,
    microRho,
  }) as ReleaseRequest
const count = (microRho: number) => request({ kind: 'count' }, microRho)

describe('noiseOf', () => {
  it('says ± 31 patients for a count of 2,000 millionths', () => {
    // σ² = 10⁶ / (2 · 2000) = 250; 1.96 · 15.81 = 30.99, rounded up.
    expect(noiseOf(count(2_000), RELEASE_DEFAULTS)).toEqual([
      { name: 'count', cells: 1, halfWidth: 31, totalHalfWidth: 31, shownFrom: 127 },
    ])
  })
  it('says it for each table that a mean is made of, by its share of the price', () => {
    const noise = noiseOf(
      request({ kind: 'mean', variable: 'age-years', least: 20, greatest: 100 }, 20_000),
      RELEASE_DEFAULTS,
    )
    expect(noise.map(({ name }) => name)).toEqual(['count', 'sum', 'squares'])
    // A quarter of the price: σ² = 10⁶ / 10⁴ = 100.
    expect(noise[0]!.halfWidth).toBe(20)
    // Half of the price, one patient moves the sum by 80: σ² = 6400 · 10⁶ / (2 · 10⁴) = 320,000.
    expect(noise[1]!.halfWidth).toBe(1_109)
    expect(noise[1]!.shownFrom).toBeNull()
  })
  it('gives a total of a table the noise of all its cells', () => {
    const axes = [
      { variable: 'payer', edges: [] },
      { variable: 'sex', edges: [] },
    ]
    const [part] = noiseOf(
      request({ kind: 'table', axes, counted: { unit: 'patients' } }, 20_000),
      RELEASE_DEFAULTS,
    )
    // σ = 5, 30 cells: 1.96 · 5 · √30 = 53.7, rounded up, and one more.
    expect(part).toEqual({ name: 'count', cells: 30, halfWidth: 10, totalHalfWidth: 55, shownFrom: 20 })
  })
})

describe('priceFor', () => {
  it('is the least price that reaches the wished precision', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 400 }), (wished) => {
        const price = priceFor(count(100), wished, 1_000_000)!
        const [there] = noiseOf(count(price), RELEASE_DEFAULTS)
        expect(there!.halfWidth).toBeLessThanOrEqual(wished)
        if (price === 100) return
        const [before] = noiseOf(count(price - 1), RELEASE_DEFAULTS)
        expect(before!.halfWidth).toBeGreaterThan(wished)
      }),
    )
  })
  it('is none where the dearest request does not reach it', () => {
    expect(priceFor(count(100), 5, 2_000)).toBeNull()
    expect(priceFor(count(100), 31, 2_000)).not.toBeNull()
  })
})
