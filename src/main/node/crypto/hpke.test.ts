import * as hpke from 'hpke'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, fromHex, toHex } from '../../../shared/std/bytes.ts'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import { deriveKeyPair, hpkeOpen, hpkeSeal, kemSecret, keySchedule } from './hpke.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()

/** RFC 9180 appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode. */
const RFC = {
  info: fromHex('4f6465206f6e2061204772656369616e2055726e'),
  ikmE: fromHex('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234'),
  pkEm: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  skEm: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
  ikmR: fromHex('6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037'),
  pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
  skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
  sharedSecret: 'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc',
  key: '4531685d41d65f03dc48f6b8302c05b0',
  baseNonce: '56d890e5accaaf011cff4b7d',
  aad: fromHex('436f756e742d30'),
  plaintext: '4265617574792069732074727574682c20747275746820626561757479',
  ciphertext: fromHex(
    'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  ),
}

describe('HPKE', () => {
  it('derives the keys, the shared secret and the key schedule of RFC 9180 appendix A.1.1', () => {
    const ephemeral = deriveKeyPair(crypto, RFC.ikmE)
    const recipient = deriveKeyPair(crypto, RFC.ikmR)
    expect([toHex(ephemeral.secret), toHex(ephemeral.publicKey)]).toEqual([RFC.skEm, RFC.pkEm])
    expect([toHex(recipient.secret), toHex(recipient.publicKey)]).toEqual([RFC.skRm, RFC.pkRm])
    const shared = crypto.x25519(ephemeral.secret, recipient.publicKey)!
    const secret = kemSecret(crypto, shared, ephemeral.publicKey, recipient.publicKey)
    expect(toHex(secret)).toBe(RFC.sharedSecret)
    const { key, nonce } = keySchedule(crypto, secret, RFC.info, { id: 0x0001, keyBytes: 16 })
    expect([toHex(key), toHex(nonce)]).toEqual([RFC.key, RFC.baseNonce])
  })

  const suite = (aead: hpke.AEADFactory) =>
    new hpke.CipherSuite(hpke.KEM_DHKEM_X25519_HKDF_SHA256, hpke.KDF_HKDF_SHA256, aead)

  it('has an oracle that opens the ciphertext of RFC 9180 appendix A.1.1', async () => {
    const oracle = suite(hpke.AEAD_AES_128_GCM)
    const recipient = await oracle.DeriveKeyPair(RFC.ikmR)
    const opened = await oracle.Open(recipient, fromHex(RFC.pkEm), RFC.ciphertext, {
      info: RFC.info,
      aad: RFC.aad,
    })
    expect(toHex(opened)).toBe(RFC.plaintext)
  })

  it('opens what the oracle seals and seals what the oracle opens, with AES-256-GCM', async () => {
    const oracle = suite(hpke.AEAD_AES_256_GCM)
    for (let n = 0; n < 8; n++) {
      const material = random(32)
      const own = deriveKeyPair(crypto, material)
      const theirs = await oracle.DeriveKeyPair(material)
      const [info, aad, plaintext] = [random(n), random(2 * n), random(32 + n)]
      const sealed = await oracle.Seal(theirs.publicKey, plaintext, { info, aad })
      const whole = concatBytes(sealed.encapsulatedSecret, sealed.ciphertext)
      expect(toHex(hpkeOpen(crypto, own.secret, own.publicKey, info, aad, whole)!)).toBe(toHex(plaintext))
      const ours = hpkeSeal(crypto, random, own.publicKey, info, aad, plaintext)!
      const opened = await oracle.Open(theirs, ours.subarray(0, 32), ours.subarray(32), { info, aad })
      expect(toHex(opened)).toBe(toHex(plaintext))
    }
  })

  it('gives nothing for another key, info or aad, or a flipped bit', () => {
    const recipient = deriveKeyPair(crypto, random(32))
    const other = deriveKeyPair(crypto, random(32))
    const info = Uint8Array.of(1)
    const aad = Uint8Array.of(2)
    const sealed = hpkeSeal(crypto, random, recipient.publicKey, info, aad, random(32))!
    expect(hpkeOpen(crypto, recipient.secret, recipient.publicKey, info, aad, sealed)).not.toBeNull()
    expect(hpkeOpen(crypto, other.secret, other.publicKey, info, aad, sealed)).toBeNull()
    expect(hpkeOpen(crypto, recipient.secret, recipient.publicKey, aad, aad, sealed)).toBeNull()
    expect(hpkeOpen(crypto, recipient.secret, recipient.publicKey, info, info, sealed)).toBeNull()
    expect(
      hpkeOpen(crypto, recipient.secret, recipient.publicKey, info, aad, sealed.subarray(0, 47)),
    ).toBeNull()
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (place, bit) => {
        const forged = sealed.slice()
        forged[place]! ^= 1 << bit
        // X25519 ignores the highest bit of a public key, but the key itself enters the shared secret.
        expect(hpkeOpen(crypto, recipient.secret, recipient.publicKey, info, aad, forged)).toBeNull()
      }),
      { numRuns: 60 },
    )
    expect(hpkeSeal(crypto, random, new Uint8Array(32), info, aad, info)).toBeNull()
  })
})
