import { describe, expect, it } from 'vitest'
import { editionsOf, withConfirmed, withEditions } from './coded-with.ts'
import type { VisitRecord } from './visit.ts'

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm'
const diagnosis = (code: string, over: object = {}): VisitRecord['diagnoses'][number] => ({
  code: { system: ICD, code },
  sourceCodings: [],
  role: 'principal',
  rank: 1,
  verification: 'confirmed',
  ...over,
})
const seen = { path: 'observations.0.value', rule: 'above-soft-limit', value: '210', by: 'ada' }
const visit = (over: object = {}) => ({
  encounter: { department: { system: 'urn:nhi', code: '02' } },
  diagnoses: [diagnosis('E119'), diagnosis('I10')],
  procedures: [],
  prescriptions: [],
  confirmations: [seen],
  ...over,
})
const inUse = (edition: string) => (list: string) => `${edition}-${list}`
const first = withEditions(visit(), null, inUse('2025'), 'ada')
const before = { ...visit(), envelope: { confirmations: first } }
const next = (over: object) => withEditions(visit(over), before, inUse('2026'), 'ben')

describe('withEditions', () => {
  it('names the edition of each list that the codes of a record come from, beside what was confirmed', () => {
    expect(first).toEqual([
      seen,
      { path: 'codes.diagnosis', rule: 'coded-with', value: '2025-diagnosis', by: 'ada' },
      { path: 'codes.department', rule: 'coded-with', value: '2025-department', by: 'ada' },
    ])
    expect(editionsOf(first)).toEqual([
      { list: 'diagnosis', hash: '2025-diagnosis' },
      { list: 'department', hash: '2025-department' },
    ])
  })

  it('names none for words and for what is on no list', () => {
    const words = { code: { system: 'local', code: 'text', display: 'cough' } }
    const diagnoses = [diagnosis('ZZZ99', { unlisted: true }), diagnosis('', words)]
    expect(editionsOf(withEditions(visit({ diagnoses }), null, inUse('2025'), 'ada'))).toEqual([
      { list: 'department', hash: '2025-department' },
    ])
    const encounter = { department: { system: 'urn:consilium:local:department:m1', code: 'W7' } }
    const procedures = [{ code: { system: 'local', code: 'ECG' }, sourceCodings: [], status: 'completed' }]
    const own = visit({ encounter, procedures, diagnoses: [] })
    expect(editionsOf(withEditions(own, null, inUse('2025'), 'ada'))).toEqual([])
  })

  it('keeps the edition of codes that a correction leaves alone, and the silence of an import', () => {
    const moved = { diagnoses: visit().diagnoses.toReversed(), confirmations: first }
    expect(next(moved)).toEqual(first)
    const imported = { ...before, envelope: { confirmations: [] } }
    expect(editionsOf(withEditions(visit(), imported, inUse('2026'), 'ben'))).toEqual([])
  })

  it('names the edition in use where codes are new, and believes nobody about it', () => {
    const claimed = { path: 'codes.diagnosis', rule: 'coded-with', value: 'made up', by: 'ben' }
    const diagnoses = [diagnosis('E1122')]
    expect(editionsOf(next({ diagnoses, confirmations: [seen, claimed] }))).toEqual([
      { list: 'diagnosis', hash: '2026-diagnosis' },
      { list: 'department', hash: '2025-department' },
    ])
  })

  it('names the edition of those that stayed beside it, and none where that is not known', () => {
    const diagnoses = [diagnosis('E1122'), diagnosis('I10')]
    const both = next({ diagnoses })
    expect(editionsOf(both)).toEqual([
      { list: 'diagnosis', hash: '2025-diagnosis' },
      { list: 'diagnosis', hash: '2026-diagnosis' },
      { list: 'department', hash: '2025-department' },
    ])
    const again = { ...visit({ diagnoses }), envelope: { confirmations: both } }
    const third = { diagnoses: [...diagnoses, diagnosis('J069')] }
    expect(withEditions(visit(third), again, inUse('2026'), 'ben')).toEqual(both)
    expect(editionsOf(next({ diagnoses: [diagnosis('I10')] }))[0]?.hash).toBe('2025-diagnosis')
    const imported = { ...before, envelope: { confirmations: [] } }
    expect(editionsOf(withEditions(visit({ diagnoses }), imported, inUse('2026'), 'ben'))).toEqual([])
  })

  it('stays within what an envelope takes', () => {
    const confirmations = Array.from({ length: 200 }, (_, i) => ({ ...seen, value: String(i) }))
    const all = withEditions(visit({ confirmations }), null, inUse('2025'), 'ada')
    expect([all.length, editionsOf(all).length, all[0]?.value]).toEqual([200, 2, '2'])
  })
})

describe('withConfirmed', () => {
  const claimed = { path: 'codes.diagnosis', rule: 'coded-with', value: 'made up', by: 'ben' }

  it('adds what was confirmed of a change, and of editions has only what the version has', () => {
    const late = { ...seen, value: '7.1' }
    expect(withConfirmed(first, [claimed, late])).toEqual([seen, late, ...first.slice(1)])
    expect(withConfirmed([seen], [claimed])).toEqual([seen])
  })

  it('lets no edition go for many confirmations', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ ...seen, value: String(i) }))
    const all = withConfirmed(first, many)
    expect([all.length, editionsOf(all).length, all[0]?.value]).toEqual([200, 2, '2'])
  })
})
