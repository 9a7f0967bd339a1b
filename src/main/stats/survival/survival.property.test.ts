import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coxConcordance } from './concordance.ts'
import { coxZph } from './cox-zph.ts'
import { scoreResiduals } from './cox-residuals.ts'
import { type CoxModel, fitCox } from './cox.ts'
import type { SurvivalData } from './cox-plan.ts'
import { splitAtTimes } from './intervals.ts'
import { kaplanMeier } from './kaplan-meier.ts'
import { logRank } from './log-rank.ts'

/** Rows whose fit is well behaved: mixed covariates in both outcomes, ties, late entry, strata. */
interface Row {
  start: number
  length: number
  event: boolean
  x: number
  z: number
  stratum: number
  weight: number
}

const row: fc.Arbitrary<Row> = fc.record({
  start: fc.integer({ min: 0, max: 8 }),
  length: fc.integer({ min: 1, max: 12 }),
  event: fc.boolean(),
  x: fc.integer({ min: -4, max: 4 }),
  z: fc.integer({ min: 0, max: 1 }),
  stratum: fc.integer({ min: 0, max: 1 }),
  weight: fc.integer({ min: 1, max: 3 }),
})
const rows = fc.array(row, { minLength: 40, maxLength: 60 })

function dataOf(list: readonly Row[]): SurvivalData {
  return {
    start: Float64Array.from(list, (r) => r.start),
    stop: Float64Array.from(list, (r) => r.start + r.length),
    event: Uint8Array.from(list, (r) => (r.event ? 1 : 0)),
    x: [Float64Array.from(list, (r) => r.x), Float64Array.from(list, (r) => r.z)],
    strata: Int32Array.from(list, (r) => r.stratum),
  }
}

/** A fit, or null when the draw has no finite answer. */
function tryFit(data: SurvivalData, options: Parameters<typeof fitCox>[1] = {}): CoxModel | null {
  if (!data.event.includes(1)) return null
  const model = fitCox(data, { robust: false, eps: 1e-12, ...options })
  const { fit } = model
  const isSound = fit.converged && fit.aliased.length === 0 && fit.infinite.length === 0
  return isSound && Array.from(fit.coefficients).every((b) => Math.abs(b) < 3) ? model : null
}

function expectSame(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-8): void {
  let scale = 1e-3
  for (let i = 0; i < a.length; i++) scale = Math.max(scale, Math.abs(a[i]!))
  expect(b.length).toBe(a.length)
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(tolerance * scale)
}

function law(name: string, check: (list: Row[], model: CoxModel, ties: 'efron' | 'breslow') => void): void {
  it(name, () => {
    fc.assert(
      fc.property(rows, fc.constantFrom('efron' as const, 'breslow' as const), (list, ties) => {
        const model = tryFit(dataOf(list), { ties })
        if (model) check(list, model, ties)
      }),
      { numRuns: 40 },
    )
  })
}

describe('laws of the Cox model', () => {
  law('shifting a covariate or the clock changes no coefficient and no test', (list, model, ties) => {
    const data = dataOf(list)
    const shifted = fitCox(
      {
        ...data,
        start: data.start!.map((t) => t + 1000),
        stop: data.stop.map((t) => t + 1000),
        x: [data.x[0]!.map((v) => v + 500), data.x[1]!],
      },
      { ties, robust: false, eps: 1e-12 },
    ).fit
    expectSame(model.fit.coefficients, shifted.coefficients)
    expectSame(model.fit.variance, shifted.variance)
    expectSame([model.fit.scoreTest, model.fit.waldTest], [shifted.scoreTest, shifted.waldTest])
  })

  law('scaling a covariate scales its coefficient back', (list, model, ties) => {
    const data = dataOf(list)
    const scaled = fitCox(
      { ...data, x: [data.x[0]!.map((v) => v * 1e6), data.x[1]!] },
      { ties, robust: false, eps: 1e-12 },
    ).fit
    expectSame(
      [model.fit.coefficients[0]!, model.fit.coefficients[1]!],
      [scaled.coefficients[0]! * 1e6, scaled.coefficients[1]!],
    )
    expectSame([model.fit.logLikelihood[1]], [scaled.logLikelihood[1]])
  })

  law('the order of the rows does not matter', (list, model, ties) => {
    const turned = tryFit(dataOf(list.slice().reverse()), { ties })!
    expectSame(model.fit.coefficients, turned.fit.coefficients)
    expectSame(model.fit.variance, turned.fit.variance)
    expectSame(model.fit.martingale, Array.from(turned.fit.martingale).reverse())
    expectSame([coxConcordance(model).concordance], [coxConcordance(turned).concordance], 1e-6)
    expectSame([coxZph(model).global.chisq], [coxZph(turned).global.chisq], 1e-6)
  })

  it('a whole weight is a row repeated (Breslow ties)', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const repeated = list.flatMap((r) => new Array<Row>(r.weight).fill(r))
        const whole = tryFit(dataOf(repeated), { ties: 'breslow' })
        if (!whole) return
        const weighted = fitCox(
          { ...dataOf(list), weights: Float64Array.from(list, (r) => r.weight) },
          { ties: 'breslow', robust: false, eps: 1e-12 },
        ).fit
        expectSame(whole.fit.coefficients, weighted.coefficients)
        expectSame(whole.fit.variance, weighted.variance)
        expectSame(whole.fit.logLikelihood, weighted.logLikelihood)
      }),
      { numRuns: 30 },
    )
  })

  law('splitting intervals changes nothing', (list, model, ties) => {
    const data = dataOf(list)
    const pieces = splitAtTimes({ start: data.start, stop: data.stop, event: data.event }, [3, 6.5, 9, 14])
    const pick = (a: Float64Array): Float64Array => Float64Array.from(pieces.row, (i) => a[i]!)
    const split = fitCox(
      { ...pieces, x: data.x.map(pick), strata: Int32Array.from(pieces.row, (i) => data.strata![i]!) },
      { ties, robust: false, eps: 1e-12 },
    )
    expectSame(model.fit.coefficients, split.fit.coefficients)
    expectSame(model.fit.variance, split.fit.variance)
    expectSame(model.fit.logLikelihood, split.fit.logLikelihood)
    const summed = new Float64Array(list.length)
    for (let k = 0; k < pieces.row.length; k++)
      summed[pieces.row[k]!] = summed[pieces.row[k]!]! + split.fit.martingale[k]!
    expectSame(model.fit.martingale, summed)
  })

  law('residuals sum to nothing at the solution', (_, model) => {
    const sum = (a: Float64Array): number => a.reduce((x, y) => x + y, 0)
    expect(Math.abs(sum(model.fit.martingale))).toBeLessThan(1e-7)
    const score = scoreResiduals(model)
    for (let j = 0; j < 2; j++) {
      expect(Math.abs(sum(score.values.filter((_, i) => i % 2 === j)))).toBeLessThan(1e-5)
    }
  })

  law('a covariate given twice is aliased, and the rest stays', (list, model, ties) => {
    const data = dataOf(list)
    const { fit } = fitCox(
      { ...data, x: [...data.x, data.x[0]!.map((v) => 2 * v + 1)] },
      { ties, robust: false, eps: 1e-12 },
    )
    expect(fit.aliased).toEqual([2])
    expectSame(model.fit.coefficients, fit.coefficients.slice(0, 2))
    expectSame([model.fit.logLikelihood[1]], [fit.logLikelihood[1]])
  })
})

describe('laws of curves and tests', () => {
  it('Kaplan-Meier falls from 1 to at least 0 inside its limits, and a repeated row is a weight', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const data = dataOf(list)
        const weighted = kaplanMeier(
          {
            start: null,
            stop: data.stop,
            event: data.event,
            weights: Float64Array.from(list, (r) => r.weight),
          },
          { robust: false },
        ).curves[0]!
        const repeated = dataOf(list.flatMap((r) => new Array<Row>(r.weight).fill(r)))
        const whole = kaplanMeier({ start: null, stop: repeated.stop, event: repeated.event }).curves[0]!
        expectSame(whole.survival, weighted.survival)
        let last = 1
        for (let i = 0; i < whole.survival.length; i++) {
          const s = whole.survival[i]!
          expect(s).toBeLessThanOrEqual(last)
          last = s
          if (s > 0) {
            expect(whole.lower[i]!).toBeLessThanOrEqual(s + 1e-12)
            expect(whole.upper[i]!).toBeGreaterThanOrEqual(s - 1e-12)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('the log-rank test does not care for the order or the names of groups, and sums to no difference', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const data = dataOf(list)
        const group = Int32Array.from(list, (r) => r.z)
        if (!group.includes(0) || !group.includes(1) || !data.event.includes(1)) return
        const a = logRank({ stop: data.stop, event: data.event, group })
        const b = logRank({ stop: data.stop, event: data.event, group: group.map((g) => 1 - g) })
        expectSame([a.chisq], [b.chisq], 1e-9)
        expect(a.observed[0]! + a.observed[1]! - a.expected[0]! - a.expected[1]!).toBeCloseTo(0, 9)
      }),
      { numRuns: 40 },
    )
  })
})
