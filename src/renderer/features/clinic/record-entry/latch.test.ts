import { describe, expect, it } from 'vitest'
import { latched } from './latch.ts'

describe('fields that appear when they hold something', () => {
  it('stay when they are cleared, and go with the visit', () => {
    const filled = latched(null, true, 'visit 1')
    const cleared = latched(filled, false, 'visit 1')
    expect([latched(null, false, 'visit 1'), filled, cleared]).toEqual([null, 'visit 1', 'visit 1'])
    expect(latched(cleared, false, 'visit 2')).toBeNull()
    expect(latched(cleared, true, 'visit 2')).toBe('visit 2')
  })
})
