import { describe, expect, it } from 'vitest'
import { shareKnown } from './share-known.ts'

describe('shareKnown', () => {
  it('is the share of those with a value, with the noise of both', () => {
    expect(shareKnown({ value: 900, halfWidth: 20 }, { value: 100, halfWidth: 10 })).toEqual({
      share: 0.9,
      half: 0.03,
    })
  })
  it('is not known, and not 100 %, where those without a value are hidden or nobody is shown', () => {
    expect(shareKnown({ value: 900, halfWidth: 20 }, null)).toBeNull()
    expect(shareKnown({ value: 0, halfWidth: 20 }, { value: 0, halfWidth: 10 })).toBeNull()
    // Nor is it 0 % where every level with a value is hidden.
    expect(shareKnown({ value: 0, halfWidth: 0 }, { value: 90, halfWidth: 10 })).toBeNull()
  })
})
