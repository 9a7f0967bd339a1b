import { describe, expect, it } from 'vitest'
import { FREQUENCIES, ROUTES } from '../../shared/domain/dosing.ts'
import { en, zhHant } from '../words/clinical.ts'
import { sayFrequency, sayHowOften, withDose } from './dosing-words.ts'

describe('sayFrequency', () => {
  it('says every frequency and route in both languages', () => {
    for (const words of [en, zhHant]) {
      for (const code of FREQUENCIES) expect(sayFrequency(code, words), code).not.toBe(code)
      for (const route of ROUTES) expect(words.route[route], route).not.toBe('')
    }
  })
  it('says hours, days of the week and meals', () => {
    expect(['q72h', 'qw(1,4)', 'TIDAC'].map((text) => sayFrequency(text, en))).toEqual([
      'Every 72 hours',
      'Weekly on Monday, Thursday',
      'Three times a day, before meals',
    ])
    expect(['q72h', 'qw(1,4)', 'TIDAC'].map((text) => sayFrequency(text, zhHant))).toEqual([
      '每 72 小時',
      '每週一、四',
      '每日三次，飯前',
    ])
  })
  it('says what it does not know as it is written', () => {
    expect(sayFrequency('with breakfast', en)).toBe('with breakfast')
  })
})

describe('sayHowOften', () => {
  it('says “as needed” beside how often, and not twice', () => {
    expect(sayHowOften({ frequency: 'q6h', asNeeded: true }, en)).toEqual(['Every 6 hours', 'As needed'])
    expect(sayHowOften({ frequency: 'prn', asNeeded: true }, en)).toEqual(['As needed'])
    expect(sayHowOften({ perDay: '2.5' }, en)).toEqual(['2.5 a day'])
    expect(sayHowOften({ frequency: 'BID', perDay: '2', asNeeded: false }, en)).toEqual(['Twice a day'])
  })
})

describe('withDose', () => {
  it('says a dose once, and the other one where it is another', () => {
    expect(withDose('ramipril 5 mg', { value: '5', unit: 'mg' })).toBe('ramipril 5 mg')
    expect(withDose('ramipril 5MG', { value: '5', unit: 'mg' })).toBe('ramipril 5MG')
    expect(withDose('ramipril', { value: '5', unit: 'mg' })).toBe('ramipril 5 mg')
    expect(withDose('ramipril 5 mg', { value: '10', unit: 'mg' })).toBe('ramipril 5 mg 10 mg')
    expect(withDose('ramipril 2.5 mg', { value: '5', unit: 'mg' })).toBe('ramipril 2.5 mg 5 mg')
    expect(withDose('氨氯地平', { value: '1' })).toBe('氨氯地平 1')
    expect(withDose('insulin', undefined)).toBe('insulin')
  })
})
