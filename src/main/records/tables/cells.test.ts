import { describe, expect, it } from 'vitest'
import { dayOfCivil } from '../../../shared/domain/dates.ts'
import { codesIn, formsOf, isMangledCode, lostZeros, readDate, readNumber, readTime } from './cells.ts'

const TODAY = dayOfCivil(2026, 6, 1)
const day = (text: string) => ({ kind: 'date', day: text, time: null })

describe('readDate', () => {
  it('reads the years of the Republic in every way in which they are written', () => {
    for (const cell of [
      '112/05/03',
      '112.5.3',
      '1120503',
      '民國112年5月3日',
      '１１２／０５／０３',
      '112-05-03',
    ])
      expect(readDate(cell, 'roc'), cell).toEqual(day('2023-05-03'))
    expect(readDate('99/1/2', 'roc')).toEqual(day('2010-01-02'))
    expect(readDate('-3/02/01', 'roc')).toEqual(day('1909-02-01'))
    expect(readDate('民國前3年2月1日', 'roc')).toEqual(day('1909-02-01'))
  })

  it('takes four digits in front for a year in every form', () => {
    for (const form of ['ymd', 'roc', 'dmy', 'mdy', 'excel'] as const)
      expect(readDate('2023/5/3', form), form).toEqual(day('2023-05-03'))
  })

  it('reads day and month by the form of the column, and names the other reading of an impossible one', () => {
    expect(readDate('3/5/2023', 'dmy')).toEqual(day('2023-05-03'))
    expect(readDate('3/5/2023', 'mdy')).toEqual(day('2023-03-05'))
    expect(readDate('25/5/2023', 'mdy')).toEqual({
      kind: 'bad',
      reason: 'date-does-not-exist',
      suggestion: '2023-05-25',
    })
  })

  it('counts the days of a spreadsheet', () => {
    expect(readDate('45049', 'excel')).toEqual(day('2023-05-03'))
    expect(readDate('1', 'excel')).toEqual(day('1900-01-01'))
    expect(readDate('61', 'excel')).toEqual(day('1900-03-01'))
  })

  it('keeps a time, and the offset of one that has it', () => {
    expect(readDate('112/05/03 14:30', 'roc')).toEqual({ kind: 'date', day: '2023-05-03', time: '14:30' })
    expect(readDate('2023-05-03T14:30:05+0800', 'ymd')).toEqual({
      kind: 'date',
      day: '2023-05-03',
      time: '14:30:05+08:00',
    })
    expect(readTime('下午 2:05')).toBe('14:05')
    expect(readTime('0930')).toBe('09:30')
    expect(readTime('25:00')).toBeNull()
  })

  it('refuses days that do not exist and words that are none, with the day that was meant where only one can be', () => {
    expect(readDate('112/02/30', 'roc')).toEqual({ kind: 'bad', reason: 'date-does-not-exist' })
    expect(readDate('1120503', 'ymd')).toEqual({
      kind: 'bad',
      reason: 'date-malformed',
      suggestion: '2023-05-03',
    })
    expect(readDate('soon', 'ymd')).toEqual({ kind: 'bad', reason: 'date-malformed' })
  })
})

describe('formsOf', () => {
  it('finds the one form in which a whole column is dates', () => {
    expect(formsOf(['112/05/03', '112/12/31'], TODAY)).toEqual(['roc'])
    expect(formsOf(['2023-05-03', ''], TODAY)).toEqual(['ymd'])
    expect(formsOf(['03/05/2023', '25/12/2023'], TODAY)).toEqual(['dmy'])
    expect(formsOf(['45049', '45050'], TODAY)).toEqual(['excel'])
  })

  it('gives both where day and month could be exchanged in every cell: a person must say', () => {
    expect(formsOf(['03/05/2023', '01/02/2024'], TODAY)).toEqual(['dmy', 'mdy'])
  })

  it('bears with a few cells that are no dates: they are named when they are read', () => {
    expect(formsOf(['112/05/03', '112/13/03', '112/05/04'], TODAY)).toEqual(['roc'])
  })

  it('gives none for a column of something else', () => {
    expect(formsOf(['E11.9', 'I10'], TODAY)).toEqual([])
  })
})

describe('readNumber', () => {
  it('keeps the digits of the cell, with comparator and unit beside', () => {
    expect(readNumber('7.0')).toEqual({ value: '7.0' })
    expect(readNumber('<0.04')).toEqual({ value: '0.04', comparator: '<' })
    expect(readNumber('≥ 90 mL/min')).toEqual({ value: '90', comparator: '>=', unit: 'mL/min' })
    expect(readNumber('１２０')).toEqual({ value: '120' })
    expect(readNumber('1,234.50')).toEqual({ value: '1234.50', hadSeparators: true })
    expect(readNumber('.5')).toEqual({ value: '0.5' })
  })

  it('calls words no number', () => {
    for (const cell of ['Negative', '陰性', '120/80', '']) expect(readNumber(cell), cell).toBeNull()
  })
})

describe('codes in cells', () => {
  it('come apart at the marks that hospitals use', () => {
    expect(codesIn('E11.9; I10、E785')).toEqual(['E11.9', 'I10', 'E785'])
  })

  it('are known to be ruined when a spreadsheet made numbers of them', () => {
    expect(isMangledCode('1E+10')).toBe(true)
    expect(isMangledCode('1.00E+10')).toBe(true)
    expect(isMangledCode('1E10')).toBe(false)
    expect(isMangledCode('E11')).toBe(false)
  })

  it('have probably lost zeros where a few are shorter than the rest', () => {
    expect(lostZeros(['0012345'.replace(/^0+/, ''), '1234567', '2345678', '3456789', '4567890'])).toBe(7)
    expect(lostZeros(['1', '22', '333', '4444', '55555'])).toBeNull()
    expect(lostZeros(['A1', '1234567', '1234568', '1234569', '1234560'])).toBeNull()
  })
})
