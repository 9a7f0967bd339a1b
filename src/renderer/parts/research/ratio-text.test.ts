import { describe, expect, it } from 'vitest'
import { ratioWithLimits } from './ratio-text.ts'

const written = (ratio: number, lower: number, upper: number): string => {
  const said = ratioWithLimits({ ratio, lower, upper }, 'en')
  return `${said.ratio} (${said.limits})`
}

describe('a ratio with its limits', () => {
  it('has two decimals where they say what there is', () => {
    expect(written(1.25, 1.1, 1.42)).toBe('1.25 (1.10–1.42)')
    expect(written(1.004, 0.991, 1.012)).toBe('1.00 (0.99–1.01)')
  })
  it('of a great many people has more, so that limits that exclude 1 are not written as 1', () => {
    expect(written(0.9982, 0.9971, 0.9994)).toBe('0.998 (0.997–0.999)')
    expect(written(1.0086, 1.0032, 1.0141)).toBe('1.009 (1.003–1.014)')
    expect(written(1.0001, 0.9996, 1.0004)).toBe('1.0001 (0.9996–1.0004)')
  })
  it('ends at four decimals, and leaves what is far away as it is', () => {
    expect(written(1.00001, 1.000005, 1.000015)).toBe('1.0000 (1.0000–1.0000)')
    expect(written(0.0123, 0.00456, 230)).toBe('0.0123 (0.00456–230)')
  })
})
