import { describe, expect, it } from 'vitest'
import { isHeldByRest } from './resting-notices.ts'

describe('a notice under the mouse', () => {
  it('is held by a mouse that lay there before it came', () => {
    expect(isHeldByRest(1_000, 900, true)).toBe(true)
    expect(isHeldByRest(1_000, null, true)).toBe(true)
  })
  it('is read where the mouse was moved since, and goes by itself elsewhere', () => {
    expect(isHeldByRest(1_000, 1_500, true)).toBe(false)
    expect(isHeldByRest(1_000, 900, false)).toBe(false)
    expect(isHeldByRest(1_000, null, false)).toBe(false)
  })
})
