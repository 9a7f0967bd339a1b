/** What the table by month and the table of late reports say beside the priced cells: the trend, and what is still to come (P8, P9). Pure. */
import { pricedBy } from '../../../shared/domain/group-alert.ts'
import { type ExposureRow, type GatedTable, labelsOf, sumCells, watch } from '../monitor/cells.ts'
import { maturityOf, reportingTriangle, type ReportingTriangle } from '../monitor/reporting-triangle.ts'
import { expectedUltimates } from './development.ts'
import { orNull } from './or-null.ts'
import type { RecordedResult } from './recorded-table.ts'
import { levelOf, type TariffTable } from './tariff-table.ts'
import { fitTrend, type Trend, trendFactor } from './trend.ts'

/** The factor from the claims that the premium is made of to all of them, with the variance of its logarithm; and the youngest months. */
export interface LateClaims {
  readonly factor: number
  readonly logVariance: number
  readonly months: readonly {
    readonly month: string
    readonly known: number
    readonly chainLadder: number
    readonly ultimate: number
    readonly stdErr: number
    readonly method: 'chain-ladder' | 'bornhuetter-ferguson'
  }[]
}

export const byMonthOf = ({ tables }: RecordedResult): GatedTable | undefined =>
  tables.find(({ measure, axes }) => measure === 'claims' && axes.includes('month'))

/** @param expectedOf claims that a month is expected to come to; null: chain ladder alone */
function triangleOf(
  { reported, to }: RecordedResult,
  expectedOf: ((months: readonly string[]) => readonly number[] | null) | null = null,
): ReportingTriangle | null {
  if (reported === null) return null
  // As many months as there are delays: of older ones the answer does not say when they were reported.
  const months = 1 + Math.max(-1, ...reported.cells.map(({ delay }) => delay))
  const { cells, variance, asOf } = reported
  const ladder = reportingTriangle(cells, to, months, variance, null, asOf)
  const expected = ladder.kind === 'triangle' ? (expectedOf?.(ladder.months) ?? null) : null
  return expected === null ? ladder : reportingTriangle(cells, to, months, variance, expected, asOf)
}

/**
 * Claims that months are expected to come to: the triangle counts claims of each month, so what the premium is expected to pay is divided by what such a
 * claim costs. Null where a month has no premium or nothing says what a claim costs.
 */
function expectedClaims(
  result: RecordedResult,
  exposure: readonly ExposureRow[],
  table: TariffTable,
  lossRatio: number,
): (months: readonly string[]) => readonly number[] | null {
  const costOfClaim = costOfMonthlyClaim(result, exposure, table)
  return (months) => {
    const premiums = months.map((month) => premiumOf(exposure, month))
    if (costOfClaim === null || premiums.some((premium) => !(premium > 0))) return null
    return expectedUltimates(premiums, lossRatio).map((ultimate) => ultimate / costOfClaim)
  }
}

/**
 * What a claim costs that is counted as the triangle counts it, up to two of a patient in each month: the priced cells count up to eight in all months,
 * so that their claims are fewer. Over the groups, or plans, that both tables show, each with as much exposure of the one as of the other.
 */
function costOfMonthlyClaim(
  result: RecordedResult,
  exposure: readonly ExposureRow[],
  table: TariffTable,
): number | null {
  const source = byMonthOf(result)
  const unit = pricedBy(table.factors.map(({ name }) => name))
  const at = table.factors.findIndex(({ name }) => name === unit)
  if (source === undefined || at < 0) return null
  const watched = watch(source, exposure)
  let cost = 0
  let claims = 0
  for (const label of table.factors[at]!.levels) {
    const byMonth = sumCells(watched, ({ key }) => key[unit] === label)
    const priced = { cost: 0, exposure: 0 }
    table.exposure.forEach((years, i) => {
      if (levelOf(table, at, i) !== label) return
      priced.exposure += years
      priced.cost += table.cost[i]!
    })
    if (byMonth.exposure === null || !(byMonth.exposure > 0) || !(priced.exposure > 0)) continue
    cost += priced.cost
    claims += (byMonth.value * priced.exposure) / byMonth.exposure
  }
  return cost > 0 && claims > 0 ? cost / claims : null
}

const premiumOf = (exposure: readonly ExposureRow[], month: string): number =>
  exposure.reduce((sum, { key, premiumMinor }) => sum + (key.month === month ? premiumMinor : 0), 0)

/** The trend of the frequency, carried from the middle of the months that are priced to the middle of the twelve months of cover. */
export interface CarriedTrend extends Trend {
  readonly carried: {
    /** First month of cover. */
    readonly from: string
    readonly years: number
    readonly factor: number
    readonly logVariance: number
  }
}

/** The claim frequency of months, each weighted with its exposure; young months as they will come to be. */
export function trendOf(
  result: RecordedResult,
  exposure: readonly ExposureRow[],
  ratingFrom: string | null,
): CarriedTrend | null {
  const source = byMonthOf(result)
  if (source === undefined) return null
  const triangle = orNull(() => triangleOf(result))
  const watched = watch(source, exposure)
  const points = labelsOf(watched, 'month').flatMap((month) => {
    const { value, exposure: years } = sumCells(watched, ({ key }) => key.month === month)
    const { completion } = maturityOf([{ month, claims: value }], triangle)
    return years !== null && years > 0 && value > 0
      ? [{ middle: middleOf(month), rate: value / completion / years, weight: years }]
      : []
  })
  const trend = fitTrend(points)
  const from = ratingFrom ?? januaryAfter(result.to)
  const seen = (middleOf(result.from) + middleOf(result.to)) / 2
  // Half a year after the month begins.
  const cover = middleOf(from) + 5.5 / 12
  return { ...trend, carried: { from, years: cover - seen, ...trendFactor(trend, seen, cover) } }
}

const januaryAfter = (month: string): string => `${Number(month.slice(0, 4)) + 1}-01`

const middleOf = (month: string): number => Number(month.slice(0, 4)) + (Number(month.slice(5)) - 0.5) / 12

/** The triangle has the youngest months alone, the premium all of them: each counts by its claims. */
export function developmentOf(
  result: RecordedResult,
  exposure: readonly ExposureRow[],
  table: TariffTable,
  lossRatio: number | null,
): LateClaims | null {
  const found = triangleOf(
    result,
    lossRatio === null ? null : expectedClaims(result, exposure, table, lossRatio),
  )
  const source = byMonthOf(result)
  if (found?.kind !== 'triangle' || source === undefined) return null
  const watched = watch(source, exposure)
  const { completion, relativeError } = maturityOf(
    labelsOf(watched, 'month').map((month) => {
      const { value, premium } = sumCells(watched, ({ key }) => key.month === month)
      const all = premiumOf(exposure, month)
      // Groups of which nothing was shown have their part of what is to come.
      return { month, claims: value, share: premium === null || !(all > 0) ? 1 : premium / all }
    }),
    found,
  )
  const { origins } = found.development
  return {
    factor: 1 / completion,
    logVariance: relativeError ** 2,
    months: origins.map((origin, i) => ({
      month: found.months[i]!,
      known: origin.known,
      chainLadder: origin.chainLadder,
      ultimate: origin.ultimate,
      stdErr: origin.stdErr,
      method: origin.method,
    })),
  }
}
