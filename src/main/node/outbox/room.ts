/** Whoever waits until the outbox has room again or is empty: woken whenever the chain grows, and when nothing more will come. */
import type { NodeLimits } from '../limits.ts'
import type { Outbox } from './outbox.ts'

export interface OutboxRoom {
  /** Resolves when there is room, or `signal` ends. @throws what `expectWritable` throws */
  wait(signal?: AbortSignal): Promise<void>
  /** Whether the outbox was emptied in time; @param isHopeless nothing more leaves it now */
  drain(timeoutMs: number, refusedCount: () => number, isHopeless: () => boolean): Promise<boolean>
  /** There may be room now. */
  wake(): void
}

/** How often the end of a wait for the last of it is looked at. */
const LOOK_MS = 50

export function createOutboxRoom(
  outbox: Outbox,
  limits: NodeLimits,
  now: () => number,
  expectWritable: () => Promise<void>,
): OutboxRoom {
  const waiters: (() => void)[] = []
  const isFull = (): boolean =>
    outbox.bodyBytes >= limits.outboxBytesMax || outbox.count >= limits.outboxVisitsMax
  return {
    async wait(signal) {
      await expectWritable()
      while (outbox.count > 0 && isFull() && signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          waiters.push(resolve)
          signal?.addEventListener('abort', () => resolve(), { once: true })
        })
        await expectWritable()
      }
    },
    async drain(timeoutMs, refusedCount, isHopeless) {
      const end = now() + timeoutMs
      while (outbox.count > refusedCount()) {
        const left = end - now()
        if (left <= 0 || isHopeless()) return false
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(left, LOOK_MS))
          waiters.push(() => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
      return outbox.count === 0
    },
    wake() {
      for (const release of waiters.splice(0)) release()
    },
  }
}
