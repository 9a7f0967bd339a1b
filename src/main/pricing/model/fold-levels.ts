/**
 * Levels of a factor of which noise leaves nothing to read share one relativity (docs/spec/pricing.md P16): the noisy claims or costs of a level may add
 * up to 0 or less, and the logarithm of such a rate is no number, or one of noise alone. A rate of nothing would be a free insurance.
 */
import { factorIndex, type TariffTable } from './tariff-table.ts'

/** One-sided, 95 %: beyond so many standard errors of its noise a sum stands for something. */
const BEYOND = 1.65

export interface Fold {
  readonly factor: string
  /** Two levels or more, in their order: they have one relativity. */
  readonly levels: readonly string[]
}

interface Sums {
  readonly levels: readonly number[]
  readonly exposure: number
  readonly claims: number
  readonly cost: number
  readonly claimsNoise: number
  readonly costNoise: number
  /** Whether some cell has claims and costs: severity is fitted to those. */
  readonly hasAmount: boolean
}

/**
 * For each level of a factor the group that it is in, by the number of the group's first level; levels without exposure stand alone. Exact tables fold
 * nothing: a count of 0 is one there, and the model says what it makes of it.
 */
export function foldedLevels(table: TariffTable, factor: number): Int32Array {
  const { levels, isOrdered } = table.factors[factor]!
  const single = levels.flatMap((_, level) => sumsOf(table, factor, level) ?? [])
  const groups = table.noise === null ? single : isOrdered ? foldedInOrder(single) : pooled(single)
  const groupOf = Int32Array.from(levels, (_, level) => level)
  for (const group of groups) for (const level of group.levels) groupOf[level] = group.levels[0]!
  return groupOf
}

/** Of the factors that a model uses, by name. */
export function foldsOf(table: TariffTable, factors: readonly string[]): Fold[] {
  return factors.flatMap((name) => {
    const f = factorIndex(table.factors, name)
    const groupOf = foldedLevels(table, f)
    const { levels } = table.factors[f]!
    return levels.flatMap((_, first) => {
      const own = levels.filter((__, k) => groupOf[k] === first)
      return own.length < 2 ? [] : [{ factor: name, levels: own }]
    })
  })
}

/** The least exposed of what is too weak joins the neighbour that is the less exposed one, until each stands for something or all are one. */
function foldedInOrder(single: readonly Sums[]): readonly Sums[] {
  const groups = [...single]
  while (groups.length > 1) {
    const weak = groups.filter((group) => !isStrong(group)).sort((a, b) => a.exposure - b.exposure)[0]
    if (weak === undefined) break
    const at = groups.indexOf(weak)
    const [before, after] = [groups[at - 1], groups[at + 1]]
    const isBefore = after === undefined || (before !== undefined && before.exposure <= after.exposure)
    const from = isBefore ? at - 1 : at
    groups.splice(from, 2, joined([groups[from]!, groups[from + 1]!]))
  }
  return groups
}

/** Levels in no order: the weak ones together, and with the most exposed ones as long as that is too weak still. */
function pooled(single: readonly Sums[]): readonly Sums[] {
  const strong = single.filter(isStrong).sort((a, b) => b.exposure - a.exposure)
  const weak = single.filter((group) => !isStrong(group))
  if (weak.length === 0) return strong
  let pool = joined(weak)
  for (let most = strong[0]; most !== undefined && !isStrong(pool); most = strong[0]) {
    strong.shift()
    pool = joined([most, pool])
  }
  return [...strong, pool]
}

const isStrong = ({ claims, cost, claimsNoise, costNoise, hasAmount }: Sums): boolean =>
  hasAmount &&
  claims > 0 &&
  cost > 0 &&
  claims > BEYOND * Math.sqrt(claimsNoise) &&
  cost > BEYOND * Math.sqrt(costNoise)

/** Null for a level that nobody is in. */
function sumsOf(table: TariffTable, factor: number, level: number): Sums | null {
  const codes = table.codes[factor]!
  const sums = { exposure: 0, claims: 0, cost: 0, claimsNoise: 0, costNoise: 0, hasAmount: false }
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] !== level || !(table.exposure[i]! > 0)) continue
    sums.exposure += table.exposure[i]!
    sums.claims += table.claims[i]!
    sums.cost += table.cost[i]!
    sums.claimsNoise += table.noise?.claims[i] ?? 0
    sums.costNoise += table.noise?.cost[i] ?? 0
    if (table.claims[i]! > 0 && table.cost[i]! > 0) sums.hasAmount = true
  }
  return sums.exposure > 0 ? { levels: [level], ...sums } : null
}

function joined(groups: readonly Sums[]): Sums {
  const add = (of: (group: Sums) => number): number => groups.reduce((sum, group) => sum + of(group), 0)
  return {
    levels: groups.flatMap(({ levels }) => levels).sort((a, b) => a - b),
    exposure: add(({ exposure }) => exposure),
    claims: add(({ claims }) => claims),
    cost: add(({ cost }) => cost),
    claimsNoise: add(({ claimsNoise }) => claimsNoise),
    costNoise: add(({ costNoise }) => costNoise),
    hasAmount: groups.some(({ hasAmount }) => hasAmount),
  }
}
