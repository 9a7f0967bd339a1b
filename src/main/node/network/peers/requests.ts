/** Questions and answers with one peer on one lane, both ways, both bounded. */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { assert } from '../../../../shared/std/assert.ts'
import { Failure } from '../../../../shared/std/failure.ts'
import type { Clock } from '../clock.ts'
import { refusalFrame, requestFrame, responseFrame, type Frame } from '../frames.ts'
import type { LaneQueue } from '../lane-queue.ts'
import { LANE_LIMITS, REQUEST_BYTES_MAX } from '../limits.ts'
import { NetworkFailure, type Lane, type PeerName, type RequestOptions } from '../transport.ts'

export interface Requests {
  ask(question: Bytes, timeoutMs: number, options: RequestOptions): Promise<Bytes>
  /** False: no honest peer sends this. */
  takeAnswer(answer: Exclude<Frame, { kind: 'message' }>): boolean
  /** False: more than a peer may ask at a time. `answer` gives bytes, or the number of a refusal. */
  takeRequest(id: number, question: Bytes, answer: () => Promise<Bytes | number> | Bytes | number): boolean
  /** The connection ended: nobody will answer, and nobody waits for answers. */
  drop(): void
}

/** The node could not answer: its disk failed, it is stopping. */
export const REFUSED_BY_FAILURE = 255

/** What belongs to one connection's life; a new one starts from nothing. */
type Era = {
  /** Ours by id; null once somebody stopped waiting, while the other side still counts it. */
  readonly pending: Map<number, ((answer: Bytes | NetworkFailure) => void) | null>
  waiting: (() => void)[]
  askedByThem: number
  beingServed: number
  toServe: (() => void)[]
  isOver: boolean
}

export function createRequests(peer: PeerName, lane: Lane, queue: LaneQueue, clock: Clock): Requests {
  const { requestsMax, servedAtOnceMax, frameBytesMax } = LANE_LIMITS[lane]
  let lastId = 0
  let era = newEra()

  return {
    ask(question, timeoutMs, { signal }) {
      return new Promise<Bytes>((resolve, reject) => {
        const mine = era
        let id: number | null = null
        let isDone = false
        const end = (result: Bytes | NetworkFailure): void => {
          if (isDone) return
          isDone = true
          cancelTimer()
          signal?.removeEventListener('abort', onAbort)
          if (id !== null && mine.pending.has(id)) mine.pending.set(id, null)
          if (result instanceof NetworkFailure) reject(result)
          else resolve(result)
        }
        const onAbort = (): void => end(new NetworkFailure({ code: 'request-aborted', peer }))
        const cancelTimer = clock.after(timeoutMs, () =>
          end(new NetworkFailure({ code: 'request-timeout', peer })),
        )
        signal?.addEventListener('abort', onAbort)
        const ask = (): void => {
          if (isDone) {
            // The turn goes to the next one.
            mine.waiting.shift()?.()
          } else if (mine.isOver) end(new NetworkFailure({ code: 'peer-unreachable', peer }))
          else if (mine.pending.size >= requestsMax) mine.waiting.push(ask)
          else {
            id = (lastId % 0xffffffff) + 1
            if (queue.push(requestFrame(id, question))) {
              lastId = id
              mine.pending.set(id, end)
            } else {
              id = null
              void queue.room().then(ask)
            }
          }
        }
        ask()
      })
    },

    takeAnswer(answer) {
      const end = era.pending.get(answer.id)
      // An id that was never given out, or was answered already.
      if (end === undefined) return false
      era.pending.delete(answer.id)
      if (answer.kind === 'refusal')
        end?.(new NetworkFailure({ code: 'request-refused', peer, reason: answer.reason }))
      else if (answer.kind === 'response') end?.(answer.payload)
      era.waiting.shift()?.()
      return true
    },

    takeRequest(id, question, answer) {
      if (era.askedByThem >= requestsMax || question.length > REQUEST_BYTES_MAX) return false
      const mine = era
      mine.askedByThem++
      const serve = async (): Promise<void> => {
        mine.beingServed++
        // Answers that the peer does not read hold back the next ones, and not the memory of this node.
        await queue.room()
        if (!mine.isOver) {
          const encoded = await encodedAnswer(id, answer, frameBytesMax)
          while (!mine.isOver && !queue.push(encoded)) await queue.room()
        }
        mine.beingServed--
        mine.askedByThem--
        mine.toServe.shift()?.()
      }
      if (mine.beingServed >= servedAtOnceMax) mine.toServe.push(() => void serve())
      else void serve()
      return true
    },

    drop() {
      const old = era
      era = newEra()
      old.isOver = true
      for (const end of [...old.pending.values()])
        end?.(new NetworkFailure({ code: 'peer-unreachable', peer }))
      for (const ask of old.waiting.splice(0)) ask()
      old.toServe = []
    },
  }
}

async function encodedAnswer(
  id: number,
  answer: () => Promise<Bytes | number> | Bytes | number,
  frameBytesMax: number,
): Promise<Bytes> {
  let result: Bytes | number
  try {
    result = await answer()
  } catch (error) {
    // The world failed for us, not for the one who asks: it can ask another. A bug goes on upwards.
    if (!(error instanceof Failure)) throw error
    result = REFUSED_BY_FAILURE
  }
  if (typeof result === 'number') return refusalFrame(id, result)
  assert(result.length <= frameBytesMax, 'an answer fits a frame of its lane')
  return responseFrame(id, result)
}

function newEra(): Era {
  return { pending: new Map(), waiting: [], askedByThem: 0, beingServed: 0, toServe: [], isOver: false }
}
