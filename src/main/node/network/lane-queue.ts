/**
 * What waits to be sent to one peer on one lane: bounded, in order, joined into few writes. Survives the connection
 * being replaced by another one.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { LaneStream } from './wire.ts'

export interface LaneQueue {
  /** False, and nothing queued, when there is no room. An empty queue takes anything. */
  push(frame: Bytes): boolean
  /** From now on this stream carries the lane. */
  attach(stream: LaneStream): void
  detach(stream: LaneStream): void
  /** The stream can take more. */
  pump(): void
  /** Forgets what waits, and wakes those who wait for room. */
  clear(): void
  /** Resolves when the queue is at most half full. */
  room(): Promise<void>
  readonly byteCount: number
  readonly sentBytes: number
}

export function createLaneQueue(bytesMax: number, batchBytes: number): LaneQueue {
  let frames: Bytes[] = []
  let first = 0
  let byteCount = 0
  let sentBytes = 0
  let stream: LaneStream | null = null
  let isWritable = false
  let isScheduled = false
  let waiting: (() => void)[] = []

  const wake = (): void => {
    if (waiting.length === 0 || byteCount > bytesMax / 2) return
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }

  /** As many frames as fit one write; a single large one goes as it is. */
  const takeBatch = (): Bytes => {
    const start = first
    let batchByteCount = frames[first++]!.length
    while (first < frames.length && batchByteCount + frames[first]!.length <= batchBytes)
      batchByteCount += frames[first++]!.length
    let batch = frames[start]!
    if (first - start > 1) {
      batch = new Uint8Array(batchByteCount)
      let at = 0
      for (let i = start; i < first; i++) {
        batch.set(frames[i]!, at)
        at += frames[i]!.length
      }
    }
    if (first === frames.length) {
      frames = []
      first = 0
    } else if (first > 1024) {
      frames = frames.slice(first)
      first = 0
    }
    byteCount -= batchByteCount
    return batch
  }

  const pump = (): void => {
    isScheduled = false
    while (stream !== null && isWritable && first < frames.length) {
      const batch = takeBatch()
      sentBytes += batch.length
      isWritable = stream.send(batch)
    }
    wake()
  }

  return {
    get byteCount() {
      return byteCount
    },
    get sentBytes() {
      return sentBytes
    },
    push(frame) {
      if (byteCount > 0 && byteCount + frame.length > bytesMax) return false
      frames.push(frame)
      byteCount += frame.length
      // At the end of this turn, so that what one step of consensus sends leaves in one write.
      if (!isScheduled && isWritable) {
        isScheduled = true
        queueMicrotask(pump)
      }
      return true
    },
    attach(next) {
      stream = next
      isWritable = true
      pump()
    },
    detach(old) {
      if (stream !== old) return
      stream = null
      isWritable = false
    },
    pump() {
      if (stream === null) return
      isWritable = true
      pump()
    },
    clear() {
      frames = []
      first = 0
      byteCount = 0
      wake()
    },
    room() {
      if (byteCount <= bytesMax / 2) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
