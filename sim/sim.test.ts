import { describe, expect, it } from 'vitest'
import { runSeed } from './cluster.ts'
import { LIES } from './faults.ts'
import { runScenario } from './scenario.ts'
import { scenarioNames, scenarioText, writeScenario } from './scenarios.ts'

// A look at what `npm run sim` does with thousands of seeds and with planted bugs, which `npm test` runs on every core.
describe('a simulated consortium', () => {
  it('keeps every promise, and in the runs that once broke one', { timeout: 120_000 }, async () => {
    // 307, 20246: a disk put back to an old copy; 5076: an epoch with less voters; 27, 67: a disk that fails;
    // 1785: a body that nobody has.
    for (const seed of [1, 2, 3, 4, 5, 27, 67, 307, 1785, 5076, 20246]) {
      const { violations } = await runSeed({ seed })
      expect(violations, `seed ${seed}`).toEqual([])
    }
  })

  it('does the same again from the same seed, to the last message', async () => {
    for (const seed of [3, 8, 18, 57]) {
      const first = await runSeed({ seed })
      const second = await runSeed({ seed })
      expect(second).toEqual(first)
      expect(first.heights).toBeGreaterThan(0)
    }
  })

  it('goes on with every single lie, and with all of them at once', { timeout: 120_000 }, async () => {
    for (const [i, lie] of LIES.entries()) {
      const { violations } = await runSeed({
        seed: 7_000 + i,
        change: { voters: 4, liars: [[lie]], damage: 'none' },
      })
      expect(violations, lie).toEqual([])
    }
    const { violations } = await runSeed({
      seed: 7_100,
      change: { voters: 7, liars: [LIES, LIES], damage: 'none' },
    })
    expect(violations).toEqual([])
  })
})

describe('a schedule', () => {
  it.each(scenarioNames())('is as its transcript says: %s', async (name) => {
    const text = scenarioText(name)
    const { transcript, violations } = await runScenario(text)
    if (process.env['UPDATE'] === '1') writeScenario(name, transcript)
    else expect(transcript).toBe(text)
    expect(violations).toEqual([])
  })
})
