/** Models fitted to a person's own table, as jobs on another thread. */
import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ModelFile, models as modelsContract } from '../../shared/contract/models.ts'
import { ModelSpec, unknownOptions } from '../stats/model/model-spec.ts'
import { createFitter } from '../workers/fitter.ts'
import type { ServiceContext } from './context.ts'
import { saveFit } from './releases-desk.ts'

export interface ModelsService {
  readonly handlers: Handlers<typeof modelsContract>
  close(): Promise<void>
}

/** No honest model file is longer. */
const LARGEST_MODEL_BYTES = 1 << 20

/** One core stays for the window and the node; the result does not depend on it. */
const fitThreads = (): number => Math.max(1, Math.min(4, availableParallelism() - 1))

export function createModelsService(context: ServiceContext): ModelsService {
  const { jobs, desktop } = context
  const fitter = createFitter()

  const lineOf = (jobId: string): string | null => {
    const result = jobs.result(jobId, 'fit')
    return typeof result === 'object' && result !== null && 'fitted' in result
      ? (result as Fitted).fitted
      : null
  }

  return {
    handlers: {
      async chooseTable() {
        const [path] = await desktop.chooseFiles({ purpose: 'table', folders: false, several: false })
        return path ?? null
      },
      async chooseModel() {
        const [path] = await desktop.chooseFiles({ purpose: 'model', folders: false, several: false })
        return path === undefined ? null : readModelFile(path)
      },
      async describe({ path }) {
        return fitter.describe(path)
      },
      async start({ path, model: raw }) {
        const model = ModelSpec.safeParse(raw)
        if (!model.success) {
          const options = model.error.issues.map((issue) => issue.path.map(String).join('.'))
          return { kind: 'refused', options: [...new Set(options)] }
        }
        const { jobId } = jobs.start('fit', 'passes', async (control): Promise<Fitted> => {
          const line = await fitter.fit({ kind: 'file', path }, model.data, {
            unknown: unknownOptions(raw),
            threads: fitThreads(),
            signal: control.signal,
            onProgress: (pass) => control.progress(pass + 1, null),
          })
          return { fitted: line }
        })
        return { kind: 'started', jobId }
      },
      async result({ jobId }) {
        const line = lineOf(jobId)
        return line === null ? null : { line }
      },
      async saveResult({ jobId }) {
        const line = lineOf(jobId)
        if (line === null) return { path: null }
        return saveFit(desktop, line)
      },
      async startSimulation(design) {
        const { jobId } = jobs.start(
          'simulate',
          'cohorts',
          async ({ signal, progress }): Promise<Simulated> => {
            return { simulated: await fitter.simulate(design, { signal, onProgress: progress }) }
          },
        )
        return { jobId }
      },
      async simulation({ jobId }) {
        const result = jobs.result(jobId, 'simulate') as Simulated | null
        return result === null ? null : { line: result.simulated }
      },
    },
    close: () => fitter.close(),
  }
}

interface Simulated {
  readonly simulated: string
}

interface Fitted {
  readonly fitted: string
}

export async function readModelFile(path: string): Promise<ModelFile> {
  const name = basename(path)
  const { size } = await stat(path)
  if (size > LARGEST_MODEL_BYTES) return { kind: 'not-a-model', name }
  const text = await readFile(path, 'utf8')
  try {
    const parsed: unknown = JSON.parse(text)
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return isObject ? { kind: 'model', name, text } : { kind: 'not-a-model', name }
  } catch {
    return { kind: 'not-a-model', name }
  }
}
