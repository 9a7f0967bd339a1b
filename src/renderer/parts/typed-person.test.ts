import { describe, expect, it } from 'vitest'
import { parseDay } from '../../shared/domain/dates.ts'
import { typedPerson } from './typed-person.ts'

const today = parseDay('2026-11-28')!
const nothing = { name: '', latinName: '', birthDate: '', nationalId: '', recordNumber: '', phone: '' }

describe('typedPerson', () => {
  it.each([
    ['陳大文', { name: '陳大文' }],
    ['Chan Tai Man', { name: 'Chan Tai Man' }],
    [
      '陳大文 Chan Tai Man 1980-05-06',
      { name: '陳大文', latinName: 'Chan Tai Man', birthDate: '1980-05-06' },
    ],
    ['a123456789', { nationalId: 'A123456789' }],
    ['69/05/06', { birthDate: '1980-05-06' }],
    ['wang 1975', { name: 'wang', birthDate: '1975' }],
    ['M-0042', { recordNumber: 'M-0042' }],
    ['0912345678', { phone: '0912345678' }],
    ['2999-01-01', { recordNumber: '2999-01-01' }],
    ['', {}],
  ])('carries %s over', (text, expected) => {
    expect(typedPerson(text, today)).toEqual({ ...nothing, ...expected })
  })
})
