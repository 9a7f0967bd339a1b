import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { USUAL_PAPER_DESIGN } from '../../shared/domain/paper-design.ts'
import { comparePaper } from '../analytics/models/paper-comparison.ts'
import { resultText } from '../analytics/study/result-text.ts'
import { stream } from '../stats/fixtures/random.test-kit.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { columnsOf } from '../stats/model/model-frame.ts'
import { ModelSpec } from '../stats/model/model-spec.ts'
import { resultLine } from '../stats/model/result-line.ts'
import { createFitter, type Fitter } from './fitter.ts'

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
const bytes = csv(20000, 5)
const plain = resultLine(fitModel(readCsvColumns(bytes, columnsOf(model)), model), [])

let fitter: Fitter
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-fit-'))
  await writeFile(join(folder, 'rows.csv'), bytes)
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => fitter.close())

describe('createFitter', () => {
  it('simulates the comparison of the paper as this thread does, tells how far it is, and can be cancelled', async () => {
    fitter = createFitter()
    const design = {
      ...USUAL_PAPER_DESIGN,
      subjects: 100,
      exams: 3,
      shapes: [1],
      eventRates: [0.5],
      replicates: 4,
    }
    const told: number[] = []
    const line = await fitter.simulate(design, { onProgress: (done, total) => told.push(done, total) })
    expect(line).toBe(resultText(comparePaper(design)))
    expect(told.slice(-2)).toEqual([4, 4])
    const controller = new AbortController()
    const cancelled = fitter.simulate(
      { ...design, replicates: 2_000 },
      { signal: controller.signal, onProgress: () => controller.abort() },
    )
    await expect(cancelled).rejects.toMatchObject({ detail: { code: 'cancelled' } })
  })

  it('gives identical bytes with 1, 2 and 4 threads, from a file, and with the plain loops on this thread', async () => {
    fitter = createFitter()
    for (const threads of [1, 2, 4]) {
      expect(await fitter.fit({ kind: 'csv', bytes }, model, { threads })).toBe(plain)
    }
    // The helpers of the last fit take part in the next.
    expect(await fitter.fit({ kind: 'file', path: join(folder, 'rows.csv') }, model, { threads: 4 })).toBe(
      plain,
    )
  })

  it('reports its passes, can be cancelled, and fits again afterwards', async () => {
    fitter = createFitter()
    const passes: number[] = []
    await fitter.fit({ kind: 'csv', bytes }, model, { onProgress: (pass) => passes.push(pass) })
    expect(passes[0]).toBe(0)
    expect(passes.length).toBeGreaterThan(2)
    const controller = new AbortController()
    const cancelled = fitter.fit({ kind: 'csv', bytes }, model, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    const waiting = fitter.fit({ kind: 'csv', bytes }, model, { signal: controller.signal })
    await expect(cancelled).rejects.toMatchObject({ detail: { code: 'cancelled' } })
    await expect(waiting).rejects.toMatchObject({ detail: { code: 'cancelled' } })
    expect(await fitter.fit({ kind: 'csv', bytes }, model)).toBe(plain)
  })

  it('stops by force a thread that comes to no end of a pass', async () => {
    fitter = createFitter()
    const controller = new AbortController()
    // One pass of exact ties at 2,000 deaths takes many seconds.
    const lines = Array.from(
      { length: 4000 },
      (_, i) => `${i % 2},${i % 2},${(i * 7919) % 1009},${(i * 31) % 7}`,
    )
    const slow = new TextEncoder().encode(`t,d,x,y\n${lines.join('\n')}`)
    const exact = ModelSpec.parse({
      family: 'cox',
      stop: 't',
      event: 'd',
      covariates: ['x', 'y'],
      ties: 'exact',
    })
    const fit = fitter.fit({ kind: 'csv', bytes: slow }, exact, { signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    await expect(fit).rejects.toMatchObject({ detail: { code: 'cancelled' } })
    expect(await fitter.fit({ kind: 'csv', bytes }, model)).toBe(plain)
  })

  it('names what it refuses, and stays usable', async () => {
    fitter = createFitter()
    const bad = new TextEncoder().encode('id,a,t,d,x1,x2,x3,x4,x5\np,3,2,1,1,1,1,1,1\n')
    await expect(fitter.fit({ kind: 'csv', bytes: bad }, model)).rejects.toMatchObject({
      detail: { code: 'stop-not-after-start', subject: 'p' },
    })
    await expect(fitter.describe(join(folder, 'nothing.csv'))).rejects.toMatchObject({
      detail: { code: 'unreadable-data', reason: 'ENOENT' },
    })
    const line = await fitter.fit({ kind: 'csv', bytes }, model, { unknown: ['tie'] })
    expect((JSON.parse(line) as { warnings: unknown[] }).warnings).toContainEqual({
      code: 'unknown-option',
      option: 'tie',
    })
  })

  it('describes the columns of a file, and reads it again when it has changed', async () => {
    fitter = createFitter()
    const path = join(folder, 'columns.csv')
    await writeFile(path, 'n,s,m,e\n1,a,1,\n,b,x,NA\n3,c,2,\n')
    expect(await fitter.describe(path)).toEqual({
      bytes: 30,
      rowCount: 3,
      columns: [
        { name: 'n', kind: 'number', missing: 1 },
        { name: 's', kind: 'text', missing: 0 },
        { name: 'm', kind: 'mixed', missing: 0 },
        { name: 'e', kind: 'empty', missing: 3 },
      ],
    })
    await writeFile(path, 'other\n1\n2\n3\n4\n')
    expect((await fitter.describe(path)).columns.map((c) => c.name)).toEqual(['other'])
  })
})
