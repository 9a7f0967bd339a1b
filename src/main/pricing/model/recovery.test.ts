import { describe, expect, it } from 'vitest'
import { recoverCost } from './recovery.test-kit.ts'

describe("the generator's expected cost per patient-year", () => {
  it.each(['product', 'tweedie'] as const)('lies within the interval of the %s model', (kind) => {
    // `long/pricing-recovery.long.ts` counts the coverage over many portfolios.
    const runs = ['pricing 1', 'pricing 2'].map((seed) => recoverCost(seed, 250, kind))
    for (const { isTotalCovered, gap } of runs) {
      expect(isTotalCovered).toBe(true)
      expect(Math.abs(gap)).toBeLessThan(0.1)
    }
    const covered = runs.reduce((sum, { cellsCovered }) => sum + cellsCovered, 0)
    const cells = runs.reduce((sum, run) => sum + run.cells, 0)
    expect(covered / cells).toBeGreaterThan(0.75)
  })
})
