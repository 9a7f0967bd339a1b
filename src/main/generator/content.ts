/** A visit's facts as the record that a form or an importer would give. */
import { LAB_TESTS, LOINC_SYSTEM } from '../../shared/domain/lab-tests.ts'
import type { LabTest } from '../../shared/domain/lab-tests.ts'
import type { VisitDraft } from '../../shared/domain/source.ts'
import type { Claim, Diagnosis, Observation, Prescription } from '../../shared/domain/visit.ts'
import { clockText, EVENT_CODES, isoDay } from './facts.ts'
import type { VisitFacts } from './facts.ts'
import type { Person } from './people.ts'
import type { Membership } from './plans.ts'

export const ICD10_CM = 'http://hl7.org/fhir/sid/icd-10-cm'
const ICD10_PCS = 'http://www.cms.gov/Medicare/Coding/ICD10'
const ATC = 'http://www.whocc.no/atc'
const SNOMED = 'http://snomed.info/sct'
export const DEPARTMENT_SYSTEM =
  'https://twcore.mohw.gov.tw/ig/twcore/CodeSystem/medical-treatment-department-nhi-tw'
export const ZONE = 'Asia/Taipei'
const OFFSET = '+08:00'

const TESTS: Record<string, LabTest> = Object.fromEntries(LAB_TESTS.map((test) => [test.key, test]))
const SMOKING_CODES = { never: '266919005', former: '8517006', current: '77176002' } as const
const CHRONIC = /^(I10|E11|E78|N18|E66)/

export const MEDICINES: Record<string, { name: string; dose: string; perDay: string; frequency: string }> = {
  C09AA05: { name: 'ramipril 5 mg', dose: '5', perDay: '1', frequency: 'QD' },
  C10AA05: { name: 'atorvastatin 20 mg', dose: '20', perDay: '1', frequency: 'QD' },
  A10BA02: { name: 'metformin 500 mg', dose: '500', perDay: '2', frequency: 'BID' },
}
const SUPPLY_DAYS = 28

export interface ContentOptions {
  /** Leave out laboratory results, as before they came. */
  withoutLabs?: boolean
}

/** Department that fits the visit: emergency, cardiology's ward of general medicine, or family medicine. */
export function departmentOf(facts: VisitFacts): string {
  if (facts.visitClass === 'EMER') return '22'
  if (facts.visitClass === 'IMP') return facts.dx[0] === 'I639' ? '12' : '02'
  return facts.dx[0] === 'Z0000' ? '01' : '02'
}

export function contentOf(
  facts: VisitFacts,
  person: Person,
  membership: Membership,
  options: ContentOptions = {},
): VisitDraft {
  const admission = `${isoDay(facts.day)}T${clockText(facts.minute)}:00${OFFSET}`
  const observations: Observation[] = []
  const measure = (key: string, value: string, unit?: string) => {
    if (value !== '') observations.push(measurementOf(facts, TESTS[key]!, value, unit, admission))
  }
  measure('sbp', facts.sbp)
  measure('dbp', facts.dbp)
  measure('hr', facts.hr)
  measure('height', facts.height)
  measure('weight', facts.weight)
  measure('bmi', facts.bmi)
  if (facts.smoking !== '') {
    observations.push({
      code: { system: LOINC_SYSTEM, code: TESTS['smoking']!.loinc },
      kind: 'social',
      status: 'final',
      value: { type: 'code', value: { system: SNOMED, code: SMOKING_CODES[facts.smoking] } },
      effective: admission,
      sourceCodings: [],
    })
  }
  if (options.withoutLabs !== true) {
    measure('hba1c', facts.hba1c, facts.hba1cUnit)
    measure(facts.visitClass === 'AMB' ? 'glucF' : 'gluc', facts.glucose, facts.glucoseUnit)
    measure('ldlD', facts.ldl, facts.ldlUnit)
    measure('hdl', facts.hdl)
    measure('tg', facts.tg)
    measure('creat', facts.creat, facts.creatUnit)
    measure('alt', facts.alt)
    measure('hgb', facts.hgb)
    measure('k', facts.k)
  }
  const isInpatient = facts.visitClass === 'IMP'
  return {
    patient: {
      sex: facts.sex,
      birthDate: facts.birthDate,
      ...(facts.deathDay === null ? {} : { deceased: true, deathDate: isoDay(facts.deathDay) }),
      residenceRegion: person.region,
      consent: { scope: 'treatment-and-research' },
      linkTokens: [],
    },
    encounter: {
      class: facts.visitClass,
      status: facts.isRetracted ? 'entered-in-error' : 'finished',
      admission: { at: admission, zone: ZONE },
      day: isoDay(facts.day),
      ...(facts.dischargeDay === null
        ? {}
        : {
            discharge: {
              at: `${isoDay(facts.dischargeDay)}T${isInpatient ? '23:00' : '22:30'}:00${OFFSET}`,
              zone: ZONE,
            },
          }),
      department: { system: DEPARTMENT_SYSTEM, code: departmentOf(facts) },
      payer: {
        type: membership.payer,
        ...(membership.insurer === null ? {} : { organisation: membership.insurer }),
        ...(membership.plan === null ? {} : { plan: membership.plan }),
        ...(membership.group === null ? {} : { group: membership.group }),
      },
      ...(facts.disposition === '' ? {} : { dischargeDisposition: facts.disposition }),
    },
    observations,
    diagnoses: facts.dx.map((code, k) => diagnosisOf(code, k, isInpatient)),
    procedures:
      facts.px === ''
        ? []
        : [
            {
              code: { system: ICD10_PCS, code: facts.px },
              sourceCodings: [],
              performed: isoDay(facts.day),
              status: 'completed',
            },
          ],
    prescriptions: facts.meds.map((atc) => prescriptionOf(atc, facts)),
    ...(isInpatient
      ? {
          outcome: {
            deathInHospital: facts.disposition === 'exp',
            icuDays: facts.icuDays,
            adverseEvents: [],
          },
        }
      : {}),
    claims: facts.claims.map((money) => claimOf(money, facts)),
    notes: [],
  }
}

function measurementOf(
  facts: VisitFacts,
  test: LabTest,
  value: string,
  unit: string | undefined,
  admission: string,
): Observation {
  // Digits of another width are no number to a laboratory system either: they arrive as text.
  const isNumber = value.charCodeAt(0) < 0x80
  const isLab = test.kind === 'lab'
  return {
    code: { system: LOINC_SYSTEM, code: test.loinc },
    kind: isLab ? 'lab' : 'vital',
    status: 'final',
    value: isNumber ? { type: 'decimal', value, unit: unit ?? test.unit } : { type: 'text', value },
    ...(isLab
      ? {
          specimenCollected: isoDay(facts.specimenDay),
          resultDate: `${isoDay(facts.resultDay)}T18:00:00${OFFSET}`,
        }
      : { effective: admission }),
    sourceCodings: [],
  }
}

function diagnosisOf(code: string, k: number, isInpatient: boolean): Diagnosis {
  return {
    code: { system: ICD10_CM, code },
    sourceCodings: [],
    role: k === 0 ? 'principal' : 'secondary',
    rank: k + 1,
    ...(isInpatient ? { presentOnAdmission: 'Y' as const } : {}),
    verification: 'confirmed',
    ...(CHRONIC.test(code) && !(EVENT_CODES as readonly string[]).includes(code) ? { chronic: true } : {}),
  }
}

function prescriptionOf(atc: string, facts: VisitFacts): Prescription {
  const medicine = MEDICINES[atc]!
  return {
    code: { system: ATC, code: atc, display: medicine.name },
    sourceCodings: [],
    ingredientAtc: atc,
    dose: { value: medicine.dose, unit: 'mg' },
    perDay: medicine.perDay,
    frequency: medicine.frequency,
    start: isoDay(facts.day),
    end: isoDay(facts.day + SUPPLY_DAYS - 1),
    daysSupply: SUPPLY_DAYS,
    refills: 2,
    status: facts.isRetracted ? 'entered-in-error' : 'completed',
    intent: 'order',
  }
}

function claimOf(money: VisitFacts['claims'][number], facts: VisitFacts): Claim {
  const visitPart = Math.trunc(money.billed * 0.6)
  return {
    claimId: money.claimId,
    type: facts.visitClass === 'IMP' ? 'institutional' : 'professional',
    status: money.reverses === '' ? 'paid' : 'reversed',
    currency: 'TWD',
    currencyExponent: 0,
    billedMinor: money.billed,
    allowedMinor: money.allowed,
    paidByPayerMinor: money.paid,
    paidByPatientMinor: money.allowed - money.paid,
    submitted: isoDay((facts.dischargeDay ?? facts.day) + 7),
    adjudicated: isoDay((facts.dischargeDay ?? facts.day) + 40),
    ...(money.reverses === '' ? {} : { reverses: money.reverses }),
    lines: [
      { code: { system: 'local', code: 'visit' }, quantity: '1', netMinor: visitPart, diagnosisRanks: [1] },
      {
        code: { system: 'local', code: 'tests-and-medicines' },
        quantity: '1',
        netMinor: money.billed - visitPart,
        diagnosisRanks: [],
      },
    ],
  }
}
