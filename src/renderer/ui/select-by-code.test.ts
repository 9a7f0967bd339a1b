import { expect, it } from 'vitest'
import { valueByLetter } from './select-by-code.ts'

const zh = [
  { value: 'unknown', label: '不詳' },
  { value: 'female', label: '女' },
  { value: 'male', label: '男' },
  { value: 'multi', label: '其他' },
]

it('chooses by the letter of the value where the words have none, and goes round', () => {
  expect(valueByLetter('f', zh, 'unknown')).toBe('female')
  expect(valueByLetter('m', zh, 'unknown')).toBe('male')
  expect(valueByLetter('m', zh, 'male')).toBe('multi')
  expect(valueByLetter('m', zh, 'multi')).toBe('male')
})

it('leaves words with letters to the list itself', () => {
  expect(valueByLetter('f', [{ value: 'female', label: 'Female' }], '')).toBeNull()
  expect(valueByLetter('Enter', zh, '')).toBeNull()
  expect(valueByLetter('x', zh, '')).toBeNull()
})
