/** The consent of a visit as a FHIR Consent about its data: for readers that do not know our extension. */
import type * as fhir from 'fhir/r4'
import type { VisitPatient } from '../../../shared/domain/visit.ts'
import { INSURER_PURPOSE, OWN_PURPOSE_SYSTEM } from './read-consent.ts'

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem/'
const ACT_REASON = `${TERMINOLOGY}v3-ActReason`

/**
 * Undefined where there is nothing beside the usual: research is allowed, with no end and no paper.
 * @param dateTime null for what FHIR cannot hold
 */
export function writeConsent(
  { scope, from, to, ref }: VisitPatient['consent'],
  ids: { id: string; identifier: fhir.Identifier[] },
  patient: fhir.Reference,
  encounter: fhir.Reference,
  dateTime: (text: string | undefined) => string | undefined,
): fhir.Consent | undefined {
  if (scope === 'treatment-and-research' && from === undefined && to === undefined && ref === undefined)
    return undefined
  const start = dateTime(from)
  const end = dateTime(to)
  const research: fhir.Coding[] = [{ system: ACT_REASON, code: 'HRESCH' }]
  const insurers: fhir.Coding[] = [{ system: OWN_PURPOSE_SYSTEM, code: INSURER_PURPOSE }]
  const inner: fhir.ConsentProvision[] = [
    { type: scope === 'treatment-only' ? 'deny' : 'permit', purpose: research },
    ...(scope === 'treatment-and-research'
      ? []
      : [{ type: scope === 'all' ? ('permit' as const) : ('deny' as const), purpose: insurers }]),
  ]
  const period: fhir.Period = { ...(start && { start }), ...(end && { end }) }
  return {
    resourceType: 'Consent',
    id: ids.id,
    // The paper first: it is what a person looks for.
    identifier: [...(ref === undefined || ref.trim() === '' ? [] : [{ value: ref }]), ...ids.identifier],
    status: 'active',
    scope: { coding: [{ system: `${TERMINOLOGY}consentscope`, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient,
    policyRule: { coding: [{ system: `${TERMINOLOGY}v3-ActCode`, code: 'OPTIN' }] },
    provision: {
      type: 'permit',
      ...(Object.keys(period).length > 0 ? { period } : {}),
      purpose: [{ system: ACT_REASON, code: 'TREAT' }],
      data: [{ meaning: 'related', reference: encounter }],
      provision: inner,
    },
  }
}
