/** An ordinary visit, as the form hands it in. */
import type { VisitInput } from '../../shared/contract/records.ts'

/** Of hypertension at half past nine; `over` replaces whole parts. */
export const plainVisit = (patientId: string, day: string, over: Partial<VisitInput> = {}): VisitInput => ({
  patientId,
  encounter: {
    class: 'AMB',
    status: 'finished',
    admission: { at: `${day}T09:30:00+08:00` },
    department: { system: 'local', code: 'AA', display: 'Family medicine' },
    payer: { type: 'NHI' },
  },
  observations: [],
  diagnoses: [
    {
      code: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10', display: 'Hypertension' },
      sourceCodings: [],
      role: 'principal',
      rank: 1,
      verification: 'confirmed',
    },
  ],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  consent: { scope: 'treatment-and-research' },
  confirmations: [],
  ...over,
})

/** The one diagnosis of a visit, as somebody wrote it. */
export const diabetes = (text: string): VisitInput['diagnoses'] => [
  {
    code: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'E119', display: 'Type 2 diabetes' },
    sourceCodings: [],
    role: 'principal',
    rank: 1,
    verification: 'confirmed',
    text,
  },
]

const LOINC = 'http://loinc.org'
const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm'

/** An outpatient visit with everything that the form can say of one. */
export const wholeVisit = (patientId: string, day: string): VisitInput => {
  const lab = (
    code: { system: string; code: string; display: string },
    value: VisitInput['observations'][number]['value'],
    more: Partial<VisitInput['observations'][number]> = {},
  ): VisitInput['observations'][number] => ({
    code,
    kind: 'lab',
    status: 'final',
    value,
    specimenCollected: day,
    resultDate: day,
    sourceCodings: [],
    ...more,
  })
  const observed = (
    kind: 'vital' | 'social',
    code: string,
    display: string,
    value: VisitInput['observations'][number]['value'],
  ): VisitInput['observations'][number] => ({
    code: { system: LOINC, code, display },
    kind,
    status: 'final',
    value,
    effective: `${day}T09:30:00+08:00`,
    sourceCodings: [],
  })
  const vital = (code: string, display: string, value: string, unit: string) =>
    observed('vital', code, display, { type: 'decimal', value, unit })
  const { resultDate: _none, ...awaited } = lab(
    { system: LOINC, code: '3016-3', display: 'TSH' },
    { type: 'absent', reason: 'pending' },
    { status: 'registered' },
  )
  return plainVisit(patientId, day, {
    encounter: {
      class: 'AMB',
      status: 'finished',
      admission: { at: `${day}T09:30:00+08:00`, zone: 'Asia/Taipei' },
      department: { system: 'local', code: 'AA', display: 'Family medicine' },
      attender: 'Dr Lin',
      payer: { type: 'PRIVATE', organisation: 'Example Insurance', plan: 'Gold', group: 'Mill workers' },
      reason: { text: '回診：血糖' },
    },
    observations: [
      vital('8480-6', 'Systolic blood pressure', '128', 'mm[Hg]'),
      vital('8462-4', 'Diastolic blood pressure', '82', 'mm[Hg]'),
      vital('8310-5', 'Body temperature', '36.80', 'Cel'),
      observed('social', '72166-2', 'Tobacco smoking status', {
        type: 'code',
        value: { system: 'http://snomed.info/sct', code: '266919005' },
      }),
      lab(
        { system: LOINC, code: '2823-3', display: 'Potassium' },
        { type: 'decimal', value: '5.60', unit: 'mmol/L', unitSource: 'meq/L' },
        { refLow: '3.5', refHigh: '5.1', flag: 'H' },
      ),
      lab(
        { system: LOINC, code: '10839-9', display: 'Troponin I' },
        { type: 'decimal', value: '0.04', comparator: '<', unit: 'ng/mL' },
      ),
      lab(
        { system: LOINC, code: '5196-1', display: 'Hepatitis B surface antigen' },
        {
          type: 'code',
          value: { system: 'http://snomed.info/sct', code: '260385009', display: 'Negative' },
        },
      ),
      lab(
        { system: 'local', code: '院內檢驗', display: '院內檢驗' },
        { type: 'decimal', value: '3.1', unit: 'arb. units' },
      ),
      lab(
        { system: 'local', code: 'Blood film', display: 'Blood film' },
        { type: 'text', value: '2+ / 1:80' },
      ),
      awaited,
    ],
    diagnoses: [
      {
        code: { system: ICD10, code: 'E119', display: 'Type 2 diabetes' },
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        onset: '2019-05',
        verification: 'confirmed',
        chronic: true,
        text: '第二型糖尿病，控制中',
      },
      {
        code: { system: 'local', code: 'headache of sailors', display: 'headache of sailors' },
        sourceCodings: [],
        role: 'secondary',
        rank: 2,
        verification: 'provisional',
        unlisted: true,
      },
    ],
    procedures: [
      {
        code: { system: 'local', code: 'ECG', display: 'Electrocardiogram' },
        sourceCodings: [],
        performed: day,
        status: 'completed',
        laterality: 'left',
        text: 'no change',
      },
    ],
    prescriptions: [
      {
        code: { system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'metformin' },
        sourceCodings: [],
        ingredientAtc: 'A10BA02',
        dose: { value: '500', unit: 'mg' },
        perDay: '2',
        route: 'PO',
        frequency: 'BID',
        start: day,
        daysSupply: 28,
        quantity: '56',
        refills: 2,
        status: 'active',
        intent: 'order',
        text: 'after meals',
      },
      {
        code: { system: 'local', code: 'own syrup', display: 'own syrup' },
        sourceCodings: [],
        asNeeded: true,
        start: day,
        end: day,
        status: 'active',
        intent: 'order',
      },
    ],
    claims: [
      {
        claimId: `claim-${day}`,
        type: 'professional',
        status: 'draft',
        currency: 'TWD',
        currencyExponent: 0,
        billedMinor: 850,
        allowedMinor: 800,
        paidByPayerMinor: 700,
        paidByPatientMinor: 100,
        copayMinor: 50,
        deductibleMinor: 50,
        lines: [
          {
            code: { system: 'local', code: '00109C', display: 'Consultation' },
            quantity: '1',
            unitPriceMinor: 850,
            netMinor: 850,
            diagnosisRanks: [1, 2],
          },
        ],
      },
    ],
    notes: ['第一行\n第二行', 'a second note'],
    consent: { scope: 'no-insurer' },
  })
}

/** A stay that ended in hospital. */
export const wholeStay = (patientId: string, day: string): VisitInput => {
  const month = day.slice(0, 8)
  return plainVisit(patientId, day, {
    encounter: {
      class: 'IMP',
      status: 'finished',
      admission: { at: `${day}T22:10:00+08:00`, zone: 'Asia/Taipei' },
      discharge: { at: `${month}09T11:00:00+08:00`, zone: 'Asia/Taipei' },
      department: { system: 'local', code: 'AA', display: 'Family medicine' },
      payer: { type: 'NHI' },
      admitSource: 'emd',
      dischargeDisposition: 'home',
    },
    diagnoses: [
      {
        code: { system: ICD10, code: 'I509', display: 'Heart failure' },
        sourceCodings: [],
        role: 'principal',
        rank: 1,
        presentOnAdmission: 'Y',
        verification: 'confirmed',
      },
    ],
    outcome: { icuDays: 2, ventilatorDays: 1, adverseEvents: [] },
    consent: { scope: 'treatment-only' },
  })
}
