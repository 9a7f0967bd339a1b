/** Asks the thread of the code lists, which starts with the first question and does not keep the process alive. */
import { Worker } from 'node:worker_threads'
import { speak, type Peer } from '../workers/calls.ts'
import { workerUrl } from '../workers/worker-url.ts'
import type { CodesCalls } from './codes-calls.ts'

export interface CodesThread {
  call<Name extends keyof CodesCalls & string>(
    name: Name,
    input: CodesCalls[Name]['input'],
  ): Promise<CodesCalls[Name]['output']>
  close(): Promise<void>
}

/** A full classification in two languages takes 150 MB; a list that does not fit ends its thread, not the application. */
const MEMORY_MB_MAX = 1_024

export interface CodesThreadOptions {
  /** What a fresh thread has to be told first. */
  onStart?(peer: Peer<CodesCalls>): Promise<void>
  /** A thread that nobody has asked for so long gives its memory back. */
  readonly idleMs?: number
}

export function createCodesThread({ onStart, idleMs }: CodesThreadOptions = {}): CodesThread {
  let running: { worker: Worker; peer: Peer<CodesCalls>; ready: Promise<void> } | null = null
  let waiting = 0
  let idle: NodeJS.Timeout | undefined

  function start() {
    const worker = new Worker(workerUrl('codes'), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB_MAX },
    })
    worker.unref()
    const peer = speak<CodesCalls, Record<string, never>>(worker, {})
    const started = { worker, peer, ready: onStart?.(peer) ?? Promise.resolve() }
    started.ready.catch(() => {})
    worker.on('exit', () => {
      if (running === started) running = null
    })
    return started
  }

  async function close(): Promise<void> {
    clearTimeout(idle)
    const ended = running
    running = null
    await ended?.worker.terminate()
  }

  return {
    async call(name, input) {
      clearTimeout(idle)
      running ??= start()
      const { worker, peer, ready } = running
      waiting++
      worker.ref()
      try {
        await ready
        return await peer.call(name, input)
      } finally {
        if (--waiting === 0) {
          worker.unref()
          if (idleMs !== undefined) idle = setTimeout(() => void close(), idleMs).unref()
        }
      }
    },
    close,
  }
}
