/**
 * Whether what is watched is still what it was (docs/spec/pricing.md M25): shares of bins by the population stability index, with what chance and noise
 * alone make of it; and numbers of two tables beside each other, with the limits of how far they moved. Pure.
 */
import { stabilityIndex } from '../../stats/actuarial/monitoring.ts'
import { chiSquaredQuantile, normalQuantile } from '../../stats/det/distributions.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { checkNumber, PricingFailure } from '../failure.ts'

const LEVEL = 0.95
const REACH = normalQuantile(1 - (1 - LEVEL) / 2)
/** Up to here nothing moved, and from there something did (Siddiqi 2006). */
const INDEX_STABLE = 0.1
export const INDEX_MOVED = 0.25
/** What moved most, said by name. */
const SHARES_SAID = 5

export interface Measured {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/** One bin before and after, as counted or as the file says. */
export interface MixBin {
  readonly label: string
  readonly before: number
  readonly after: number
}

export interface MixDrift {
  /** Σ (a - b) ln(a/b) over shares; and what is left of it without the part that chance and noise are expected to make. */
  readonly index: number
  readonly corrected: number
  /** Where nothing moved: the mean of the index, and what it stays below 19 times of 20; both 0 of a file, which is no sample. */
  readonly expected: number
  readonly upper: number
  readonly verdict: 'stable' | 'watch' | 'act'
  readonly bins: number
  /** Shares that moved most. */
  readonly moved: readonly { readonly label: string; readonly before: number; readonly after: number }[]
}

/** Of counted bins: variance of the noise in each, before and after; their chance is that of a Poisson count. */
export interface MixNoise {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/**
 * Null of fewer than two bins, or where one side has nothing.
 *
 * @param noise null: numbers of one's own file, which are what they are
 */
export function mixDrift(bins: readonly MixBin[], noise: MixNoise | null): MixDrift | null {
  for (const [i, { before, after }] of bins.entries()) {
    checkNumber('before', i, before, noise === null ? 0 : -Infinity)
    checkNumber('after', i, after, noise === null ? 0 : -Infinity)
  }
  // A bin that noise leaves below nothing holds nothing.
  const before = bins.map((bin) => Math.max(0, bin.before))
  const after = bins.map((bin) => Math.max(0, bin.after))
  const [ofBefore, ofAfter] = [sumOf(before), sumOf(after)]
  if (bins.length < 2 || !(ofBefore > 0) || !(ofAfter > 0)) return null
  const { index } = stabilityIndex(after, before)
  const alone =
    noise === null
      ? { mean: 0, upper: 0 }
      : withoutDrift(before, after, {
          before: before.map((value, i) => value + noise.before[i]!),
          after: after.map((value, i) => value + noise.after[i]!),
        })
  const corrected = Math.max(0, index - alone.mean)
  const shares = bins.map(({ label }, i) => ({
    label,
    before: before[i]! / ofBefore,
    after: after[i]! / ofAfter,
  }))
  const gap = (share: (typeof shares)[number]) => Math.abs(share.after - share.before)
  return {
    index,
    corrected,
    expected: alone.mean,
    upper: alone.upper,
    // Less than chance and noise make is no drift, however large it is.
    verdict: verdictOf(noise !== null && index <= alone.upper ? 0 : corrected),
    bins: bins.length,
    moved: shares
      .filter((share) => gap(share) > 0)
      .toSorted((a, b) => gap(b) - gap(a))
      .slice(0, SHARES_SAID),
  }
}

function verdictOf(index: number): MixDrift['verdict'] {
  return index < INDEX_STABLE ? 'stable' : index <= INDEX_MOVED ? 'watch' : 'act'
}

/**
 * The index of samples of one and the same mix: near 0 it is Σ d²/p with d the difference of shares, whose covariance comes from the counts; so its mean
 * is the trace and its variance twice the trace of the square, and a χ² with the same two (Satterthwaite) says how large it may be.
 */
function withoutDrift(
  before: readonly number[],
  after: readonly number[],
  variance: MixNoise,
): { readonly mean: number; readonly upper: number } {
  const n = before.length
  const all = sumOf(before) + sumOf(after)
  const pooled = before.map((value, i) => Math.max(value + after[i]!, 0.5) / all)
  const covariance = (a: number, b: number): number =>
    (['before', 'after'] as const).reduce((sum, side) => {
      const of = variance[side]
      const total = sumOf(side === 'before' ? before : after)
      const whole = sumOf(of)
      // A share is its count over the sum of all: each count moves every share.
      const own = a === b ? of[a]! : 0
      const shared = pooled[a]! * pooled[b]! * whole - pooled[b]! * of[a]! - pooled[a]! * of[b]!
      return sum + (own + shared) / (total * total)
    }, 0)
  let mean = 0
  let squares = 0
  for (let a = 0; a < n; a++) {
    mean += covariance(a, a) / pooled[a]!
    for (let b = 0; b < n; b++) squares += covariance(a, b) ** 2 / (pooled[a]! * pooled[b]!)
  }
  if (!(mean > 0) || !(squares > 0)) return { mean: 0, upper: 0 }
  const degrees = (mean * mean) / squares
  return { mean, upper: (mean / degrees) * chiSquaredQuantile(LEVEL, degrees) }
}

export interface Moved {
  readonly before: Measured
  readonly after: Measured
  /** After less before, with its limits. */
  readonly difference: Measured
  /** Limits of the difference that leave out 0. */
  readonly isMoved: boolean
}

export interface Estimate {
  readonly value: number
  readonly variance: number
}

/**
 * Two numbers of two releases. Their errors are taken as apart from each other: tables that share months share chance too, so that the limits are then
 * rather too wide.
 *
 * @param bounds what such a number can be
 */
export function movedBy(
  before: Estimate,
  after: Estimate,
  bounds: { readonly least: number; readonly most: number } = { least: -Infinity, most: Infinity },
): Moved {
  const within = (value: number) => Math.min(bounds.most, Math.max(bounds.least, value))
  const measured = ({ value, variance }: Estimate): Measured => {
    const half = REACH * Math.sqrt(variance)
    return { value, lower: within(value - half), upper: within(value + half) }
  }
  const value = after.value - before.value
  const half = REACH * Math.sqrt(before.variance + after.variance)
  const difference = { value, lower: value - half, upper: value + half }
  return {
    before: measured(before),
    after: measured(after),
    difference,
    isMoved: difference.lower > 0 || difference.upper < 0,
  }
}

/** One stratum of both periods; exposure in member-years, variances of the noise in the claims. */
export interface RatedStratum {
  readonly before: { readonly claims: number; readonly noise: number; readonly exposure: number }
  readonly after: { readonly claims: number; readonly noise: number; readonly exposure: number }
}
/** Known share of what the claims will be, and its relative error. */
export interface Known {
  readonly completion: number
  readonly relativeError: number
}

export interface AgedRatio extends Measured {
  readonly observed: number
  /** By the rates before, as much of it as is known by now. */
  readonly expected: number
}

/**
 * Claims after over what the rates before expect of the exposure after, stratum by stratum; limits on the scale of the logarithm, with chance and noise of
 * both and what is not reported of either. Null where nothing is left to compare.
 */
export function agedRatio(strata: readonly RatedStratum[], before: Known, after: Known): AgedRatio | null {
  const used = strata.filter((each) => each.before.exposure > 0 && each.after.exposure > 0)
  const share = after.completion / before.completion
  const observed = sumOf(used.map((each) => each.after.claims))
  const expected =
    share * sumOf(used.map((each) => (each.before.claims / each.before.exposure) * each.after.exposure))
  if (!(observed > 0) || !(expected > 0)) return null
  const ofAfter = sumOf(used.map(({ after: { claims, noise } }) => Math.max(claims, 0) + noise))
  const ofBefore = sumOf(
    used.map(
      ({ before: { claims, noise, exposure }, after: { exposure: now } }) =>
        (share * (now / exposure)) ** 2 * (Math.max(claims, 0) + noise),
    ),
  )
  const variance =
    ofAfter / observed ** 2 + ofBefore / expected ** 2 + before.relativeError ** 2 + after.relativeError ** 2
  const value = observed / expected
  const half = REACH * Math.sqrt(variance)
  return { value, lower: exp(log(value) - half), upper: exp(log(value) + half), observed, expected }
}

/** Counts over persons, kind by kind and added up: conditions per person. Variances are those of chance and noise together. */
export function perPerson(
  kinds: readonly {
    readonly count: number
    readonly noise: number
    readonly persons: number
    readonly personsNoise: number
  }[],
): Estimate | null {
  let value = 0
  let variance = 0
  let ofPersons = 0
  for (const { count, noise, persons, personsNoise } of kinds) {
    if (!(persons > 0)) return null
    value += count / persons
    variance += (Math.max(count, 0) + noise) / persons ** 2
    // The same persons stand below each kind, so their noise adds up before it is squared.
    ofPersons += (count / persons ** 2) * Math.sqrt(personsNoise)
  }
  return kinds.length === 0 ? null : { value, variance: variance + ofPersons ** 2 }
}

/** A share of noisy counts: of `part` among `whole`, of which it is one. */
export function shareOf(part: Watched, whole: Watched): Estimate {
  if (!(whole.value > 0)) throw new PricingFailure({ code: 'nothing-to-fit', what: 'persons' })
  const value = Math.min(1, Math.max(0, part.value / whole.value))
  const chance = Math.max(value * (1 - value), 0.25 / whole.value) / whole.value
  const rest = Math.max(0, whole.noise - part.noise)
  // d (a / (a + b)): the noise of the part, and that of what is beside it.
  const noise = ((1 - value) ** 2 * part.noise + value ** 2 * rest) / whole.value ** 2
  return { value, variance: chance + noise }
}
interface Watched {
  readonly value: number
  readonly noise: number
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
