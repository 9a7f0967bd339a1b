/**
 * How much a group's own experience is worth beside the manual rate (P7). Bühlmann-Straub as in `stats`, with the noise of gated cells
 * taken out of both variances and into each group's factor; limited fluctuation by claims.
 */
import { buhlmannStraub, limitedFluctuation } from '../../stats/actuarial/credibility.ts'
import { checkNumber, PricingFailure } from '../failure.ts'

export interface GroupExperience {
  readonly group: string
  /** For each period of the group member-years and cost; a period without exposure says nothing. */
  readonly exposure: readonly number[]
  readonly cost: readonly number[]
  /** Variance of the noise in each period's cost; none where absent. */
  readonly costNoise?: readonly number[]
}

export interface CredibleGroup {
  readonly group: string
  readonly exposure: number
  /** Own rate, cost per member-year; NaN without exposure. */
  readonly own: number
  readonly factor: number
  /** factor · own + (1 - factor) · collective. */
  readonly rate: number
  /** Root of the mean squared error of the rate, the collective taken as known. */
  readonly stdErr: number
}

export interface Credibilities {
  readonly collective: number
  /** Variance of one member-year within a group, and of rates between groups, noise taken out. */
  readonly within: number
  readonly between: number
  readonly groups: readonly CredibleGroup[]
}

/**
 * @param collective the manual rate where there is one, else the groups' own credibility-weighted mean
 * @throws {PricingFailure} `nothing-to-fit` for fewer than two groups with exposure; {StatsFailure} `bad-table` with one period each
 */
export function credibleRates(
  groups: readonly GroupExperience[],
  collective: number | null = null,
): Credibilities {
  groups.forEach(({ exposure, cost, costNoise }, row) => {
    if (cost.length !== exposure.length || (costNoise && costNoise.length !== exposure.length))
      throw new PricingFailure({ code: 'tables-differ', what: `periods of group ${row}` })
    exposure.forEach((value) => checkNumber('exposure', row, value, 0))
    cost.forEach((value) => checkNumber('cost', row, value, -Infinity))
    costNoise?.forEach((value) => checkNumber('noise', row, value, 0))
  })
  if (groups.filter(({ exposure }) => exposure.some((w) => w > 0)).length < 2)
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'groups' })
  const ratios = groups.map(({ exposure, cost }) => exposure.map((w, t) => (w > 0 ? cost[t]! / w : NaN)))
  const plain = buhlmannStraub(
    ratios,
    groups.map(({ exposure }) => exposure),
  )
  const { within, between } = withoutNoise(groups, plain)
  const noises = groups.map(noiseOfRate)
  const factors = plain.weights.map((w, i) => {
    if (!(w > 0) || between === 0) return 0
    return between / (between + within / w + noises[i]!)
  })
  const weighted = factors.reduce((sum, z, i) => sum + z * plain.individual[i]!, 0)
  const factorTotal = factors.reduce((sum, z) => sum + z, 0)
  const centre = collective ?? (factorTotal > 0 ? weighted / factorTotal : plain.collective)
  return {
    collective: centre,
    within,
    between,
    groups: groups.map(({ group }, i) => {
      const own = plain.weights[i]! > 0 ? plain.individual[i]! : NaN
      const factor = factors[i]!
      return {
        group,
        exposure: plain.weights[i]!,
        own,
        factor,
        rate: factor > 0 ? factor * own + (1 - factor) * centre : centre,
        stdErr: Math.sqrt(between * (1 - factor)),
      }
    }),
  }
}

/** Claims from which on a frequency is fully credible: 90 % within 5 %. */
const FULL_CLAIMS = 1082

/** What a claim's cost has as coefficient of variation, after pooling, where no table says it: claims of health insurance are skewed. The watch of groups takes the same (M13). */
export const COST_VARIATION = 1.5

/**
 * Claims from which on a cost per member-year is fully credible: as many as for a frequency, times 1 + cv², since what a claim costs varies beside how many
 * there are (limited fluctuation for compound Poisson losses).
 *
 * @param variation coefficient of variation of a claim's cost; 0: of the frequency itself
 */
export function fullCredibility(variation: number): number {
  checkNumber('coefficient of variation', 0, variation, 0)
  return Math.ceil(FULL_CLAIMS * (1 + variation * variation))
}

/** Z of a group by its number of claims alone (of a frequency by default), and the blend with the manual rate. */
export function blendByClaims(
  claims: number,
  own: number,
  manual: number,
  full = FULL_CLAIMS,
): { factor: number; rate: number } {
  const factor = limitedFluctuation(claims, full)
  return { factor, rate: factor * own + (1 - factor) * manual }
}

/** Variance of the noise in a group's rate over all its periods. */
function noiseOfRate({ exposure, costNoise }: GroupExperience): number {
  if (!costNoise) return 0
  let noise = 0
  let w = 0
  exposure.forEach((value, t) => {
    if (!(value > 0)) return
    noise += costNoise[t]!
    w += value
  })
  return w > 0 ? noise / (w * w) : 0
}

/** The moment estimators with the expected part of the noise taken out of their sums of squares. */
function withoutNoise(
  groups: readonly GroupExperience[],
  plain: ReturnType<typeof buhlmannStraub>,
): { within: number; between: number } {
  if (groups.every(({ costNoise }) => !costNoise || costNoise.every((v) => v === 0)))
    return { within: plain.within, between: plain.between }
  let freedom = 0
  let withinNoise = 0
  let total = 0
  let squares = 0
  let mean = 0
  for (const [i, { exposure, costNoise }] of groups.entries()) {
    const w = plain.weights[i]!
    if (!(w > 0)) continue
    const periods = exposure.filter((value) => value > 0).length
    freedom += periods - 1
    // E Σ w(X - X̄)² of noise alone: Σ σ²/w - Σ σ²/W.
    exposure.forEach((value, t) => {
      if (value > 0 && costNoise) withinNoise += costNoise[t]! * (1 / value - 1 / w)
    })
    total += w
    squares += w * w
    mean += w * plain.individual[i]!
  }
  mean /= total
  const within = Math.max(0, plain.within - withinNoise / freedom)
  let spread = 0
  let betweenNoise = 0
  let used = 0
  for (const [i, group] of groups.entries()) {
    const w = plain.weights[i]!
    if (!(w > 0)) continue
    used++
    spread += w * (plain.individual[i]! - mean) * (plain.individual[i]! - mean)
    betweenNoise += noiseOfRate(group) * (w - (w * w) / total)
  }
  const between = (total * (spread - (used - 1) * within - betweenNoise)) / (total * total - squares)
  return { within, between: Math.max(0, between) }
}
