/**
 * Calls and events over one stream between a node and a work place. Frames as on the node's own lanes
 * (`node/network/frames.ts`), JSON inside. The work place asks, the node answers and tells; each side sends something every
 * two seconds, so that a frozen or unplugged one is noticed. What breaks a rule ends the connection.
 */
import type { Reply } from '../../shared/contract/kit.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { BytesFailure } from '../../shared/std/bytes.ts'
import {
  createFrameReader,
  messageFrame,
  requestFrame,
  responseFrame,
  type Frame,
} from '../node/network/frames.ts'
import type { LaneStream } from '../node/network/wire.ts'
import { isReply } from './checked-answers.ts'
import type { PlaceLimits } from './limits.ts'
import type { Pace } from './pace.ts'

export type LinkEvent = readonly [service: string, event: string, payload: unknown]

export interface NodeEndOfLink {
  /** Left out where the other side reads so slowly that too many wait. */
  tell(event: LinkEvent): void
  close(): void
}

export interface PlaceEndOfLink {
  /** `node-away` where the connection ends before the answer, or has ended. */
  call(name: string, input: unknown): Promise<Reply<unknown>>
  close(): void
}

/**
 * The node's end. `answer` is asked for one call after another begins; it never throws for what a caller did. `pace` is asked before
 * a call is even read.
 */
export function serveLink(
  stream: LaneStream,
  limits: PlaceLimits,
  answer: (name: string, input: unknown) => Promise<Reply<unknown>>,
  closed: () => void,
  pace: () => Pace = () => 'in-time',
): NodeEndOfLink {
  let inHand = 0
  let inHandBytes = 0
  const line = talk(stream, limits.requestBytesMax, limits, {
    closed,
    frame(frame) {
      if (frame.kind === 'message') return frame.payload.length === 0
      if (frame.kind !== 'request' || inHand >= limits.callsMax) return false
      const paced = pace()
      if (paced !== 'in-time') {
        line.send(responseFrame(frame.id, tooMany()))
        return paced === 'too-many'
      }
      const byteCount = frame.payload.length
      if (inHandBytes + byteCount > limits.callsBytesMax) return false
      const asked = parse(frame.payload)
      const { call, input } = (asked ?? {}) as { call?: unknown; input?: unknown }
      if (typeof call !== 'string') return false
      inHand++
      inHandBytes += byteCount
      void reply(frame.id, call, input, byteCount)
      return true
    },
  })

  async function reply(id: number, call: string, input: unknown, byteCount: number): Promise<void> {
    try {
      const text = toBytes(await answer(call, input))
      const isTooLarge = text.length > limits.answerBytesMax
      line.send(
        responseFrame(id, isTooLarge ? toBytes({ ok: false, error: { code: 'answer-too-large' } }) : text),
      )
    } catch (error) {
      line.end()
      throw error // a bug: loud
    } finally {
      inHand--
      inHandBytes -= byteCount
    }
  }

  return {
    tell(event) {
      if (line.waitingBytes < limits.unreadEventBytesMax) line.send(messageFrame(toBytes(event)))
    },
    close: line.end,
  }
}

/** The work place's end. */
export function callLink(
  stream: LaneStream,
  limits: PlaceLimits,
  onEvent: (event: LinkEvent) => void,
  closed: () => void,
): PlaceEndOfLink {
  const waiting = new Map<number, (reply: Reply<unknown>) => void>()
  let waitingBytes = 0
  let nextId = 1
  let isOver = false
  const away: Reply<unknown> = { ok: false, error: { code: 'node-away' } }
  const line = talk(stream, limits.answerBytesMax, limits, {
    closed() {
      isOver = true
      for (const give of waiting.values()) give(away)
      waiting.clear()
      closed()
    },
    frame(frame) {
      if (frame.kind === 'message') {
        if (frame.payload.length === 0) return true
        const event = parse(frame.payload)
        if (!Array.isArray(event) || event.length !== 3) return false
        onEvent(event as unknown as LinkEvent)
        return true
      }
      if (frame.kind !== 'response') return false
      const reply = parse(frame.payload)
      const give = waiting.get(frame.id)
      if (give === undefined || !isReply(reply)) return false
      waiting.delete(frame.id)
      give(reply)
      return true
    },
  })
  return {
    call(name, input) {
      if (isOver) return Promise.resolve(away)
      const bytes = toBytes({ call: name, input })
      // The node would cut whoever breaks its bounds.
      if (bytes.length > limits.requestBytesMax)
        return Promise.resolve({ ok: false, error: { code: 'input-too-large' } })
      if (waiting.size >= limits.callsMax || waitingBytes + bytes.length > limits.callsBytesMax)
        return Promise.resolve({ ok: false, error: { code: 'busy' } })
      const id = nextId
      nextId = (nextId + 1) >>> 0
      waitingBytes += bytes.length
      return new Promise((give) => {
        waiting.set(id, (reply) => {
          waitingBytes -= bytes.length
          give(reply)
        })
        line.send(requestFrame(id, bytes))
      })
    },
    close: line.end,
  }
}

interface Line {
  send(frame: Bytes): void
  readonly waitingBytes: number
  end(): void
}

interface LineHandlers {
  /** False for what breaks a rule: the connection ends. */
  frame(frame: Frame): boolean
  /** Once. */
  closed(): void
}

/** A ping is a message without content. */
const PING = messageFrame(new Uint8Array(0))

function talk(stream: LaneStream, frameBytesMax: number, limits: PlaceLimits, handlers: LineHandlers): Line {
  const reader = createFrameReader(frameBytesMax)
  const queue: Bytes[] = []
  let waitingBytes = 0
  let isBlocked = false
  let isOver = false
  let heardAt = performance.now()

  const pulse = setInterval(() => {
    if (performance.now() - heardAt > limits.silenceMs) end()
    else if (queue.length === 0) send(PING)
  }, limits.pingEveryMs)
  pulse.unref()

  function end(): void {
    if (isOver) return
    isOver = true
    clearInterval(pulse)
    stream.abort()
    handlers.closed()
  }
  function flush(): void {
    while (!isBlocked && !isOver) {
      const frame = queue.shift()
      if (frame === undefined) return
      waitingBytes -= frame.length
      isBlocked = !stream.send(frame)
    }
  }
  function send(frame: Bytes): void {
    if (isOver) return
    queue.push(frame)
    waitingBytes += frame.length
    if (waitingBytes > limits.unreadBytesMax) end()
    else flush()
  }

  stream.listen({
    data(piece) {
      heardAt = performance.now()
      let isBroken = false
      const violation = reader.push(piece, (frame) => {
        if (!isOver && !isBroken) isBroken = !handlers.frame(frame)
      })
      if (isBroken || violation !== null) end()
    },
    drain() {
      isBlocked = false
      flush()
    },
    closed: end,
  })
  return {
    send,
    get waitingBytes() {
      return waitingBytes
    },
    end,
  }
}

const tooMany = (): Bytes => toBytes({ ok: false, error: { code: 'too-many-calls' } })

const toBytes = (value: unknown): Bytes => utf8Encode(JSON.stringify(value))

/** Undefined for what is no JSON: then it breaks a rule. */
function parse(payload: Bytes): unknown {
  try {
    return JSON.parse(utf8Decode(payload))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BytesFailure) return undefined
    throw error
  }
}
