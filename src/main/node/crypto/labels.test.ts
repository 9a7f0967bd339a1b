import { describe, expect, it } from 'vitest'
import { concatBytes, toHex } from '../../../shared/std/bytes.ts'
import { createNodeCrypto } from '../crypto-node.ts'
import { labelHash, signatureInput } from './labels.ts'

const crypto = createNodeCrypto()

describe('labels', () => {
  it('frame a hash by the length of the label, the label and the chain id', () => {
    const chainId = new Uint8Array(32).fill(5)
    const bytes = Uint8Array.of(1, 2, 3)
    const whole = concatBytes(Uint8Array.of(17), Buffer.from('consilium/block/1'), chainId, bytes)
    expect(toHex(labelHash(crypto, 'consilium/block/1', chainId, bytes))).toBe(toHex(crypto.sha256(whole)))
    const long = new Uint8Array(5_000).fill(1)
    expect(toHex(labelHash(crypto, 'consilium/block/1', chainId, long))).toBe(
      toHex(crypto.sha256(concatBytes(Uint8Array.of(17), Buffer.from('consilium/block/1'), chainId, long))),
    )
  })

  it('frame a signature by a domain of its own', () => {
    const chainId = new Uint8Array(32).fill(5)
    const input = signatureInput('consilium/vote/1', chainId, Uint8Array.of(9))
    const whole = concatBytes(
      Buffer.from('CONSILIUM-SIGNATURE\0\x10consilium/vote/1'),
      chainId,
      Uint8Array.of(9),
    )
    expect(toHex(input)).toBe(toHex(whole))
  })
})
