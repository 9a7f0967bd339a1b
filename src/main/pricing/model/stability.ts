/**
 * Whether relativities are those of the product or those of one year: the same recipe is fitted to the later result, and each level's relativity is held
 * against the one that was priced (P12). Pure.
 */
import { log } from '../../stats/det/log.ts'
import type { ModelRecipe } from '../tariff/make-tariff.ts'
import { fitFrequency, fitPurePremium, fitSeverity } from './fit-rates.ts'
import { productOf, type Rating } from './rating.ts'
import { rebase, relativityTable, type RelativityRow, twoSided } from './relativities.ts'
import type { TariffTable } from './tariff-table.ts'

export interface RatioBand {
  readonly ratio: number
  readonly lower: number
  readonly upper: number
}

export interface LevelStability {
  readonly level: string
  /** To it both are relative: there is nothing to compare. */
  readonly isBase: boolean
  /** In the priced cells. */
  readonly exposure: number
  /** NaN where a result has no such level. */
  readonly priced: RatioBand
  readonly later: RatioBand
  /** Of the difference of the logarithms, and its two-sided p; NaN where there is none. */
  readonly z: number
  readonly p: number
}

export interface FactorStability {
  readonly factor: string
  readonly levels: readonly LevelStability[]
}

/**
 * Of rates from elsewhere there is nothing to fit again: null.
 *
 * @throws {PricingFailure} {StatsFailure} where the later cells give no honest number
 */
export function refitted(model: ModelRecipe, table: TariffTable): Rating | null {
  const options = { factors: model.factors }
  switch (model.kind) {
    case 'imported':
      return null
    case 'pure-premium':
      return fitPurePremium(table, model.power, options).rating
    case 'frequency-severity':
      return productOf(
        fitFrequency(table, model.frequency, options).rating,
        fitSeverity(table, options).rating,
      )
  }
}

/** @param priced before changes by hand, as `later` is: what people decided is no estimate */
export function relativityStability(
  priced: Rating,
  pricedTable: TariffTable,
  later: Rating,
  laterTable: TariffTable,
): FactorStability[] {
  const [rowsOf, laterRowsOf] = sameBases(priced, pricedTable, later, laterTable)
  // Where a spread was estimated, its own error counts as in every table of relativities.
  const freedom = Math.min(priced.freedom, later.freedom)
  return [...rowsOf].map(([factor, rows]) => ({
    factor,
    levels: rows.map((row): LevelStability => {
      const other = laterRowsOf.get(factor)?.find(({ level }) => level === row.level)
      const [before, after] = [bandOf(row), bandOf(other)]
      const spread = Math.sqrt(row.stdErr ** 2 + (other?.stdErr ?? NaN) ** 2)
      const z = spread > 0 ? (logOf(other) - logOf(row)) / spread : NaN
      return {
        level: row.level,
        isBase: row.isBase && other?.isBase === true,
        exposure: row.exposure,
        priced: before,
        later: after,
        z,
        p: twoSided(z, freedom),
      }
    }),
  }))
}

type RowsOf = ReadonlyMap<string, readonly RelativityRow[]>

/** Both relative to one and the same level of each factor: the most exposed one that both know. */
function sameBases(
  priced: Rating,
  pricedTable: TariffTable,
  later: Rating,
  laterTable: TariffTable,
): readonly [RowsOf, RowsOf] {
  let [one, other] = [priced, later]
  const known = rowsBy(later, laterTable)
  for (const [factor, rows] of rowsBy(priced, pricedTable)) {
    const inBoth = rows.filter(
      ({ level, relativity }) =>
        relativity > 0 &&
        known.get(factor)?.some((each) => each.level === level && each.relativity > 0) === true,
    )
    if (inBoth.length === 0) continue
    const { level } = inBoth.reduce((best, row) => (row.exposure > best.exposure ? row : best))
    one = rebase(one, factor, level)
    other = rebase(other, factor, level)
  }
  return [rowsBy(one, pricedTable), rowsBy(other, laterTable)]
}

const rowsBy = (rating: Rating, table: TariffTable): RowsOf =>
  new Map(relativityTable(rating, table, 'pure-premium').map(({ factor, rows }) => [factor, rows]))

const bandOf = (row: RelativityRow | undefined): RatioBand =>
  row === undefined
    ? { ratio: NaN, lower: NaN, upper: NaN }
    : { ratio: row.relativity, lower: row.lower, upper: row.upper }

const logOf = (row: RelativityRow | undefined): number =>
  row !== undefined && row.relativity > 0 ? log(row.relativity) : NaN
