/** Late reporting: months of incurral by months of delay to a triangle, and from it how much of each month is known (docs/spec/pricing.md M10). */
import { PricingFailure } from '../failure.ts'
import { cumulate, develop, type DevelopedOrigin, type Development } from '../model/development.ts'
import { type Maturity, MATURE } from './rate-band.ts'

export interface ReportedCell {
  /** `YYYY-MM` in which it was incurred. */
  readonly month: string
  /** Months from there to the report, from 0. */
  readonly delay: number
  /** Null where withheld. */
  readonly value: number | null
}

export interface MonthMaturity extends Maturity {
  /** What is still to come where that was expected and not multiplied up (Bornhuetter-Ferguson): whatever is known by now, just so much is added. */
  readonly toCome: { readonly value: number; readonly stdErr: number } | null
}

export type ReportingTriangle =
  | {
      readonly kind: 'triangle'
      /** Oldest first. */
      readonly months: readonly string[]
      /** By the delays of which every cell is shown, as far as the snapshot goes. */
      readonly cumulative: readonly (readonly number[])[]
      /** Later delays count as none: too little came then to be shown. */
      readonly isCut: boolean
      readonly development: Development
      readonly maturity: ReadonlyMap<string, MonthMaturity>
    }
  | { readonly kind: 'withheld'; readonly cells: number }
  | { readonly kind: 'too-short'; readonly months: number }
  /** Every month has all delays behind it: whatever is withheld of them, nothing is to come. */
  | { readonly kind: 'settled' }
  /** Too few months are young, or what is shown had its time in every month: `cutAfter` is the last delay that is shown where later ones count as none. */
  | { readonly kind: 'undeveloped'; readonly cutAfter: number | null }

const MONTHS_LEAST = 3
/**
 * The newest months up to `last` whose claims may still come. What came within a month that was over when the snapshot was taken develops; what came in the month of the
 * snapshot itself is known too and is in no factor. A hole would move every factor after it, so a delay of which a cell is withheld is in no triangle, and no later one: what
 * comes so late is too little to be shown, and counts as none.
 *
 * @param size so many delays are counted, and of so many months at most
 * @param variance of the noise in each cell
 * @param asOf month in which the snapshot was taken; null: the month after the last, nothing of which is known
 */
export function reportingTriangle(
  cells: readonly ReportedCell[],
  last: string,
  size: number,
  variance = 0,
  expected: readonly number[] | null = null,
  asOf: string | null = null,
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
  const there = lastIndex - first + 1
  if (Math.min(size, there) < MONTHS_LEAST) return { kind: 'too-short', months: Math.min(size, there) }
  // Delays that even the newest month has behind it, beside its own month.
  const over = asOf === null ? 0 : Math.max(0, monthIndex(asOf) - 1 - lastIndex)
  if (over >= size - 1) return { kind: 'settled' }
  const n = Math.min(size - over, there)
  const indexOf = (i: number): number => lastIndex - n + 1 + i
  const months = Array.from({ length: n }, (_, i) => monthName(indexOf(i)))
  const valueOf = (i: number, delay: number): number | null => values.get(`${indexOf(i)} ${delay}`) ?? null
  const counted = months.map((_, i) => Array.from({ length: over + n - i }, (_, delay) => valueOf(i, delay)))
  const holes = counted.map((row) => row.indexOf(null)).filter((delay) => delay >= 0)
  const delays = Math.min(over + n, ...holes)
  if (delays === 0 || (over === 0 && delays === 1))
    return { kind: 'withheld', cells: counted.flat().filter((value) => value === null).length }
  if (size - over < MONTHS_LEAST || (over > 0 && delays <= over + 1))
    return { kind: 'undeveloped', cutAfter: delays < over + n ? delays - 1 : null }
  const shown = cumulate(counted.map((row) => row.slice(0, delays).map((value) => value!)))
  const developed = shown.map((row, i) =>
    Array.from({ length: n - i }, (_, age) => row[Math.min(over + age, row.length - 1)]!),
  )
  const development = develop(developed, {
    expected,
    cellNoise: variance,
    cellsAt: (age) => Math.min(over + age + 1, delays),
  })
  const begun = months.map((_, i) => {
    const delay = over + n - i
    return asOf === null || delay >= delays ? 0 : Math.max(0, valueOf(i, delay) ?? 0)
  })
  return {
    kind: 'triangle',
    months,
    cumulative: shown.map((row, i) => (begun[i]! > 0 ? [...row, row.at(-1)! + begun[i]!] : row)),
    isCut: delays < over + n,
    development,
    maturity: new Map(
      development.origins.map((origin, i) => [months[i]!, maturityOfMonth(origin, begun[i]!)]),
    ),
  }
}

/** @param begun claims of a month that was not over yet: they are known, and nothing develops from them */
function maturityOfMonth(origin: DevelopedOrigin, begun: number): MonthMaturity {
  const { known, ultimate, stdErr, reserveStdErr, completion, completionError, method } = origin
  const hasError = known > 0 && ultimate > 0 && stdErr === stdErr
  // The share of its age, also of a month of which noise leaves nothing: young it is all the same.
  const ofAge = completion > 0 ? completion : 1
  return {
    completion: known > 0 ? Math.min(1, (ofAge * (known + begun)) / known) : ofAge,
    relativeError: hasError ? stdErr / ultimate : completionError,
    toCome:
      method === 'bornhuetter-ferguson'
        ? { value: Math.max(0, ultimate - known - begun), stdErr: reserveStdErr }
        : null,
  }
}

/**
 * How much is known of claims over several months, each weighted with what it will come to; months before the triangle are whole. All is
 * known without a triangle.
 */
export function maturityOf(
  claimsOf: readonly {
    readonly month: string
    readonly claims: number | null
    /** Part of the month's premium that these claims are of, where it is not all of it. */
    readonly share?: number
  }[],
  triangle: ReportingTriangle | null,
): Maturity {
  if (triangle?.kind !== 'triangle') return MATURE
  let known = 0
  let ultimate = 0
  let variance = 0
  for (const { month, claims, share = 1 } of claimsOf) {
    if (claims === null) continue
    const { completion, relativeError, toCome } = triangle.maturity.get(month) ?? WHOLE
    if (toCome !== null) {
      // Noise of these claims is not that of the triangle's: nothing of what is to come hangs on either, also where it leaves less than nothing.
      known += claims
      ultimate += claims + share * toCome.value
      variance += (share * toCome.stdErr) ** 2
      continue
    }
    if (claims <= 0) continue
    const whole = claims / completion
    known += claims
    ultimate += whole
    variance += (whole * relativeError) ** 2
  }
  return known > 0 && ultimate > 0
    ? { completion: known / ultimate, relativeError: Math.sqrt(variance) / ultimate }
    : MATURE
}

const WHOLE: MonthMaturity = { ...MATURE, toCome: null }

/** Months since year 0. @throws {PricingFailure} `bad-option` for what is no month */
export function monthIndex(month: string): number {
  if (!/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(month))
    throw new PricingFailure({ code: 'bad-option', option: 'month', value: month, allowed: 'YYYY-MM' })
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
}

export function monthName(index: number): string {
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
}
