/** What the patient agreed to, as the form has it: scope, from when, until when, and where it is filed. Pure. */
import type { VisitRecord } from '../../../../shared/domain/visit.ts'

type Consent = VisitRecord['patient']['consent']

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

export const consentFormOf = ({ scope, from, to, ref }: Consent): ConsentForm => ({
  consent: scope,
  consentFrom: from ?? '',
  consentTo: to ?? '',
  consentRef: ref ?? '',
})

export const isConsentDetailed = (form: ConsentForm): boolean =>
  [form.consentFrom, form.consentTo, form.consentRef].some((text) => text !== '')

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
