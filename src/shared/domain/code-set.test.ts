import { describe, expect, it } from 'vitest'
import { codeMatcher, comparableCode, readPatterns } from './code-set.ts'

describe('a code set', () => {
  it('means what its patterns fit, without exceptions', () => {
    const isMeant = codeMatcher({ include: ['E11*', 'I10'], exclude: ['E1122', 'E113*'] })
    expect(['E11', 'E119', 'I10'].map(isMeant)).toEqual([true, true, true])
    expect(['E1122', 'E1139', 'I101', 'E10', ''].map(isMeant)).toEqual([false, false, false, false, false])
  })

  it('compares codes without dots, blanks and small letters', () => {
    expect(['e11.9', ' E 11.9', 'Ｅ１１．９'].map(comparableCode)).toEqual(['E119', 'E119', 'E119'])
  })

  it('reads patterns apart by anything that people put between them, and names what is none', () => {
    expect(readPatterns('e11.*, I10；i21、 E11*')).toEqual({ patterns: ['E11*', 'I10', 'I21'], wrong: [] })
    expect(readPatterns('* E*1')).toEqual({ patterns: [], wrong: ['*', 'E*1'] })
  })
})
