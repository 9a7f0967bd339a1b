import { describe, expect, it } from 'vitest'
import { visitInput } from '../../../../shared/contract/records.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { LOINC_SYSTEM } from '../../../../shared/domain/lab-tests.ts'
import { checkVisit } from '../../../../shared/domain/visit-check.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { instantText } from '../../../lib/zone.ts'
import {
  addRows,
  emptyForm,
  emptyLine,
  emptyRow,
  isTouched,
  patchEncounter,
  patchRow,
  removeRow,
  type VisitForm,
} from './form.ts'
import { amountOf, sumOfLines } from './line-amounts.ts'
import { formOfRecord, readForm } from './read-form.ts'
import { sameValue } from './same-value.ts'
import { type FormContext, readNotes } from './to-visit.ts'

let serial = 0
const rowId = () => `row${++serial}`
const context: FormContext = {
  patientId: 'p1',
  today: parseDay('2026-05-10')!,
  zone: 'Asia/Taipei',
  instantText,
  confirmations: [],
}
const fresh = () => emptyForm({ day: '2026-05-10', time: '09:30', rowId })
const department = {
  text: '01 Internal medicine',
  code: { system: 'x', code: '01', display: 'Internal medicine' },
}
const diabetes = {
  text: 'E11.9 Diabetes',
  code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'E119', display: 'Diabetes' },
}
const hba1c = { text: 'HbA1c', code: { system: LOINC_SYSTEM, code: '4548-4', display: 'Hemoglobin A1c' } }

/** A visit with something in each section. */
function fullForm(): VisitForm {
  let form = patchEncounter(fresh(), { department, reason: 'follow-up', payerGroup: 'ACME' })
  form = {
    ...form,
    vitals: { ...form.vitals, sbp: '128', dbp: '82', temp: '98.6F', height: '170', weight: '70.5' },
  }
  form = { ...form, smoking: '8517006', notes: 'First.\n\nSecond.', died: false }
  form = addRows(
    form,
    'labs',
    [
      {
        ...emptyRow.labs(rowId()),
        test: hba1c,
        value: '<7.0',
        unit: '%',
        collected: '2026-05-09',
        resulted: '2026-05-10',
      },
    ],
    rowId,
  )
  form = addRows(
    form,
    'diagnoses',
    [
      { ...emptyRow.diagnoses(rowId()), code: diabetes, role: 'principal', isChronic: true },
      { ...emptyRow.diagnoses(rowId()), code: { text: 'tired', code: null }, text: '' },
    ],
    rowId,
  )
  form = addRows(
    form,
    'procedures',
    [
      {
        ...emptyRow.procedures(rowId()),
        code: { text: 'x', code: { system: 'local', code: 'GAS', display: 'Gastroscopy' } },
        performed: '2026-05-10',
        laterality: 'left',
      },
    ],
    rowId,
  )
  form = addRows(
    form,
    'medicines',
    [
      {
        ...emptyRow.medicines(rowId()),
        code: {
          text: 'A10BA02',
          code: { system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'Metformin' },
        },
        dose: '500',
        unit: 'mg',
        frequency: 'bid',
        days: '28',
      },
    ],
    rowId,
  )
  return addRows(
    form,
    'claims',
    [
      {
        ...emptyRow.claims(rowId()),
        billed: '1,200',
        allowed: '1000',
        paidByPayer: '800',
        paidByPatient: '200',
      },
    ],
    rowId,
  )
}

const recordOf = (form: VisitForm): VisitRecord => {
  const { visit } = readForm(form, context)
  const { patientId: _id, confirmations, consent, ...rest } = visit
  return {
    ...rest,
    encounter: { ...visit.encounter, facility: 'f', day: '2026-05-10' },
    patient: { key: '0'.repeat(64), keyEpoch: 0, sex: 'female', consent, linkTokens: [] },
    envelope: {
      schema: 'visit/1',
      recordId: '0'.repeat(32),
      visitId: '1'.repeat(32),
      op: 'create',
      recordedAt: '2026-05-10T09:31:00+08:00',
      recorder: { userKeyId: 'u', role: 'clerk' },
      origin: { kind: 'form' },
      confirmations,
    },
  }
}

describe('readForm', () => {
  it('keeps a place for a result that is still to come, and reads it back', () => {
    const row = { ...emptyRow.labs(rowId()), test: hba1c, value: '?', collected: '2026-05-09' }
    const { visit, problems } = readForm(addRows(fresh(), 'labs', [row], rowId), context)
    expect(problems.filter(({ field }) => field.startsWith('labs'))).toEqual([])
    const [awaited] = visit.observations
    expect(awaited).toMatchObject({ status: 'registered', value: { type: 'absent', reason: 'pending' } })
    const findings = checkVisit(visit, { mode: 'form', today: context.today, patient: { sex: 'male' } })
    expect(findings.filter(({ path }) => path.startsWith('observations'))).toEqual([])
  })

  it('makes of a full form a visit that the schema and every rule accept', () => {
    const { visit, problems } = readForm(fullForm(), context)
    expect(problems).toEqual([])
    expect(visitInput.safeParse(visit).error).toBeUndefined()
    const findings = checkVisit(visit, { mode: 'form', today: context.today, patient: { sex: 'female' } })
    expect(findings.filter((finding) => finding.severity === 'refuse')).toEqual([])
    expect(visit.encounter.admission).toEqual({ at: '2026-05-10T09:30:00+08:00', zone: 'Asia/Taipei' })
    expect(visit.notes).toEqual(['First.', 'Second.'])
  })
  it('keeps numbers as typed, with comparator, unit and the unit that was written', () => {
    const { visit } = readForm(fullForm(), context)
    expect(visit.observations.find((each) => each.code.code === '4548-4')?.value).toEqual({
      type: 'decimal',
      value: '7.0',
      comparator: '<',
      unit: '%',
    })
    expect(visit.observations.find((each) => each.code.code === '8310-5')?.value).toEqual({
      type: 'decimal',
      value: '98.6',
      unit: '[degF]',
      unitSource: 'F',
    })
  })
  it('says at which field what was typed is not understood', () => {
    let form = patchEncounter(fresh(), { day: '2026-02-30', time: '99' })
    form = { ...form, vitals: { ...form.vitals, hr: 'fast' }, icuDays: '1.5' }
    form = addRows(
      form,
      'labs',
      [{ ...emptyRow.labs('lab1'), test: { text: 'nonsense', code: null }, value: '1' }],
      rowId,
    )
    form = addRows(form, 'claims', [{ ...emptyRow.claims('claim1'), billed: '1.5' }], rowId)
    const { problems } = readForm(form, context)
    expect(problems.map((each) => [each.field, each.rule])).toEqual([
      ['encounter.day', 'date-not-understood'],
      ['encounter.time', 'time-not-understood'],
      ['vitals.hr', 'not-a-number'],
      ['icuDays', 'not-a-whole-number'],
      ['claims.claim1.billed', 'too-precise'],
    ])
  })
  it('takes a test that the table lacks under its own name, with value and unit as typed', () => {
    const own = (text: string, value: string, unit = '') => ({
      ...emptyRow.labs(rowId()),
      test: { text, code: null },
      value,
      unit,
    })
    const rows = [
      own('Lp(a) 本院', '<12.50 nmol/L'),
      own('ANA', '1:80'),
      own('Urine protein', '3+', 'g'),
      own('pH', '7.4'),
      own('LAB0457', '?'),
      own('hba1c', '7.1'),
      own('Dengue', 'negative'),
    ]
    const { visit, problems } = readForm(addRows(fresh(), 'labs', rows, rowId), context)
    expect(problems).toEqual([])
    expect(visitInput.shape.observations.safeParse(visit.observations).error).toBeUndefined()
    expect(visit.observations.map(({ code, value }) => [code, value])).toEqual([
      [
        { system: 'local', code: 'Lp(a) 本院', display: 'Lp(a) 本院' },
        { type: 'decimal', comparator: '<', value: '12.50', unit: 'nmol/L' },
      ],
      [expect.objectContaining({ display: 'ANA' }), { type: 'text', value: '1:80' }],
      [expect.objectContaining({ display: 'Urine protein' }), { type: 'text', value: '3+' }],
      [expect.objectContaining({ display: 'pH' }), { type: 'decimal', value: '7.4' }],
      [expect.objectContaining({ code: 'LAB0457' }), { type: 'absent', reason: 'pending' }],
      // A name of the table that nobody chose from it is that test.
      [expect.objectContaining({ code: '4548-4' }), { type: 'decimal', value: '7.1', unit: '%' }],
      [expect.objectContaining({ display: 'Dengue' }), expect.objectContaining({ type: 'code' })],
    ])
    const found = checkVisit(visit, { mode: 'form', today: context.today, patient: { sex: 'male' } })
    const ofResults = found.filter(({ path }) => path.startsWith('observations'))
    expect(ofResults.map(({ rule, severity, params }) => [rule, severity, params['value']])).toEqual([
      ['code-unlisted', 'confirm', 'Lp(a) 本院'],
      ['code-unlisted', 'confirm', 'ANA'],
      ['code-unlisted', 'confirm', 'Urine protein'],
      ['code-unlisted', 'confirm', 'pH'],
      ['code-unlisted', 'confirm', 'LAB0457'],
      ['code-unlisted', 'confirm', 'Dengue'],
    ])
  })
  it('takes the discharge record of a stay with a claim of ten lines, and says at which line something is wrong', () => {
    let form = patchEncounter(fullForm(), {
      class: 'IMP',
      day: '2026-05-01',
      dischargeDay: '2026-05-08',
      disposition: 'home',
    })
    const line = (i: number) => ({
      ...emptyLine(`line${i}`),
      code: { text: `0${i}156B`, code: null },
      quantity: '1.5',
      unitPrice: String(100 * i),
      net: amountOf('1.5', String(100 * i), 0)!,
      ranks: i === 9 ? '7' : '1, 2',
    })
    const lines = [...Array.from({ length: 10 }, (_, i) => line(i + 1)), emptyLine('spare')]
    const claim = form.claims[0]!.id
    const sums = { billed: '8250', allowed: '8250', paidByPayer: '8000', paidByPatient: '250' }
    form = patchRow(form, 'claims', claim, { ...sums, copay: '200', deductible: '50', lines }, rowId)
    const medicine = form.medicines[0]!.id
    form = patchRow(
      form,
      'medicines',
      medicine,
      { quantity: '56', refills: '2', end: '2026-06-06', start: '2026-05-10' },
      rowId,
    )
    const read = readForm(form, context)
    expect(read.problems).toEqual([])
    expect(visitInput.safeParse(read.visit).error).toBeUndefined()
    expect(read.visit.claims[0]).toMatchObject({ copayMinor: 200, deductibleMinor: 50, billedMinor: 8250 })
    expect(read.visit.claims[0]!.lines).toHaveLength(10)
    expect(read.visit.claims[0]!.lines[2]).toEqual({
      code: { system: 'local', code: '03156B', display: '03156B' },
      quantity: '1.5',
      unitPriceMinor: 300,
      netMinor: 450,
      diagnosisRanks: [1, 2],
    })
    expect(sumOfLines(lines, 0)).toBe(8250)
    expect(read.visit.prescriptions[0]).toMatchObject({ quantity: '56', refills: 2, end: '2026-06-06' })
    const found = checkVisit(read.visit, { mode: 'form', today: context.today, patient: { sex: 'male' } })
    expect(
      found
        .filter(({ severity }) => severity === 'refuse')
        .map(({ path, rule }) => [read.fieldOf(path), rule]),
    ).toEqual([[`claims.${claim}.lines.line9.ranks`, 'line-points-nowhere']])
    expect(found.map(({ rule }) => rule)).not.toContain('lines-differ-from-billed')
  })
  it('leads every path of a finding back to the field it came from', () => {
    let form = fullForm()
    form = { ...form, vitals: { ...form.vitals, sbp: '1200' } }
    const diagnosis = form.diagnoses[0]!.id
    const medicine = form.medicines[0]!.id
    form = patchRow(form, 'medicines', medicine, { days: '' }, rowId)
    form = patchRow(form, 'diagnoses', diagnosis, { role: 'secondary' }, rowId)
    const read = readForm(form, context)
    const findings = checkVisit(read.visit, {
      mode: 'form',
      today: context.today,
      patient: { sex: 'female' },
    })
    const fields = findings
      .filter((each) => each.severity === 'refuse')
      .map((each) => read.fieldOf(each.path))
    expect(fields).toContain('vitals.sbp')
    expect(fields).toContain(`diagnoses.${diagnosis}.code`)
    expect(fields).toContain(`medicines.${medicine}.days`)
  })
  it('takes the laboratory’s own range, a mark, a preliminary state, times of the day and why there is no result', () => {
    const row = (patch: object) => ({
      ...emptyRow.labs(rowId()),
      test: { text: 'K', code: { system: LOINC_SYSTEM, code: '2823-3', display: 'Potassium' } },
      value: '5.3',
      unit: 'mmol/L',
      collected: '2026-05-10',
      ...patch,
    })
    const rows = [
      row({}),
      row({ range: '3.5-5.5', collected: 't 0815', resulted: '0510 11:40' }),
      row({ range: '3.5-5.5', flag: 'HH', status: 'preliminary' }),
      row({ value: '', absent: 'error', resulted: '2026-05-10' }),
      row({ test: { text: 'Zonulin', code: null }, value: '3.1', unit: 'ng/mL', range: '<3' }),
    ]
    const read = readForm(addRows(fresh(), 'labs', rows, rowId), context)
    expect(read.problems).toEqual([])
    expect(visitInput.shape.observations.safeParse(read.visit.observations).error).toBeUndefined()
    const common = { kind: 'lab', sourceCodings: [] }
    const number = { type: 'decimal', value: '5.3', unit: 'mmol/L' }
    const [byDefault, own, said, none, unknown] = read.visit.observations.map(
      ({ code: _code, ...rest }) => rest,
    )
    const day = '2026-05-10'
    expect(byDefault).toEqual({
      ...common,
      value: number,
      status: 'final',
      refLow: '3.5',
      refHigh: '5.1',
      flag: 'H',
      specimenCollected: day,
      resultDate: day,
    })
    expect(own).toEqual({
      ...common,
      value: number,
      status: 'final',
      refLow: '3.5',
      refHigh: '5.5',
      specimenCollected: '2026-05-10T08:15:00+08:00',
      resultDate: '2026-05-10T11:40:00+08:00',
    })
    expect(said).toMatchObject({ flag: 'HH', status: 'preliminary', refHigh: '5.5' })
    expect(none).toEqual({
      ...common,
      value: { type: 'absent', reason: 'error' },
      status: 'final',
      specimenCollected: day,
      resultDate: day,
    })
    expect(unknown).toMatchObject({ refHigh: '3', flag: 'H' })
    const found = checkVisit(read.visit, { mode: 'form', today: context.today, patient: { sex: 'male' } })
    expect(found.filter(({ severity, path }) => severity === 'refuse' && path.startsWith('obs'))).toEqual([])
    // Read back as it was written, and each moment of a time that is none is said where it stands.
    const again = formOfRecord(recordOf(addRows(fullForm(), 'labs', rows, rowId)), context, rowId)!
    expect(
      again.labs
        .slice(1, 6)
        .map(({ range, flag, status, absent, collected }) => [range, flag, status, absent, collected]),
    ).toEqual([
      ['', '', 'final', '', day],
      ['3.5-5.5', '', 'final', '', '2026-05-10 08:15'],
      ['3.5-5.5', 'HH', 'preliminary', '', day],
      ['', '', 'final', 'error', day],
      ['<=3', '', 'final', '', day],
    ])
    const wrong = readForm(addRows(fresh(), 'labs', [row({ collected: 't 2575' })], rowId), context)
    expect(wrong.problems.map(({ rule, field }) => [rule, field.split('.')[2]])).toEqual([
      ['time-not-understood', 'collected'],
    ])
  })
  it('takes orders by the hour, as needed and by their number a day, each as such', () => {
    const order = (patch: object) => ({
      ...emptyRow.medicines(rowId()),
      code: { text: 'x', code: { system: 'http://www.whocc.no/atc', code: 'N02BE01', display: 'x' } },
      dose: '500',
      days: '3',
      ...patch,
    })
    const rows = [
      order({ frequency: 'Q8H' }),
      order({ frequency: 'TIDAC', asNeeded: true }),
      order({ asNeeded: true }),
      order({ perDay: '2.5' }),
      order({ frequency: 'with the soup' }),
      order({}),
    ]
    const read = readForm(addRows(fresh(), 'medicines', rows, rowId), context)
    expect(visitInput.shape.prescriptions.safeParse(read.visit.prescriptions).error).toBeUndefined()
    expect(
      read.visit.prescriptions.map(({ frequency, asNeeded, perDay }) => [frequency, asNeeded, perDay]),
    ).toEqual([
      ['q8h', undefined, undefined],
      ['tid ac', true, undefined],
      [undefined, true, undefined],
      [undefined, undefined, '2.5'],
      ['with the soup', undefined, undefined],
      [undefined, undefined, undefined],
    ])
    // What is no frequency is asked about once; what says nothing of how often is refused.
    expect(read.problems.map(({ path, rule, severity }) => [path, rule, severity])).toEqual([
      ['prescriptions.4.frequency', 'frequency-unlisted', 'confirm'],
    ])
    const found = checkVisit(read.visit, { mode: 'form', today: context.today, patient: { sex: 'male' } })
    expect(found.filter(({ path }) => path.startsWith('prescriptions')).map(({ path }) => path)).toEqual([
      'prescriptions.5.frequency',
    ])
  })
  it('reads certainty, beginning and end of a diagnosis, and leads a finding to its field', () => {
    const row = (id: string, patch: object) => ({ ...emptyRow.diagnoses(id), code: diabetes, ...patch })
    const rows = [
      row('a', { role: 'principal', onset: '2019', verification: 'provisional' }),
      row('b', { onset: '108/03/05', abatement: 't-3', verification: 'refuted' }),
      row('c', { onset: '2024-05', abatement: '2023' }),
      row('d', { abatement: 'soon' }),
    ]
    const read = readForm(addRows(fresh(), 'diagnoses', rows, rowId), context)
    expect(
      read.visit.diagnoses.map(({ verification, onset, abatement }) => [verification, onset, abatement]),
    ).toEqual([
      ['provisional', '2019', undefined],
      ['refuted', '2019-03-05', '2026-05-07'],
      ['confirmed', '2024-05', '2023'],
      ['confirmed', undefined, undefined],
    ])
    expect(read.problems.map(({ field, rule }) => [field, rule])).toEqual([
      ['diagnoses.d.abatement', 'date-not-understood'],
    ])
    const found = checkVisit(read.visit, { mode: 'form', today: context.today, patient: { sex: 'male' } })
    const ends = found.filter(({ rule }) => rule === 'abatement-before-onset')
    expect(ends.map(({ path }) => read.fieldOf(path))).toEqual(['diagnoses.c.abatement'])
  })
  it('marks free words as unlisted and typed ICD-10 codes as codes', () => {
    let form = addRows(
      fresh(),
      'diagnoses',
      [{ ...emptyRow.diagnoses(rowId()), code: { text: 'i10.9x', code: null } }],
      rowId,
    )
    form = addRows(
      form,
      'diagnoses',
      [{ ...emptyRow.diagnoses(rowId()), code: { text: '頭痛', code: null } }],
      rowId,
    )
    const { visit } = readForm(form, context)
    expect(visit.diagnoses[0]).toMatchObject({ code: { code: 'I109X' }, unlisted: true })
    expect(visit.diagnoses[1]).toMatchObject({
      code: { system: 'local', display: '頭痛' },
      unlisted: true,
      text: '頭痛',
    })
  })
  it('never cuts a note within a character', () => {
    const notes = readNotes(`${'a'.repeat(1999)}😀${'b'.repeat(10)}`)
    expect(notes).toHaveLength(2)
    expect(notes.join('')).toBe(`${'a'.repeat(1999)}😀${'b'.repeat(10)}`)
    expect(notes.every((note) => note.isWellFormed())).toBe(true)
  })
})

describe('the form', () => {
  it('always has a blank row to type into, and one alone', () => {
    const form = fresh()
    const first = form.labs[0]!.id
    const typed = patchRow(form, 'labs', first, { value: '7' }, rowId)
    expect(typed.labs).toHaveLength(2)
    expect(removeRow(typed, 'labs', first, rowId).labs).toHaveLength(1)
  })
  it('ends a stay when its discharge is known', () => {
    const stay = patchEncounter(fresh(), { class: 'IMP' })
    expect(stay.encounter.status).toBe('in-progress')
    expect(patchEncounter(stay, { dischargeDay: '2026-05-11' }).encounter.status).toBe('finished')
    expect(patchEncounter(stay, { class: 'AMB' }).encounter.status).toBe('finished')
  })
  it('knows whether anything was typed, whatever its rows are called', () => {
    expect(isTouched(fresh(), fresh())).toBe(false)
    expect(isTouched({ ...fresh(), notes: 'x' }, fresh())).toBe(true)
  })
})

describe('formOfRecord', () => {
  it('holds a record of the form whole, so that a correction loses nothing', () => {
    const record = recordOf(fullForm())
    const form = formOfRecord(record, context, rowId)
    expect(form).not.toBeNull()
    expect(sameValue(readForm(form!, context).visit, visitInputOf(record, 'p1'))).toBe(true)
    expect(form!.vitals.temp).toBe('98.6F')
  })
})

describe('amountOf', () => {
  it('multiplies without a fraction of a coin, or says nothing', () => {
    expect(amountOf('3', '12.50', 2)).toBe('37.50')
    expect(amountOf('0.5', '5', 0)).toBeNull()
    expect(amountOf('0.5', '0.50', 2)).toBe('0.25')
    expect(amountOf('two', '5', 0)).toBeNull()
  })
})

describe('vital signs in the record', () => {
  const vitalsOf = (vitals: Partial<VisitForm['vitals']>) =>
    readForm({ ...fresh(), vitals: { ...fresh().vitals, ...vitals } }, context).visit.observations.map(
      ({ code, refLow, refHigh, flag }) => [code.code, refLow, refHigh, flag],
    )
  it('have the range and the mark that stood beside them in the form', () => {
    expect(vitalsOf({ sbp: '185', dbp: '95', hr: '55', temp: '36.8' })).toEqual([
      ['8480-6', '90', '130', 'H'],
      ['8462-4', '60', '80', 'H'],
      ['8867-4', '60', '100', 'L'],
      ['8310-5', '36', '37.5', undefined],
    ])
  })
  it('are marked in another unit too, without a range that would mislead there', () => {
    expect(vitalsOf({ temp: '102F', weight: '70' })).toEqual([
      ['8310-5', undefined, undefined, 'H'],
      ['29463-7', undefined, undefined, undefined],
    ])
  })
})

describe('a code that came without words', () => {
  it('has no empty name in the record', () => {
    const row = {
      ...emptyRow.diagnoses(rowId()),
      code: { text: 'E785', code: { ...diabetes.code, display: '' } },
    }
    const [diagnosis] = readForm(addRows(fresh(), 'diagnoses', [row], rowId), context).visit.diagnoses
    expect(diagnosis?.code).toEqual({ system: diabetes.code.system, code: 'E119' })
  })
})

describe('a dose that is far from the usual one', () => {
  it('is asked about at its field, and taken as it is written', () => {
    const row = {
      ...emptyRow.medicines('m1'),
      code: {
        text: 'A10BA02',
        code: { system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'Metformin' },
      },
      usual: '500 mg bid',
      dose: '9.1',
      frequency: 'bid',
    }
    const { problems, visit } = readForm(addRows(fresh(), 'medicines', [row], rowId), context)
    expect(problems.filter(({ rule }) => rule === 'dose-differs-from-usual')).toMatchObject([
      { field: 'medicines.m1.dose', severity: 'confirm', params: { value: '9.1 mg', limit: '500 mg' } },
    ])
    expect(visit.prescriptions[0]?.dose).toEqual({ value: '9.1', unit: 'mg' })
  })
})
