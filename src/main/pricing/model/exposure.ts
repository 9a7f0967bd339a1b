/**
 * Earned exposure from spells of membership, cut at the ends of calendar months or years and at birthdays, so that a claim and
 * the time in which it could happen are in one cell (P1). Incurred dates, never dates of payment.
 */
import { ageInYears, civilOfDay, dayOfCivil } from '../../../shared/domain/dates.ts'
import { checkNumber, PricingFailure } from '../failure.ts'

export const DAYS_PER_YEAR = 365.25

export interface Spell {
  readonly fromDay: number
  /** The last insured day: it counts. */
  readonly toDay: number
  readonly birthDay: number
}

export interface ExposurePart {
  /** `2023` or `2023-04`. */
  readonly period: string
  readonly ageBand: string
  /** Member-years: days / 365.25. */
  readonly exposure: number
}

export interface AgeBands {
  /** First ages of the bands, rising, the first is 0. */
  readonly edges: readonly number[]
}

export function ageBandNames({ edges }: AgeBands): string[] {
  return edges.map((edge, k) => (k + 1 < edges.length ? `${edge}-${edges[k + 1]! - 1}` : `${edge}+`))
}

export function ageBandOf(bands: AgeBands, age: number): string {
  let k = 0
  while (k + 1 < bands.edges.length && age >= bands.edges[k + 1]!) k++
  return ageBandNames(bands)[k]!
}

/**
 * The parts of one spell, in order of time.
 *
 * @throws {PricingFailure} `bad-number` for a spell that ends before it begins or before birth, `bad-option` for edges
 */
export function exposureOfSpell(spell: Spell, bands: AgeBands, by: 'year' | 'month'): ExposurePart[] {
  checkBands(bands)
  checkNumber('last insured day', 0, spell.toDay, spell.fromDay)
  checkNumber('first insured day', 0, spell.fromDay, spell.birthDay)
  const parts: ExposurePart[] = []
  let day = spell.fromDay
  while (day <= spell.toDay) {
    const age = ageInYears(spell.birthDay, day)
    const end = Math.min(spell.toDay, lastOfPeriod(day, by), lastOfBand(spell.birthDay, age, day, bands))
    parts.push({
      period: periodOf(day, by),
      ageBand: ageBandOf(bands, age),
      exposure: (end - day + 1) / DAYS_PER_YEAR,
    })
    day = end + 1
  }
  return parts
}

export function periodOf(day: number, by: 'year' | 'month'): string {
  const { year, month } = civilOfDay(day)
  return by === 'year' ? String(year) : `${year}-${String(month).padStart(2, '0')}`
}

function lastOfPeriod(day: number, by: 'year' | 'month'): number {
  const { year, month } = civilOfDay(day)
  if (by === 'year' || month === 12) return dayOfCivil(year + 1, 1, 1) - 1
  return dayOfCivil(year, month + 1, 1) - 1
}

/** The day before the birthday on which the next band begins. */
function lastOfBand(birthDay: number, age: number, day: number, { edges }: AgeBands): number {
  const next = edges.find((edge) => edge > age)
  if (next === undefined) return Infinity
  const birth = civilOfDay(birthDay)
  // The 29th of February has its birthday on the 1st of March of other years, as `ageInYears` counts.
  let birthday = dayOfCivil(birth.year + next, birth.month, 1) + birth.day - 1
  while (ageInYears(birthDay, birthday) < next) birthday++
  while (birthday > day + 1 && ageInYears(birthDay, birthday - 1) >= next) birthday--
  return birthday - 1
}

function checkBands({ edges }: AgeBands): void {
  const isRising = edges.every(
    (edge, k) => Number.isInteger(edge) && (k === 0 ? edge === 0 : edge > edges[k - 1]!),
  )
  if (edges.length === 0 || !isRising)
    throw new PricingFailure({
      code: 'bad-option',
      option: 'age bands',
      value: edges.join(','),
      allowed: 'rising from 0',
    })
}
