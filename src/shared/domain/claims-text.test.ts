import { describe, expect, it } from 'vitest'
import { claimsOfText } from './claims-text.ts'

describe('the numbers of a manuscript', () => {
  it.each([
    ['from a spreadsheet', 'all shown; sex male\t1.25', 'all shown; sex male', '1.25'],
    ['divided by commas', 'log ratio; sex male, −0.22', 'log ratio; sex male', '−0.22'],
    ['divided by semicolons', 'patients;120', 'patients', '120'],
    ['in quotes', '"a ""b"", c; d","3"', 'a "b", c; d', '3'],
    ['with further columns', '"patients","120","89","151"', 'patients', '120'],
  ])('are read %s', (_, line, name, value) => {
    expect(claimsOfText(`name,value\r\n${line}\r\n`)).toEqual([{ name, value }])
  })
  it('are left out where there is none', () => {
    expect(claimsOfText('name,value\n\npatients,\npatients,many\n,5')).toEqual([])
  })
})
