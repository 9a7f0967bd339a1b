import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, utf8Encode } from '../../../shared/std/bytes.ts'
import {
  blockKey,
  keyIn,
  keyTail,
  metaKey,
  ownVisitKey,
  rangeOf,
  readU64,
  recordKey,
  rowKey,
  u64,
  visitKey,
} from './buckets.ts'
import { checkedValue, plainValue, readCheckedValue, readPlainValue } from './value.ts'

const count = fc.maxSafeNat()

describe('buckets', () => {
  it('keep numbers and their order', () => {
    fc.assert(
      fc.property(count, count, (a, b) => {
        expect(readU64(u64(a))).toBe(a)
        expect(Math.sign(compareBytes(blockKey(a), blockKey(b)))).toBe(Math.sign(a - b))
      }),
    )
  })

  it('never share a key: a range holds its own bucket and nothing else', () => {
    const keys = [
      blockKey(2 ** 40),
      ownVisitKey(0),
      visitKey(new Uint8Array(16).fill(255)),
      recordKey(new Uint8Array(16)),
      rowKey(new Uint8Array(32).fill(255), 255, 2 ** 32 - 1),
      metaKey('state'),
    ]
    const inside = (bucket: Parameters<typeof rangeOf>[0]) => {
      const { from, to } = rangeOf(bucket)
      return keys.filter((key) => compareBytes(key, from) >= 0 && compareBytes(key, to!) < 0)
    }
    expect(inside('b')).toEqual([keys[0]])
    expect(inside('v')).toEqual([keys[1]])
    expect(inside('x/v')).toEqual([keys[2]])
    expect(inside('x/r')).toEqual([keys[3]])
    expect(inside('k')).toEqual([keys[4]])
    expect(inside('m')).toEqual([keys[5]])
  })

  it('give back the tail of a key', () => {
    expect(keyTail('x/v', visitKey(utf8Encode('0123456789abcdef')))).toEqual(utf8Encode('0123456789abcdef'))
    expect(rangeOf('k', Uint8Array.of(255, 255)).to).toEqual(utf8Encode('k0'))
    expect(keyIn('d')).toEqual(utf8Encode('d/'))
  })
})

describe('values', () => {
  it('find any flipped bit of a checked value, and a value under another key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (content, at, bit) => {
          const key = utf8Encode('k/1')
          const value = checkedValue(key, content)
          expect(readCheckedValue(key, value)).toEqual({ kind: 'ok', content })
          expect(readCheckedValue(utf8Encode('k/2'), value)).toEqual({ kind: 'damaged' })
          value[at % value.length]! ^= 1 << bit
          expect(readCheckedValue(key, value)).toEqual({ kind: 'damaged' })
        },
      ),
    )
  })

  it('tell a newer format from damage', () => {
    const value = plainValue(utf8Encode('x'))
    expect(readPlainValue(value)).toEqual({ kind: 'ok', content: utf8Encode('x') })
    value[0] = 9
    expect(readPlainValue(value)).toEqual({ kind: 'newer', format: 9 })
    expect(readPlainValue(new Uint8Array(0))).toEqual({ kind: 'damaged' })
  })
})
