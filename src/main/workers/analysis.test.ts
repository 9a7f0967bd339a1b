/** The end of the analysis' thread. */
import { expect, it } from 'vitest'
import { startAnalysisThread } from './analysis.ts'
import { WorkerFailure } from './calls.ts'

const LIMITS = { threads: 1, memoryMb: 512 }
const silent = (): void => {}

it('ends while questions are under way: each of them ends too, and so does the thread', async () => {
  for (let round = 0; round < 10; round++) {
    const thread = await startAnalysisThread({ kind: 'twin' }, LIMITS, silent, silent)
    const asked = Array.from({ length: 30 }, (_, upTo) =>
      thread.call('snapshot', { upTo, hospitals: null, samePerson: [] }),
    )
    const ends = Promise.allSettled(asked)
    await Promise.race(asked)
    await thread.close()
    for (const end of await ends)
      if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(WorkerFailure)
  }
  // Ten threads with a warehouse each take their time on a busy machine.
}, 180_000)
