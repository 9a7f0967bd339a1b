/** What the rules of a visit are called, what they are asked about, and how a finding is noted. */
import type { Finding } from '../../contract/records.ts'
import { formatDay, parseWhen, swapDayAndMonth } from '../dates.ts'
import type { DateSpan } from '../dates.ts'
import type { Encounter, VisitRecord } from '../visit.ts'

export const VISIT_RULES = [
  'required',
  'date-does-not-exist',
  'before-birth',
  'in-future',
  'after-death',
  'sex-differs',
  'age-over-limit',
  'discharge-before-admission',
  'stay-over-one-year',
  'stay-over-ten-years',
  'above-hard-limit',
  'below-hard-limit',
  'above-soft-limit',
  'below-soft-limit',
  'unknown-unit',
  'range-reversed',
  'specimen-outside-stay',
  'result-before-specimen',
  'result-late',
  'diastolic-not-below-systolic',
  'pulse-pressure-unusual',
  'body-mass-index-differs',
  'cholesterol-parts-exceed-total',
  'filtration-differs',
  'body-mass-index-unusual',
  'weight-jump',
  'height-jump',
  'other-unit-likely',
  'differs-from-previous',
  'unusual-for-sex',
  'one-principal-diagnosis',
  'rank-repeated',
  'code-malformed',
  'code-unlisted',
  'diagnosis-repeated',
  'abatement-before-onset',
  'outside-stay',
  'end-before-start',
  'supply-does-not-match-end',
  'supply-over-one-year',
  'refills-over-twelve',
  'negative-amount',
  'reversal-not-negative',
  'allowed-exceeds-billed',
  'paid-exceeds-allowed',
  'payments-differ-from-allowed',
  'lines-differ-from-billed',
  'currency-unusual',
  'line-points-nowhere',
  'days-exceed-stay',
  'death-and-disposition-differ',
  'death-proposed',
  'insurer-of-self-payer',
  'national-id-check-digit',
  'consent-end-before-start',
  'consent-ended',
] as const
export type VisitRule = (typeof VISIT_RULES)[number]

/** A visit as the form or an importer has it: the record without what the node adds. */
export interface CheckedVisit {
  encounter: Omit<Encounter, 'facility' | 'day'>
  observations: VisitRecord['observations']
  diagnoses: VisitRecord['diagnoses']
  procedures: VisitRecord['procedures']
  prescriptions: VisitRecord['prescriptions']
  outcome?: VisitRecord['outcome']
  claims: VisitRecord['claims']
  consent?: VisitRecord['patient']['consent']
  /** As typed; only a form has it. */
  memberNumber?: string | undefined
}

export interface PreviousMeasure {
  readonly value: number
  readonly day: number
}
export type PreviousMeasures = Readonly<Record<string, PreviousMeasure | undefined>>

export interface CheckContext {
  /** `form`: required fields refuse. `import`: they are not looked at, a source may lack them. */
  mode: 'form' | 'import'
  patient: {
    sex: VisitRecord['patient']['sex']
    birthDate?: string
    deathDate?: string
    /** What the newest earlier visit said, where there is one. */
    earlierSex?: VisitRecord['patient']['sex']
  }
  /** Today at the facility, days since 1970-01-01. */
  today: number
  /** The facility's usual currency, ISO 4217. */
  currency?: string
  /** Newest earlier value of each test, by its key, in its own unit: what a new value is compared with. */
  previous?: PreviousMeasures
  /** Whether a code is on a list that this hospital has; without it no code is called unlisted. */
  isListed?: (system: string, code: string) => boolean
}

export type Severity = Finding['severity']
export type Add = (
  path: string,
  rule: VisitRule,
  severity: Severity,
  params: Record<string, string>,
  suggestion?: string,
) => void

export interface Stay {
  admission: DateSpan | null
  discharge: DateSpan | null
  birth: DateSpan | null
  /** Days between admission and discharge, or null while unknown. */
  nights: number | null
}

/** Day and month exchanged, when that lands between the two days. */
export function swapInto(text: string, earliest: number | null, latest: number): string | undefined {
  const swapped = swapDayAndMonth(text)
  const span = swapped === null ? null : parseWhen(swapped)
  if (span === null || span.first > latest || (earliest !== null && span.last < earliest)) return undefined
  return swapped!
}

/** Both times of one day, when both texts have one; days alone are compared by the caller. */
export function comesBefore(a: string, b: string): boolean {
  return a.length > 10 && b.length > 10 && a.slice(19) === b.slice(19) && a.slice(0, 19) < b.slice(0, 19)
}

/** Existence, birth and future of an optional date; the span when it is a date at all. */
export function checkDate(
  text: string | undefined,
  path: string,
  context: CheckContext,
  stay: Stay,
  add: Add,
): DateSpan | null {
  if (text === undefined) return null
  const span = parseWhen(text)
  if (span === null) {
    add(path, 'date-does-not-exist', 'refuse', { value: text })
    return null
  }
  if (stay.birth !== null && span.last < stay.birth.first) {
    add(
      path,
      'before-birth',
      'refuse',
      { value: text, limit: context.patient.birthDate! },
      swapInto(text, stay.birth?.first ?? null, context.today + 1),
    )
  } else if (span.first > context.today + 1) {
    const params = { value: text, limit: formatDay(context.today) }
    add(path, 'in-future', 'refuse', params, swapInto(text, stay.birth?.first ?? null, context.today + 1))
  }
  return span
}
