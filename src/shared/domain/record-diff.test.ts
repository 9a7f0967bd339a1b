import { describe, expect, it } from 'vitest'
import type { VisitInput } from '../contract/records.ts'
import { diffOf } from './record-diff.ts'

const potassium = (value: string, over: object = {}): VisitInput['observations'][number] => ({
  code: { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' },
  kind: 'lab',
  status: 'final',
  value: { type: 'decimal', value, unit: 'mmol/L' },
  sourceCodings: [],
  ...over,
})
const visit = (over: Partial<VisitInput> = {}): VisitInput => ({
  patientId: 'p',
  encounter: {
    class: 'AMB',
    status: 'finished',
    admission: { at: '2026-11-20T09:30:00+08:00' },
    payer: { type: 'NHI' },
  },
  observations: [],
  diagnoses: [],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  consent: { scope: 'all' },
  confirmations: [],
  ...over,
})

describe('diffOf', () => {
  it('compares a result with the one of the same time, and says the time where there are several', () => {
    const at = (value: string, clock: string) =>
      potassium(value, { effective: `2026-11-20T${clock}:00+08:00` })
    const lines = diffOf(
      visit({ observations: [at('4.0', '08:00'), at('4.4', '20:00')] }),
      visit({ observations: [at('4.1', '08:00'), at('4.5', '20:00')].toReversed() }),
    )
    expect(lines.map(({ what, before, after }) => [what, before, after])).toEqual([
      ['Potassium 2026-11-20 20:00', '4.4 mmol/L', '4.5 mmol/L'],
      ['Potassium 2026-11-20 08:00', '4.0 mmol/L', '4.1 mmol/L'],
    ])
  })
  it('says nothing of equal versions', () => {
    expect(
      diffOf(visit({ observations: [potassium('4.2')] }), visit({ observations: [potassium('4.2')] })),
    ).toEqual([])
  })
  it('tells a changed result by its values alone', () => {
    expect(
      diffOf(visit({ observations: [potassium('4.2')] }), visit({ observations: [potassium('4.8')] })),
    ).toEqual([{ section: 'observations', what: 'Potassium', before: '4.2 mmol/L', after: '4.8 mmol/L' }])
  })
  it('tells one of two results of one test that is gone, and a new note', () => {
    const lines = diffOf(
      visit({ observations: [potassium('4.2'), potassium('5.0')] }),
      visit({ observations: [potassium('5.0')], notes: ['seen again'] }),
    )
    expect(lines).toMatchObject([
      { section: 'observations', what: 'Potassium', after: null },
      { section: 'notes', before: null, after: 'seen again' },
    ])
  })
  it('tells a field of the visit by its name', () => {
    const { encounter } = visit()
    const discharged = visit({ encounter: { ...encounter, discharge: { at: '2026-11-21T09:30:00+08:00' } } })
    expect(diffOf(visit(), discharged)).toEqual([
      { section: 'encounter', what: 'discharge', before: null, after: '2026-11-21 09:30' },
    ])
  })
  it('tells a changed time with the value and alone, and one of the same minute as it is kept', () => {
    const at = (value: string, effective: string) =>
      visit({ observations: [potassium(value, { effective, status: 'final' })] })
    const told = (before: VisitInput, after: VisitInput) =>
      diffOf(before, after).map((line) => [line.before, line.after])
    const morning = at('4.2', '2026-11-20T08:15:00+08:00')
    expect(told(morning, at('4.8', '2026-11-20T14:00:00+08:00'))).toEqual([
      ['4.2 mmol/L · 2026-11-20 08:15', '4.8 mmol/L · 2026-11-20 14:00'],
    ])
    expect(told(morning, at('4.2', '2026-11-20T14:00:00+08:00'))).toEqual([
      ['2026-11-20 08:15', '2026-11-20 14:00'],
    ])
    expect(told(morning, at('4.2', '2026-11-20T08:15:20+08:00'))).toEqual([
      ['2026-11-20T08:15:00+08:00', '2026-11-20T08:15:20+08:00'],
    ])
    expect(told(visit(), morning)[0]?.[1]).toContain('2026-11-20 08:15')
  })
  it('says coded values in the words that it is given, of fields and of rows', () => {
    const { encounter } = visit()
    const code = { system: 'x', code: 'I10' }
    const role = (each: 'principal' | 'secondary') =>
      visit({
        diagnoses: [{ code, sourceCodings: [], rank: 1, role: each, verification: 'confirmed' }],
      })
    const word = (...parts: string[]) => `<${parts.join(' ')}>`
    expect(
      diffOf(visit(), visit({ encounter: { ...encounter, payer: { type: 'SELF' } } }), word),
    ).toMatchObject([{ before: '<encounter payer NHI>', after: '<encounter payer SELF>' }])
    expect(diffOf(role('principal'), role('secondary'), word)).toMatchObject([
      { before: '<diagnoses role principal>', after: '<diagnoses role secondary>' },
    ])
  })
  it('tells another consent part by part', () => {
    const limited = visit({ consent: { scope: 'treatment-only', to: '2026', ref: 'form 7' } })
    expect(diffOf(visit(), limited)).toEqual([
      { section: 'consent', what: 'consentScope', before: 'all', after: 'treatment-only' },
      { section: 'consent', what: 'consentTo', before: null, after: '2026' },
      { section: 'consent', what: 'consentRef', before: null, after: 'form 7' },
    ])
  })
  it('tells another payer part by part, and a number of a member by its beginning', () => {
    const { encounter } = visit()
    const memberToken = `0badcafe${'1'.repeat(56)}`
    const payer = { type: 'PRIVATE', organisation: 'Blue', plan: 'gold', memberToken } as const
    const insured = visit({ encounter: { ...encounter, payer } })
    expect(diffOf(visit(), insured)).toEqual([
      { section: 'encounter', what: 'payer', before: 'NHI', after: 'PRIVATE' },
      { section: 'encounter', what: 'payerOrganisation', before: null, after: 'Blue' },
      { section: 'encounter', what: 'payerPlan', before: null, after: 'gold' },
      { section: 'encounter', what: 'memberNumber', before: null, after: '#0badcafe' },
    ])
    expect(diffOf(insured, { ...insured, memberNumber: 'M 12' })).toEqual([
      { section: 'encounter', what: 'memberNumber', before: '#0badcafe', after: 'M 12' },
    ])
  })
})
