import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { noDesktop } from '../desktop.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { columnsOf } from '../stats/model/model-frame.ts'
import { ModelSpec } from '../stats/model/model-spec.ts'
import { resultLine } from '../stats/model/result-line.ts'
import type { ServiceContext } from './context.ts'
import { createJobs } from './jobs.ts'
import { createModelsService, type ModelsService } from './models-service.ts'

const CSV = 't,d,x\n1,1,1\n1,0,1\n6,1,1\n6,1,0\n8,0,0\n9,1,0\n'
const MODEL = { family: 'cox', stop: 't', event: 'd', covariates: ['x'], ties: 'breslow', tie: 'efron' }

let folder: string
let table: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-models-'))
  table = join(folder, 'rows.csv')
  await writeFile(table, CSV)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let service: ModelsService
afterEach(() => service.close())

function open(roles: readonly string[], chosen: string | null = null) {
  const jobs = createJobs(() => {}, Date.now)
  // Of profile and lease the service asks only whether they are there and whose they are.
  const context = {
    desktop: {
      ...noDesktop,
      chooseFiles: async () => (chosen === null ? [] : [chosen]),
      chooseSavePath: async () => chosen,
    },
    jobs,
    profile: () => ({}),
    lease: () => ({ isReleased: false, session: { keys: { person: { roles } } } }),
  } as unknown as ServiceContext
  service = createModelsService(context)
  return { jobs, ask: service.handlers }
}
const ended = (jobs: ReturnType<typeof open>['jobs'], jobId: string) =>
  vi.waitFor(async () => {
    const job = (await jobs.handlers.list()).find((each) => each.jobId === jobId)!
    if (job.state === 'running') throw new Error('still running')
    return job
  }, 20_000)

describe('the models service', () => {
  it('fits a chosen table and answers the bytes of the command line, unknown options among the warnings', async () => {
    const { ask, jobs } = open(['researcher'], join(folder, 'result.json'))
    expect(await ask.describe({ path: table })).toEqual({
      bytes: CSV.length,
      rowCount: 6,
      columns: ['t', 'd', 'x'].map((name) => ({ name, kind: 'number', missing: 0 })),
    })
    const started = await ask.start({ path: table, model: MODEL })
    if (started.kind !== 'started') throw new Error('refused')
    expect(await ended(jobs, started.jobId)).toMatchObject({ kind: 'fit', state: 'done', unit: 'passes' })
    const model = ModelSpec.parse(MODEL)
    const columns = readCsvColumns(new TextEncoder().encode(CSV), columnsOf(model))
    const line = resultLine(fitModel(columns, model), ['tie'])
    expect(await ask.result({ jobId: started.jobId })).toEqual({ line })
    const { path } = await ask.saveResult({ jobId: started.jobId })
    expect(await readFile(path!, 'utf8')).toBe(`${line}\n`)
  })

  it('refuses options by name, and data by the row', async () => {
    const { ask, jobs } = open(['analyst'])
    expect(await ask.start({ path: table, model: { family: 'weibull', conf: 2 } })).toEqual({
      kind: 'refused',
      options: ['family', 'conf'],
    })
    const started = await ask.start({ path: table, model: { ...MODEL, event: 'x', covariates: ['none'] } })
    if (started.kind !== 'started') throw new Error('refused')
    expect(await ended(jobs, started.jobId)).toMatchObject({
      state: 'failed',
      error: { code: 'unknown-column', detail: { column: 'none' } },
    })
    expect(await ask.result({ jobId: started.jobId })).toBeNull()
  })

  it('takes a model file only if it holds one JSON object', async () => {
    const file = join(folder, 'model.json')
    const { ask } = open(['researcher'], file)
    await writeFile(file, JSON.stringify(MODEL))
    expect(await ask.chooseModel()).toEqual({
      kind: 'model',
      name: 'model.json',
      text: JSON.stringify(MODEL),
    })
    for (const wrong of ['[1]', 'not json', '"text"']) {
      await writeFile(file, wrong)
      expect(await ask.chooseModel()).toEqual({ kind: 'not-a-model', name: 'model.json' })
    }
  })
})
