import { describe, expect, it } from 'vitest'
import { consentFormOf, emptyConsent, withLastConsent } from './consent.ts'

const limited = { scope: 'treatment-only', to: '2027', ref: 'K 7' } as const

describe('the consent of a new visit', () => {
  it('begins as the last visit said it, and leaves with the patient', () => {
    const begun = withLastConsent(emptyConsent, null, limited)
    expect(begun).toEqual(consentFormOf(limited))
    expect(withLastConsent(begun, limited, null)).toEqual(emptyConsent)
    expect(withLastConsent(emptyConsent, null, null)).toEqual(emptyConsent)
  })
  it('is left alone where a clerk chose one', () => {
    const chosen = { ...emptyConsent, consent: 'all' as const }
    expect(withLastConsent(chosen, null, limited)).toBe(chosen)
    const widened = { ...consentFormOf(limited), consentRef: 'K 8' }
    expect(withLastConsent(widened, limited, null)).toBe(widened)
  })
})
