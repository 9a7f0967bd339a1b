import { describe, expect, it } from 'vitest'
import { fieldsOfOrder, isWholeLine, readMedicineLine, readUsualDose } from './medicine-line.ts'

describe('readMedicineLine', () => {
  it('reads code, dose, how often, route and days in one line', () => {
    expect(readMedicineLine('A10BA02 500 mg bid po 28')).toEqual({
      name: 'A10BA02',
      dose: '500',
      unit: 'mg',
      frequency: 'bid',
      asNeeded: false,
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

  it('reads hours, weeks, meals and days of the week', () => {
    const often = (line: string) => readMedicineLine(line)?.frequency
    expect(often('amoxicillin 500 mg q8h po 7')).toBe('q8h')
    expect(often('fentanyl 25 ug/h q72h td 30')).toBe('q72h')
    expect(often('adalimumab 40mg sc q2w 28')).toBe('q2w')
    expect(often('insulin aspart 6 U tid ac sc 28')).toBe('tid ac')
    expect(often('metformin 500 mg BIDPC 28')).toBe('bid pc')
    expect(often('methotrexate 7.5 mg qw(1, 4) po 28')).toBe('qw(1,4)')
    expect(often('aciclovir 400 mg 5x po 7')).toBe('5x')
  })

  it('keeps “as needed” apart from how often', () => {
    expect(readMedicineLine('paracetamol 500 mg q6h prn po 3')).toMatchObject({
      frequency: 'q6h',
      asNeeded: true,
      days: '3',
    })
    expect(readMedicineLine('paracetamol 500 mg prn 3')).toMatchObject({ frequency: '', asNeeded: true })
    expect(readMedicineLine('paracetamol 500 mg tid 3')).toMatchObject({ asNeeded: false })
  })

  it('reads parts of a tablet and units of other forms', () => {
    expect(readMedicineLine('alprazolam 1/2 tab hs 14')).toMatchObject({ dose: '0.5', unit: 'tab' })
    expect(readMedicineLine('alprazolam ½顆 hs 14')).toMatchObject({ dose: '0.5', unit: 'cap' })
    expect(readMedicineLine('potassium chloride 20 meq qd x3')).toMatchObject({ unit: 'mEq', days: '3' })
    expect(readMedicineLine('vitamin b complex 1amp stat im')).toMatchObject({ unit: 'amp', route: 'im' })
  })

  it('gives a single dose one day', () => {
    expect(readMedicineLine('diclofenac 75 mg im stat')).toMatchObject({ frequency: 'stat', days: '1' })
    expect(isWholeLine('diclofenac 75 mg im stat')).toBe(true)
  })

  it('says nothing of a name alone, nor of a line with a word that it does not know', () => {
    expect(readMedicineLine('metformin')).toBeNull()
    expect(readMedicineLine('A10BA02')).toBeNull()
    expect(readMedicineLine('metformin 500 mg with breakfast')).toBeNull()
    expect(readMedicineLine('metformin 500 mg bid tid 28')).toBeNull()
  })
})

describe('a whole line', () => {
  it('leaves nothing to fill in', () => {
    expect(isWholeLine('amoxicillin 500 mg q8h po 7')).toBe(true)
    expect(isWholeLine('paracetamol 500 mg prn 3')).toBe(true)
    expect(isWholeLine('paracetamol 500 mg q6h')).toBe(false)
  })
  it('changes only what it says', () => {
    expect(fieldsOfOrder(readMedicineLine('paracetamol 500 mg')!)).toEqual({ dose: '500', unit: 'mg' })
    expect(fieldsOfOrder(readMedicineLine('paracetamol 500 mg q6h prn 3')!)).toEqual({
      dose: '500',
      unit: 'mg',
      frequency: 'q6h',
      asNeeded: true,
      days: '3',
    })
  })
})

describe('readUsualDose', () => {
  it('reads the usual dose and ignores what is none', () => {
    expect(readUsualDose('500 mg bid')).toMatchObject({ dose: '500', unit: 'mg', frequency: 'bid' })
    expect(readUsualDose('0.5 mg')).toMatchObject({ dose: '0.5', unit: 'mg', frequency: '' })
    expect(readUsualDose('2 puff prn')).toMatchObject({ unit: 'puff', frequency: '', asNeeded: true })
    expect(readUsualDose('as directed')).toBeNull()
    expect(readUsualDose(undefined)).toBeNull()
  })
})
