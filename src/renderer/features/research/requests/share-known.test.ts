import { describe, expect, it } from 'vitest'
import { shareBound, shareKnown } from './share-known.ts'

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

describe('shareBound', () => {
  const of = { studyHash: 'ab'.repeat(32), variable: 'sex', year: null }
  it('says what is certain where those without a value, or with one, are too few to be shown', () => {
    const whole = {
      ...of,
      known: { value: 200, halfWidth: 4 },
      missing: null,
      hidden: { known: 0, missing: 4 },
    }
    expect(shareBound(whole)).toEqual({ atLeast: 0.98 })
    const none = { ...of, known: { value: 0, halfWidth: 0 }, hidden: { known: 36, missing: 0 } }
    expect(shareBound({ ...none, missing: { value: 148, halfWidth: 4 } })).toEqual({ atMost: 0.2 })
  })
  it('says nothing where nothing, or all, is shown', () => {
    const hidden = { known: 18, missing: 18 }
    expect(shareBound({ ...of, known: { value: 0, halfWidth: 0 }, missing: null, hidden })).toBeNull()
    const both = { known: { value: 90, halfWidth: 4 }, missing: { value: 90, halfWidth: 4 } }
    expect(shareBound({ ...of, ...both, hidden })).toBeNull()
    expect(shareBound({ ...of, known: both.known, missing: null, hidden: null })).toBeNull()
  })
})
