/**
 * The free space of the store's volume. Below the first floor nothing new is taken in; below the second nothing is
 * written at all, so that the store can always close in order.
 */
import type { NodeLimits } from './limits.ts'

export interface DiskWatch {
  /** As of the last look; null where nobody knows. */
  readonly freeBytes: number | null
  /** Below the first floor. */
  readonly isFull: boolean
  /** Below the second. */
  readonly isHeld: boolean
  /** Looks, unless it has just looked. */
  look(): Promise<number | null>
  /** Space that becomes free is noticed from now on although nobody asks. */
  start(): void
  close(): void
}

export interface DiskWatchOptions {
  readonly freeBytes: () => Promise<number | null>
  readonly now: () => number
  readonly limits: NodeLimits
  /** Crossed the first floor, in either direction. */
  readonly onChanged: () => void
  /** Crossed the second; first told when it starts. */
  readonly onHold: (isHeld: boolean) => void
}

export async function openDiskWatch(options: DiskWatchOptions): Promise<DiskWatch> {
  const { now, limits } = options
  let disk = { freeBytes: await options.freeBytes(), lookedAt: now() }
  const isBelow = (floor: number): boolean => disk.freeBytes !== null && disk.freeBytes < floor
  let isFull = isBelow(limits.admitFreeBytes)
  let isHeld = false
  let timer: ReturnType<typeof setInterval> | null = null

  function hold(): void {
    const isTooFull = isBelow(limits.decideFreeBytes)
    if (isTooFull === isHeld) return
    isHeld = isTooFull
    options.onHold(isHeld)
  }

  async function look(): Promise<number | null> {
    if (now() - disk.lookedAt >= limits.diskLookMs || isFull) {
      disk = { freeBytes: await options.freeBytes(), lookedAt: now() }
      const wasFull = isFull
      isFull = isBelow(limits.admitFreeBytes)
      if (isFull !== wasFull) options.onChanged()
      hold()
    }
    return disk.freeBytes
  }

  return {
    get freeBytes() {
      return disk.freeBytes
    },
    get isFull() {
      return isFull
    },
    get isHeld() {
      return isHeld
    },
    look,
    start() {
      hold()
      timer = setInterval(() => void look(), limits.diskWatchMs)
      timer.unref()
    },
    close() {
      if (timer !== null) clearInterval(timer)
    },
  }
}
