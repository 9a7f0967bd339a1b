/**
 * What a measured ratio is worth before groups are ranked: drawn towards the middle of all by as much of it as is chance and noise (empirical Bayes;
 * docs/spec/pricing.md M20). Otherwise small groups, which vary most, stand first and last.
 */
import { checkNumber } from '../failure.ts'

export interface MeasuredRatio {
  readonly label: string
  readonly ratio: number
  /** Expected claims, or premium: how much of the whole the group is. */
  readonly weight: number
  /** Of the ratio, by chance, noise and immaturity. */
  readonly variance: number
}

export interface Shrunk {
  readonly label: string
  /** Share of the ratio that is the group's own. */
  readonly credibility: number
  readonly ratio: number
}

export interface Shrinkage {
  /** Variance between the groups' true ratios. */
  readonly between: number
  /** What all are drawn to. */
  readonly middle: number
  readonly groups: readonly Shrunk[]
}

/**
 * Around a middle that is known, as 1 is of observed over expected: variance between groups by moments, Σ w(r - 1)² less Σ w v, over Σ w. With v = 1/E and w = E that is
 * gamma-Poisson shrinkage (`shrinkRatios` of the engine).
 */
export function shrinkToOne(ratios: readonly MeasuredRatio[]): Shrinkage {
  checkRatios(ratios)
  const total = ratios.reduce((sum, { weight }) => sum + weight, 0)
  const spread = ratios.reduce(
    (sum, { ratio, weight, variance }) => sum + weight * ((ratio - 1) ** 2 - variance),
    0,
  )
  return shrunk(ratios, 1, total > 0 ? Math.max(0, spread / total) : 0)
}

/**
 * Around a middle that is estimated too, as of loss ratios in one period: Bühlmann and Straub's variance between groups with the variance of each known instead of
 * estimated from several periods (DerSimonian and Kacker 2007, with weights that are given). The middle is weighted with credibility.
 */
export function shrinkToMiddle(ratios: readonly MeasuredRatio[]): Shrinkage {
  checkRatios(ratios)
  const total = ratios.reduce((sum, { weight }) => sum + weight, 0)
  if (!(total > 0)) return shrunk(ratios, 0, 0)
  const mean = ratios.reduce((sum, { weight, ratio }) => sum + weight * ratio, 0) / total
  const squares = ratios.reduce((sum, { weight }) => sum + weight * weight, 0)
  const spread = ratios.reduce(
    (sum, { ratio, weight, variance }) =>
      sum + weight * ((ratio - mean) ** 2 - variance * (1 - weight / total)),
    0,
  )
  const left = total - squares / total
  const between = left > 1e-12 * total ? Math.max(0, spread / left) : 0
  const factors = ratios.map(({ variance }) => factorOf(between, variance))
  const sum = factors.reduce((all, factor) => all + factor, 0)
  const middle = sum > 0 ? ratios.reduce((all, { ratio }, i) => all + factors[i]! * ratio, 0) / sum : mean
  return shrunk(ratios, middle, between)
}

function shrunk(ratios: readonly MeasuredRatio[], middle: number, between: number): Shrinkage {
  return {
    between,
    middle,
    groups: ratios.map(({ label, ratio, variance }) => {
      const credibility = factorOf(between, variance)
      return { label, credibility, ratio: middle + credibility * (ratio - middle) }
    }),
  }
}

const factorOf = (between: number, variance: number): number =>
  between > 0 ? between / (between + variance) : 0

function checkRatios(ratios: readonly MeasuredRatio[]): void {
  ratios.forEach(({ weight, variance }, row) => {
    checkNumber('weight', row, weight, 0)
    checkNumber('variance', row, variance, 0)
  })
}
