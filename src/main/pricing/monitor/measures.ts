/** The measures of a group, each with its band, from the tables of one release (docs/spec/pricing.md M5, M6). */
import { type CellKey, type Watched, type WatchedCell, type WatchedTable, sumCells } from './cells.ts'
import {
  countBand,
  costBand,
  type Maturity,
  MATURE,
  quotientBand,
  type RateBand,
  shareBand,
} from './rate-band.ts'

export interface GroupTables {
  readonly claims: WatchedTable
  readonly cost: WatchedTable
  readonly visits: WatchedTable | null
  /** Persons with a condition, by its name. */
  readonly conditions: Readonly<Record<string, WatchedTable>>
  /** Persons in a band of Charlson's score, with the points that the band stands for. */
  readonly charlson: readonly { readonly points: number; readonly persons: WatchedTable }[]
}

export interface GroupMeasures {
  readonly exposure: number | null
  readonly premium: number | null
  readonly claimFrequency: RateBand
  readonly visitFrequency: RateBand | null
  readonly severity: RateBand
  readonly purePremium: RateBand
  readonly lossRatio: RateBand
  readonly prevalence: Readonly<Record<string, RateBand>>
  /** Mean Charlson points of the persons in the tables; null without them. */
  readonly caseMix: CaseMix | null
}

export interface CaseMix {
  readonly points: number
  readonly lower: number
  readonly upper: number
  readonly persons: number
}

export interface MeasureOptions {
  readonly maturity?: Maturity
  /** Coefficient of variation of one claim's amount: from the severity model. */
  readonly amountVariation: number
  /** Average lives of the cells, for prevalence: the exposure file says them. */
  readonly lives: number | null
}

/** @param isIn which cells: those of one group, one month, one plan */
export function measuresOf(
  tables: GroupTables,
  isIn: (key: CellKey) => boolean,
  options: MeasureOptions,
): GroupMeasures {
  const { maturity = MATURE, amountVariation, lives } = options
  const sum = (table: WatchedTable): Watched => sumCells(table, ({ key }: WatchedCell) => isIn(key))
  const claims = sum(tables.claims)
  const cost = sum(tables.cost)
  const visits = tables.visits === null ? null : sum(tables.visits)
  const mean = claims.value > 0 ? Math.max(0, cost.value) / claims.value : 0
  const amounts = { mean, variation: amountVariation }
  return {
    exposure: claims.exposure,
    premium: cost.premium,
    claimFrequency: countBand(claims.value, claims.noise, claims.exposure, maturity),
    visitFrequency: visits && countBand(visits.value, visits.noise, visits.exposure, maturity),
    // Both sides mature alike, so a month that is half reported has the severity that it will have.
    severity: quotientBand(
      {
        value: cost.value,
        // Given the number of claims only their size is chance: claims · variance of one.
        chance: Math.max(claims.value, 0) * mean * mean * amountVariation * amountVariation,
        noise: cost.noise,
      },
      claims,
    ),
    purePremium: costBand(cost.value, cost.noise, cost.exposure, amounts, maturity),
    lossRatio: costBand(cost.value, cost.noise, cost.premium, amounts, maturity),
    prevalence: Object.fromEntries(
      Object.entries(tables.conditions).map(([name, table]) => {
        const persons = sum(table)
        return [name, shareBand(persons.value, persons.noise, lives)]
      }),
    ),
    caseMix: caseMixOf(tables.charlson.map(({ points, persons }) => ({ points, ...sum(persons) }))),
  }
}

/** Mean points over noisy counts of persons in bands of the score, with limits by the delta method; null where nobody is counted. */
export function caseMixOf(
  bands: readonly { readonly points: number; readonly value: number; readonly noise: number }[],
): CaseMix | null {
  const persons = bands.reduce((sum, { value }) => sum + value, 0)
  if (!(persons > 0)) return null
  const mean = bands.reduce((sum, { points, value }) => sum + points * value, 0) / persons
  let variance = 0
  for (const { points, value, noise } of bands) {
    // d mean / d count = (points - mean) / persons; a count varies by chance among persons and by noise.
    const slope = (points - mean) / persons
    variance += slope * slope * (Math.max(0, value) + noise)
  }
  const half = 1.959963984540054 * Math.sqrt(variance)
  return { points: mean, lower: Math.max(0, mean - half), upper: mean + half, persons }
}
