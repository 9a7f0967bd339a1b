import { decode as cborgDecode, encode as cborgEncode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../../shared/std/bytes.ts'
import { CodecFailure, decode, encode, textProblem, type Cbor, type CodecReason } from './codec.ts'

const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'binary-ascii', maxLength: 300 }))
  .map((value) => value.normalize('NFC'))
  .filter((value) => textProblem(value) === null)
const integer = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc.constantFrom(23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)),
)
const value = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    integer.map((number) => (Object.is(number, -0) ? 0 : number)),
    text,
    fc.uint8Array({ maxLength: 40 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5, depthIdentifier: 'cbor' }),
  ),
})).value

describe('encode and decode', () => {
  it('give the examples of RFC 8949 appendix A that the chain uses', () => {
    const examples: [Cbor, string][] = [
      [0, '00'],
      [1, '01'],
      [10, '0a'],
      [23, '17'],
      [24, '1818'],
      [25, '1819'],
      [100, '1864'],
      [1000, '1903e8'],
      [1000000, '1a000f4240'],
      [1000000000000, '1b000000e8d4a51000'],
      [-1, '20'],
      [-10, '29'],
      [-100, '3863'],
      [-1000, '3903e7'],
      [null, 'f6'],
      [new Uint8Array(0), '40'],
      [fromHex('01020304'), '4401020304'],
      ['', '60'],
      ['a', '6161'],
      ['IETF', '6449455446'],
      ['"\\', '62225c'],
      ['\u00fc', '62c3bc'],
      ['\u6c34', '63e6b0b4'],
      ['\ud800\udd51', '64f0908591'],
      [[], '80'],
      [[1, 2, 3], '83010203'],
      [[1, [2, 3], [4, 5]], '8301820203820405'],
      [
        Array.from({ length: 25 }, (_, i) => i + 1),
        '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
      ],
    ]
    for (const [example, hex] of examples) {
      expect(toHex(encode(example))).toBe(hex)
      expect(decode(fromHex(hex))).toEqual({ kind: 'decoded', value: example })
    }
  })

  it('agree with cborg for every value', () => {
    fc.assert(
      fc.property(value, (example) => {
        const bytes = encode(example)
        expect(toHex(bytes)).toBe(toHex(cborgEncode(example, rfc8949EncodeOptions)))
        expect(decode(bytes)).toEqual({ kind: 'decoded', value: example })
      }),
      { numRuns: 500 },
    )
  })

  it('are the same after a value that was refused half-way, and after a large one', () => {
    expect(() => encode([new Uint8Array(40), 'a\0'])).toThrow(CodecFailure)
    expect(toHex(encode([1, 2]))).toBe('820102')
    const large = new Uint8Array(100_000).fill(7)
    const first = encode(large)
    expect(toHex(encode('a'))).toBe('6161')
    expect(decode(first)).toEqual({ kind: 'decoded', value: large })
  })

  it('decode only what encodes to the same bytes, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), (bytes) => {
        const decoded = decode(bytes)
        if (decoded.kind === 'decoded') expect(toHex(encode(decoded.value))).toBe(toHex(bytes))
      }),
      { numRuns: 3_000 },
    )
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (example, place, byte) => {
        const bytes = encode(example)
        bytes[place % bytes.length] = byte
        const decoded = decode(bytes)
        if (decoded.kind === 'decoded') expect(toHex(encode(decoded.value))).toBe(toHex(bytes))
      }),
      { numRuns: 1_000 },
    )
  })

  it('accept nothing that cborg would read otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
        const decoded = decode(bytes)
        if (decoded.kind === 'decoded') expect(cborgDecode(bytes, { strict: true })).toEqual(decoded.value)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('what comes from a socket', () => {
  it('is decoded to byte strings of their own, also out of a Buffer, whose slice shares memory', () => {
    const bytes = Buffer.from(encode([new Uint8Array(32).fill(7), 'text']))
    const decoded = decode(bytes)
    const [key] = (decoded.kind === 'decoded' ? decoded.value : []) as Uint8Array[]
    expect(key!.constructor).toBe(Uint8Array)
    key![31] = 0
    expect(toHex(bytes)).toBe(toHex(encode([new Uint8Array(32).fill(7), 'text'])))
  })
})

describe('decode refuses', () => {
  const refusals: [title: string, hex: string, reason: CodecReason][] = [
    ['an integer that is not the shortest (1 byte)', '1817', 'not-shortest'],
    ['an integer that is not the shortest (2 bytes)', '1900ff', 'not-shortest'],
    ['an integer that is not the shortest (4 bytes)', '1a0000ffff', 'not-shortest'],
    ['an integer that is not the shortest (8 bytes)', '1b00000000ffffffff', 'not-shortest'],
    ['a negative integer that is not the shortest', '3801', 'not-shortest'],
    ['a length that is not the shortest', '580101', 'not-shortest'],
    ['a text length that is not the shortest', '780161', 'not-shortest'],
    ['an array length that is not the shortest', '980101', 'not-shortest'],
    ['2^53', '1b0020000000000000', 'number-too-large'],
    ['-2^53', '3b001fffffffffffff', 'number-too-large'],
    ['the largest integer of CBOR', '1bffffffffffffffff', 'number-too-large'],
    ['an indefinite array', '9f01ff', 'type-not-allowed'],
    ['indefinite bytes', '5f4101ff', 'type-not-allowed'],
    ['an indefinite text', '7f6161ff', 'type-not-allowed'],
    ['a reserved length', '1c', 'type-not-allowed'],
    ['a half float', 'f93c00', 'type-not-allowed'],
    ['a float', 'fa47c35000', 'type-not-allowed'],
    ['a double', 'fb3ff199999999999a', 'type-not-allowed'],
    ['a map', 'a10102', 'type-not-allowed'],
    ['an empty map', 'a0', 'type-not-allowed'],
    ['a tag', 'c101', 'type-not-allowed'],
    ['a big integer', 'c249010000000000000000', 'type-not-allowed'],
    ['false', 'f4', 'type-not-allowed'],
    ['true', 'f5', 'type-not-allowed'],
    ['undefined', 'f7', 'type-not-allowed'],
    ['a break without a beginning', 'ff', 'type-not-allowed'],
    ['nothing', '', 'truncated'],
    ['a cut integer', '19ff', 'truncated'],
    ['cut bytes', '4401', 'truncated'],
    ['a cut text', '6261', 'truncated'],
    ['a cut array', '8201', 'truncated'],
    ['an array that claims 2^32 elements', '9b0000000100000000', 'truncated'],
    ['trailing bytes', '0000', 'trailing-bytes'],
    ['a lone surrogate in UTF-8', '63eda080', 'text-not-utf8'],
    ['overlong UTF-8', '62c080', 'text-not-utf8'],
    ['a stray byte', '61ff', 'text-not-utf8'],
    ['U+0000', '6100', 'text-with-nul'],
    ['U+0000 behind other text', '64c3bc0061', 'text-with-nul'],
    ['text that is not in normal form C', '6365cc81', 'text-not-nfc'],
    ['a compatibility ideograph', '63efa480', 'text-not-nfc'],
  ]
  for (const [title, hex, reason] of refusals)
    it(title, () => {
      expect(decode(fromHex(hex))).toMatchObject({ kind: 'refused', reason })
    })

  it('nesting beyond any structure of the chain', () => {
    const nested = new Uint8Array(200).fill(0x81)
    nested[199] = 0
    expect(decode(nested)).toMatchObject({ kind: 'refused', reason: 'too-deep' })
  })
})

describe('encode refuses', () => {
  it('text that no decoder would take', () => {
    for (const [bad, code] of [
      ['\ud800', 'text-lone-surrogate'],
      ['a\udc00b', 'text-lone-surrogate'],
      ['a\u0000', 'text-with-nul'],
      ['e\u0301', 'text-not-nfc'],
    ] as const) {
      expect(textProblem(bad)).toBe(code)
      expect(() => encode(bad)).toThrow(CodecFailure)
      expect(() => encode([bad.padEnd(60, 'x')])).toThrow(CodecFailure)
    }
  })

  it('numbers that are no integers below 2^53', () => {
    for (const bad of [0.5, NaN, Infinity, 2 ** 53, -(2 ** 53)]) expect(() => encode(bad)).toThrow()
  })
})
