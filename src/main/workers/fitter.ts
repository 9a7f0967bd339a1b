import { Worker } from 'node:worker_threads'
import type { PaperDesign } from '../../shared/domain/paper-design.ts'
import { StatsFailure } from '../stats/failure.ts'
import type { ModelSpec } from '../stats/model/model-spec.ts'
import { type Peer, speak } from './calls.ts'
import type { FitNews, FitterCalls, TableDescription, TableSource } from './fit-calls.ts'
import { workerUrl } from './worker-url.ts'

export interface FitOptions {
  unknown?: readonly string[]
  /** Threads that share the work of a Cox model; the result does not depend on it. */
  threads?: number
  /** Number of the pass that has just ended. */
  onProgress?: (pass: number) => void
  signal?: AbortSignal
}

/**
 * Fits models on another thread, one after the other, so that the caller's thread stays free. The thread starts with
 * the first question, keeps the last table, and does not keep the process alive while it waits.
 */
export interface Fitter {
  /** @throws {WorkerFailure} with the detail of a `TableFileFailure` or a `StatsFailure` */
  describe(path: string): Promise<TableDescription>
  /**
   * The line of the result.
   *
   * @throws {WorkerFailure} with the detail of a `TableFileFailure` or a `StatsFailure`
   * @throws {StatsFailure} `cancelled` after the signal
   */
  fit(table: TableSource, model: ModelSpec, options?: FitOptions): Promise<string>
  /**
   * The simulation of the built-in study: its canonical text.
   *
   * @throws {WorkerFailure} with the detail of a `StatsFailure`
   * @throws {StatsFailure} `cancelled` after the signal
   */
  simulate(
    design: PaperDesign,
    options?: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal },
  ): Promise<string>
  /** Ends the thread; a fit that runs fails with `worker-ended`. */
  close(): Promise<void>
}

/** After a cancel a thread that does not come to the end of a pass is stopped by force. */
const CANCEL_GRACE_MS = 60

interface Thread {
  readonly worker: Worker
  readonly peer: Peer<FitterCalls>
  onPass: (pass: number) => void
  onSimulated: (done: number, total: number) => void
}

export function createFitter(): Fitter {
  let thread: Thread | null = null
  let turn: Promise<unknown> = Promise.resolve()

  function threadNow(): Thread {
    if (thread) return thread
    const worker = new Worker(workerUrl('fit'), { workerData: { role: 'fit' } })
    const peer = speak<FitterCalls, FitNews>(worker, {
      pass: (pass) => started.onPass(pass),
      simulated: ({ done, total }) => started.onSimulated(done, total),
    })
    const started: Thread = { worker, peer, onPass: () => {}, onSimulated: () => {} }
    worker.on('exit', () => {
      if (thread === started) thread = null
    })
    thread = started
    return started
  }

  async function end(): Promise<void> {
    const ended = thread
    thread = null
    await ended?.worker.terminate()
  }

  /** Only while somebody waits does the thread keep the process alive. */
  async function awake<T>(work: (thread: Thread) => Promise<T>): Promise<T> {
    const now = threadNow()
    now.worker.ref()
    try {
      return await work(now)
    } finally {
      now.worker.unref()
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  /** Cancelled by the shared word between two passes, or by force where the thread does not come to the end of one. */
  async function cancellable<T>(
    signal: AbortSignal | undefined,
    work: (cancel: Int32Array) => Promise<T>,
  ): Promise<T> {
    const cancel = new Int32Array(new SharedArrayBuffer(4))
    let grace: NodeJS.Timeout | undefined
    let giveUp: (error: Error) => void = () => {}
    const given = new Promise<never>((_, reject) => (giveUp = reject))
    const onAbort = (): void => {
      Atomics.store(cancel, 0, 1)
      grace = setTimeout(() => {
        giveUp(new StatsFailure({ code: 'cancelled' }))
        void end()
      }, CANCEL_GRACE_MS)
    }
    signal?.addEventListener('abort', onAbort)
    try {
      const done = work(cancel)
      // Whoever loses the race has nobody left to tell.
      done.catch(() => {})
      return await Promise.race([done, given])
    } catch (error) {
      if (signal?.aborted) throw new StatsFailure({ code: 'cancelled' })
      throw error
    } finally {
      clearTimeout(grace)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return {
    describe: (path) => inTurn(() => awake(({ peer }) => peer.call('describe', { path }))),
    fit: (table, model, { unknown = [], threads = 1, onProgress = () => {}, signal } = {}) =>
      inTurn(async () => {
        if (signal?.aborted) throw new StatsFailure({ code: 'cancelled' })
        return awake(async (now) => {
          now.onPass = (pass) => onProgress(pass)
          try {
            return await cancellable(signal, (cancel) =>
              now.peer.call('fit', { table, model, unknown, threads: Math.max(1, threads), cancel }),
            )
          } finally {
            now.onPass = () => {}
          }
        })
      }),
    simulate: (design, { onProgress = () => {}, signal } = {}) =>
      inTurn(async () => {
        if (signal?.aborted) throw new StatsFailure({ code: 'cancelled' })
        return awake(async (now) => {
          now.onSimulated = (done, total) => onProgress(done, total)
          try {
            return await cancellable(signal, (cancel) => now.peer.call('simulate', { design, cancel }))
          } finally {
            now.onSimulated = () => {}
          }
        })
      }),
    close: end,
  }
}
