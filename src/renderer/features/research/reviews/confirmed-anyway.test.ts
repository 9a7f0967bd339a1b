import { expect, it } from 'vitest'
import { againstConfirmed } from './confirmed-anyway.ts'

it('counts other numbers and numbers of what was withheld apart, and names or words that are none not at all', () => {
  const compared = (['same', 'differs', 'withheld', 'no-such-cell', 'no-number', 'differs'] as const).map(
    (verdict) => ({ verdict }),
  )
  expect(againstConfirmed(compared)).toEqual({ differing: 2, withheld: 1, all: 4 })
  expect(againstConfirmed([{ verdict: 'no-such-cell' }])).toEqual({ differing: 0, withheld: 0, all: 0 })
})
