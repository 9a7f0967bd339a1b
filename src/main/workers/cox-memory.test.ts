import { describe, expect, it } from 'vitest'
import { stream } from '../stats/fixtures/random.test-kit.ts'
import { createCoxState, evaluateCox, localRunner } from '../stats/survival/cox-pass.ts'
import { planCox, type SurvivalData } from '../stats/survival/cox-plan.ts'
import { allocateScratch, createCoxKernel, createCoxMemory } from './cox-memory.ts'

function randomData(n: number, p: number, seed: number): SurvivalData {
  const uniform = stream(seed)
  const start = Float64Array.from({ length: n }, () => Math.floor(uniform() * 50))
  return {
    start,
    stop: start.map((s) => s + 1 + Math.floor(uniform() * 60)),
    event: Uint8Array.from({ length: n }, () => (uniform() < 0.3 ? 1 : 0)),
    x: Array.from({ length: p }, () => Float64Array.from({ length: n }, () => 2 * uniform() - 1)),
    weights: seed % 2 === 0 ? Float64Array.from({ length: n }, () => 0.5 + uniform()) : null,
  }
}

describe('the WebAssembly kernel', () => {
  it('gives the bits of the plain loops for every number of columns and odd tails', () => {
    for (const [n, p] of [
      [1, 1],
      [57, 2],
      [513, 3],
      [1025, 4],
      [700, 5],
      [9001, 8],
      [8193, 11],
    ] as const) {
      const data = randomData(n, p, n + p)
      data.event[0] = 1
      const beta = Float64Array.from({ length: p }, (_, j) => 0.3 - 0.1 * j)
      const plain = planCox(data, { ties: 'efron', timefix: false })
      const plainState = createCoxState(plain)
      const want = evaluateCox(plain, plainState, beta, localRunner(plain, plainState))

      const memory = createCoxMemory()!
      const plan = planCox(data, { ties: 'efron', timefix: false, allocate: memory.allocate })
      const state = createCoxState(plan, memory.allocate)
      const kernel = createCoxKernel(memory.memory, plan, state, allocateScratch(plan, memory.allocate))!
      const got = evaluateCox(plan, state, beta, localRunner(plan, state, kernel))
      expect(got.logLikelihood).toBe(want.logLikelihood)
      expect(Array.from(got.gradient)).toEqual(Array.from(want.gradient))
      expect(Array.from(got.information)).toEqual(Array.from(want.information))
    }
  })
})
