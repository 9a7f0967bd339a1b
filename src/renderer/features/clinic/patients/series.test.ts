import { describe, expect, it } from 'vitest'
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import type { Observation, VisitRecord } from '../../../../shared/domain/visit.ts'
import { fits, groupsOf, hospitalsIn, inChronology, NO_FILTER, OWN_HOSPITAL } from './history-filter.ts'
import { diagnosesOf, extremesOf, medicinesOf, momentOf, seriesOf } from './series.ts'

const potassium = (value: string, day: string, over: object = {}): Observation => ({
  code: { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' },
  kind: 'lab',
  status: 'final',
  value: { type: 'decimal', value, unit: 'mmol/L' },
  specimenCollected: day,
  sourceCodings: [],
  ...over,
})
const record = (day: string, over: Partial<VisitRecord> = {}): VisitRecord => ({
  envelope: {
    schema: 'visit/1',
    recordId: 'aa'.repeat(16),
    visitId: day,
    op: 'create',
    recordedAt: `${day}T10:00:00+08:00`,
    recorder: { userKeyId: 'u', role: 'clerk' },
    origin: { kind: 'form' },
    confirmations: [],
  },
  patient: {
    key: 'bb'.repeat(32),
    keyEpoch: 0,
    sex: 'male',
    birthDate: '1975-03-02',
    consent: { scope: 'all' },
    linkTokens: [],
  },
  encounter: {
    class: 'AMB',
    status: 'finished',
    admission: { at: `${day}T09:30:00+08:00` },
    day,
    facility: 'f',
    payer: { type: 'NHI' },
    department: { system: 'local', code: 'AA' },
  },
  observations: [],
  diagnoses: [],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  ...over,
})
const dated = (each: VisitRecord) => ({ record: each, merkleRoot: each.encounter.day })
const none = () => undefined

describe('seriesOf', () => {
  it('orders results by the day when they were drawn and marks what lies outside of the range', () => {
    const [series] = seriesOf([
      dated(record('2026-05-03', { observations: [potassium('6.0', '2026-05-03')] })),
      dated(
        record('2026-01-03', {
          observations: [potassium('3.0', '2026-01-02'), potassium('4', '2026-01-03')],
        }),
      ),
    ])
    expect(series).toMatchObject({ unit: 'mmol/L', low: 3.5, high: 5.1, otherUnitCount: 0 })
    expect(series?.points.map(({ text, flag }) => [text, flag])).toEqual([
      ['3.0', null],
      ['4', null],
      ['6.0', null],
    ])
  })
  it('takes the range of the newest result before that of the test, and draws one unit only', () => {
    const [series] = seriesOf([
      dated(
        record('2026-01-03', {
          observations: [
            potassium('17', '2026-01-03', { value: { type: 'decimal', value: '17', unit: 'mg/dL' } }),
          ],
        }),
      ),
      dated(
        record('2026-05-03', {
          observations: [potassium('6.0', '2026-05-03', { refLow: '3.6', refHigh: '5.0' })],
        }),
      ),
    ])
    expect(series).toMatchObject({ low: 3.6, high: 5, otherUnitCount: 1 })
    expect(series?.points).toMatchObject([{ text: '6.0', flag: 'high' }])
  })
  it('keeps several results of one day in the order of their times', () => {
    const at = (value: string, clock: string) =>
      potassium(value, '', { specimenCollected: undefined, effective: `2026-01-03T${clock}:00+08:00` })
    const observations = [at('5', '20:00'), at('4', '08:00'), at('4.5', '12:30')]
    const [series] = seriesOf([dated(record('2026-01-03', { observations }))])
    expect(series?.points.map(({ text, clock }) => [text, clock])).toEqual([
      ['4', '08:00'],
      ['4.5', '12:30'],
      ['5', '20:00'],
    ])
    const moments = series!.points.map(momentOf)
    expect(moments).toEqual([...new Set(moments)].sort((a, b) => a - b))
  })
  it('leaves out what was entered in error and what has not come', () => {
    const observations = [
      potassium('6', '2026-01-03', { status: 'entered-in-error' }),
      potassium('', '2026-01-03', { value: { type: 'absent', reason: 'pending' } }),
    ]
    expect(seriesOf([dated(record('2026-01-03', { observations }))])).toEqual([])
  })
})

describe('medicinesOf', () => {
  it('ends a prescription by its date, else by its days, else not at all', () => {
    const rx = (over: object) => ({
      code: { system: 'atc', code: 'A10BA02' },
      sourceCodings: [],
      status: 'active' as const,
      intent: 'order' as const,
      start: '2026-01-01',
      ...over,
    })
    const prescriptions = [
      rx({ end: '2026-01-10' }),
      rx({ daysSupply: 28 }),
      rx({}),
      rx({ status: 'cancelled' }),
    ]
    const [line] = medicinesOf([dated(record('2026-01-01', { prescriptions }))])
    expect(line?.spans.map(({ last }) => last)).toEqual([
      parseDay('2026-01-10'),
      parseDay('2026-01-28'),
      null,
    ])
  })
})

describe('diagnosesOf', () => {
  it('names each once, chronic ones first, without what was ruled out', () => {
    const dx = (code: string, over: object = {}) => ({
      code: { system: 'icd', code },
      sourceCodings: [],
      role: 'principal' as const,
      rank: 1,
      verification: 'confirmed' as const,
      ...over,
    })
    const lines = diagnosesOf([
      dated(
        record('2026-01-01', {
          diagnoses: [dx('J00'), dx('I10', { chronic: true }), dx('C50', { verification: 'refuted' })],
        }),
      ),
      dated(record('2026-03-01', { diagnoses: [dx('J00')] })),
    ])
    expect(lines.map(({ code, visitCount }) => [code.code, visitCount])).toEqual([
      ['I10', 1],
      ['J00', 2],
    ])
  })
})

describe('the filters of a history', () => {
  const visit = record('2026-01-03', {
    observations: [potassium('4', '2026-01-03')],
    notes: ['Fell off a ladder'],
  })
  it.each([
    [{ text: 'potas' }, true],
    [{ text: 'LADDER' }, true],
    [{ text: 'E11' }, false],
    [{ kind: 'IMP' }, false],
    [{ department: 'AA', from: '2026-01-03', to: '2026-01-03' }, true],
    [{ from: '2026-01-04' }, false],
    [{ to: '2026-01-02' }, false],
  ])('%o: %s', (filter, expected) => {
    expect(fits({ record: visit }, { ...NO_FILTER, ...filter }, none)).toBe(expected)
  })
  it('find the visits of one hospital, of this one too', () => {
    const hospital = { memberId: 'aa', name: 'North' }
    const own = { record: visit }
    const elsewhere = { record: visit, hospital }
    const shown = (wanted: string) =>
      [own, elsewhere].filter((each) => fits(each, { ...NO_FILTER, hospital: wanted }, none))
    expect(shown('')).toEqual([own, elsewhere])
    expect(shown(OWN_HOSPITAL)).toEqual([own])
    expect(shown('aa')).toEqual([elsewhere])
    expect(shown('bb')).toEqual([])
    const version = { ...elsewhere, merkleRoot: 'm', index: 1, isSuperseded: false, isConflict: false }
    expect(hospitalsIn(groupsOf([version as VersionOfVisit, version as VersionOfVisit]))).toEqual([hospital])
  })
  it('keeps the versions of a visit together, the one that counts first and what came too late last', () => {
    const version = (
      merkleRoot: string,
      index: number | null,
      over: Partial<VersionOfVisit> = {},
    ): VersionOfVisit => ({
      record: visit,
      merkleRoot,
      patientId: 'p',
      state: index === null ? 'queued' : 'final',
      index,
      isSuperseded: false,
      isConflict: false,
      disputes: [],
      ...over,
    })
    const [group] = groupsOf([
      version('late', 4, { isConflict: true }),
      version('first', 1, { isSuperseded: true }),
      version('current', 3),
    ])
    expect(group?.current.merkleRoot).toBe('current')
    expect(group?.others.map(({ merkleRoot }) => merkleRoot)).toEqual(['first', 'late'])
    const other = groupsOf([{ ...version('x', 0), record: record('2025-01-01') }])
    const days = inChronology([group!, ...other], false).map(({ current }) => current.record.encounter.day)
    expect(days).toEqual(['2025-01-01', '2026-01-03'])
  })
})

describe('extremesOf', () => {
  it('has the least and the greatest value, of equal ones the newest', () => {
    const [series] = seriesOf(
      ['4.1', '5.0', '3.6', '5.0', '3.6'].map((value, i) => {
        const day = `2026-01-0${i + 1}`
        return dated(record(day, { observations: [potassium(value, day)] }))
      }),
    )
    const { least, most } = extremesOf(series!)
    expect([least, most].map(({ text, day }) => [text, day - series!.points[0]!.day])).toEqual([
      ['3.6', 4],
      ['5.0', 3],
    ])
  })
})
