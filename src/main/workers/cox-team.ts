import { Worker } from 'node:worker_threads'
import type { FitHooks } from '../stats/model/fit-model.ts'
import { type CoxStage, type CoxState, localRunner, runCoxStage } from '../stats/survival/cox-pass.ts'
import type { Allocate, CoxPlan } from '../stats/survival/cox-plan.ts'
import {
  allocateScratch,
  createCoxKernel,
  createCoxMemory,
  createMemoryKeeper,
  type KernelScratch,
} from './cox-memory.ts'
import { workerUrl } from './worker-url.ts'

/** What a helper thread is handed: all arrays lie in shared memory, so nothing is copied. */
export interface TeamShare {
  kind: 'share'
  plan: CoxPlan
  state: CoxState
  memory: WebAssembly.Memory | null
  scratch: KernelScratch | null
  control: Int32Array
  member: number
  members: number
}

const STAGES: readonly CoxStage[] = ['risk', 'sums', 'cross', 'outer']
const STAGE_END = STAGES.length

/** Positions in the control words. */
const ROUND = 0
const STAGE = 1
const DONE = 2

/** Hooks for a fit on this thread alone, with the vector kernel where there is one. */
export function singleThreadHooks(memory = createCoxMemory()): FitHooks {
  if (!memory) return {}
  return {
    allocate: memory.allocate,
    makeRunner: (plan, state) =>
      localRunner(
        plan,
        state,
        createCoxKernel(memory.memory, plan, state, allocateScratch(plan, memory.allocate)),
      ),
  }
}

export interface CoxTeam {
  readonly threads: number
  /** For one fit, until the next is begun: they share their memory. */
  hooks(): FitHooks
  /** After a fit: the helpers wait for the next. */
  rest(): void
  /** Lets the helpers go. */
  close(): Promise<void>
}

/**
 * Threads that share the stages of Cox passes. The calling thread takes part and blocks while it waits, so call it from
 * a worker. The result has the same bits for every number of threads.
 */
export function createCoxTeam(threads: number, keeper = createMemoryKeeper()): CoxTeam {
  if (threads <= 1)
    return {
      threads: 1,
      hooks: () => singleThreadHooks(keeper.next()),
      rest: () => {},
      close: async () => {},
    }
  const helpers = Array.from(
    { length: threads - 1 },
    () => new Worker(workerUrl('fit'), { workerData: { role: 'helper' } }),
  )
  const active: Int32Array[] = []
  const rest = (): void => {
    for (const control of active.splice(0)) {
      Atomics.store(control, STAGE, STAGE_END)
      Atomics.add(control, ROUND, 1)
      Atomics.notify(control, ROUND)
    }
  }
  const hooks = (): FitHooks => {
    const memory = keeper.next()
    const allocate: Allocate =
      memory?.allocate ?? ((bytes) => ({ buffer: new SharedArrayBuffer(Math.max(8, bytes)), byteOffset: 0 }))
    return {
      allocate,
      makeRunner(plan, state) {
        const control = new Int32Array(new SharedArrayBuffer(16))
        active.push(control)
        const scratchOf = (): KernelScratch | null => (memory ? allocateScratch(plan, allocate) : null)
        helpers.forEach((helper, i) => {
          const share: TeamShare = {
            kind: 'share',
            plan,
            state,
            memory: memory?.memory ?? null,
            scratch: scratchOf(),
            control,
            member: i + 1,
            members: threads,
          }
          helper.postMessage(share)
        })
        const own = scratchOf()
        const kernel = memory && own ? createCoxKernel(memory.memory, plan, state, own) : null
        return (stage) => {
          Atomics.store(control, DONE, 0)
          Atomics.store(control, STAGE, STAGES.indexOf(stage))
          Atomics.add(control, ROUND, 1)
          Atomics.notify(control, ROUND)
          runCoxStage(plan, state, stage, 0, threads, kernel)
          for (;;) {
            const done = Atomics.load(control, DONE)
            if (done === threads - 1) return
            Atomics.wait(control, DONE, done)
          }
        }
      },
    }
  }
  return {
    threads,
    hooks,
    rest,
    async close() {
      rest()
      await Promise.all(helpers.map((helper) => helper.terminate()))
    },
  }
}

/** A helper's life with one fit: do its share of each stage until the end is called. */
export function serveShare(share: TeamShare): void {
  const { plan, state, control, member, members } = share
  const kernel =
    share.memory && share.scratch ? createCoxKernel(share.memory, plan, state, share.scratch) : null
  let round = 0
  for (;;) {
    Atomics.wait(control, ROUND, round)
    const now = Atomics.load(control, ROUND)
    if (now === round) continue
    round = now
    const stage = STAGES[Atomics.load(control, STAGE)]
    if (!stage) return
    runCoxStage(plan, state, stage, member, members, kernel)
    Atomics.add(control, DONE, 1)
    Atomics.notify(control, DONE)
  }
}
