import { describe, expect, it } from 'vitest'
import { FREQUENCIES, isSingleDose, readDoseUnit, readFrequency, readRoute, usualRoute } from './dosing.ts'

const codeOf = (text: string) => readFrequency(text)?.code ?? null

describe('readFrequency', () => {
  it('knows every code that it offers', () => {
    for (const code of FREQUENCIES) expect(codeOf(code), code).toBe(code)
  })
  it('reads any number of minutes, hours, days, weeks and months, and what is the same in one way', () => {
    expect(readFrequency('Q72H')).toEqual({ kind: 'every', count: 72, period: 'h', code: 'q72h', time: null })
    expect(['q30mn', 'q10d', 'q8w', 'q24h', 'qow', 'q2d', 'QHS'].map(codeOf)).toEqual([
      'q30min',
      'q10d',
      'q8w',
      'qd',
      'q2w',
      'qod',
      'hs',
    ])
  })
  it('reads meals and times of the day behind, before or glued to it', () => {
    expect(['tid ac', 'TIDAC', 'ac tid', 'bid&hs', 'qdhs', 'q6h pc', 'QD AM'].map(codeOf)).toEqual([
      'tid ac',
      'tid ac',
      'tid ac',
      'bid hs',
      'qd hs',
      'q6h pc',
      'qd am',
    ])
  })
  it('reads days of the week', () => {
    expect(readFrequency('QW(4, 1)')).toMatchObject({ kind: 'weekdays', days: [1, 4], code: 'qw(1,4)' })
  })
  it('says nothing of what it does not know', () => {
    for (const text of ['', 'bidd', 'q0h', 'q999h', 'qw(8)', 'bid qid', 'tid ac pc', 'hs ac', 'daily', 'prn'])
      expect(readFrequency(text), text).toBeNull()
  })
  it('knows what is given once', () => {
    expect(['stat', 'ONCE', 'qd'].map(isSingleDose)).toEqual([true, true, false])
  })
})

describe('routes and units', () => {
  it('reads routes as hospitals write them', () => {
    expect(['PO', 'IVD', 'inhl', 'rect', 'ＯＵ', 'nowhere'].map(readRoute)).toEqual([
      'po',
      'ivd',
      'inh',
      'pr',
      'ou',
      null,
    ])
  })
  it('proposes no eye drop to be swallowed', () => {
    expect(['S01ED01', 'R03AC02', 'A10AE04', 'D07AC01', 'A10BA02', 'R03DC03'].map(usualRoute)).toEqual([
      'oph',
      'inh',
      'sc',
      'top',
      'po',
      'po',
    ])
  })
  it('reads units of doses, also so much for each kilogram, square metre or minute', () => {
    expect(
      [
        'MG',
        'mcg',
        'meq',
        '顆',
        'Amp',
        'patch',
        'mg/m2',
        'mcg/kg/min',
        'U/hr',
        '毫升',
        'mu',
        'kg',
        'mg/x',
      ].map(readDoseUnit),
    ).toEqual(['mg', 'ug', 'mEq', 'cap', 'amp', 'patch', 'mg/m2', 'ug/kg/min', 'U/h', 'mL', 'MU', null, null])
  })
})
