import { describe, expect, it } from 'vitest'
import { EFFECT_NAMES, recover } from './recovery.test-kit.ts'

describe('the truth of the generator', () => {
  it('is found again: 95 % intervals cover it in 90 to 99 of a hundred', () => {
    // A quick selection; `long/recovery.long.ts` runs four hundred cohorts and judges every effect by itself.
    const runs = Array.from({ length: 20 }, (_, r) => recover(`recovery ${r}`, 500))
    const all = runs.flatMap((z) => EFFECT_NAMES.map((name) => Math.abs(z[name]) <= 1.959963984540054))
    const covered = all.filter(Boolean).length / all.length
    expect(covered).toBeGreaterThan(0.9)
    expect(covered).toBeLessThan(0.99)
  })
})
