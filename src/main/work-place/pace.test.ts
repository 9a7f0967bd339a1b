import { describe, expect, it } from 'vitest'
import { PLACE_LIMITS } from './limits.ts'
import { createPace } from './pace.ts'

const SECOND = 1_000
const DAY = 86_400 * SECOND

describe('how much a work place may ask', () => {
  it('lets a day of real work pass: typing without a rest, and a screen’s worth of questions every few seconds', () => {
    let now = 0
    let refused = 0
    const pace = createPace(PLACE_LIMITS, () => now)
    for (; now < DAY / 3; now += SECOND) {
      // Keystrokes that search codes and patients, a draft, a touch; every ten seconds another room with all that it shows.
      const calls = 12 + (now % (10 * SECOND) === 0 ? 60 : 0)
      for (let i = 0; i < calls; i++) if (pace() !== 'in-time') refused++
    }
    // A long list that is saved page after page.
    now += 60 * SECOND
    for (let i = 0; i < PLACE_LIMITS.callsBurst; i++) if (pace() !== 'in-time') refused++
    expect(refused).toBe(0)
  })

  it('refuses what is beyond it, lets it go on after a rest, and calls it a flood where it does not stop', () => {
    let now = 0
    const pace = createPace({ ...PLACE_LIMITS, callsBurst: 10, refusedBurst: 5 }, () => now)
    const asked = (count: number) => {
      const counts = { 'in-time': 0, 'too-many': 0, flood: 0 }
      for (let i = 0; i < count; i++) counts[pace()]++
      return counts
    }
    expect(asked(13)).toEqual({ 'in-time': 11, 'too-many': 2, flood: 0 })
    now += SECOND
    expect(asked(5)).toEqual({ 'in-time': 5, 'too-many': 0, flood: 0 })
    expect(asked(100)).toMatchObject({ flood: expect.any(Number) })
    expect(pace()).toBe('flood')
    // A clock that was set back gives nothing away and takes nothing.
    now -= 10 * SECOND
    expect(pace()).toBe('flood')
  })
})
