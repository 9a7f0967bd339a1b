/**
 * The market beside one's own portfolio (docs/spec/pricing.md M11): claims per person-month of all insurers together and of one's own, by the same rule of
 * who is with whom. Whether it may be said at all has been decided where it was released; the others are in it only as the sum of all.
 */
import { quotientBand, type RateBand } from './rate-band.ts'

/** Noisy sums of a month; null where withheld. */
export interface MarketPart {
  readonly persons: number | null
  readonly claims: number | null
}

export interface MarketMonth {
  readonly month: string
  readonly own: MarketPart
  readonly others: MarketPart
}

/** Variances of one cell. */
export interface MarketNoise {
  readonly persons: number
  readonly claims: number
}

export interface Compared {
  readonly own: RateBand
  readonly market: RateBand
}

export interface Benchmark extends Compared {
  /** Those of which both parts are known, in order of time. */
  readonly months: readonly (Compared & { readonly month: string })[]
}

interface Sum {
  readonly persons: number
  readonly claims: number
  readonly cells: number
}

/** Null where no month has both parts. */
export function benchmarkOf(months: readonly MarketMonth[], noise: MarketNoise): Benchmark | null {
  const whole = months.flatMap(({ month, own, others }) => {
    const [ownSum, othersSum] = [sumOf(own), sumOf(others)]
    return ownSum === null || othersSum === null
      ? []
      : [{ month, own: ownSum, market: added([ownSum, othersSum]) }]
  })
  if (whole.length === 0) return null
  const compared = (own: Sum, market: Sum): Compared => ({
    own: rate(own, noise),
    market: rate(market, noise),
  })
  return {
    ...compared(added(whole.map(({ own }) => own)), added(whole.map(({ market }) => market))),
    months: whole.map(({ month, own, market }) => ({ month, ...compared(own, market) })),
  }
}

function sumOf({ persons, claims }: MarketPart): Sum | null {
  return persons === null || claims === null ? null : { persons, claims, cells: 1 }
}

function added(sums: readonly Sum[]): Sum {
  const total = (of: (each: Sum) => number): number => sums.reduce((sum, each) => sum + of(each), 0)
  return {
    persons: total(({ persons }) => persons),
    claims: total(({ claims }) => claims),
    cells: total(({ cells }) => cells),
  }
}

/** Chance of the claims as of a Poisson count, noise of claims and of persons beside it. */
function rate({ persons, claims, cells }: Sum, noise: MarketNoise): RateBand {
  return quotientBand(
    { value: claims, chance: Math.max(claims, 1), noise: cells * noise.claims },
    { value: persons, noise: cells * noise.persons },
  )
}
