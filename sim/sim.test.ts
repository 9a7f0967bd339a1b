import { describe, expect, it } from 'vitest'
import { PLANTS } from '../src/main/node/consensus/core/plant.ts'
import { runSeed } from './cluster.ts'
import { LIES } from './faults.ts'
import { catchPlant } from './plants.ts'
import { runScenario } from './scenario.ts'
import { scenarioNames, scenarioText, writeScenario } from './scenarios.ts'
import { violationsOf } from './seeds.ts'

// More of them, on every core: npm run sim -- --seeds 2000. The second half is in `more-seeds.test.ts`.
const SEEDS = 150

describe('a simulated consortium', () => {
  it(`keeps every promise in ${SEEDS} runs with faults`, { timeout: 300_000 }, async () => {
    expect(await violationsOf(1, SEEDS)).toEqual([])
  })

  it('keeps them in the runs that once broke one', async () => {
    // 307, 20246: a disk put back to an old copy; 5076: an epoch with less voters; 27, 67: a disk that fails.
    for (const seed of [27, 67, 307, 5076, 20246]) expect(await violationsOf(seed, 1)).toEqual([])
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

describe('a bug that was planted', () => {
  it.each(PLANTS)('is noticed: %s', { timeout: 120_000 }, async (plant) => {
    const caught = await catchPlant(plant, 1, 60)
    expect(caught, 'caught').not.toBeNull()
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
