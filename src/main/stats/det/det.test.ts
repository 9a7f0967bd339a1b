import { describe, expect, it } from 'vitest'
import vectors from '../fixtures/det/vectors.json' with { type: 'json' }
import * as distributions from './distributions.ts'
import { exp, expm1 } from './exp.ts'
import { digamma, lgamma, trigamma } from './gamma.ts'
import { log, log1p } from './log.ts'
import { pow } from './pow.ts'
import { cosTurn } from './turn.ts'

// Correctly rounded values from mpmath with 60 digits; distribution values from R 4.2.2 (see fixtures/det/README.md).
function unitInLastPlace(value: number): number {
  const size = Math.abs(value)
  if (size < 2.3e-308) return 5e-324
  return 2 ** (Math.floor(Math.log2(size)) - 52)
}

function worstUlp(rows: number[][], f: (x: number) => number): number {
  let worst = 0
  for (const [x, want] of rows as [number, number][]) {
    worst = Math.max(worst, Math.abs(f(x) - want) / unitInLastPlace(want))
  }
  return worst
}

function worstError(rows: number[][], f: (x: number) => number): number {
  let worst = 0
  for (const [x, want] of rows as [number, number][]) {
    worst = Math.max(worst, Math.abs(f(x) - want) / Math.max(1, Math.abs(want)))
  }
  return worst
}

describe('the det/1 functions', () => {
  it('exp, expm1, log, log1p and cosTurn stay within two units in the last place', () => {
    expect(worstUlp(vectors.exp, exp)).toBeLessThanOrEqual(1)
    expect(worstUlp(vectors.expm1, expm1)).toBeLessThanOrEqual(2)
    expect(worstUlp(vectors.log, log)).toBeLessThanOrEqual(1)
    expect(worstUlp(vectors.log1p, log1p)).toBeLessThanOrEqual(2)
    expect(worstUlp(vectors.cosTurn, cosTurn)).toBeLessThanOrEqual(2)
  })

  it('pow stays within two units in the last place', () => {
    const rows = vectors.pow as [number, number, number][]
    const worst = Math.max(...rows.map(([x, y, want]) => Math.abs(pow(x, y) - want) / unitInLastPlace(want)))
    expect(worst).toBeLessThanOrEqual(2)
  })

  it('lgamma, digamma and trigamma agree to a few 1e-16', () => {
    expect(worstError(vectors.lgamma, lgamma)).toBeLessThan(1.5e-15)
    expect(worstError(vectors.digamma, digamma)).toBeLessThan(2e-15)
    expect(worstError(vectors.trigamma, trigamma)).toBeLessThan(1e-15)
  })

  it('knows the edges', () => {
    expect([exp(710), exp(-746), exp(0), exp(-Infinity)]).toEqual([Infinity, 0, 1, 0])
    expect(exp(NaN)).toBeNaN()
    expect([log(0), log(1), log(Infinity)]).toEqual([-Infinity, 0, Infinity])
    expect(log(-1)).toBeNaN()
    expect(log(5e-324)).toBeCloseTo(-744.4400719213812, 12)
    expect([pow(2, 10), pow(0, 0), pow(-2, 3), pow(4, 0.5), pow(0, 2.5)]).toEqual([1024, 1, -8, 2, 0])
    expect(pow(-2, 0.5)).toBeNaN()
    expect(exp(709.78)).toBeCloseTo(1.7928227943945155e308, -295)
  })

  it('gives the bits that profile det/1 promises', () => {
    // A change here is a change of the profile: results signed under det/1 would no longer reproduce.
    const bits = (x: number): string => {
      const view = new DataView(new ArrayBuffer(8))
      view.setFloat64(0, x)
      return view.getBigUint64(0).toString(16)
    }
    const words: string[] = []
    let x = 0.1234567
    for (let i = 0; i < 400; i++) {
      x = 3.99 * x * (1 - x)
      words.push(
        bits(exp(20 * x - 10)),
        bits(log(x)),
        bits(expm1(x)),
        bits(log1p(x)),
        bits(lgamma(9 * x + 0.1)),
      )
      words.push(bits(pow(x, 2.7)), bits(distributions.normal(6 * x - 3).lower), bits(digamma(x + 1)))
    }
    let hash = 0xcbf29ce484222325n
    for (const character of words.join(',')) {
      hash = ((hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n) & 0xffffffffffffffffn
    }
    expect(hash.toString(16)).toMatchInlineSnapshot(`"cf3e9ff23e203739"`)
  })
})

describe('distributions', () => {
  const cases: Record<string, (...a: number[]) => number> = {
    chisqU: (x, df) => distributions.chiSquared(x!, df!).upper,
    chisqL: (x, df) => distributions.chiSquared(x!, df!).lower,
    normL: (x) => distributions.normal(x!).lower,
    tU: (x, df) => distributions.studentT(x!, df!).upper,
    fU: (x, a, b) => distributions.fisherF(x!, a!, b!).upper,
    poisL: (k, mean) => distributions.poisson(k!, mean!).lower,
    qnorm: (p) => distributions.normalQuantile(p!),
    qchisq: (p, df) => distributions.chiSquaredQuantile(p!, df!),
    qt: (p, df) => distributions.studentTQuantile(p!, df!),
    qf: (p, a, b) => distributions.fisherFQuantile(p!, a!, b!),
    qpois: (p, mean) => distributions.poissonQuantile(p!, mean!),
    qbeta: (p, a, b) => distributions.betaQuantile(p!, a!, b!),
  }
  for (const [name, f] of Object.entries(cases)) {
    it(`${name} agrees with R to 1e-11`, () => {
      const rows = vectors.distributions[name as keyof typeof vectors.distributions] as number[][]
      for (const row of rows) {
        const want = row[row.length - 1]!
        // Very far tails lose some digits in both programs.
        const got = f(...row.slice(0, -1))
        expect(Math.abs(got - want) / Math.max(Math.abs(want), 1e-290)).toBeLessThan(1e-11)
      }
    })
  }

  it('has the quantiles that limits are made of', () => {
    expect(distributions.normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
    expect(distributions.chiSquaredQuantile(0.95, 1)).toBeCloseTo(3.841458820694124, 13)
  })
})
