import { expect, it } from 'vitest'
import { violationsOf } from './seeds.ts'

// A file of its own, so that it runs beside the first half.
it('a simulated consortium keeps every promise in 150 more runs', { timeout: 300_000 }, async () => {
  expect(await violationsOf(151, 150)).toEqual([])
})
