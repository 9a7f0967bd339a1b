/**
 * Who pays for whom under community rating (docs/spec/pricing.md P17): what each group would have paid by its own risk, less what it pays at the
 * community's rate. Both sets of rates come to the same total over the same cells, so the transfers add up to nothing.
 */
import type { Rating } from './rating.ts'
import { ratesOf } from './rating.ts'
import { type TariffTable, total } from './tariff-table.ts'

export interface Equalisation {
  /** Employer groups, or plans. */
  readonly unit: string
  readonly groups: readonly {
    readonly group: string
    readonly exposure: number
    /** Pure premium of a member-year by its own risk, and at the community's rate. */
    readonly own: number
    readonly community: number
    /** What it gets from the others over all its exposure; below 0: what it pays in. */
    readonly transfer: number
  }[]
}

/**
 * @param own the tariff by risk, and `community` what is charged instead, each balanced to what was observed
 * @returns null where the cells are not by `unit`, or of one group alone
 */
export function equalise(
  own: Rating,
  community: Rating,
  table: TariffTable,
  unit: string,
): Equalisation | null {
  const f = table.factors.findIndex(({ name }) => name === unit)
  const factor = table.factors[f]
  if (factor === undefined) return null
  const [risk, flat] = [ratesOf(own, table), ratesOf(community, table)]
  const sums = factor.levels.map(() => ({ exposure: 0, own: 0, community: 0 }))
  table.exposure.forEach((exposure, i) => {
    // What one of the two cannot rate is in neither, else one would pay for it and nobody get it.
    if (!(risk[i]! >= 0) || !(flat[i]! >= 0)) return
    const sum = sums[table.codes[f]![i]!]!
    sum.exposure += exposure
    sum.own += exposure * risk[i]!
    sum.community += exposure * flat[i]!
  })
  // Levels without data that one rates and the other does not would tip the balance: what is over is shared by what each pays.
  const [all, paid] = [sumOf(sums, 'own'), sumOf(sums, 'community')]
  const level = paid > 0 ? all / paid : 1
  const groups = factor.levels.flatMap((group, k) => {
    const { exposure, own: needed, community: pays } = sums[k]!
    if (!(exposure > 0)) return []
    return [
      {
        group,
        exposure,
        own: needed / exposure,
        community: (level * pays) / exposure,
        transfer: needed - level * pays,
      },
    ]
  })
  return groups.length < 2 ? null : { unit, groups }
}

const sumOf = (
  sums: readonly { readonly own: number; readonly community: number }[],
  side: 'own' | 'community',
): number => total(Float64Array.from(sums, (sum) => sum[side]))
