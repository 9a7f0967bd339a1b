import { describe, expect, it } from 'vitest'
import { labTestByKey, LOINC_SYSTEM } from '../../../../shared/domain/lab-tests.ts'
import type { Observation } from '../../../../shared/domain/visit.ts'
import { flagByItself, flagOf, readRange, typedRange } from './result-range.ts'

describe('readRange', () => {
  it('reads ranges as laboratories print them', () => {
    expect(['3.5-5.1', '(3.5 ~ 5.1)', '３.５ – 5.1', '3.5 至 5.1'].map(readRange)).toEqual(
      Array.from({ length: 4 }, () => ({ refLow: '3.5', refHigh: '5.1' })),
    )
    expect(['<1.7', '≤ 200', '-5', '>40', '>=60'].map(readRange)).toEqual([
      { refHigh: '1.7' },
      { refHigh: '200' },
      { refHigh: '5' },
      { refLow: '40' },
      { refLow: '60' },
    ])
  })
  it('keeps words as words, and writes each so that it is read again', () => {
    expect(readRange('negative')).toEqual({ refText: 'negative' })
    expect(readRange(' ')).toEqual({})
    for (const text of ['3.5-5.1', '<1.7', '>40', 'negative', ''])
      expect(readRange(typedRange(readRange(text))), text).toEqual(readRange(text))
  })
})

describe('what is high', () => {
  const potassium: Observation = {
    code: { system: LOINC_SYSTEM, code: '2823-3' },
    kind: 'lab',
    status: 'final',
    value: { type: 'decimal', value: '5.3', unit: 'mmol/L' },
    sourceCodings: [],
  }
  it('is so by the laboratory’s own range, which wins over the default one', () => {
    expect(flagByItself(potassium)).toBe('H')
    expect(flagByItself({ ...potassium, refLow: '3.5', refHigh: '5.5' })).toBeUndefined()
    expect(flagByItself({ ...potassium, refLow: '5.4' })).toBe('L')
    expect(flagByItself({ ...potassium, refText: 'see report' })).toBeUndefined()
  })
  it('is judged in the unit of the test', () => {
    const glucose = labTestByKey('glucF')!
    expect(flagOf(glucose, '7.2', 'mmol/L')).toBe('H')
    expect(flagOf(glucose, '85', 'mg/dL')).toBeUndefined()
    expect(flagOf(glucose, '60', 'mg/dL')).toBe('L')
  })
})
