import { describe, expect, it } from 'vitest'
import { stream } from '../stats/fixtures/random.test-kit.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { columnsOf } from '../stats/model/model-frame.ts'
import { ModelSpec } from '../stats/model/model-spec.ts'
import { fitInThread } from './fit-thread.ts'

function csv(n: number, p: number): Uint8Array {
  const uniform = stream(n + p)
  const lines = [['id', 'a', 't', 'd', ...Array.from({ length: p }, (_, j) => `x${j + 1}`)].join(',')]
  for (let i = 0; i < n; i++) {
    const start = Math.floor(uniform() * 300)
    const x = Array.from({ length: p }, () => (2 * uniform() - 1).toFixed(3))
    const event = uniform() < 0.1 + 0.1 * Number(x[0]) ? 1 : 0
    lines.push([i >> 2, start, start + 1 + Math.floor(uniform() * 200), event, ...x].join(','))
  }
  return new TextEncoder().encode(lines.join('\n'))
}

const model = ModelSpec.parse({
  family: 'cox',
  start: 'a',
  stop: 't',
  event: 'd',
  covariates: ['x1', 'x2', 'x3', 'x4', 'x5'],
  cluster: 'id',
})

describe('fitInThread', () => {
  const bytes = csv(20000, 5)

  it('gives identical bytes with 1, 2 and 4 threads, and with the plain loops on this thread', async () => {
    const plain = JSON.stringify(fitModel(readCsvColumns(bytes, columnsOf(model)), model))
    for (const threads of [1, 2, 4]) {
      const result = await fitInThread({ kind: 'csv', bytes }, model, { threads })
      expect(JSON.stringify(result)).toBe(plain)
    }
  })

  it('reports its passes and can be cancelled', async () => {
    const passes: number[] = []
    await fitInThread({ kind: 'csv', bytes }, model, { onProgress: (pass) => passes.push(pass) })
    expect(passes[0]).toBe(0)
    expect(passes.length).toBeGreaterThan(2)
    const controller = new AbortController()
    const fit = fitInThread({ kind: 'csv', bytes }, model, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(fit).rejects.toMatchObject({ detail: { code: 'cancelled' } })
    await expect(fitInThread({ kind: 'csv', bytes }, model, { signal: controller.signal })).rejects.toThrow(
      'cancelled',
    )
  })

  it('names what it refuses', async () => {
    const bad = new TextEncoder().encode('id,a,t,d,x1,x2,x3,x4,x5\np,3,2,1,1,1,1,1,1\n')
    await expect(fitInThread({ kind: 'csv', bytes: bad }, model)).rejects.toMatchObject({
      detail: { code: 'stop-not-after-start', subject: 'p' },
    })
  })
})
