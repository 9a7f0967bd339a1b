import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGoldenChild, type GoldenChild } from './golden-run.test-kit.ts'
import { goldenHashes } from './golden.test-kit.ts'

/** The last of the forms of an answer comes with the twenty-second. */
const STUDIES = 22
let child: GoldenChild
beforeAll(async () => {
  child = await buildGoldenChild()
}, 120_000)
afterAll(() => child.close())

describe('studies of every form', () => {
  it(
    'have the same answers with one thread and with four, and in a process of another zone and language',
    { timeout: 240_000 },
    async () => {
      const one = await goldenHashes(0, STUDIES, 1, 100_000)
      // Of so few patients some models are withheld, and those look alike.
      expect(new Set(one).size).toBeGreaterThan(12)
      expect(await goldenHashes(0, STUDIES, 4, 333)).toEqual(one)
      expect(await child.hashes(process.execPath, 0, STUDIES)).toEqual(one)
    },
  )
})
