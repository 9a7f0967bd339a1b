/** What the patient agreed to, as the form has it: scope, from when, until when, and where it is filed. Pure. */
import type { VisitRecord } from '../../../../shared/domain/visit.ts'

export type Consent = VisitRecord['patient']['consent']

export interface ConsentForm {
  readonly consent: Consent['scope']
  /** A day, or a year or month alone. */
  readonly consentFrom: string
  readonly consentTo: string
  /** Number or place of the signed paper. */
  readonly consentRef: string
}

export const emptyConsent: ConsentForm = {
  consent: 'treatment-and-research',
  consentFrom: '',
  consentTo: '',
  consentRef: '',
}

export const isConsentField = (field: string): boolean => field in emptyConsent

export const consentFormOf = ({ scope, from, to, ref }: Consent): ConsentForm => ({
  consent: scope,
  consentFrom: from ?? '',
  consentTo: to ?? '',
  consentRef: ref ?? '',
})

export const isConsentDetailed = (form: ConsentForm): boolean =>
  [form.consentFrom, form.consentTo, form.consentRef].some((text) => text !== '')

/**
 * A form that nobody asked about consent yet, with what the person's last visit said: a new visit must not widen what the
 * patient limited. What a clerk chose stays.
 * @param before what the last visit of the person said whom the form was for until now; null where there was none
 */
export function withLastConsent<T extends ConsentForm>(
  form: T,
  before: Consent | null,
  last: Consent | null,
): T {
  const keys = Object.keys(emptyConsent) as (keyof ConsentForm)[]
  const expected = before === null ? emptyConsent : consentFormOf(before)
  if (keys.some((key) => form[key] !== expected[key])) return form
  return { ...form, ...(last === null ? emptyConsent : consentFormOf(last)) }
}

/** @param partialDay,limited what is not understood or too long becomes a problem of its field */
export function readConsent(
  form: ConsentForm,
  partialDay: (field: string, text: string) => string,
  limited: (field: string, text: string, limit: number) => string | undefined,
): Consent {
  const from = partialDay('encounter.consentFrom', form.consentFrom)
  const to = partialDay('encounter.consentTo', form.consentTo)
  const ref = limited('encounter.consentRef', form.consentRef, 200)
  return {
    scope: form.consent,
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { to }),
    ...(ref === undefined ? {} : { ref }),
  }
}
