import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { createNodeCrypto } from '../crypto-node.ts'
import { hkdfExtract, hkdfSha256, hmacSha256 } from './hkdf.ts'

const crypto = createNodeCrypto()
const repeat = (byte: number, count: number) => new Uint8Array(count).fill(byte)

describe('hmacSha256', () => {
  it('gives the answers of RFC 4231', () => {
    const cases: [Uint8Array, Uint8Array, string][] = [
      [
        repeat(0x0b, 20),
        Buffer.from('Hi There'),
        'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      ],
      [
        Buffer.from('Jefe'),
        Buffer.from('what do ya want for nothing?'),
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      ],
      [
        repeat(0xaa, 131),
        Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      ],
    ]
    for (const [key, message, mac] of cases) expect(toHex(hmacSha256(crypto, key, message))).toBe(mac)
  })
})

describe('hkdfSha256', () => {
  it('gives the answers of RFC 5869 appendix A.1, A.2 and A.3', () => {
    const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i)
    const first = hkdfSha256(crypto, repeat(0x0b, 22), range(0x00, 0x0c), range(0xf0, 0xf9), 42)
    expect(toHex(hkdfExtract(crypto, range(0x00, 0x0c), repeat(0x0b, 22)))).toBe(
      '077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5',
    )
    expect(toHex(first)).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    )
    const second = hkdfSha256(crypto, range(0x00, 0x4f), range(0x60, 0xaf), range(0xb0, 0xff), 82)
    expect(toHex(second)).toBe(
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c' +
        '59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71' +
        'cc30c58179ec3e87c14c01d5c1f3434f1d87',
    )
    const third = hkdfSha256(crypto, repeat(0x0b, 22), new Uint8Array(0), new Uint8Array(0), 42)
    expect(toHex(third)).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    )
  })

  it('agrees with noble for any key, salt, info and length', () => {
    const bytes = fc.uint8Array({ maxLength: 150 })
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.integer({ min: 0, max: 200 }), (key, salt, info, length) => {
        expect(toHex(hmacSha256(crypto, key, info))).toBe(toHex(hmac(sha256, key, info)))
        expect(toHex(hkdfSha256(crypto, key, salt, info, length))).toBe(
          toHex(hkdf(sha256, key, salt, info, length)),
        )
      }),
      { numRuns: 60 },
    )
  })
})
