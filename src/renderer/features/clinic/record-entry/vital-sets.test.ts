import { describe, expect, it } from 'vitest'
import { visitInput } from '../../../../shared/contract/records.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../../shared/domain/lab-tests.ts'
import type { Observation, VisitRecord } from '../../../../shared/domain/visit.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { instantText } from '../../../lib/zone.ts'
import { emptyForm, patchEncounter, sourceRowId, type VisitForm, type VitalKey } from './form.ts'
import { keptParts } from './kept.ts'
import { fieldsOfResults, readBlock, resultsOf } from './paste-results.ts'
import { formOfRecord, readForm } from './read-form.ts'
import { repeatField } from './repeat-field.ts'
import { missingOf, templateOf } from './templates.ts'
import type { FormContext } from './to-visit.ts'
import { addPastedSets, addSet, FURTHER_SETS_MAX, patchSet, removeSet } from './vital-sets.ts'
import { lastingOf } from './what-lasts.ts'

let serial = 0
const rowId = () => `row${++serial}`
const context: FormContext = {
  patientId: 'p1',
  today: parseDay('2026-05-10')!,
  zone: 'Asia/Taipei',
  instantText,
  confirmations: [],
}
const empty = emptyForm({ day: '2026-05-03', time: '07:30', rowId })

const vital = (key: VitalKey, value: string, effective?: string): Observation => {
  const test = labTestByKey(key)!
  return {
    code: { system: LOINC_SYSTEM, code: test.loinc, display: test.en },
    kind: 'vital',
    status: 'final',
    value: { type: 'decimal', value, unit: test.unit },
    ...(effective === undefined ? {} : { effective }),
    sourceCodings: [],
  }
}
const recordOf = (observations: readonly Observation[]): VisitRecord => ({
  envelope: {
    schema: 'visit/1',
    recordId: '0'.repeat(32),
    visitId: '1'.repeat(32),
    op: 'create',
    recordedAt: '2026-05-04T00:00:00Z',
    recorder: { userKeyId: 'u', role: 'clerk' },
    origin: { kind: 'fhir', sourceId: 'e1' },
    confirmations: [],
  },
  patient: {
    key: '0'.repeat(64),
    keyEpoch: 0,
    sex: 'female',
    birthDate: '1960-01-01',
    consent: { scope: 'all' },
    linkTokens: [],
  },
  encounter: {
    class: 'IMP',
    status: 'finished',
    admission: { at: '2026-05-03T07:30:20+08:00' },
    day: '2026-05-03',
    discharge: { at: '2026-05-05T10:00:00+08:00' },
    facility: 'f',
    payer: { type: 'NHI' },
  },
  observations: [...observations],
  diagnoses: [],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
})

const measured = (observations: readonly Observation[]) =>
  observations.map(({ code, value, effective }) => [
    code.display,
    value.type === 'decimal' ? value.value : '',
    effective,
  ])
const read = (form: VisitForm) => readForm(form, context)
const withSet = (form: VisitForm, id: string, values: Parameters<typeof patchSet>[2]) =>
  patchSet(addSet(form, id), id, values)

describe('several sets of vital signs', () => {
  const first: VisitForm = { ...empty, vitals: { ...empty.vitals, sbp: '120', dbp: '80' } }

  it('are observations with the time of their set each; a time alone is of the day of the set before', () => {
    const morning = withSet(first, 'a', { at: '1215', sbp: '130', dbp: '85' })
    const day = withSet(morning, 'b', { at: '0504 0800', hr: '72' })
    const { visit, problems } = read(withSet(day, 'c', { at: '20:15', hr: '80', temp: '99F' }))
    expect(problems).toEqual([])
    expect(visitInput.safeParse(visit).error).toBeUndefined()
    expect(measured(visit.observations)).toEqual([
      ['Systolic blood pressure', '120', '2026-05-03T07:30:00+08:00'],
      ['Diastolic blood pressure', '80', '2026-05-03T07:30:00+08:00'],
      ['Systolic blood pressure', '130', '2026-05-03T12:15:00+08:00'],
      ['Diastolic blood pressure', '85', '2026-05-03T12:15:00+08:00'],
      ['Heart rate', '72', '2026-05-04T08:00:00+08:00'],
      ['Heart rate', '80', '2026-05-04T20:15:00+08:00'],
      ['Body temperature', '99', '2026-05-04T20:15:00+08:00'],
    ])
  })

  it('have the first one at the beginning of the visit unless another time is typed', () => {
    const { visit } = read({ ...first, vitalsAt: '0815' })
    expect(visit.observations.map(({ effective }) => effective)).toEqual([
      '2026-05-03T08:15:00+08:00',
      '2026-05-03T08:15:00+08:00',
    ])
  })

  it('do not go without a time, and without a value are nothing', () => {
    expect(read(addSet(first, 'a')).problems).toEqual([])
    expect(read(withSet(first, 'a', { at: '1215' })).visit.observations).toHaveLength(2)
    const { problems } = read(withSet(first, 'a', { hr: '72' }))
    expect(problems.map(({ field, rule, severity }) => [field, rule, severity])).toEqual([
      ['furtherVitals.a.at', 'vitals-time-missing', 'refuse'],
    ])
    const wrong = read(withSet(first, 'a', { at: 'noon', hr: 'fast' }))
    expect(wrong.problems.map(({ field, rule }) => [field, rule])).toEqual([
      ['furtherVitals.a.at', 'date-not-understood'],
      ['furtherVitals.a.hr', 'not-a-number'],
    ])
  })

  it('lead findings to the field of their own set, and those of the time to its time', () => {
    const { fieldOf } = read(withSet(first, 'a', { at: '1215', hr: '72' }))
    expect(fieldOf('observations.2.value')).toBe('furtherVitals.a.hr')
    expect(fieldOf('observations.2.effective')).toBe('furtherVitals.a.at')
  })

  it('answer what a template expects, the height that lasts and Ctrl+D', () => {
    const template = { ...templateOf('general'), expected: ['vitals.hr'] }
    expect(missingOf(template, first)).toEqual(['vitals.hr'])
    expect(missingOf(template, withSet(first, 'a', { at: '1215', hr: '72' }))).toEqual([])
    const last = recordOf([
      vital('hr', '71', '2026-05-03T12:00:00+08:00'),
      vital('height', '160'),
      vital('height', '161', '2026-05-04T08:00:00+08:00'),
    ])
    expect(lastingOf([last]).height).toBe('161')
    const repeated = repeatField(addSet(first, 'a'), last, 'furtherVitals.a.height', rowId)
    expect(repeated?.furtherVitals[0]?.values.height).toBe('161')
    expect(repeatField(addSet(first, 'a'), last, 'furtherVitals.a.at', rowId)).toBeNull()
    // In whatever order a file brings them, and by the moment, not by the clock of another zone.
    const unordered = recordOf([
      vital('height', '160', '2026-05-04T08:00:00+08:00'),
      vital('height', '162', '2026-05-04T01:00:00Z'),
      vital('height', '161', '2026-05-03T12:00:00+08:00'),
    ])
    expect(lastingOf([unordered]).height).toBe('162')
    const further = formOfRecord(unordered, context, rowId)!.furtherVitals
    expect(further.map(({ values }) => values.height)).toEqual(['161', '162'])
  })
})

describe('a source with several sets', () => {
  const source = recordOf([
    vital('hr', '70', '2026-05-03T07:30:20+08:00'),
    vital('sbp', '120', '2026-05-03T12:00:05+08:00'),
    vital('dbp', '80', '2026-05-03T12:00:40+08:00'),
    vital('hr', '75', '2026-05-03T12:00:05+08:00'),
    vital('hr', '76', '2026-05-03T12:00:30+08:00'),
    vital('hr', '90', '2026-05-04T00:00:00Z'),
  ])
  const before = visitInputOf(source, 'p1')
  const form = formOfRecord(source, context, rowId)!
  const now = (changed: VisitForm) => {
    const { visit, problems } = read(changed)
    expect(problems).toEqual([])
    return visit
  }
  const id = sourceRowId(1)

  it('stands in the form as it was measured, and is written back as it came, to the second', () => {
    expect(form.vitals.hr).toBe('70')
    expect(form.vitalsAt).toBe('')
    expect(form.furtherVitals.map(({ at, values: { sbp, dbp, hr } }) => [at, sbp, dbp, hr])).toEqual([
      ['2026-05-03 12:00', '120', '80', '75'],
      ['2026-05-04 00:00', '', '', '90'],
    ])
    expect(now(form)).toEqual(before)
    // A second pulse of one minute has no field, and stays.
    expect(keptParts(form.source).map(({ path }) => path)).toEqual(['observations.4'])
  })

  it('has one value corrected and all others left alone', () => {
    const visit = now(patchSet(form, id, { hr: '77' }))
    expect(visit.observations[3]).toEqual({
      ...before.observations[3],
      value: { type: 'decimal', value: '77', unit: '/min' },
    })
    expect(visit.observations.toSpliced(3, 1)).toEqual(before.observations.toSpliced(3, 1))
  })

  it('has the time of one set corrected, in the offset of the source', () => {
    const earlier = now(patchSet(form, id, { at: '2026-05-03 11:45' }))
    expect(measured(earlier.observations).map(([, , at]) => at)).toEqual([
      '2026-05-03T07:30:20+08:00',
      '2026-05-03T11:45:00+08:00',
      '2026-05-03T11:45:00+08:00',
      '2026-05-03T11:45:00+08:00',
      '2026-05-03T12:00:30+08:00',
      '2026-05-04T00:00:00Z',
    ])
    const moved = now(patchSet(form, sourceRowId(5), { at: '2026-05-04 01:00' }))
    expect(moved.observations[5]?.effective).toBe('2026-05-04T01:00:00Z')
    expect(now({ ...form, vitalsAt: '0900' }).observations[0]?.effective).toBe('2026-05-03T09:00:00+08:00')
  })

  it('has only what was measured at the beginning follow the admission', () => {
    const visit = now(patchEncounter(form, { day: '2026-05-02' }))
    expect(measured(visit.observations).map(([, , at]) => at)).toEqual([
      '2026-05-02T07:30:00+08:00',
      ...measured(before.observations.slice(1)).map(([, , at]) => at),
    ])
  })

  it('has a set removed, and another added behind', () => {
    const gone = now(removeSet(form, id))
    expect(gone.observations).toEqual([0, 4, 5].map((i) => before.observations[i]))
    const more = now(withSet(form, 'new', { at: '1800', hr: '66' }))
    expect(more.observations.slice(0, 6)).toEqual(before.observations)
    expect(measured(more.observations.slice(6))).toEqual([['Heart rate', '66', '2026-05-04T18:00:00+08:00']])
  })

  it('keeps what is more than the form has sets for', () => {
    const hourly = Array.from({ length: FURTHER_SETS_MAX + 6 }, (_, i) =>
      vital(
        'hr',
        String(60 + i),
        `2026-05-0${3 + Math.floor(i / 24)}T${String(i % 24).padStart(2, '0')}:15:00+08:00`,
      ),
    )
    const record = recordOf(hourly)
    const many = formOfRecord(record, context, rowId)!
    expect(many.vitalsAt).toBe('2026-05-03 00:15')
    expect(many.furtherVitals).toHaveLength(FURTHER_SETS_MAX)
    expect(keptParts(many.source)).toHaveLength(5)
    const visit = now(patchSet(many, many.furtherVitals[0]!.id, { hr: '100' }))
    expect(visit.observations).toHaveLength(hourly.length)
    expect(visit.observations.slice(2)).toEqual(hourly.slice(2))
  })
})

describe('pasted vital signs', () => {
  const setsOf = (text: string) =>
    fieldsOfResults(resultsOf(readBlock(text, context.today)!, context.today), {
      nameOf: (test) => test.en,
      freshId: rowId,
      admissionDay: '2026-05-03',
    }).sets
  const pasted = (form: VisitForm, sets: Parameters<typeof addPastedSets>[1]) =>
    addPastedSets(form, sets, { newId: rowId, today: context.today })

  it('of several times are a set each, and none overwrites another', () => {
    const sets = setsOf(
      'HR\t72\t/min\t2026-05-03 08:15\nHR\t80\t/min\t2026-05-03 12:15\nSBP\t120\tmmHg\t2026-05-03 08:15',
    )
    const { form } = pasted(empty, sets)
    expect(measured(read(form).visit.observations)).toEqual([
      ['Systolic blood pressure', '120', '2026-05-03T08:15:00+08:00'],
      ['Heart rate', '72', '2026-05-03T08:15:00+08:00'],
      ['Heart rate', '80', '2026-05-03T12:15:00+08:00'],
    ])
    const again = pasted(form, sets).form
    expect([again.vitals, again.furtherVitals.length]).toEqual([form.vitals, 3])
  })

  const pressure = { sbp: '120', dbp: '80' }
  const times = ({ vitalsAt, furtherVitals }: VisitForm) => [vitalsAt, ...furtherVitals.map(({ at }) => at)]

  it('give no other time to what stands in the first set', () => {
    const set = { at: '2026-05-03 14:00', values: pressure }
    const onto = (form: VisitForm) => pasted(form, [set]).form
    const typed: VisitForm = { ...empty, vitals: { ...empty.vitals, hr: '80' } }
    expect(measured(read(onto(typed)).visit.observations)).toEqual([
      ['Heart rate', '80', '2026-05-03T07:30:00+08:00'],
      ['Systolic blood pressure', '120', '2026-05-03T14:00:00+08:00'],
      ['Diastolic blood pressure', '80', '2026-05-03T14:00:00+08:00'],
    ])
    expect(times(onto({ ...empty, vitalsAt: '0815' }))).toEqual(['0815', '2026-05-03 14:00'])
    const copied = { ...empty, vitals: { ...empty.vitals, height: '170' }, copied: ['vitals.height'] }
    expect(times(onto(copied))).toEqual(['', '2026-05-03 14:00'])
    expect(times(onto(withSet(empty, 'a', { at: '1600', hr: '70' })))).toEqual([
      '',
      '1600',
      '2026-05-03 14:00',
    ])
    // What it replaces there, and what was measured then anyhow, has that time.
    const height = { at: '2026-05-03 14:00', values: { height: '171' } }
    const measuredNow = pasted(copied, [height]).form
    expect([times(measuredNow), measuredNow.vitals.height, measuredNow.copied]).toEqual([
      ['2026-05-03 14:00'],
      '171',
      [],
    ])
    expect(times(onto({ ...typed, vitalsAt: '1400' }))).toEqual(['1400'])
    expect(times(pasted(typed, [{ at: '2026-05-03 07:30', values: pressure }]).form)).toEqual([''])
  })

  it('keep a day alone unless it is that of the admission, and are given no time that the block does not say', () => {
    const pulse = (day: string) => pasted(empty, setsOf(`HR\t72\t/min\t${day}\nSPO2\t97\t%\t${day}`)).form
    expect(times(pulse('2026-05-02'))).toEqual(['2026-05-02'])
    expect(read(pulse('2026-05-02')).visit.observations[0]?.effective).toBe('2026-05-02')
    expect(read(pulse('2026-05-03')).visit.observations[0]?.effective).toBe('2026-05-03T07:30:00+08:00')
    const twice = 'HR\t72\t/min\t2026-05-03 08:15\nHR\t80\t/min\t2026-05-03 08:15'
    const { form } = pasted(empty, setsOf(twice))
    expect(times(form)).toEqual(['2026-05-03 08:15', ''])
    expect(read(form).problems.map(({ rule }) => rule)).toEqual(['vitals-time-missing'])
  })

  it('are no more than a visit has sets for, and say how many are left', () => {
    const hourly = Array.from({ length: FURTHER_SETS_MAX + 3 }, (_, i) => ({
      at: `2026-05-0${3 + Math.floor(i / 24)} ${String(i % 24).padStart(2, '0')}:00`,
      values: { hr: '70' },
    }))
    const { form, leftCount } = pasted(empty, hourly)
    expect([form.furtherVitals.length, leftCount]).toEqual([FURTHER_SETS_MAX, 2])
    expect(pasted(form, hourly.slice(0, 1))).toEqual({ form, leftCount: 1 })
  })
})
