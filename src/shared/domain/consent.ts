/** Which of two consents allows less. Pure. */
import type { VisitPatient } from './visit.ts'

export type Consent = VisitPatient['consent']

/** From the narrowest on. */
export const CONSENT_SCOPES: readonly Consent['scope'][] = [
  'treatment-only',
  'no-insurer',
  'treatment-and-research',
  'all',
]

export const isNarrowerScope = (one: Consent['scope'], other: Consent['scope']): boolean =>
  CONSENT_SCOPES.indexOf(one) < CONSENT_SCOPES.indexOf(other)

/** The one of the narrower scope with its own paper and period; of one scope the first, in force only while both are. */
export function narrowerConsent(one: Consent, other: Consent): Consent {
  if (one.scope !== other.scope) return isNarrowerScope(one.scope, other.scope) ? one : other
  const from = [one.from, other.from]
    .filter((day) => day !== undefined)
    .sort()
    .at(-1)
  const to = [one.to, other.to].filter((day) => day !== undefined).sort()[0]
  return { ...one, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

export const isSameConsent = (one: Consent, other: Consent): boolean =>
  one.scope === other.scope && one.from === other.from && one.to === other.to && one.ref === other.ref
