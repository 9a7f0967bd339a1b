/**
 * What an analyst does to estimated relativities: smooth, bound, make monotone, set by hand. Each step is data with who, when and why; the
 * result carries one audit entry for every level that moved, and the off-balance that followed (P4). Replaying the steps on the
 * same estimates gives the same bits.
 */
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { ldl, ldlSolve } from '../../stats/linalg/cholesky.ts'
import { knotsOf, restrictedCubicSpline } from '../../stats/regression/splines.ts'
import { PricingFailure } from '../failure.ts'
import { ADJUSTMENTS_MAX } from '../limits.ts'
import type { Rating } from './rating.ts'
import { type Measure, offBalance } from './relativities.ts'
import { factorIndex, type TariffTable } from './tariff-table.ts'

export type Change =
  /** Restricted cubic spline through the log relativities over the middles of the bands, weighted with exposure. */
  | {
      readonly kind: 'smooth'
      readonly factor: string
      readonly middles: readonly number[]
      readonly knots: number
    }
  /** The nearest rising or falling relativities (pool adjacent violators, weighted with exposure). */
  | { readonly kind: 'monotone'; readonly factor: string; readonly direction: 'rising' | 'falling' }
  /** Relativities between two limits. */
  | { readonly kind: 'cap'; readonly factor: string; readonly least: number; readonly most: number }
  /** The greatest relativity is at most so many times the least: a rule of law, such as 3:1 for age. */
  | { readonly kind: 'ratio'; readonly factor: string; readonly most: number }
  | { readonly kind: 'set'; readonly factor: string; readonly level: string; readonly relativity: number }

export interface Adjustment {
  readonly change: Change
  /** Who and on which day of the chain, said by the caller; and why, in the analyst's words. */
  readonly by: string
  readonly day: string
  readonly reason: string
}

export interface AuditEntry {
  /** Which adjustment, from 0. */
  readonly step: number
  readonly kind: Change['kind']
  readonly factor: string
  readonly level: string
  /** NaN where the data had no such level. */
  readonly before: number
  readonly after: number
  readonly by: string
  readonly day: string
  readonly reason: string
}

export interface Adjusted {
  readonly rating: Rating
  readonly audit: readonly AuditEntry[]
  /** By what the base rate moved so that the total is again what was observed. */
  readonly offBalance: number
}

/**
 * Steps in order, then one off-balance. Errors of relativities stay those of the estimates: a change by hand has no error that data know.
 *
 * @throws {PricingFailure} `unknown-factor`, `unknown-level`, `bad-option` (a limit, an empty reason), `too-many`
 */
export function adjust(
  rating: Rating,
  table: TariffTable,
  measure: Measure,
  adjustments: readonly Adjustment[],
): Adjusted {
  if (adjustments.length > ADJUSTMENTS_MAX) {
    throw new PricingFailure({
      code: 'too-many',
      what: 'adjustments',
      count: adjustments.length,
      most: ADJUSTMENTS_MAX,
    })
  }
  const logRatios: Float64Array[] = rating.logRatios.map((ratios) => ratios.slice())
  const audit: AuditEntry[] = []
  adjustments.forEach(({ change, by, day, reason }, step) => {
    if (reason.trim() === '')
      throw new PricingFailure({ code: 'bad-option', option: 'reason', value: '', allowed: 'a sentence' })
    const f = factorIndex(rating.factors, change.factor)
    const factor = rating.factors[f]!
    const before = logRatios[f]!
    const after = apply(change, before, exposureOf(table, change.factor, factor.levels), factor.levels)
    factor.levels.forEach((level, k) => {
      if (before[k] === after[k] || (before[k] !== before[k] && after[k] !== after[k])) return
      audit.push({
        step,
        kind: change.kind,
        factor: factor.name,
        level,
        before: exp(before[k]!),
        after: exp(after[k]!),
        by,
        day,
        reason,
      })
    })
    logRatios[f] = after
  })
  const balanced = offBalance({ ...rating, logRatios }, table, measure)
  return { rating: balanced.rating, audit, offBalance: balanced.factor }
}

function apply(
  change: Change,
  ratios: Float64Array,
  exposure: Float64Array,
  levels: readonly string[],
): Float64Array {
  switch (change.kind) {
    case 'smooth':
      return smoothed(ratios, exposure, change.middles, change.knots)
    case 'monotone':
      return monotone(ratios, exposure, change.direction)
    case 'cap': {
      if (!(change.least > 0 && change.most >= change.least))
        throw badOption('cap', change.least, '0 < least <= most')
      const least = log(change.least)
      const most = log(change.most)
      return ratios.map((ratio) => (ratio < least ? least : ratio > most ? most : ratio))
    }
    case 'ratio':
      return withinRatio(ratios, exposure, change.most)
    case 'set': {
      if (!(change.relativity > 0) || change.relativity === Infinity)
        throw badOption('relativity', change.relativity, '> 0')
      const k = levels.indexOf(change.level)
      if (k < 0) {
        throw new PricingFailure({
          code: 'unknown-level',
          factor: change.factor,
          level: change.level,
          row: 0,
          known: levels,
        })
      }
      const out = ratios.slice()
      out[k] = log(change.relativity)
      return out
    }
  }
}

/** Weighted least squares on the spline basis; levels without data get the spline's value. */
function smoothed(
  ratios: Float64Array,
  exposure: Float64Array,
  middles: readonly number[],
  knotCount: number,
): Float64Array {
  if (middles.length !== ratios.length) throw badOption('middles', middles.length, `${ratios.length} of them`)
  for (let k = 1; k < middles.length; k++)
    if (!(middles[k]! > middles[k - 1]!)) throw badOption('middles', middles[k]!, 'rising')
  const x = Float64Array.from(middles)
  const seen = x.filter((_, k) => ratios[k] === ratios[k] && exposure[k]! > 0)
  if (seen.length <= knotCount)
    throw badOption('knots', knotCount, `fewer than the ${seen.length} levels with data`)
  const columns = [
    new Float64Array(x.length).fill(1),
    ...restrictedCubicSpline(x, knotsOf(seen, knotCount, 'middles')),
  ]
  const p = columns.length
  const cross = new Float64Array(p * p)
  const right = new Float64Array(p)
  for (let k = 0; k < x.length; k++) {
    if (ratios[k] !== ratios[k] || !(exposure[k]! > 0)) continue
    for (let i = 0; i < p; i++) {
      right[i] = right[i]! + exposure[k]! * columns[i]![k]! * ratios[k]!
      for (let j = 0; j < p; j++)
        cross[i * p + j] = cross[i * p + j]! + exposure[k]! * columns[i]![k]! * columns[j]![k]!
    }
  }
  const beta = ldlSolve(ldl(cross, p, 1e-14), right)
  return x.map((_, k) => columns.reduce((sum, column, j) => sum + beta[j]! * column[k]!, 0))
}

/** Pool adjacent violators on the levels with data; the others stay without a relativity. */
export function monotone(
  ratios: Float64Array,
  weights: Float64Array,
  direction: 'rising' | 'falling',
): Float64Array {
  const sign = direction === 'rising' ? 1 : -1
  const blocks: { value: number; weight: number; members: number[] }[] = []
  ratios.forEach((ratio, k) => {
    if (ratio !== ratio) return
    // A level without exposure follows its neighbours.
    blocks.push({ value: sign * ratio, weight: Math.max(weights[k]!, 1e-9), members: [k] })
    while (blocks.length > 1 && blocks[blocks.length - 2]!.value > blocks[blocks.length - 1]!.value) {
      const last = blocks.pop()!
      const before = blocks[blocks.length - 1]!
      const weight = before.weight + last.weight
      before.value = (before.value * before.weight + last.value * last.weight) / weight
      before.weight = weight
      before.members.push(...last.members)
    }
  })
  const out = ratios.slice()
  for (const { value, members } of blocks) {
    // Levels that nothing forced keep their bits.
    if (members.length > 1) for (const k of members) out[k] = sign * value
  }
  return out
}

/** Cuts both ends until the greatest is at most `most` times the least, with the same exposure-weighted mean of what is cut. */
function withinRatio(ratios: Float64Array, exposure: Float64Array, most: number): Float64Array {
  if (!(most >= 1)) throw badOption('ratio', most, '>= 1')
  const width = log(most)
  const known = Array.from(ratios).filter((ratio) => ratio === ratio)
  let low = Math.min(...known)
  const high = Math.max(...known)
  if (high - low <= width) return ratios.slice()
  // What is added below grows with the lower limit, what is taken above shrinks: one place where they are equal.
  const gap = (least: number): number => {
    let sum = 0
    ratios.forEach((ratio, k) => {
      if (ratio < least) sum += exposure[k]! * (least - ratio)
      else if (ratio > least + width) sum -= exposure[k]! * (ratio - least - width)
    })
    return sum
  }
  let top = high - width
  for (let round = 0; round < 60; round++) {
    const middle = 0.5 * (low + top)
    if (gap(middle) < 0) low = middle
    else top = middle
  }
  const least = 0.5 * (low + top)
  return ratios.map((ratio) => (ratio < least ? least : ratio > least + width ? least + width : ratio))
}

function exposureOf(table: TariffTable, factor: string, levels: readonly string[]): Float64Array {
  const f = factorIndex(table.factors, factor)
  const known = table.factors[f]!.levels
  const out = new Float64Array(levels.length)
  const target = known.map((level) => levels.indexOf(level))
  table.codes[f]!.forEach((code, i) => {
    const k = target[code]!
    if (k >= 0) out[k] = out[k]! + table.exposure[i]!
  })
  return out
}

function badOption(option: string, value: number, allowed: string): PricingFailure {
  return new PricingFailure({ code: 'bad-option', option, value: String(value), allowed })
}
