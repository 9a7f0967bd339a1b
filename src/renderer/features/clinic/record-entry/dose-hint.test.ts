import { expect, it } from 'vitest'
import { readUsualDose } from './dose-hint.ts'

it('reads the usual dose and ignores what is none', () => {
  expect(readUsualDose('500 mg bid')).toEqual({ dose: '500', unit: 'mg', frequency: 'bid' })
  expect(readUsualDose('0.5 mg')).toEqual({ dose: '0.5', unit: 'mg', frequency: '' })
  expect(readUsualDose('10 [IU] hs')).toEqual({ dose: '10', unit: '[IU]', frequency: 'hs' })
  expect(readUsualDose('as directed')).toBeNull()
  expect(readUsualDose(undefined)).toBeNull()
})
