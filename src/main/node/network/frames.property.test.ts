import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, type Bytes } from '../../../shared/std/bytes.ts'
import {
  createFrameReader,
  messageFrame,
  refusalFrame,
  requestFrame,
  responseFrame,
  type Frame,
} from './frames.ts'
import { parseAddress } from '../../../shared/domain/address.ts'
import { decodeControl, encodeControl, decodeAddressRecord } from './protocols/hello.ts'

const frame = fc.oneof(
  fc.record({ kind: fc.constant('message' as const), payload: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({
    kind: fc.constantFrom('request' as const, 'response' as const),
    id: fc.nat({ max: 0xffffffff }),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  fc.record({
    kind: fc.constant('refusal' as const),
    id: fc.nat({ max: 0xffffffff }),
    reason: fc.nat({ max: 255 }),
  }),
)

function encoded(each: Frame): Bytes {
  switch (each.kind) {
    case 'message':
      return messageFrame(each.payload)
    case 'request':
      return requestFrame(each.id, each.payload)
    case 'response':
      return responseFrame(each.id, each.payload)
    case 'refusal':
      return refusalFrame(each.id, each.reason)
  }
}

/** The bytes cut where the numbers say. */
function cut(bytes: Bytes, lengths: readonly number[]): Bytes[] {
  const pieces: Bytes[] = []
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const length = Math.max(1, lengths[i % Math.max(1, lengths.length)] ?? bytes.length)
    pieces.push(bytes.slice(at, at + length))
    at += length
  }
  return pieces
}

describe('frames', () => {
  it('are the same in whatever pieces they arrive', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 20 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
        (frames, lengths) => {
          const reader = createFrameReader(300)
          const read: Frame[] = []
          for (const piece of cut(concatBytes(...frames.map(encoded)), lengths))
            expect(reader.push(piece, (each) => read.push(each))).toBeNull()
          expect(read).toEqual(frames)
          expect(reader.heldBytes).toBe(0)
        },
      ),
    )
  })

  it('from any bytes at all never throw, and hold no more than arrived', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (pieces) => {
        const reader = createFrameReader(300)
        let arrived = 0
        for (const piece of pieces) {
          arrived += piece.length
          reader.push(piece, (each) => expect(each.kind).toBeDefined())
          expect(reader.heldBytes).toBeLessThanOrEqual(arrived)
        }
      }),
    )
  })
})

describe('control frames', () => {
  it('from any bytes are null or encode to the same bytes', () => {
    const almost = fc.array(fc.oneof(fc.nat({ max: 24 }), fc.constantFrom(0x80, 0x85, 0x58, 0x20, 0x40)), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          almost.map((list) => Uint8Array.from(list)),
        ),
        (bytes) => {
          const decoded = decodeControl(bytes)
          if (decoded !== null) expect(encodeControl(decoded)).toEqual(bytes)
          decodeAddressRecord(bytes)
        },
      ),
    )
  })
})

describe('parseAddress', () => {
  it('takes host and port of any kind and nothing else', () => {
    expect(parseAddress('192.0.2.1:4711')).toEqual({ host: '192.0.2.1', port: 4711, kind: 'ip4' })
    expect(parseAddress('[2001:db8::1]:1')).toEqual({ host: '2001:db8::1', port: 1, kind: 'ip6' })
    expect(parseAddress('node.hospital.example:65535')).toEqual({
      host: 'node.hospital.example',
      port: 65535,
      kind: 'dns',
    })
    for (const wrong of [
      '',
      ':1',
      'a',
      'a:0',
      'a:65536',
      '256.1.1.1:1',
      '1.2.3:4',
      'a/b:1',
      '-a:1',
      '[::1]',
      'a:1:2',
      'a b:1',
      'A:1',
    ])
      expect(parseAddress(wrong), wrong).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => void parseAddress(text)))
  })
})
