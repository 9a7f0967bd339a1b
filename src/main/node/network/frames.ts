/**
 * Frames on a lane: `u32 length ‖ u8 kind ‖ [u32 request id] ‖ payload`, big-endian, the length counts what follows it.
 * Pure: what a peer sends is cut into frames here and nowhere else, within a bound, whatever the pieces it arrives in.
 */
import { plainBytes, type Bytes } from '../../../shared/std/bytes.ts'

export const FRAME_KIND = { message: 0, request: 1, response: 2, refusal: 3 } as const

export type Frame =
  | { readonly kind: 'message'; readonly payload: Bytes }
  | { readonly kind: 'request' | 'response'; readonly id: number; readonly payload: Bytes }
  | { readonly kind: 'refusal'; readonly id: number; readonly reason: number }

export type FrameViolation = 'too-long' | 'too-short' | 'unknown-kind'

const LENGTH_BYTES = 4
/** Kind, and the id of requests and answers. */
export const FRAME_OVERHEAD_BYTES = LENGTH_BYTES + 1 + 4

export function messageFrame(payload: Bytes): Bytes {
  const frame = new Uint8Array(LENGTH_BYTES + 1 + payload.length)
  writeU32(frame, 0, 1 + payload.length)
  frame[LENGTH_BYTES] = FRAME_KIND.message
  frame.set(payload, LENGTH_BYTES + 1)
  return frame
}

export function requestFrame(id: number, payload: Bytes): Bytes {
  return numberedFrame(FRAME_KIND.request, id, payload)
}

export function responseFrame(id: number, payload: Bytes): Bytes {
  return numberedFrame(FRAME_KIND.response, id, payload)
}

export function refusalFrame(id: number, reason: number): Bytes {
  return numberedFrame(FRAME_KIND.refusal, id, Uint8Array.of(reason))
}

export interface FrameReader {
  /**
   * Takes the next piece of the stream and gives out the frames that it completes. Payloads may share memory with the
   * piece. After a violation it gives out nothing more.
   */
  push(piece: Bytes, emit: (frame: Frame, byteCount: number) => void): FrameViolation | null
  /** Bytes held of an unfinished frame. */
  readonly heldBytes: number
}

/** `frameBytesMax` bounds the whole payload of a frame. */
export function createFrameReader(frameBytesMax: number): FrameReader {
  const bodyMax = frameBytesMax + FRAME_OVERHEAD_BYTES
  // An unfinished frame, its length included; grows with what arrives and never with what is announced.
  let held: Uint8Array = EMPTY
  let heldBytes = 0
  let violation: FrameViolation | null = null

  const hold = (piece: Bytes): void => {
    if (heldBytes + piece.length > held.length) {
      const grown = new Uint8Array(Math.max(heldBytes + piece.length, 2 * held.length, 256))
      grown.set(held.subarray(0, heldBytes))
      held = grown
    }
    held.set(piece, heldBytes)
    heldBytes += piece.length
  }

  return {
    get heldBytes() {
      return heldBytes
    },
    push(given, emit) {
      const piece = plainBytes(given)
      let at = 0
      while (violation === null) {
        if (heldBytes === 0) {
          const left = piece.length - at
          if (left === 0) return null
          const length = left < LENGTH_BYTES ? -1 : readU32(piece, at)
          if (length > bodyMax) return (violation = 'too-long')
          if (length < 0 || left < LENGTH_BYTES + length) {
            hold(piece.subarray(at))
            return null
          }
          violation = read(piece, at + LENGTH_BYTES, length, emit)
          at += LENGTH_BYTES + length
          continue
        }
        if (heldBytes < LENGTH_BYTES) {
          const taken = Math.min(LENGTH_BYTES - heldBytes, piece.length - at)
          hold(piece.subarray(at, at + taken))
          at += taken
          if (heldBytes < LENGTH_BYTES) return null
        }
        const length = readU32(held, 0)
        if (length > bodyMax) return (violation = 'too-long')
        const missing = LENGTH_BYTES + length - heldBytes
        const taken = Math.min(missing, piece.length - at)
        hold(piece.subarray(at, at + taken))
        at += taken
        if (taken < missing) return null
        // The frame keeps the buffer, so the next one needs its own.
        const whole = held
        held = EMPTY
        heldBytes = 0
        violation = read(whole, LENGTH_BYTES, length, emit)
      }
      return violation
    },
  }
}

function read(
  bytes: Bytes,
  from: number,
  length: number,
  emit: (frame: Frame, byteCount: number) => void,
): FrameViolation | null {
  if (length < 1) return 'too-short'
  const kind = bytes[from]!
  const end = from + length
  if (kind === FRAME_KIND.message) {
    emit({ kind: 'message', payload: bytes.subarray(from + 1, end) }, LENGTH_BYTES + length)
    return null
  }
  if (kind > FRAME_KIND.refusal) return 'unknown-kind'
  if (length < 5) return 'too-short'
  const id = readU32(bytes, from + 1)
  const payload = bytes.subarray(from + 5, end)
  if (kind === FRAME_KIND.refusal) {
    if (payload.length !== 1) return 'too-short'
    emit({ kind: 'refusal', id, reason: payload[0]! }, LENGTH_BYTES + length)
  } else
    emit({ kind: kind === FRAME_KIND.request ? 'request' : 'response', id, payload }, LENGTH_BYTES + length)
  return null
}

function numberedFrame(kind: number, id: number, payload: Bytes): Bytes {
  const frame = new Uint8Array(LENGTH_BYTES + 5 + payload.length)
  writeU32(frame, 0, 5 + payload.length)
  frame[LENGTH_BYTES] = kind
  writeU32(frame, LENGTH_BYTES + 1, id)
  frame.set(payload, LENGTH_BYTES + 5)
  return frame
}

const EMPTY = new Uint8Array(0)

function readU32(bytes: Bytes, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}
