import { describe, expect, it } from 'vitest'
import { bundle, collect, encounter, fhirFiles, patient } from '../fhir-files.test-kit.ts'
import type { ReadOptions } from '../import.ts'

const { file } = fhirFiles()

describe('consents', () => {
  const consent = (more: object) => ({
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ code: 'patient-privacy' }] },
    patient: { reference: 'Patient/p1' },
    ...more,
  })
  const research = (type: string, more: object = {}) =>
    consent({ provision: { type: 'permit', provision: [{ type, purpose: [{ code: 'HRESCH' }] }] }, ...more })
  const said = async (consents: object[], options: ReadOptions = {}) => {
    const { visits, rejects } = await collect(
      [await file(bundle([patient, encounter(), ...consents]))],
      options,
    )
    expect(visits).toHaveLength(1)
    return { consent: visits[0]!.content.patient.consent, rejects: rejects.map(({ reason }) => reason) }
  }
  it('say scope, period and paper', async () => {
    const period = { start: '2019-05', end: '2024-12-31T23:59:59+08:00' }
    const { consent: read, rejects } = await said([
      consent({
        identifier: [{ value: 'form 7' }],
        provision: { type: 'deny', period, purpose: [{ code: 'CLINTRCH' }] },
      }),
    ])
    expect([read, rejects]).toEqual([
      { scope: 'treatment-only', from: '2019-05', to: '2024-12-31', ref: 'form 7' },
      [],
    ])
  })
  it.each([
    ['a permission of research', research('permit'), 'treatment-and-research'],
    ['a denial of research', research('deny'), 'treatment-only'],
    ['a refusal', consent({ status: 'rejected' }), 'treatment-only'],
    ['one about research', consent({ scope: { coding: [{ code: 'research' }] } }), 'treatment-and-research'],
    ['purposes without research', consent({ provision: { purpose: [{ code: 'TREAT' }] } }), 'treatment-only'],
    ['one that is over', consent({ status: 'inactive' }), 'treatment-only'],
    ['opting out', consent({ policyRule: { coding: [{ code: 'OPTOUT' }] } }), 'treatment-only'],
    ['paper alone', consent({ sourceReference: { display: 'cabinet 3' } }), 'all'],
  ])('%s', async (_name, resource, scope) => {
    const assumed = scope === 'treatment-and-research' ? 'treatment-only' : 'all'
    expect((await said([resource], { consentScope: assumed })).consent.scope).toBe(scope)
  })
  it('of several take the narrowest that speaks of the visit, and one in force before one that is over', async () => {
    const about = (reference: string) => [{ meaning: 'related', reference: { reference } }]
    const elsewhere = consent({ provision: { type: 'deny', data: about('Encounter/other') } })
    const later = consent({ provision: { type: 'deny', dataPeriod: { start: '2021' } } })
    const here = consent({ provision: { type: 'deny', data: about('Encounter/e1') } })
    const usual = 'treatment-and-research'
    expect((await said([elsewhere, later])).consent.scope).toBe(usual)
    expect((await said([research('permit'), here])).consent.scope).toBe('treatment-only')
    expect((await said([consent({ status: 'inactive' }), research('permit')])).consent.scope).toBe(usual)
  })
  it('that are drafts, or about the treatment itself, are named and limit nothing', async () => {
    const { consent: read, rejects } = await said([
      research('deny', { status: 'draft' }),
      consent({ scope: { coding: [{ code: 'adr' }] }, provision: { type: 'deny' } }),
    ])
    expect([read.scope, rejects]).toEqual([
      'treatment-and-research',
      ['consent-not-in-force', 'not-part-of-a-visit'],
    ])
  })
  it('reach visits in another file', async () => {
    const { visits } = await collect([
      await file(patient, 'ndjson'),
      await file(encounter(), 'ndjson'),
      await file(research('deny'), 'ndjson'),
    ])
    expect(visits.map(({ content }) => content.patient.consent.scope)).toEqual(['treatment-only'])
  })
})
