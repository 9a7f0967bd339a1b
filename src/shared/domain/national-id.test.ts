import { describe, expect, it } from 'vitest'
import { checkNationalId, nationalIdCheckDigit, normaliseNationalId } from './national-id.ts'

describe('checkNationalId', () => {
  it('accepts the textbook example and refuses every other last digit', () => {
    expect(checkNationalId('A123456789')).toBe('valid')
    for (let digit = 0; digit < 9; digit++)
      expect(checkNationalId(`A12345678${digit}`)).toBe('wrong-check-digit')
  })
  it('catches every exchange of two neighbouring digits that differ, but for those that the weights cannot see', () => {
    const id = 'A123456789'
    let caught = 0
    for (let i = 1; i < 8; i++) {
      const swapped = id.slice(0, i) + id[i + 1]! + id[i]! + id.slice(i + 2)
      if (checkNationalId(swapped) !== 'valid') caught++
    }
    expect(caught).toBe(7)
  })
  it('knows residence certificates, old and new', () => {
    for (const start of ['A80000001', 'FA1234567', 'AC0123456']) {
      expect(checkNationalId(start + nationalIdCheckDigit(start)!)).toBe('valid')
    }
  })
  it('leaves ids of other countries alone', () => {
    expect(checkNationalId('999-55-7295')).toBe('other-form')
    expect(checkNationalId('')).toBe('other-form')
  })
  it('folds what people and keyboards add', () => {
    expect(normaliseNationalId(' ａ123-456 789')).toBe('A123456789')
  })
})
