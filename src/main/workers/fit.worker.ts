import { parentPort, workerData } from 'node:worker_threads'
import { StatsFailure } from '../stats/failure.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { columnsOf } from '../stats/model/model-frame.ts'
import { createCoxTeam, serveShare, type TeamShare } from './cox-team.ts'
import type { FitJob, FitMessage } from './fit-thread.ts'

/* The thread that fits a model, or a helper of one (`workerData.role`). */

const port = parentPort
const role = (workerData as { role: 'fit' | 'helper'; job?: FitJob }).role

if (port && role === 'helper') {
  port.on('message', (message: TeamShare) => serveShare(message))
} else if (port) {
  const job = (workerData as { job: FitJob }).job
  void run(job)
}

async function run(job: FitJob): Promise<void> {
  const send = (message: FitMessage): void => port!.postMessage(message)
  const team = createCoxTeam(job.threads)
  try {
    const table =
      job.table.kind === 'csv' ? readCsvColumns(job.table.bytes, columnsOf(job.model)) : job.table.columns
    const result = fitModel(table, job.model, {
      ...team.hooks,
      onProgress: (pass) => {
        send({ kind: 'progress', pass })
        return Atomics.load(job.cancel, 0) === 0
      },
    })
    send({ kind: 'result', result })
  } catch (error) {
    if (error instanceof StatsFailure) send({ kind: 'refused', detail: error.detail })
    else throw error
  } finally {
    await team.close()
  }
}
