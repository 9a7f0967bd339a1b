import { describe, expect, it } from 'vitest'
import { collect, encounter, fhirFiles, observation, patient } from '../fhir-files.test-kit.ts'

const { file, read } = fhirFiles()

describe('references', () => {
  it('are followed in all four styles, and by identifier alone', async () => {
    const uuid = '3cb52497-3f07-4323-897b-aed5fe681d6b'
    const other = '3b0d4ef3-072e-493a-9b82-327018913ff7'
    const styles: [string | object, string | object, string, string][] = [
      [
        { reference: `urn:uuid:${uuid}` },
        { reference: `urn:uuid:${other}` },
        `urn:uuid:${uuid}`,
        `urn:uuid:${other}`,
      ],
      [{ reference: `Patient/${uuid}` }, { reference: `Encounter/${other}` }, '', ''],
      [
        { reference: `https://h.example/fhir/Patient/${uuid}/_history/3` },
        { reference: `https://h.example/fhir/Encounter/${other}` },
        '',
        '',
      ],
      [
        { reference: 'Patient?identifier=urn:mrn|77' },
        { reference: 'Encounter?identifier=urn%3Avisit%7C88' },
        '',
        '',
      ],
      [
        { identifier: { system: 'urn:mrn', value: '77' }, type: 'Patient' },
        { identifier: { system: 'urn:visit', value: '88' } },
        '',
        '',
      ],
    ]
    for (const [subject, link, patientUrl, encounterUrl] of styles) {
      const entries = [
        // The patient may stand anywhere.
        { resource: observation({ subject, encounter: link }) },
        {
          fullUrl: encounterUrl,
          resource: encounter({ id: other, subject, identifier: [{ system: 'urn:visit', value: '88' }] }),
        },
        {
          fullUrl: patientUrl,
          resource: { ...patient, id: uuid, identifier: [{ system: 'urn:mrn', value: '77' }] },
        },
      ]
      const { visits, rejects, warnings } = await collect([
        await file({ resourceType: 'Bundle', type: 'transaction', entry: entries }),
      ])
      expect(rejects, JSON.stringify(subject)).toEqual([])
      expect(visits).toHaveLength(1)
      expect(visits[0]!.content.observations).toHaveLength(1)
      expect(warnings['encounter-not-found']).toBeUndefined()
    }
  })

  it('to contained resources give medicines and coverage', async () => {
    const { visits } = await read([
      patient,
      encounter(),
      {
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        contained: [
          {
            resourceType: 'Medication',
            id: 'm',
            code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'A10BA02' }] },
          },
        ],
        medicationReference: { reference: '#m' },
        subject: { reference: 'Patient/p1' },
        encounter: { reference: 'Encounter/e1' },
      },
      {
        resourceType: 'ExplanationOfBenefit',
        status: 'active',
        outcome: 'complete',
        contained: [
          {
            resourceType: 'Coverage',
            id: 'coverage',
            type: { text: 'Humana' },
            payor: [{ display: 'Humana' }],
            subscriberId: '4711',
          },
        ],
        patient: { reference: 'Patient/p1' },
        insurance: [{ coverage: { reference: '#coverage' } }],
        item: [
          { sequence: 1, encounter: [{ reference: 'Encounter/e1' }], net: { value: 10.5, currency: 'USD' } },
        ],
        payment: { amount: { value: 0, currency: 'USD' } },
      },
    ])
    expect(visits[0]!.content.prescriptions[0]).toMatchObject({ ingredientAtc: 'A10BA02' })
    expect(visits[0]!.content.encounter.payer).toEqual({ type: 'PRIVATE', organisation: 'Humana' })
    // The number goes to whoever holds the key, never into the record.
    expect(visits[0]!.memberNumber).toBe('4711')
    expect(JSON.stringify(visits[0]!.content)).not.toContain('4711')
    expect(visits[0]!.content.claims[0]).toMatchObject({
      status: 'paid',
      paidByPayerMinor: 0,
      lines: [{ netMinor: 1050 }],
    })
  })
})
