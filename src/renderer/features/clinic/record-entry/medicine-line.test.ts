import { describe, expect, it } from 'vitest'
import { readMedicineLine } from './medicine-line.ts'

describe('readMedicineLine', () => {
  it('reads code, dose, how often, route and days in one line', () => {
    expect(readMedicineLine('A10BA02 500 mg bid po 28')).toEqual({
      name: 'A10BA02',
      dose: '500',
      unit: 'mg',
      frequency: 'bid',
      route: 'po',
      days: '28',
    })
  })

  it('reads names of several words, glued units, full-width digits and any order behind the dose', () => {
    expect(readMedicineLine('insulin glargine 10U sc hs 30d')).toMatchObject({
      name: 'insulin glargine',
      dose: '10',
      unit: 'U',
      frequency: 'hs',
      route: 'sc',
      days: '30',
    })
    expect(readMedicineLine('二甲雙胍 ５００ mg BID ２８天')).toMatchObject({
      name: '二甲雙胍',
      dose: '500',
      days: '28',
    })
  })

  it('says nothing of a name alone, nor of a line with a word that it does not know', () => {
    expect(readMedicineLine('metformin')).toBeNull()
    expect(readMedicineLine('A10BA02')).toBeNull()
    expect(readMedicineLine('metformin 500 mg with breakfast')).toBeNull()
  })
})
