/**
 * How likely two entries are one person (Fellegi and Sunter 1969): each field gives log2(m/u) for the level at which the
 * two agree; m is how often that happens within one person's entries, u how often between strangers. m by expectation and
 * maximisation over the pairs of this hospital's own table, u counted between random pairs (ADR 0010). Pure.
 */
import { FIELDS, LEVELS, type LinkField, type Pattern } from './compare.ts'

type Shares = Readonly<Record<LinkField, readonly number[]>>
export interface LinkModel {
  readonly m: Shares
  readonly u: Shares
  /** Pairs that the estimate stands on; 0 for the defaults. */
  readonly pairs: number
}

/** From this weight on a pair is shown to a person; from the second on it is called likely. In bits. */
export const WORTH_A_LOOK = 12.5
export const LIKELY = 22

/** Below so many people the table says too little of itself: the defaults hold. */
export const ESTIMATE_FROM = 2_000

/**
 * What holds where the table is small: m from the kinds of errors that desks make, u from a population of 25 million with
 * Taiwanese names. Each list is in the order of LEVELS and sums to 1.
 */
export const DEFAULT_MODEL: LinkModel = {
  m: {
    birthDate: [0.93, 0.02, 0.03, 0.02],
    name: [0.8, 0.08, 0.05, 0.07],
    reading: [0.5, 0.35, 0.15],
    sex: [0.98, 0.02],
    mobile: [0.6, 0.4],
    region: [0.85, 0.15],
    recordNumber: [0.3, 0.7],
    nationalId: [0.9, 0.1],
  },
  u: {
    birthDate: [4.5e-5, 4.5e-5, 4e-4, 0.99951],
    name: [5e-4, 1.5e-3, 8e-3, 0.99],
    reading: [1e-3, 0.045, 0.954],
    sex: [0.5, 0.5],
    mobile: [1e-4, 0.9999],
    region: [0.1, 0.9],
    recordNumber: [1e-5, 0.99999],
    nationalId: [1e-6, 0.999999],
  },
  pairs: 0,
}

export interface Weighed {
  readonly total: number
  /** Bits that each field gave; null where it could not be compared. */
  readonly byField: Readonly<Record<LinkField, number | null>>
}

export function weigh(model: LinkModel, pattern: Pattern): Weighed {
  const byField = {} as Record<LinkField, number | null>
  let total = 0
  for (const field of FIELDS) {
    const level = pattern[field]
    byField[field] = level === null ? null : Math.log2(model.m[field][level]! / model.u[field][level]!)
    total += byField[field] ?? 0
  }
  return { total, byField }
}

/** Fields that a desk rarely fills on both sides: what the table says of them would be noise. */
const KEPT: readonly LinkField[] = ['mobile', 'region', 'recordNumber', 'nationalId']
/** No share is ever zero: what was not seen in a sample may happen. */
const SMALLEST_M = 0.002
const SMALLEST_U = 1e-7
const ROUNDS = 40
/** So few pairs of one person carry no estimate. */
const MATCHES_MIN = 20

export interface Sample {
  /** Patterns of pairs that share a block, and which field that block makes equal. */
  readonly blocked: readonly { readonly pattern: Pattern; readonly fixed: LinkField }[]
  /** Patterns of pairs drawn at random: strangers, nearly all of them. */
  readonly random: readonly Pattern[]
}

/** The model of one table. Where the sample carries no estimate of m, the default's m stays. */
export function estimateModel({ blocked, random }: Sample): LinkModel {
  const u = sharesOf(
    random.map((pattern) => [pattern, 1] as const),
    DEFAULT_MODEL.u,
    SMALLEST_U,
    KEPT,
  )
  let m: Shares = DEFAULT_MODEL.m
  let prior = 0.05
  let matches = 0
  for (let round = 0; round < ROUNDS && blocked.length > 0; round++) {
    const current: LinkModel = { m, u, pairs: 0 }
    const weighted = blocked.map(({ pattern, fixed }) => {
      // What made the pair meet is no evidence that it is one person.
      const { total, byField } = weigh(current, pattern)
      const odds = (prior / (1 - prior)) * 2 ** (total - (byField[fixed] ?? 0))
      return { pattern, fixed, share: odds / (1 + odds) }
    })
    matches = weighted.reduce((sum, { share }) => sum + share, 0)
    if (matches < MATCHES_MIN) return { m: DEFAULT_MODEL.m, u, pairs: 0 }
    prior = Math.min(0.9, Math.max(1e-6, matches / blocked.length))
    const next = sharesOf(
      weighted.map(({ pattern, fixed, share }) => [{ ...pattern, [fixed]: null }, share] as const),
      DEFAULT_MODEL.m,
      SMALLEST_M,
      KEPT,
    )
    const moved = FIELDS.some((field) =>
      next[field].some((value, i) => Math.abs(value - m[field][i]!) > 1e-4),
    )
    m = next
    if (!moved) break
  }
  return { m, u, pairs: blocked.length }
}

/** Shares of the levels, each pattern counting as much as its weight; smoothed with one count of the default. */
function sharesOf(
  patterns: readonly (readonly [Pattern, number])[],
  start: Shares,
  smallest: number,
  kept: readonly LinkField[],
): Shares {
  const shares = {} as Record<LinkField, readonly number[]>
  for (const field of FIELDS) {
    if (kept.includes(field)) {
      shares[field] = start[field]
      continue
    }
    const counts = LEVELS[field].map((_, level) => start[field][level]!)
    let sum = 1
    for (const [pattern, weight] of patterns) {
      const level = pattern[field]
      if (level === null) continue
      counts[level]! += weight
      sum += weight
    }
    const raised = counts.map((count) => Math.max(smallest, count / sum))
    const total = raised.reduce((a, b) => a + b, 0)
    shares[field] = raised.map((each) => each / total)
  }
  return shares
}
