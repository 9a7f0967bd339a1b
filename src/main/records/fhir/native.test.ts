import { describe, expect, it } from 'vitest'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { JsonObject } from './json.ts'
import { Decimal, readJson } from './json.ts'
import { readObservation } from './read-observation.ts'
import { minorOf, majorText, readClaim } from './read-claim.ts'
import { consentFor, readConsent } from './read-consent.ts'
import { readPrescription, readProcedure } from './read-clinical.ts'
import { referInBundle, writeVisit } from './write-visit.ts'

// What is native on both sides cannot be seen in a round trip, where our extension mends what the reader gets wrong.

const QUIET = { warn: () => undefined, leave: () => undefined }
const json = (value: object): JsonObject => {
  const read = readJson(JSON.stringify(value))
  if (read.kind !== 'json') throw new Error(read.reason)
  return read.value as JsonObject
}
const observed = (value: object) =>
  readObservation(
    json({
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '2160-0' }] },
      ...value,
    }),
    { addNote: () => undefined },
    QUIET,
  )![0]!.value

describe('reading FHIR of others', () => {
  it('takes ranges, flags, comparators, methods and performers', () => {
    expect(
      observed({
        category: [{ coding: [{ code: 'laboratory' }] }],
        valueQuantity: { value: 1.5, unit: 'mg/dL' },
        referenceRange: [{ low: { value: 0.6 }, high: { value: 1.2 }, text: 'adults' }],
        interpretation: [{ coding: [{ code: 'H' }] }],
        method: { coding: [{ system: 's', code: 'm' }] },
        performer: [{ reference: 'Practitioner/dr-7' }],
        effectiveDateTime: '2020-01-02',
        issued: '2020-01-03T10:00:00Z',
      }),
    ).toMatchObject({
      refLow: '0.6',
      refHigh: '1.2',
      refText: 'adults',
      flag: 'H',
      method: { system: 's', code: 'm' },
      performer: 'dr-7',
      specimenCollected: '2020-01-02',
      resultDate: '2020-01-03T10:00:00Z',
    })
  })

  it('takes values of every kind', () => {
    const value = (form: object) => observed(form).value
    expect(value({ valueCodeableConcept: { coding: [{ system: 's', code: 'c', display: 'd' }] } })).toEqual({
      type: 'code',
      value: { system: 's', code: 'c', display: 'd' },
    })
    expect(value({ valueCodeableConcept: { text: 'yellow' } })).toEqual({ type: 'text', value: 'yellow' })
    expect(value({ valueString: 'clear' })).toEqual({ type: 'text', value: 'clear' })
    expect(value({ valueBoolean: false })).toEqual({ type: 'boolean', value: false })
    expect(value({ valueInteger: 7 })).toEqual({ type: 'decimal', value: '7' })
    expect(value({ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } })).toEqual({
      type: 'ratio',
      numerator: '1',
      denominator: '128',
    })
    expect(value({ valueRange: { low: { value: 2, unit: 'g' }, high: { value: 5, unit: 'g' } } })).toEqual({
      type: 'range',
      low: '2',
      high: '5',
      unit: 'g',
    })
    expect(value({ valuePeriod: { start: '2020', end: '2021' } })).toEqual({
      type: 'text',
      value: '2020/2021',
    })
    expect(value({ valueDateTime: '2020-02' })).toEqual({ type: 'text', value: '2020-02' })
    expect(value({ dataAbsentReason: { coding: [{ code: 'error' }] } })).toEqual({
      type: 'absent',
      reason: 'error',
    })
    expect(value({})).toEqual({ type: 'absent', reason: 'not-given' })
    expect(value({ valueQuantity: { value: '7.0', unit: 'g' } })).toEqual({
      type: 'decimal',
      value: '7.0',
      unit: 'g',
    })
  })

  it('takes doses, timings and supplies', () => {
    const read = readPrescription(
      json({
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: {
          coding: [{ system: 'http://www.whocc.no/atc', code: 'A10BA02' }],
          text: 'Metformin',
        },
        authoredOn: '2020-01-02',
        dosageInstruction: [
          {
            text: 'with meals',
            timing: { repeat: { frequency: 1, period: 8, periodUnit: 'h' }, code: { text: 'TID' } },
            route: { coding: [{ code: 'PO' }] },
            doseAndRate: [{ doseQuantity: { value: 500, unit: 'mg' } }],
          },
        ],
        dispenseRequest: {
          validityPeriod: { end: '2020-01-29' },
          expectedSupplyDuration: { value: 28 },
          quantity: { value: 84 },
          numberOfRepeatsAllowed: 2,
        },
      }),
      undefined,
      QUIET,
    )
    expect(read!.value).toEqual({
      code: { system: 'http://www.whocc.no/atc', code: 'A10BA02' },
      sourceCodings: [],
      ingredientAtc: 'A10BA02',
      status: 'active',
      intent: 'order',
      dose: { value: '500', unit: 'mg' },
      perDay: '3',
      frequency: 'TID',
      route: 'PO',
      start: '2020-01-02',
      end: '2020-01-29',
      daysSupply: 28,
      quantity: '84',
      refills: 2,
      text: 'Metformin\nwith meals',
    })
  })

  it('takes procedures with their period', () => {
    expect(
      readProcedure(
        json({
          status: 'completed',
          code: { coding: [{ system: 's', code: 'c' }] },
          performedPeriod: { start: '2020-01-01', end: '2020-01-02' },
        }),
        QUIET,
      )!.value,
    ).toEqual({
      code: { system: 's', code: 'c' },
      sourceCodings: [],
      status: 'completed',
      performed: '2020-01-01',
      performedEnd: '2020-01-02',
    })
  })

  it('adds up the adjudications of lines where a benefit has no totals', () => {
    const line = (code: string, value: number) => ({
      category: { coding: [{ code }] },
      amount: { value, currency: 'USD' },
    })
    const bluebutton = 'https://bluebutton.cms.gov/resources/variables/'
    const read = readClaim(
      json({ id: 'c', status: 'active', total: { value: 100.1, currency: 'USD' }, item: [] }),
      json({
        outcome: 'complete',
        item: [1, 2].map((sequence) => ({
          sequence,
          adjudication: [
            line(`${bluebutton}line_alowd_chrg_amt`, 40.05),
            line(`${bluebutton}line_prvdr_pmt_amt`, 30.04),
            line(`${bluebutton}line_coinsrnc_amt`, 10.01),
          ],
        })),
      }),
      { rankOf: () => undefined },
      QUIET,
    )
    expect(read.value).toMatchObject({
      currency: 'USD',
      currencyExponent: 2,
      status: 'paid',
      billedMinor: 10010,
      allowedMinor: 8010,
      paidByPayerMinor: 6008,
      paidByPatientMinor: 2002,
    })
  })
})

describe('money', () => {
  it('becomes whole minor units without floating point', () => {
    expect([
      minorOf('0.1', 2),
      minorOf('129.16', 2),
      minorOf('1e3', 0),
      minorOf('-7.005', 2),
      minorOf('350', 0),
    ]).toEqual([10, 12916, 1000, -701, 350])
    expect(minorOf('90071992547409.91', 2)).toBe(9007199254740991)
    expect(minorOf('1e-50', 2)).toBe(0)
    expect([majorText(-5, 2), majorText(12500, 2), majorText(7, 0)]).toEqual(['-0.05', '125.00', '7'])
  })
})

describe('writing FHIR for others', () => {
  const visit: VisitDraft = {
    patient: { sex: 'male', birthDate: '1960-01-01', consent: { scope: 'all' }, linkTokens: [] },
    encounter: {
      class: 'IMP',
      status: 'finished',
      admission: { at: '2020-01-01T08:00+08:00' },
      day: '2020-01-01',
      discharge: { at: '2020-01-03' },
      payer: { type: 'PRIVATE', organisation: 'Insurer', plan: 'P', group: 'G' },
      dischargeDisposition: 'home',
    },
    observations: [
      {
        code: { system: 'http://loinc.org', code: '2160-0' },
        kind: 'lab',
        status: 'final',
        value: { type: 'decimal', value: '1.50', unit: 'mg/dL' },
        refLow: '0.6',
        refHigh: '1.2',
        flag: 'H',
        specimenCollected: '2020-01-01',
        resultDate: '2020-01-02T10:00:00+08:00',
        sourceCodings: [],
      },
    ],
    diagnoses: [
      {
        code: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'E1122' },
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        verification: 'confirmed',
        onset: '2019',
      },
    ],
    procedures: [],
    prescriptions: [
      {
        code: { system: 'http://www.whocc.no/atc', code: 'A10BA02' },
        sourceCodings: [],
        ingredientAtc: 'A10BA02',
        dose: { value: '500', unit: 'mg' },
        perDay: '2',
        start: '2020-01-01',
        end: '2020-01-28',
        daysSupply: 28,
        status: 'active',
        intent: 'order',
      },
    ],
    claims: [
      {
        claimId: 'c1',
        type: 'institutional',
        status: 'paid',
        currency: 'USD',
        currencyExponent: 2,
        billedMinor: 12345,
        allowedMinor: 12000,
        paidByPayerMinor: 10000,
        submitted: '2020-01-05',
        adjudicated: '2020-02-05',
        lines: [{ code: { system: 'local', code: 'bed' }, netMinor: 12345, diagnosisRanks: [1] }],
      },
    ],
    notes: [],
  }
  const written = writeVisit(
    { visitId: '0123456789abcdef0123456789abcdef', content: visit },
    'urn:uuid:p',
    { sex: 'male', birthDate: '1960-01-01', linkTokens: [] } as never,
    referInBundle,
  )
  const part = (type: string) => written.parts.find((each) => each.resourceType === type) as any
  const places = (resource: any) => resource.extension[0].extension.map((each: any) => each.url)

  it('says in its own words what FHIR has words for', () => {
    expect(written.encounter).toMatchObject({
      class: { code: 'IMP' },
      period: { start: '2020-01-01T08:00:00+08:00', end: '2020-01-03' },
      hospitalization: { dischargeDisposition: { coding: [{ code: 'home' }] } },
      diagnosis: [{ use: { coding: [{ code: 'DD' }, {}] }, rank: new Decimal('1') }],
    })
    expect(part('Observation')).toMatchObject({
      effectiveDateTime: '2020-01-01',
      issued: '2020-01-02T10:00:00+08:00',
      valueQuantity: {
        value: new Decimal('1.50'),
        unit: 'mg/dL',
        system: 'http://unitsofmeasure.org',
        code: 'mg/dL',
      },
      referenceRange: [{ low: { value: new Decimal('0.6') }, high: { value: new Decimal('1.2') } }],
      interpretation: [{ coding: [{ code: 'H' }] }],
    })
    expect(part('Condition')).toMatchObject({
      code: { coding: [{ code: 'E11.22' }] },
      onsetDateTime: '2019',
      verificationStatus: { coding: [{ code: 'confirmed' }] },
    })
    expect(part('MedicationRequest')).toMatchObject({
      authoredOn: '2020-01-01',
      dosageInstruction: [
        {
          doseAndRate: [{ doseQuantity: { value: new Decimal('500'), code: 'mg' } }],
          timing: { repeat: { frequency: new Decimal('2'), periodUnit: 'd' } },
        },
      ],
      dispenseRequest: {
        validityPeriod: { end: '2020-01-28' },
        expectedSupplyDuration: { value: new Decimal('28') },
      },
    })
    expect(part('Claim')).toMatchObject({
      total: { value: new Decimal('123.45'), currency: 'USD' },
      diagnosis: [{ diagnosisReference: { reference: `urn:uuid:${part('Condition').id}` } }],
      item: [{ diagnosisSequence: [new Decimal('1')], net: { value: new Decimal('123.45') } }],
    })
    expect(part('ExplanationOfBenefit')).toMatchObject({
      outcome: 'complete',
      total: [{ category: { coding: [{ code: 'eligible' }] }, amount: { value: new Decimal('120.00') } }],
      payment: { amount: { value: new Decimal('100.00') } },
    })
    expect(part('Coverage')).toMatchObject({
      payor: [{ display: 'Insurer' }],
      class: [
        { type: { coding: [{ code: 'plan' }] }, value: 'P' },
        { type: { coding: [{ code: 'group' }] }, value: 'G' },
      ],
    })
  })

  it('a consent that is limited or filed, about its visit, as a reader without our extension takes it', async () => {
    const consent = { scope: 'no-insurer', from: '2020', to: '2027-01', ref: 'form 7' } as const
    const content = { ...visit, patient: { ...visit.patient, consent } }
    const { encounter, parts } = writeVisit(
      { visitId: '0123456789abcdef0123456789abcdef', content },
      'urn:uuid:p',
      visit.patient,
      referInBundle,
    )
    const resource = parts.find((each) => each.resourceType === 'Consent')!
    expect(resource).toMatchObject({ status: 'active', identifier: [{ value: 'form 7' }, {}] })
    const read = readConsent(resource as never, QUIET)
    if (read.kind !== 'consent') throw new Error(read.kind)
    const isIt = (reference: JsonObject) => reference['reference'] === `urn:uuid:${encounter.id}`
    expect(consentFor([read.value], '2020-01-01', isIt, 'all')).toEqual(consent)
    expect(consentFor([read.value], '2020-01-01', () => false, 'all')).toBeNull()
  })

  it('and in the extension only what it has none for', () => {
    expect(places(part('Observation'))).toEqual(['order'])
    expect(places(part('Condition'))).toEqual(['order'])
    expect(places(part('MedicationRequest'))).toEqual(['order'])
    expect(places(part('Claim'))).toEqual(['order'])
    // The clock time without seconds, the payer, and the consent, which no patient resource says.
    expect(places(written.encounter)).toEqual(['encounter.admission', 'encounter.payer', 'patient.consent'])
  })
})

describe('consents of a file', () => {
  const read = (more: object, provision: object) => {
    const scope = { coding: [{ code: 'patient-privacy' }] }
    const answer = readConsent({ status: 'active', scope, ...more, provision } as never, QUIET)
    if (answer.kind !== 'consent') throw new Error(answer.reason)
    return answer.value
  }
  const research = { purpose: [{ code: 'HRESCH' }] }
  const insurers = (type: string) => ({
    type,
    purpose: [{ system: 'urn:consilium:purpose', code: 'insurer-statistics' }],
  })
  const on = (day: string, ...consents: ReturnType<typeof read>[]) =>
    consentFor(consents, day, () => true, 'treatment-and-research')

  it('that were refused allow nothing, whatever a provision inside permits', () => {
    const refused = read(
      { status: 'rejected' },
      {
        period: { start: '2019-01-01', end: '2020-01-01' },
        provision: [{ type: 'permit', ...research }, insurers('permit')],
      },
    )
    expect(refused).toMatchObject({ allowsResearch: false, allowsInsurers: false })
    expect(on('2023-05-01', refused)).toEqual({ scope: 'treatment-only' })
  })

  it('that are over by their period limit no visit after it', () => {
    const old = read(
      {},
      { period: { end: '2020-12-31' }, provision: [{ type: 'permit', ...research }, insurers('deny')] },
    )
    const now = read(
      {},
      { period: { start: '2021-01-01' }, provision: [{ type: 'permit', ...research }, insurers('permit')] },
    )
    expect(on('2023-05-01', old, now)).toEqual({ scope: 'all', from: '2021-01-01' })
    expect(on('2019-05-01', old, now)).toEqual({ scope: 'no-insurer', to: '2020-12-31' })
    // Alone it says how far it went, so that studies leave out whom it does not cover any more.
    expect(on('2023-05-01', old)).toEqual({ scope: 'no-insurer', to: '2020-12-31' })
    const denial = (period: object) => read({}, { type: 'deny', period, ...research })
    expect(on('2023-05-01', denial({ end: '2020-12-31' }))).toBeNull()
    expect(on('2020-05-01', denial({ end: '2020-12-31' }))).toEqual({
      scope: 'treatment-only',
      to: '2020-12-31',
    })
    // A denial that came after the visit is one of its data too.
    expect(on('2023-05-01', now, denial({ start: '2024-01-01' }))).toMatchObject({ scope: 'treatment-only' })
  })
})
