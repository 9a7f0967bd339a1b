/** Results that follow from others and from whom they are of (`src/shared/domain/asked-tests.ts`). Pure. */
import type { DerivedTest } from '../../../shared/domain/asked-tests.ts'
import { ageInYears } from '../../../shared/domain/dates.ts'
import { pow } from '../../stats/det/pow.ts'
import { factCode, type FactRow } from '../facts/fact-tables.ts'

/** Completed years from which the equation was made and holds. */
export const ADULT_YEARS = 18

/**
 * The equation's constants by sex: creatinine at which its two branches meet (mg/dL), exponent below it, and what the whole is multiplied by.
 * `cohort/plan.ts` writes the same equation as a query.
 */
export const CKD_EPI = {
  female: { kappa: 0.7, alpha: -0.241, factor: 142 * 1.012 },
  male: { kappa: 0.9, alpha: -0.302, factor: 142 },
  above: -1.2,
  perYear: 0.9938,
} as const

const MALE = factCode('sex', 'male')
const FEMALE = factCode('sex', 'female')

/** Of whom a result is: as most of the person's visits say it. */
export interface ResultOwner {
  /** Days since 1970-01-01. */
  readonly birth: number | null
  /** Number of the enumeration. */
  readonly sex: number | null
}

/**
 * Estimated glomerular filtration in mL/min/1.73 m² from serum creatinine in mg/dL (`canonical`, whatever unit was stated), CKD-EPI 2021 without
 * race: 142 · min(Scr/κ, 1)^α · max(Scr/κ, 1)^-1.200 · 0.9938^age · 1.012 [female], κ 0.7 and α -0.241 for women, 0.9 and -0.302 for men.
 * Source: Inker LA, Eneanya ND, Coresh J, et al. New creatinine- and cystatin C-based equations to estimate GFR without race. N Engl J Med
 * 2021;385:1737-1749. Age in completed years on the day. Null where creatinine is no number, has a comparator or is not above 0, for whoever
 * is under 18 or of an unknown day of birth, and for another sex than the two that the equation knows.
 */
export function derivedValue(
  { key }: DerivedTest,
  { canonical, comparator }: Pick<FactRow<'observation'>, 'canonical' | 'comparator'>,
  day: number,
  { birth, sex }: ResultOwner,
): number | null {
  if (key !== 'egfrCreat' || canonical === null || canonical <= 0 || comparator !== null) return null
  if (birth === null || (sex !== MALE && sex !== FEMALE)) return null
  const age = ageInYears(birth, day)
  if (age < ADULT_YEARS) return null
  const { kappa, alpha, factor } = sex === FEMALE ? CKD_EPI.female : CKD_EPI.male
  const ratio = canonical / kappa
  return factor * pow(ratio, ratio < 1 ? alpha : CKD_EPI.above) * pow(CKD_EPI.perYear, age)
}
