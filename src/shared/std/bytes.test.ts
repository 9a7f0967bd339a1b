import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BytesFailure,
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  isWellFormedText,
  toHex,
  tryFromHex,
  utf8Decode,
  utf8Encode,
} from './bytes.ts'

const bytes = fc.uint8Array({ maxLength: 80 })

describe('hexadecimal', () => {
  it('comes back as the same bytes and agrees with Buffer', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(toHex(value)).toBe(Buffer.from(value).toString('hex'))
        expect(fromHex(toHex(value))).toEqual(Uint8Array.from(value))
        expect(fromHex(toHex(value).toUpperCase())).toEqual(Uint8Array.from(value))
      }),
    )
  })

  it('is one text however many bytes there are', () => {
    for (const length of [1_023, 1_024, 1_025, 200_000]) {
      const value = Uint8Array.from({ length }, (_, i) => i * 7)
      expect(toHex(value)).toBe(Buffer.from(value).toString('hex'))
    }
  })

  it('refuses odd lengths, other letters and letters beyond ASCII', () => {
    for (const text of ['0', 'g0', '0g', ' 0', '0x', '０0', 'é0']) {
      expect(tryFromHex(text), text).toBeNull()
      expect(() => fromHex(text)).toThrow(BytesFailure)
    }
  })
})

describe('comparison', () => {
  it('is the order of Buffer.compare, and equal exactly when that says zero', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
      }),
    )
  })

  it('sees one different byte anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(), (value, at) => {
        const other = value.slice()
        other[at % value.length]! ^= 1
        expect(equalBytes(value, other)).toBe(false)
        expect(compareBytes(value, other)).not.toBe(0)
      }),
    )
  })
})

describe('concatBytes', () => {
  it('puts the parts behind one another in memory of its own', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
        expect(Buffer.compare(concatBytes(...parts), Buffer.concat(parts))).toBe(0)
      }),
    )
    const part = Uint8Array.of(1)
    const whole = concatBytes(part)
    part[0] = 2
    expect(whole[0]).toBe(1)
  })
})

describe('UTF-8', () => {
  it('comes back as the same text when the text is well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(isWellFormedText(text)).toBe(true)
        expect(utf8Decode(utf8Encode(text))).toBe(text)
      }),
    )
  })

  it('knows a lone surrogate wherever it stands', () => {
    for (const text of ['\ud800', '\udc00', 'a\ud800b', '\udc00\ud800', '😀\ud83d'])
      expect(isWellFormedText(text)).toBe(false)
    expect(isWellFormedText('繁體😀')).toBe(true)
  })

  it('refuses overlong, truncated and surrogate sequences, and keeps a byte order mark', () => {
    for (const bad of ['c080', 'e0a0', 'eda080', 'ff', 'f4908080'])
      expect(() => utf8Decode(fromHex(bad)), bad).toThrow(BytesFailure)
    expect(utf8Decode(fromHex('efbbbf41'))).toBe('\ufeffA')
  })
})
