import { describe, expect, it } from 'vitest'
import { dayOfCivil } from './dates.ts'
import { LAB_TESTS, labTestByKey, LOINC_SYSTEM } from './lab-tests.ts'
import {
  checkValue,
  checkVisit,
  isConfirmed,
  openFindings,
  repairIcd10,
  showIcd10,
  VISIT_RULES,
} from './visit-check.ts'
import type { CheckContext, CheckedVisit } from './visit-check.ts'
import type { Diagnosis, Observation, Prescription } from './visit.ts'

const CM = 'http://hl7.org/fhir/sid/icd-10-cm'
const context: CheckContext = {
  mode: 'form',
  patient: { sex: 'male', birthDate: '1960-05-20' },
  today: dayOfCivil(2026, 3, 1),
  currency: 'TWD',
}

function diagnosis(code: string, change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    code: { system: CM, code },
    sourceCodings: [],
    role: 'principal',
    rank: 1,
    verification: 'confirmed',
    ...change,
  }
}
function lab(key: string, value: string, change: Partial<Observation> = {}, unit?: string): Observation {
  const test = labTestByKey(key)!
  return {
    code: { system: LOINC_SYSTEM, code: test.loinc },
    kind: test.kind === 'lab' ? 'lab' : 'vital',
    status: 'final',
    value: { type: 'decimal', value, unit: unit ?? test.unit },
    ...(test.kind === 'lab' ? { specimenCollected: '2026-02-01', resultDate: '2026-02-01' } : {}),
    sourceCodings: [],
    ...change,
  }
}
function prescription(change: Partial<Prescription> = {}): Prescription {
  return {
    code: { system: 'http://www.whocc.no/atc', code: 'A10BA02' },
    sourceCodings: [],
    ingredientAtc: 'A10BA02',
    dose: { value: '500', unit: 'mg' },
    perDay: '2',
    start: '2026-02-01',
    end: '2026-02-28',
    daysSupply: 28,
    status: 'active',
    intent: 'order',
    ...change,
  }
}
function visit(change: Partial<CheckedVisit> = {}): CheckedVisit {
  return {
    encounter: {
      class: 'AMB',
      status: 'finished',
      admission: { at: '2026-02-01T09:00:00+08:00', zone: 'Asia/Taipei' },
      department: { system: 'local', code: '01' },
      payer: { type: 'NHI' },
    },
    observations: [],
    diagnoses: [diagnosis('I10')],
    procedures: [],
    prescriptions: [],
    claims: [],
    ...change,
  }
}
const rules = (value: CheckedVisit, change: Partial<CheckContext> = {}) =>
  checkVisit(value, { ...context, ...change }).map((each) => `${each.path} ${each.rule} ${each.severity}`)

describe('checkVisit', () => {
  it('finds nothing in a good visit', () => {
    expect(
      rules(
        visit({
          observations: [lab('sbp', '120'), lab('dbp', '80'), lab('hba1c', '6.5'), lab('ldl', '110')],
          prescriptions: [prescription()],
        }),
      ),
    ).toEqual([])
  })

  it('refuses what is beyond the hard limit and offers the shifted point', () => {
    const found = checkVisit(visit({ observations: [lab('sbp', '1200')] }), context)
    expect(found).toMatchObject([
      { path: 'observations.0.value', rule: 'above-hard-limit', severity: 'refuse', suggestion: '120' },
    ])
    expect(found[0]!.params).toMatchObject({ value: '1200', limit: '300', unit: 'mm[Hg]', nameZh: '收縮壓' })
  })

  it('offers the value in the unit of the field when it was meant in another unit', () => {
    const suggestion = (key: string, value: string) =>
      checkVisit(visit({ observations: [lab(key, value)] }), context)[0]?.suggestion
    expect(suggestion('hba1c', '48')).toBe('6.5')
    expect(suggestion('ldl', '3.4')).toBe('131')
    expect(suggestion('creat', '88')).toBe('1.00')
    expect(suggestion('temp', '98.6')).toBe('37.0')
    expect(suggestion('height', '1.75')).toBe('175.0')
  })

  it('asks about what is beyond the soft limit, once and for this value only', () => {
    const found = checkVisit(visit({ observations: [lab('sbp', '210')] }), context)
    expect(found).toMatchObject([{ rule: 'above-soft-limit', severity: 'confirm' }])
    const confirmation = { path: 'observations.0.value', rule: 'above-soft-limit', value: '210', by: 'clerk' }
    expect(openFindings(found, [confirmation])).toEqual([])
    expect(isConfirmed(found[0]!, [{ ...confirmation, value: '220' }])).toBe(false)
    const refused = checkVisit(visit({ observations: [lab('sbp', '1200')] }), context)
    expect(
      openFindings(refused, [{ ...confirmation, rule: 'above-hard-limit', value: '1200' }]),
    ).toHaveLength(1)
  })

  it('judges the canonical value, so a value is good in every unit of its test', () => {
    expect(rules(visit({ observations: [lab('gluc', '5.5', {}, 'mmol/L')] }))).toEqual([])
    expect(rules(visit({ observations: [lab('gluc', '5.5')] }))).toEqual([
      'observations.0.value below-hard-limit refuse',
    ])
  })

  it('asks about a unit that the table does not know', () => {
    expect(rules(visit({ observations: [lab('hgb', '14', {}, 'g/dram')] }))).toEqual([
      'observations.0.unit unknown-unit confirm',
    ])
  })

  it('does not judge a value that the device only bounded', () => {
    const value = { type: 'decimal', value: '0.001', unit: 'ng/mL', comparator: '<' } as const
    expect(rules(visit({ observations: [lab('ferritin', '1', { value })] }))).toEqual([])
  })

  it('refuses a diastolic pressure that is not below its systolic one', () => {
    expect(rules(visit({ observations: [lab('sbp', '80'), lab('dbp', '120')] }))).toEqual([
      'observations.1.value diastolic-not-below-systolic refuse',
    ])
    expect(rules(visit({ observations: [lab('sbp', '120'), lab('dbp', '110')] }))).toEqual([
      'observations.1.value pulse-pressure-unusual confirm',
    ])
  })

  it('compares pressures of one time with each other, whatever was measured before', () => {
    const at = (key: string, value: string, clock: string) =>
      lab(key, value, { effective: `2026-02-01T${clock}:00+08:00` })
    const day = [at('sbp', '90', '08:00'), at('sbp', '150', '12:00'), at('dbp', '95', '12:00')]
    expect(rules(visit({ observations: day }))).toEqual([])
    expect(rules(visit({ observations: [...day, at('dbp', '90', '08:00')] }))).toEqual([
      'observations.3.value diastolic-not-below-systolic refuse',
    ])
  })

  it('recomputes body mass, filtration and cholesterol', () => {
    expect(
      rules(visit({ observations: [lab('height', '175'), lab('weight', '70'), lab('bmi', '32.9')] })),
    ).toEqual(['observations.2.value body-mass-index-differs confirm'])
    expect(rules(visit({ observations: [lab('creat', '2.0'), lab('egfr', '90')] }))).toEqual([
      'observations.1.value filtration-differs confirm',
    ])
    expect(rules(visit({ observations: [lab('chol', '150'), lab('hdl', '60'), lab('ldl', '130')] }))).toEqual(
      ['observations.0.value cholesterol-parts-exceed-total confirm'],
    )
  })

  it('compares weight and height with the last known ones', () => {
    const previous = {
      weight: { value: 70, day: dayOfCivil(2026, 1, 10) },
      height: { value: 170, day: dayOfCivil(2020, 1, 1) },
    }
    expect(rules(visit({ observations: [lab('height', '175'), lab('weight', '95')] }), { previous })).toEqual(
      ['observations.1.value weight-jump confirm', 'observations.0.value height-jump confirm'],
    )
  })

  it('asks for dates of laboratory tests, in order and in time', () => {
    const without = lab('hba1c', '6.5', { specimenCollected: undefined, resultDate: undefined })
    expect(rules(visit({ observations: [without] }))).toEqual([
      'observations.0.specimenCollected required refuse',
      'observations.0.resultDate required refuse',
    ])
    expect(rules(visit({ observations: [lab('hba1c', '6.5', { resultDate: '2026-01-31' })] }))).toEqual([
      'observations.0.resultDate result-before-specimen refuse',
    ])
    expect(
      rules(visit({ observations: [lab('hba1c', '6.5', { specimenCollected: '2025-11-01' })] })),
    ).toEqual([
      'observations.0.resultDate result-late confirm',
      'observations.0.specimenCollected specimen-outside-stay confirm',
    ])
    expect(rules(visit({ observations: [lab('hba1c', '6.5', { resultDate: '2026-02-30' })] }))).toEqual([
      'observations.0.resultDate date-does-not-exist refuse',
    ])
  })

  it('refuses impossible orders of birth, admission and discharge, with the exchanged date where it helps', () => {
    const stay = (admission: string, discharge?: string): Partial<CheckedVisit> => ({
      encounter: {
        ...visit().encounter,
        class: 'IMP',
        dischargeDisposition: 'home',
        admission: { at: admission },
        ...(discharge === undefined ? {} : { discharge: { at: discharge } }),
      },
      diagnoses: [diagnosis('I10', { presentOnAdmission: 'Y' })],
    })
    expect(checkVisit(visit(stay('2026-01-10', '2026-02-01')), context)).toEqual([])
    expect(checkVisit(visit(stay('2026-01-10', '2026-01-02')), context)).toMatchObject([
      { rule: 'discharge-before-admission', severity: 'refuse', suggestion: '2026-02-01' },
    ])
    expect(rules(visit(stay('2026-01-10')))).toEqual(['encounter.discharge required refuse'])
    expect(rules(visit(stay('1950-01-10', '1950-01-11')))).toEqual([
      'encounter.admission before-birth refuse',
    ])
    expect(checkVisit(visit(stay('2026-04-02')), context)[0]).toMatchObject({
      rule: 'in-future',
      suggestion: '2026-02-04',
    })
    expect(rules(visit(stay('2024-01-10', '2025-02-01')))).toEqual([
      'encounter.discharge stay-over-one-year confirm',
    ])
    expect(rules(visit(stay('2010-01-10', '2025-02-01')))).toEqual([
      'encounter.discharge stay-over-ten-years refuse',
    ])
    expect(rules(visit(stay('2026-02-30')))[0]).toBe('encounter.admission date-does-not-exist refuse')
    expect(rules(visit(stay('2026-02-01T10:00:00+08:00', '2026-02-01T09:00:00+08:00')))).toEqual([
      'encounter.discharge discharge-before-admission refuse',
    ])
  })

  it('asks about a visit after death', () => {
    expect(rules(visit(), { patient: { ...context.patient, deathDate: '2026-01-01' } })).toEqual([
      'encounter.admission after-death confirm',
    ])
  })

  it('asks about a sex that the last visit said otherwise, and not where one of them is unknown', () => {
    const asked = ['patient.sex sex-differs confirm']
    expect(rules(visit(), { patient: { ...context.patient, earlierSex: 'female' } })).toEqual(asked)
    for (const earlierSex of ['male', 'unknown'] as const)
      expect(rules(visit(), { patient: { ...context.patient, earlierSex } })).toEqual([])
  })

  it('proposes the end of a stay as the date of death where the visit says so, until one is known', () => {
    const { encounter } = visit()
    const died = visit({
      encounter: {
        ...encounter,
        discharge: { at: '2026-02-03T10:00:00+08:00' },
        dischargeDisposition: 'exp',
      },
    })
    const [finding] = checkVisit(died, context)
    expect(finding).toMatchObject({ rule: 'death-proposed', severity: 'confirm' })
    expect(finding!.params).toEqual({ value: '2026-02-03' })
    expect(rules(visit({ outcome: { deathInHospital: true, adverseEvents: [] } }))).toEqual([
      'outcome.deathInHospital death-proposed confirm',
    ])
    const known = { patient: { ...context.patient, deathDate: '2026-02-03' } }
    expect(rules(died, known)).toEqual([])
    expect(rules(died, { mode: 'import' })).toEqual([])
  })

  it('wants exactly one principal diagnosis, well-formed codes and ranks that differ', () => {
    expect(rules(visit({ diagnoses: [] }))).toEqual(['diagnoses one-principal-diagnosis refuse'])
    const found = checkVisit(
      visit({ diagnoses: [diagnosis('I10'), diagnosis('EO119', { role: 'secondary', rank: 1 })] }),
      context,
    )
    expect(found).toMatchObject([{ rule: 'rank-repeated' }, { rule: 'code-malformed', severity: 'refuse' }])
    expect(repairIcd10('E1O')).toBe('E10')
    expect(repairIcd10('e11.9')).toBe('E119')
    expect(repairIcd10('IO1.0')).toBe('I010')
    expect(repairIcd10('ZZZ')).toBeNull()
    expect(showIcd10('I010')).toBe('I01.0')
  })

  it('asks about an unlisted code unless it is marked so, and never stops the save for it', () => {
    const isListed = () => false
    expect(rules(visit(), { isListed })).toEqual(['diagnoses.0.code code-unlisted confirm'])
    expect(rules(visit({ diagnoses: [diagnosis('I10', { unlisted: true })] }), { isListed })).toEqual([])
  })

  it('asks about tests and codes of the other sex', () => {
    expect(rules(visit({ diagnoses: [diagnosis('O80')] }))).toEqual([
      'diagnoses.0.code unusual-for-sex confirm',
    ])
    expect(rules(visit({ diagnoses: [diagnosis('Z302')] }))).toEqual([])
    const woman = { patient: { sex: 'female', birthDate: '1960-05-20' } } as const
    expect(rules(visit({ observations: [lab('psa', '3')] }), woman)).toEqual([
      'observations.0.code unusual-for-sex confirm',
    ])
    expect(rules(visit({ diagnoses: [diagnosis('N40')] }), woman)).toEqual([
      'diagnoses.0.code unusual-for-sex confirm',
    ])
    expect(rules(visit({ diagnoses: [diagnosis('N62')] }))).toEqual([])
  })

  it('asks about an insurer of somebody who pays alone', () => {
    const paid = (payer: CheckedVisit['encounter']['payer'], memberNumber?: string) =>
      rules(visit({ encounter: { ...visit().encounter, payer }, memberNumber }))
    const asked = ['encounter.payer insurer-of-self-payer confirm']
    expect(paid({ type: 'SELF', plan: 'gold' })).toEqual(asked)
    expect(paid({ type: 'SELF' }, 'M1')).toEqual(asked)
    expect(paid({ type: 'SELF' })).toEqual([])
    expect(paid({ type: 'PRIVATE', organisation: 'Blue' }, 'M1')).toEqual([])
  })

  it('asks about a consent that has ended, and refuses days that are none or in the wrong order', () => {
    const consented = (from: string | undefined, to: string | undefined, change = {}) =>
      rules(visit({ consent: { scope: 'all', from, to } }), change)
    expect(consented('2025-01-01', '2026-02-28')).toEqual(['consent.to consent-ended confirm'])
    expect(consented('2025-01-01', '2026-02-28', { mode: 'import' })).toEqual([])
    expect(consented(undefined, '2026-03')).toEqual([])
    expect(consented('2026-02-30', undefined)).toEqual(['consent.from date-does-not-exist refuse'])
    expect(consented('2026-02', '2026-01')).toEqual(['consent.to consent-end-before-start refuse'])
  })

  it('says of a file that somebody died before the birth or after today, and nothing of that in a form', () => {
    const died = (deathDate: string, mode: 'form' | 'import' = 'import') =>
      rules(visit(), { mode, patient: { ...context.patient, deathDate } }).filter((each) =>
        each.startsWith('patient.'),
      )
    expect(died('1959')).toEqual(['patient.deathDate before-birth refuse'])
    expect(died('2026-05-01')).toEqual(['patient.deathDate in-future refuse'])
    expect(died('2026-02-03')).toEqual([])
    expect(died('2026-05-01', 'form')).toEqual([])
  })

  it('completes prescriptions', () => {
    const bare = prescription({
      dose: undefined,
      perDay: undefined,
      start: undefined,
      end: undefined,
      daysSupply: undefined,
    })
    expect(rules(visit({ prescriptions: [bare] }))).toEqual([
      'prescriptions.0.start required refuse',
      'prescriptions.0.daysSupply required refuse',
      'prescriptions.0.dose required refuse',
      'prescriptions.0.frequency required refuse',
    ])
    expect(rules(visit({ prescriptions: [prescription({ end: '2026-01-01' })] }))).toEqual([
      'prescriptions.0.end end-before-start refuse',
    ])
    expect(checkVisit(visit({ prescriptions: [prescription({ daysSupply: 14 })] }), context)).toMatchObject([
      { rule: 'supply-does-not-match-end', suggestion: '2026-02-14' },
    ])
  })

  it('adds up claims, and lets only reversals be negative', () => {
    const claim = {
      claimId: 'c1',
      type: 'professional',
      status: 'paid',
      currency: 'TWD',
      currencyExponent: 0,
      billedMinor: 1000,
      allowedMinor: 900,
      paidByPayerMinor: 800,
      paidByPatientMinor: 100,
      lines: [],
    } as const
    const of = (change: object) => rules(visit({ claims: [{ ...claim, lines: [], ...change }] }))
    expect(of({})).toEqual([])
    expect(of({ allowedMinor: 1100, paidByPatientMinor: 300 })).toEqual([
      'claims.0.allowedMinor allowed-exceeds-billed confirm',
    ])
    expect(of({ paidByPayerMinor: 950 })).toEqual(['claims.0.paidByPayerMinor paid-exceeds-allowed confirm'])
    expect(of({ paidByPatientMinor: 50 })).toEqual([
      'claims.0.paidByPatientMinor payments-differ-from-allowed confirm',
    ])
    expect(of({ billedMinor: -1000 })).toEqual(['claims.0.billedMinor negative-amount refuse'])
    expect(
      of({
        reverses: 'c0',
        billedMinor: -1000,
        allowedMinor: -900,
        paidByPayerMinor: -800,
        paidByPatientMinor: -100,
      }),
    ).toEqual([])
    expect(of({ reverses: 'c0' })).toHaveLength(4)
    expect(of({ currency: 'USD' })).toEqual(['claims.0.currency currency-unusual confirm'])
    expect(of({ lines: [{ netMinor: 500, diagnosisRanks: [7] }] })).toEqual([
      'claims.0.lines lines-differ-from-billed confirm',
      'claims.0.lines.0.diagnosisRanks line-points-nowhere refuse',
    ])
  })

  it('asks for what a form must have, and not what an import may lack', () => {
    const bare = visit({ encounter: { ...visit().encounter, department: undefined }, diagnoses: [] })
    expect(rules(bare)).toEqual([
      'encounter.department required refuse',
      'diagnoses one-principal-diagnosis refuse',
    ])
    expect(rules(bare, { mode: 'import' })).toEqual([])
  })
})

describe('checkValue', () => {
  it('offers only values within the soft limits of the test', () => {
    for (const test of LAB_TESTS) {
      if (test.hard === null) continue
      for (const factor of [0.001, 0.01, 0.1, 10, 100, 1000]) {
        const middle = (test.soft![0]! + test.soft![1]!) / 2
        for (const finding of checkValue(test, String(middle * factor), test.unit, 'value')) {
          expect(VISIT_RULES).toContain(finding.rule)
          if (finding.suggestion === undefined) continue
          const again = checkValue(test, finding.suggestion, test.unit, 'value')
          expect(again, `${test.key} ${finding.suggestion}`).toEqual([])
        }
      }
    }
  })
})
