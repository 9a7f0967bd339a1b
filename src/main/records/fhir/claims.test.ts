/** What claims and coverages say of a visit. */
import { describe, expect, it } from 'vitest'
import { encounter, fhirFiles, patient } from '../fhir-files.test-kit.ts'

const { read } = fhirFiles()

describe('insurance that no claim names', () => {
  const coverage = (more: object) => ({
    resourceType: 'Coverage',
    status: 'active',
    beneficiary: { reference: 'Patient/p1' },
    payor: [{ reference: 'Organization/blue' }],
    ...more,
  })
  const blue = { resourceType: 'Organization', id: 'blue', name: 'Blue Cross' }
  it('is that of the patient on the day of the visit, with the name that its insurer has', async () => {
    const { visits, warnings } = await read([
      patient,
      encounter(),
      blue,
      coverage({ period: { end: '2019' }, payor: [{ display: 'Old' }] }),
      coverage({ status: 'cancelled', payor: [{ display: 'Gone' }] }),
      coverage({
        period: { start: '2020-03-01', end: '2020-03' },
        subscriberId: '4711',
        class: [{ type: { coding: [{ code: 'plan' }] }, value: 'gold' }],
      }),
    ])
    expect(visits[0]!.content.encounter.payer).toEqual({
      type: 'PRIVATE',
      organisation: 'Blue Cross',
      plan: 'gold',
    })
    expect(visits[0]!.memberNumber).toBe('4711')
    expect(warnings['several-insurances']).toBeUndefined()
  })
  it('of several is the first by its order, and is counted where none is said to be first', async () => {
    const two = (first: object, second: object) =>
      read([
        patient,
        encounter(),
        blue,
        coverage({ payor: [{ display: 'Green' }], ...first }),
        coverage(second),
      ])
    const ordered = await two({ order: 2 }, { order: 1 })
    expect(ordered.visits[0]!.content.encounter.payer.organisation).toBe('Blue Cross')
    expect(ordered.warnings['several-insurances']).toBeUndefined()
    const alike = await two({}, {})
    expect(alike.visits[0]!.content.encounter.payer.organisation).toBe('Green')
    expect(alike.warnings['several-insurances']).toBe(1)
  })
})

describe('diagnoses of claims', () => {
  const concept = (code: string) => ({ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code }] })
  const benefit = {
    resourceType: 'ExplanationOfBenefit',
    id: 'b1',
    status: 'active',
    patient: { reference: 'Patient/p1' },
    created: '2020-03-05',
    diagnosis: [
      {
        sequence: 1,
        diagnosisCodeableConcept: concept('I10'),
        type: [{ coding: [{ code: 'principal' }] }],
      },
      {
        sequence: 2,
        diagnosisCodeableConcept: concept('E119'),
        type: [{ coding: [{ code: 'secondary' }] }],
        onAdmission: { coding: [{ code: 'y' }] },
      },
      { sequence: 3, diagnosisCodeableConcept: concept('I10') },
    ],
    item: [{ sequence: 1, diagnosisSequence: [2, 3], encounter: [{ reference: 'Encounter/e1' }] }],
  }
  it('that no condition says become those of the visit, and one that does is the same', async () => {
    const condition = {
      resourceType: 'Condition',
      code: concept('E11.9'),
      subject: { reference: 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      verificationStatus: { coding: [{ code: 'confirmed' }] },
    }
    const { visits, warnings, rejects } = await read([patient, encounter(), condition, benefit])
    const { diagnoses, claims } = visits[0]!.content
    expect(rejects).toEqual([])
    expect(diagnoses).toMatchObject([
      { code: { code: 'E119' }, rank: 1, presentOnAdmission: 'Y', verification: 'confirmed' },
      { code: { code: 'I10' }, rank: 2, role: 'principal', verification: 'unknown' },
    ])
    expect(diagnoses).toHaveLength(2)
    expect(claims[0]!.lines[0]!.diagnosisRanks).toEqual([1, 2])
    expect(warnings['diagnosis-from-claim']).toBe(1)
  })
})
