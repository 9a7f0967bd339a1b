/** Late reporting: months of incurral by months of delay to a triangle, and from it how much of each month is known (docs/spec/pricing.md M10). */
import { PricingFailure } from '../failure.ts'
import { develop, type Development } from '../model/development.ts'
import { type Maturity, MATURE } from './rate-band.ts'

export interface ReportedCell {
  /** `YYYY-MM` in which it was incurred. */
  readonly month: string
  /** Months from there to the report, from 0. */
  readonly delay: number
  /** Null where withheld. */
  readonly value: number | null
}

export type ReportingTriangle =
  | {
      readonly kind: 'triangle'
      /** Oldest first; each has one delay less than the one before. */
      readonly months: readonly string[]
      readonly cumulative: readonly (readonly number[])[]
      readonly development: Development
      readonly maturity: ReadonlyMap<string, Maturity>
    }
  | { readonly kind: 'withheld'; readonly cells: number }
  | { readonly kind: 'too-short'; readonly months: number }

const MONTHS_LEAST = 3

/**
 * The newest `size` months up to `last`. A withheld cell makes no triangle: a hole in it would move every factor after it.
 *
 * @param variance of the noise in each cell
 */
export function reportingTriangle(
  cells: readonly ReportedCell[],
  last: string,
  size: number,
  variance = 0,
  expected: readonly number[] | null = null,
): ReportingTriangle {
  const lastIndex = monthIndex(last)
  const values = new Map<string, number | null>()
  let first = lastIndex
  for (const { month, delay, value } of cells) {
    const key = `${monthIndex(month)} ${delay}`
    if (values.has(key))
      throw new PricingFailure({ code: 'double-name', what: 'cell', name: `${month} + ${delay}` })
    values.set(key, value)
    first = Math.min(first, monthIndex(month))
  }
  const n = Math.min(size, lastIndex - first + 1)
  if (n < MONTHS_LEAST) return { kind: 'too-short', months: n }
  let withheld = 0
  const months: string[] = []
  const cumulative: number[][] = []
  for (let i = 0; i < n; i++) {
    const index = lastIndex - n + 1 + i
    months.push(monthName(index))
    let sum = 0
    const row: number[] = []
    for (let delay = 0; delay < n - i; delay++) {
      const value = values.get(`${index} ${delay}`)
      if (value === null || value === undefined) withheld++
      sum += value ?? 0
      row.push(sum)
    }
    cumulative.push(row)
  }
  if (withheld > 0) return { kind: 'withheld', cells: withheld }
  const development = develop(cumulative, { expected, cellNoise: variance })
  const maturity = new Map<string, Maturity>()
  development.origins.forEach(({ known, ultimate, stdErr }, i) => {
    maturity.set(
      months[i]!,
      ultimate > 0 && known > 0 ? { completion: known / ultimate, relativeError: stdErr / ultimate } : MATURE,
    )
  })
  return { kind: 'triangle', months, cumulative, development, maturity }
}

/**
 * How much is known of claims over several months, each weighted with what it will come to; months before the triangle are whole. All is
 * known without a triangle.
 */
export function maturityOf(
  claimsOf: readonly { readonly month: string; readonly claims: number | null }[],
  triangle: ReportingTriangle | null,
): Maturity {
  if (triangle?.kind !== 'triangle') return MATURE
  let known = 0
  let ultimate = 0
  let variance = 0
  for (const { month, claims } of claimsOf) {
    if (claims === null || claims <= 0) continue
    const { completion, relativeError } = triangle.maturity.get(month) ?? MATURE
    const whole = claims / completion
    known += claims
    ultimate += whole
    variance += (whole * relativeError) ** 2
  }
  return ultimate > 0
    ? { completion: known / ultimate, relativeError: Math.sqrt(variance) / ultimate }
    : MATURE
}

/** Months since year 0. @throws {PricingFailure} `bad-option` for what is no month */
export function monthIndex(month: string): number {
  if (!/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(month))
    throw new PricingFailure({ code: 'bad-option', option: 'month', value: month, allowed: 'YYYY-MM' })
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
}

export function monthName(index: number): string {
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}
