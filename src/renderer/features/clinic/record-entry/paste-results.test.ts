import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { LOINC_SYSTEM } from '../../../../shared/domain/lab-tests.ts'
import { instantText } from '../../../lib/zone.ts'
import { emptyForm } from './form.ts'
import { fieldsOfResults, readBlock, resultsOf } from './paste-results.ts'
import { readForm } from './read-form.ts'

const today = parseDay('2026-05-10')!
const form = emptyForm({ day: '2026-05-10', time: '09:00', rowId: () => 'row' })
const context = { patientId: 'p1', today, zone: 'Asia/Taipei', instantText, confirmations: [] }
const read = (text: string) => {
  const block = readBlock(text, today)
  return block === null ? null : resultsOf(block, today)
}
const plain = (text: string) =>
  read(text)?.map((each) => [each.test?.key ?? null, each.value, each.unit, each.day, each.isTaken])

describe('a pasted block of results', () => {
  it('takes two columns from a table', () => {
    expect(plain('HbA1c\t7.2\nGLU-AC\t131\nCr\t0.9')).toEqual([
      ['hba1c', '7.2', '%', '', true],
      ['glucF', '131', 'mg/dL', '', true],
      ['creat', '0.9', 'mg/dL', '', true],
    ])
  })

  it('finds test, value, unit and date in any order, under a line of headings', () => {
    const block =
      '日期\t項目\t結果\t單位\t參考值\n115/05/09\t三酸甘油酯\t1.7\tmmol/L\t<1.7\n115/05/09\t鉀\t5.6 H\tmmol/L\t3.5-5.1'
    expect(plain(block)).toEqual([
      [null, '結果', '單位', '', false],
      ['tg', '1.7', 'mmol/L', '2026-05-09', true],
      ['k', '5.6', 'mmol/L', '2026-05-09', true],
    ])
  })

  it('takes the laboratory’s own range and the time of the day where they stand beside', () => {
    const rows = read(
      '115/05/09 08:15:30\t鉀\t5.3 H\tmmol/L\t3.5-5.5\n115/05/09 08:15:30\tZonulin\t3.1\tng/mL\t<3',
    )!
    expect(rows.map(({ range, day }) => [range, day])).toEqual([
      ['3.5-5.5', '2026-05-09 08:15'],
      ['<3', '2026-05-09 08:15'],
    ])
    const { rows: fields } = fieldsOfResults(rows, {
      nameOf: (test) => test.en,
      freshId: () => crypto.randomUUID(),
      admissionDay: '2026-05-10',
    })
    const { visit } = readForm({ ...form, labs: fields }, context)
    expect(visit.observations.map(({ refLow, refHigh, flag }) => [refLow, refHigh, flag])).toEqual([
      ['3.5', '5.5', undefined],
      [undefined, '3', 'H'],
    ])
  })

  it('keeps comparators and words, and full-width digits are digits', () => {
    expect(plain('Troponin I\t<0.04\nHBsAg\tNegative\nALT (GPT)\t３１')).toEqual([
      ['tropI', '<0.04', 'ng/mL', '', true],
      ['hbsag', 'negative', '', '', true],
      ['alt', '31', 'U/L', '', true],
    ])
  })

  it('leaves to a person what it does not understand', () => {
    const rows = read('HbA1c\t7.2\t%\nColour\tyellow\t\nNa\t140\tfurlong\nK\thaemolysed\tmmol/L\n\t12\tg')!
    expect(rows.map((each) => each.isTaken)).toEqual([true, false, false, false, false])
    // Words beside an unknown name may be a heading: a person may take them.
    expect(rows.map((each) => each.value)).toEqual(['7.2', 'yellow', '140', '', ''])
    expect(rows[2]!.unknownUnit).toBe('furlong')
  })

  it('takes a test that our table lacks under its own name, with value, unit and day as they stand', () => {
    const rows = read(
      '115/05/09\tHbA1c\t7.2\t%\n115/05/09\tZonulin\t<3.1 H\tng/mL\n115/05/09\tHLA-B27\tNegative\t',
    )!
    expect(rows.map(({ name, value, unit, day, isTaken }) => [name, value, unit, day, isTaken])).toEqual([
      ['HbA1c', '7.2', '%', '2026-05-09', true],
      ['Zonulin', '<3.1', 'ng/mL', '2026-05-09', true],
      ['HLA-B27', 'negative', '', '2026-05-09', true],
    ])
    let id = 0
    const { rows: fields, sets } = fieldsOfResults(rows, {
      nameOf: (test) => test.en,
      freshId: () => String(id++),
      admissionDay: '2026-05-10',
    })
    expect(sets).toEqual([])
    expect(fields.map(({ test }) => [test.text, test.code?.code ?? null])).toEqual([
      ['Hemoglobin A1c', '4548-4'],
      ['Zonulin', null],
      ['HLA-B27', null],
    ])
    // In the record: the hospital's own code, which the list of what is to be coded finds; nothing is lost on the way.
    const { visit, problems } = readForm({ ...form, labs: fields }, context)
    expect(problems.filter(({ field }) => field.startsWith('labs.'))).toEqual([])
    expect(visit.observations.map(({ code, value }) => [code, value])).toEqual([
      [
        { system: LOINC_SYSTEM, code: '4548-4', display: 'Hemoglobin A1c' },
        { type: 'decimal', value: '7.2', unit: '%' },
      ],
      [
        { system: 'local', code: 'Zonulin', display: 'Zonulin' },
        { type: 'decimal', value: '3.1', comparator: '<', unit: 'ng/mL' },
      ],
      [
        { system: 'local', code: 'HLA-B27', display: 'HLA-B27' },
        { type: 'code', value: { system: 'http://snomed.info/sct', code: '260385009', display: 'Negative' } },
      ],
    ])
  })

  it('keeps a titre whole, and takes a dash for nothing', () => {
    const rows = read('HbA1c\t7.2\nASLO\t1:80\nProtein\t3+\nOld test\t-\nZinc\t12.5 umol/L')!
    expect(rows.slice(1).map(({ value, unit, isTaken }) => [value, unit, isTaken])).toEqual([
      ['1:80', '', true],
      ['3+', '', true],
      ['', '', false],
      ['12.5', 'umol/L', true],
    ])
  })

  it('is a block where our table knows none of the tests, and finds unit and day beside them', () => {
    const rows = read('Zonulin\t3.1\tng/mL\t115/05/09\nCalprotectin\t120\tug/g\t115/05/09')!
    expect(rows.map(({ name, value, unit, day }) => [name, value, unit, day])).toEqual([
      ['Zonulin', '3.1', 'ng/mL', '2026-05-09'],
      ['Calprotectin', '120', 'ug/g', '2026-05-09'],
    ])
  })

  it('understands a unit that our table lacks where UCUM knows it', () => {
    expect(plain('Glucose\t1.1\tg/L\nHgb\t130\tmg/mL')?.map((row) => row.slice(1))).toEqual([
      ['1.1', 'g/L', '', true],
      ['130', 'mg/mL', '', true],
    ])
  })

  it('turns one line of tests over one line of values', () => {
    expect(plain('WBC\tHgb\tPLT\n6.1\t13.2\t210')?.map((row) => row[0])).toEqual(['wbc', 'hgb', 'plt'])
  })

  it('is no block: one column, prose, or columns without a test', () => {
    expect(read('7.2')).toBeNull()
    expect(read('the patient feels well\nand sleeps')).toBeNull()
    expect(read('a\tb\nc\td')).toBeNull()
  })
})
