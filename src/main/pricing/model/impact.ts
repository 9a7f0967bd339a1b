/** What a new tariff does to the premiums of a portfolio (P13). */
import { checkNumber, PricingFailure } from '../failure.ts'
import { factorIndex, type TariffTable } from './tariff-table.ts'

export interface ImpactBin {
  /** Change of the premium, new over old less 1: from … below to. */
  readonly from: number
  readonly to: number
  readonly exposure: number
}

export interface Impact {
  readonly oldTotal: number
  readonly newTotal: number
  /** New over old, less 1. */
  readonly change: number
  /** Exposure whose premium rises by more than `edge`, falls by more than it, and the rest. */
  readonly up: number
  readonly down: number
  readonly same: number
  readonly bins: readonly ImpactBin[]
  /** Changes that so much of the exposure lies below: 5, 25, 50, 75, 95 %. */
  readonly quantiles: readonly { readonly share: number; readonly change: number }[]
  /** For each factor and level the change of its total. */
  readonly byFactor: readonly {
    readonly factor: string
    readonly level: string
    readonly exposure: number
    readonly change: number
  }[]
  /** Exposure in cells that one of the two cannot price. */
  readonly unpriced: number
}

const EDGES = [-Infinity, -0.2, -0.1, -0.05, -0.01, 0.01, 0.05, 0.1, 0.2, Infinity]
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95]

/**
 * @param oldRates premium of a member-year in each cell, and `newRates`; NaN where a tariff has none
 * @param edge changes up to this size count as none, 1 % by default
 */
export function impactOf(
  oldRates: Float64Array,
  newRates: Float64Array,
  table: TariffTable,
  edge = 0.01,
): Impact {
  checkNumber('edge', 0, edge, 0)
  if (oldRates.length !== table.exposure.length || newRates.length !== table.exposure.length)
    throw new PricingFailure({ code: 'tables-differ', what: 'rates and cells' })
  const cells: { change: number; exposure: number; cell: number }[] = []
  let oldTotal = 0
  let newTotal = 0
  let unpriced = 0
  table.exposure.forEach((exposure, cell) => {
    if (!(exposure > 0)) return
    const a = oldRates[cell]!
    const b = newRates[cell]!
    if (!(a > 0) || !(b >= 0)) {
      unpriced += exposure
      return
    }
    oldTotal += exposure * a
    newTotal += exposure * b
    cells.push({ change: b / a - 1, exposure, cell })
  })
  if (cells.length === 0)
    throw new PricingFailure({ code: 'nothing-to-fit', what: 'cells with both premiums' })
  const sumWhere = (isIn: (change: number) => boolean): number =>
    cells.reduce((sum, { change, exposure }) => sum + (isIn(change) ? exposure : 0), 0)
  return {
    oldTotal,
    newTotal,
    change: newTotal / oldTotal - 1,
    up: sumWhere((change) => change > edge),
    down: sumWhere((change) => change < -edge),
    same: sumWhere((change) => Math.abs(change) <= edge),
    bins: EDGES.slice(1).map((to, k) => {
      const from = EDGES[k]!
      return { from, to, exposure: sumWhere((change) => change >= from && change < to) }
    }),
    quantiles: quantilesOf(cells),
    byFactor: table.factors.flatMap(({ name, levels }) => {
      const codes = table.codes[factorIndex(table.factors, name)]!
      return levels.flatMap((level, k) => {
        const sums = { exposure: 0, before: 0, after: 0 }
        for (const { cell, exposure } of cells) {
          if (codes[cell] !== k) continue
          sums.exposure += exposure
          sums.before += exposure * oldRates[cell]!
          sums.after += exposure * newRates[cell]!
        }
        return sums.before > 0
          ? [{ factor: name, level, exposure: sums.exposure, change: sums.after / sums.before - 1 }]
          : []
      })
    }),
    unpriced,
  }
}

/** The least change at or below which at least a share of the exposure lies. */
function quantilesOf(cells: readonly { change: number; exposure: number }[]): Impact['quantiles'] {
  const ordered = [...cells].sort((a, b) => a.change - b.change)
  const total = ordered.reduce((sum, { exposure }) => sum + exposure, 0)
  return SHARES.map((share) => {
    let passed = 0
    const found = ordered.find(({ exposure }) => (passed += exposure) >= share * total)
    return { share, change: (found ?? ordered[ordered.length - 1]!).change }
  })
}
