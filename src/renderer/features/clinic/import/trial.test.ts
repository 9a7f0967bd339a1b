import { expect, it } from 'vitest'
import { hasAny } from './trial.ts'

it('offers to import what a trial found, messages about people alone included', () => {
  expect(hasAny({ visits: 0, people: 3 })).toBe(true)
  expect(hasAny({ visits: 2, people: 0 })).toBe(true)
  expect(hasAny({ visits: 0, people: 0 })).toBe(false)
})
