import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { readBlock, resultsOf } from './paste-results.ts'

const today = parseDay('2026-05-10')!
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
      [null, '', '', '', false],
      ['tg', '1.7', 'mmol/L', '2026-05-09', true],
      ['k', '5.6', 'mmol/L', '2026-05-09', true],
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
    const rows = read('HbA1c\t7.2\t%\nZonulin\t3.1\tng/mL\nNa\t140\tfurlong\nK\thaemolysed\tmmol/L')!
    expect(rows.map((each) => each.isTaken)).toEqual([true, false, false, false])
    expect(rows[2]!.unknownUnit).toBe('furlong')
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
