import { describe, expect, it } from 'vitest'
import { concatBytes, type Bytes } from '../../../shared/std/bytes.ts'
import {
  createFrameReader,
  messageFrame,
  refusalFrame,
  requestFrame,
  responseFrame,
  type Frame,
  type FrameViolation,
} from './frames.ts'

function readAll(
  pieces: readonly Bytes[],
  frameBytesMax = 1_000,
): { frames: Frame[]; violation: FrameViolation | null } {
  const frames: Frame[] = []
  const reader = createFrameReader(frameBytesMax)
  let violation: FrameViolation | null = null
  for (const piece of pieces) violation = reader.push(piece, (frame) => frames.push(frame))
  return { frames, violation }
}

describe('createFrameReader', () => {
  it('gives back each kind of frame', () => {
    const stream = concatBytes(
      messageFrame(Uint8Array.of(1, 2)),
      requestFrame(7, Uint8Array.of(3)),
      responseFrame(0xffffffff, new Uint8Array(0)),
      refusalFrame(9, 42),
    )
    expect(readAll([stream]).frames).toEqual([
      { kind: 'message', payload: Uint8Array.of(1, 2) },
      { kind: 'request', id: 7, payload: Uint8Array.of(3) },
      { kind: 'response', id: 0xffffffff, payload: new Uint8Array(0) },
      { kind: 'refusal', id: 9, reason: 42 },
    ])
  })

  it('refuses a frame longer than the lane allows before it arrives', () => {
    const frame = messageFrame(new Uint8Array(1_010))
    expect(readAll([frame.subarray(0, 4)], 1_000)).toEqual({ frames: [], violation: 'too-long' })
    expect(readAll([frame.subarray(0, 2), frame.subarray(2, 5)], 1_000)).toEqual({
      frames: [],
      violation: 'too-long',
    })
  })

  it('holds no more than what arrived of an announced frame', () => {
    const reader = createFrameReader(8 * 1024 * 1024)
    const frame = messageFrame(new Uint8Array(8 * 1024 * 1024))
    for (let i = 0; i < 1_000; i++) reader.push(frame.subarray(i, i + 1), () => {})
    expect(reader.heldBytes).toBe(1_000)
  })

  it('refuses frames without a kind, of an unknown kind, or too short for their kind', () => {
    expect(readAll([Uint8Array.of(0, 0, 0, 0)]).violation).toBe('too-short')
    expect(readAll([Uint8Array.of(0, 0, 0, 1, 4)]).violation).toBe('unknown-kind')
    expect(readAll([Uint8Array.of(0, 0, 0, 4, 1, 0, 0, 0)]).violation).toBe('too-short')
    expect(readAll([Uint8Array.of(0, 0, 0, 5, 3, 0, 0, 0, 1)]).violation).toBe('too-short')
    expect(readAll([Uint8Array.of(0, 0, 0, 7, 3, 0, 0, 0, 1, 1, 1)]).violation).toBe('too-short')
  })

  it('gives out nothing after a violation', () => {
    const { frames, violation } = readAll([Uint8Array.of(0, 0, 0, 1, 9), messageFrame(Uint8Array.of(1))])
    expect(frames).toEqual([])
    expect(violation).toBe('unknown-kind')
  })

  it('gives payloads that are no Buffers, whatever the socket gave', () => {
    const frame = Buffer.from(messageFrame(new Uint8Array([1, 2, 3])))
    for (const pieces of [[frame], [frame.subarray(0, 5), frame.subarray(5)]])
      for (const read of readAll(pieces, 1_000).frames)
        expect(read.kind === 'message' && read.payload.constructor).toBe(Uint8Array)
  })
})
