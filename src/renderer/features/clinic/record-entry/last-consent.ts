/** The consent that comes with the patient, from the last visit, without anybody asking. Pure. */
import { type Consent, withLastConsent } from './consent.ts'
import type { VisitForm } from './form.ts'
import { currentOf, type EarlierVisit } from './same-visit.ts'

/** What the newest visit that counts says; null where there is none. */
export const lastConsentOf = (earlier: readonly EarlierVisit[]): Consent | null =>
  currentOf(earlier, undefined)[0]?.record.patient.consent ?? null

/** As `withLastConsent`, of the form and of how it began: what came unasked is nothing that was typed. */
export function withConsentUnasked(
  { form, start }: { readonly form: VisitForm; readonly start: VisitForm },
  before: Consent | null,
  last: Consent | null,
): { form: VisitForm; start: VisitForm } {
  const of = (each: VisitForm): VisitForm => ({
    ...each,
    encounter: withLastConsent(each.encounter, before, last),
  })
  return { form: of(form), start: of(start) }
}
