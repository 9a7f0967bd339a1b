/** Simulated time: jumps from event to event; events of the same millisecond keep the order in which they were asked for. */

export interface Clock {
  /** Milliseconds since the start of the run. */
  now(): number
  /** Runs `action` once at `now + delayMs`; gives a way to cancel. */
  after(delayMs: number, action: () => void): () => void
  /** Runs the next event; false when there is none before `until`. */
  runNext(until: number): boolean
  readonly pendingCount: number
}

type Entry = { at: number; order: number; action: (() => void) | null }

export function createClock(): Clock {
  const heap: Entry[] = []
  let time = 0
  let order = 0

  const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
  function push(entry: Entry): void {
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(entry, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }
  function pop(): Entry {
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }

  return {
    now: () => time,
    after(delayMs, action) {
      const entry: Entry = { at: time + Math.max(0, Math.round(delayMs)), order: order++, action }
      push(entry)
      return () => {
        entry.action = null
      }
    },
    runNext(until) {
      while (heap.length > 0) {
        if (heap[0]!.at > until) break
        const entry = pop()
        time = entry.at
        if (entry.action === null) continue
        entry.action()
        return true
      }
      return false
    },
    get pendingCount() {
      return heap.length
    },
  }
}

/**
 * Lets everything that was promised happen; nothing in the simulator waits for the real world. A tick that is asked for
 * while promises are settled (hence the first line) comes when none is left, without a turn of the event loop, which would
 * cost as much as the event itself.
 */
export async function drain(): Promise<void> {
  await Promise.resolve()
  await new Promise<void>((resolve) => process.nextTick(resolve))
}
