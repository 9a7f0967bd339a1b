import { describe, expect, it } from 'vitest'
import { tweedieLogDensity } from './tweedie.ts'

describe('tweedieLogDensity', () => {
  it('ends where the dispersion is next to nothing, since the series has more terms than doubles count', () => {
    // A table that a model fits exactly has a dispersion of rounding errors.
    const value = tweedieLogDensity(200, 200, 1e-20, 1.5)
    expect(value).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * 1e-20 * 200 ** 1.5), 6)
  })
  it('has no step where the series gives way to the normal form', () => {
    const at = (phi: number): number => tweedieLogDensity(200, 199.9, phi, 1.5)
    // middle = 2 · 200^0.5 / phi is just below and just above the border.
    const border = (2 * Math.sqrt(200)) / 1e7
    const series = at(border * 1.000001)
    const normal = at(border * 0.999999)
    expect(Math.abs(series - normal) / Math.abs(series)).toBeLessThan(1e-4)
  })
})
