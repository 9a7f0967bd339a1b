import { describe, expect, it } from 'vitest'
import { formatDay, parseDay } from '../../../../shared/domain/dates.ts'
import type { Prescription, VisitRecord } from '../../../../shared/domain/visit.ts'
import { copiedDiagnosis, copiedMedicine } from './from-record.ts'
import { chronicOf, currentMedicinesOf, endedMedicinesOf } from './what-lasts.ts'

const visitOn = (day: string, content: Partial<VisitRecord>): VisitRecord => ({
  envelope: {
    schema: 'visit/1',
    recordId: '0'.repeat(32),
    visitId: '1'.repeat(32),
    op: 'create',
    recordedAt: `${day}T10:00:00+08:00`,
    recorder: { userKeyId: 'u', role: 'clerk' },
    origin: { kind: 'form' },
    confirmations: [],
  },
  patient: {
    key: '0'.repeat(64),
    keyEpoch: 0,
    sex: 'female',
    consent: { scope: 'treatment-and-research' },
    linkTokens: [],
  },
  encounter: {
    class: 'AMB',
    status: 'finished',
    admission: { at: `${day}T09:30:00+08:00` },
    day,
    facility: 'f',
    payer: { type: 'NHI' },
  },
  observations: [],
  diagnoses: [],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  ...content,
})
const medicine = (atc: string, more: Partial<Prescription> = {}): Prescription => ({
  code: { system: 'http://www.whocc.no/atc', code: atc },
  ingredientAtc: atc,
  sourceCodings: [],
  dose: { value: '500', unit: 'mg' },
  frequency: 'bid',
  daysSupply: 28,
  status: 'active',
  intent: 'order',
  ...more,
})
const given = (day: string, ...prescriptions: Prescription[]) => visitOn(day, { prescriptions })
const on = (day: string, ...records: VisitRecord[]) =>
  currentMedicinesOf(records, parseDay(day)!).map((each) => each.code.code)

describe('currentMedicinesOf', () => {
  it('looks past a cold between two visits of a chronic illness', () => {
    const chronic = given('2026-04-01', medicine('A10BA02'), medicine('C09CA01', { daysSupply: 84 }))
    const cold = given('2026-04-20', medicine('R05DA09', { daysSupply: 3 }))
    expect(on('2026-05-10', cold, chronic)).toEqual(['A10BA02', 'C09CA01'])
    // Two days after the cold its syrup is still taken.
    expect(on('2026-04-22', cold, chronic)).toEqual(['R05DA09', 'A10BA02', 'C09CA01'])
  })
  it('lets go of what must have been used up, however long it was for', () => {
    const old = given('2025-09-01', medicine('A10BA02'), medicine('C09CA01', { daysSupply: 84, refills: 2 }))
    expect(on('2025-10-20', old)).toEqual(['A10BA02', 'C09CA01'])
    expect(on('2025-11-20', old)).toEqual(['C09CA01'])
    expect(on('2026-09-01', old)).toEqual([])
  })
  it('takes the newest order of an ingredient, also when it is that it was stopped', () => {
    const first = given('2026-04-01', medicine('A10BA02'), medicine('C10AA05'))
    const changed = given('2026-04-20', medicine('A10BA02', { dose: { value: '850', unit: 'mg' } }))
    const [order] = currentMedicinesOf([changed, first], parseDay('2026-05-01')!)
    expect(order?.dose?.value).toBe('850')
    const stopped = given('2026-04-25', medicine('C10AA05', { status: 'stopped' }))
    expect(on('2026-05-01', stopped, changed, first)).toEqual(['A10BA02'])
  })
  it('keeps two orders of one ingredient in the same visit', () => {
    const both = given('2026-04-20', medicine('A10BA02'), medicine('A10BA02', { frequency: 'qn' }))
    expect(on('2026-05-01', both, given('2026-04-01', medicine('A10BA02')))).toEqual(['A10BA02', 'A10BA02'])
  })
  it('is not misled by plans, doses given in hospital, mistakes and visits that came later', () => {
    const home = given('2026-04-01', medicine('A10BA02'))
    const ward = given(
      '2026-04-10',
      medicine('A10BA02', { intent: 'administered', status: 'completed' }),
      medicine('C10AA05', { intent: 'plan' }),
      medicine('N02BE01', { status: 'entered-in-error' }),
    )
    const later = given('2026-06-01', medicine('C09CA01'))
    expect(on('2026-04-12', later, ward, home)).toEqual(['A10BA02'])
  })
  it('takes a dispensed supply, and an order without an end for a year', () => {
    const dispensed = given('2026-04-01', medicine('A10BA02', { intent: 'dispense', status: 'completed' }))
    expect(on('2026-05-01', dispensed)).toEqual(['A10BA02'])
    const { daysSupply: _days, ...open } = medicine('B01AC06')
    expect(on('2026-05-01', given('2025-08-01', open))).toEqual(['B01AC06'])
    expect(on('2026-09-01', given('2025-08-01', open))).toEqual([])
  })
})

describe('what is copied', () => {
  const diabetes = {
    code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'E119' },
    sourceCodings: [],
    role: 'principal' as const,
    rank: 1,
    verification: 'confirmed' as const,
    chronic: true,
  }
  it('is tinted and comes without the dates and the end of its old visit', () => {
    expect(copiedDiagnosis({ ...diabetes, onset: '2019', abatement: '2020' }, 'new')).toMatchObject({
      isCopied: true,
      role: 'secondary',
      onset: '2019',
      abatement: '',
    })
    expect(
      copiedMedicine(medicine('A10BA02', { start: '2026-04-01', end: '2026-04-28', asNeeded: true }), 'new'),
    ).toMatchObject({ isCopied: true, start: '', end: '', days: '28', asNeeded: true, status: 'active' })
  })
  it('is chronic by the newest word on each diagnosis', () => {
    const record = visitOn('2026-04-01', { diagnoses: [diabetes] })
    expect(chronicOf([record]).map((each) => each.code.code)).toEqual(['E119'])
    const refuted = visitOn('2026-05-01', { diagnoses: [{ ...diabetes, verification: 'refuted' }] })
    expect(chronicOf([refuted, record])).toEqual([])
    const over = visitOn('2026-05-01', { diagnoses: [{ ...diabetes, abatement: '2026-05' }] })
    expect(chronicOf([over, record])).toEqual([])
  })
})

describe('endedMedicinesOf', () => {
  const ended = (day: string, ...records: VisitRecord[]) =>
    endedMedicinesOf(records, parseDay(day)!).map(({ order, why, until }) => [
      order.code.code,
      why,
      formatDay(until),
    ])
  it('says what was not copied and why: used up or stopped, each ingredient as the newest visit has it', () => {
    const old = given('2026-01-01', medicine('A10BA02'), medicine('C09CA01', { daysSupply: 84 }))
    const later = given('2026-04-01', medicine('C09CA01', { status: 'stopped' }), medicine('C10AA05'))
    expect(ended('2026-04-20', later, old)).toEqual([
      ['C09CA01', 'stopped', '2026-04-01'],
      ['A10BA02', 'used-up', '2026-01-28'],
    ])
    expect(on('2026-04-20', later, old)).toEqual(['C10AA05'])
  })
  it('goes back a year from the last visit, however long ago that was', () => {
    const old = given('2023-10-02', medicine('A10BA02'))
    expect(ended('2026-05-10', old)).toEqual([['A10BA02', 'used-up', '2023-10-29']])
    expect(ended('2026-05-10', given('2026-05-01', medicine('C10AA05')), old)).toEqual([])
  })
})
