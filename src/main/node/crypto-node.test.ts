import { ctr, gcm } from '@noble/ciphers/aes.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { createNodeCrypto, createNodeRandom } from './crypto-node.ts'

const crypto = createNodeCrypto()
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('sha256', () => {
  it('gives the answers of FIPS 180-4', () => {
    expect(toHex(crypto.sha256(Buffer.from('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(
      toHex(crypto.sha256(Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))),
    ).toBe('248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1')
  })

  it('writes where it is told, even over its own input', () => {
    const buffer = new Uint8Array(80).fill(7)
    const expected = sha256(buffer.slice(0, 64))
    crypto.sha256Into(buffer.subarray(0, 64), buffer, 10)
    expect(toHex(buffer.slice(10, 42))).toBe(toHex(expected))
    expect(toHex(buffer.slice(0, 10))).toBe('07'.repeat(10))
    expect(toHex(buffer.slice(42))).toBe('07'.repeat(38))
  })

  it('agrees with noble', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(toHex(crypto.sha256(bytes))).toBe(toHex(sha256(bytes)))
      }),
      { numRuns: 100 },
    )
  })
})

describe('AES-256', () => {
  it('gives the keystream that follows from AES of a zero block (NIST known answer)', () => {
    const stream = crypto.keystream(new Uint8Array(32), 48)
    expect(toHex(stream.slice(0, 16))).toBe('dc95c078a2408989ad48a21492842087')
    expect(toHex(stream)).toBe(toHex(ctr(new Uint8Array(32), new Uint8Array(16)).encrypt(new Uint8Array(48))))
  })

  it('seals as in test cases 14 and 16 of the GCM specification', () => {
    const zero = new Uint8Array(32)
    expect(toHex(crypto.sealGcm(zero, zero.slice(0, 12), zero.slice(0, 0), zero.slice(0, 16)))).toBe(
      'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
    )
    const key = fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308')
    const nonce = fromHex('cafebabefacedbaddecaf888')
    const aad = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
    const plaintext = fromHex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    )
    const sealed =
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
      '76fc6ece0f4e1768cddf8853bb2d551b'
    expect(toHex(crypto.sealGcm(key, nonce, aad, plaintext))).toBe(sealed)
    expect(toHex(crypto.openGcm(key, nonce, aad, fromHex(sealed))!)).toBe(toHex(plaintext))
  })

  it('opens what noble seals, and nothing where a bit differs', () => {
    const some = fc.uint8Array({ maxLength: 80 })
    fc.assert(
      fc.property(bytes32, some, some, fc.nat(), (key, aad, plaintext, place) => {
        const nonce = key.slice(0, 12)
        const sealed = crypto.sealGcm(key, nonce, aad, plaintext)
        expect(toHex(sealed)).toBe(toHex(gcm(key, nonce, aad).encrypt(plaintext)))
        const forged = sealed.slice()
        forged[place % forged.length]! ^= 1 << (place % 8)
        expect(crypto.openGcm(key, nonce, aad, forged)).toBeNull()
        expect(crypto.openGcm(key, nonce, Uint8Array.of(...aad, 1), sealed)).toBeNull()
      }),
      { numRuns: 60 },
    )
    expect(
      crypto.openGcm(new Uint8Array(32), new Uint8Array(12), new Uint8Array(0), new Uint8Array(15)),
    ).toBeNull()
    expect(
      crypto.openGcm(new Uint8Array(31), new Uint8Array(12), new Uint8Array(0), new Uint8Array(40)),
    ).toBeNull()
  })
})

describe('Ed25519', () => {
  const vectors: [secret: string, publicKey: string, message: string, signature: string][] = [
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ]

  it('gives the answers of RFC 8032 section 7.1', () => {
    for (const [secret, publicKey, message, signature] of vectors) {
      expect(toHex(crypto.ed25519PublicKey(fromHex(secret)))).toBe(publicKey)
      expect(toHex(crypto.ed25519Sign(fromHex(secret), fromHex(message)))).toBe(signature)
      expect(crypto.ed25519Verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true)
    }
  })

  it('agrees with noble', () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ maxLength: 100 }), (secret, message) => {
        const signature = crypto.ed25519Sign(secret, message)
        expect(toHex(signature)).toBe(toHex(ed25519.sign(message, secret)))
        expect(crypto.ed25519Verify(ed25519.getPublicKey(secret), message, signature)).toBe(true)
      }),
      { numRuns: 15 },
    )
  })

  it('refuses a second S for the same signature', () => {
    const [, publicKey, message, signature] = vectors[1]!
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const bytes = fromHex(signature)
    let s = 0n
    for (let i = 31; i >= 0; i--) s = (s << 8n) | BigInt(bytes[32 + i]!)
    s += order
    for (let i = 0; i < 32; i++, s >>= 8n) bytes[32 + i] = Number(s & 0xffn)
    expect(crypto.ed25519Verify(fromHex(publicKey), fromHex(message), bytes)).toBe(false)
  })

  it('refuses keys of small order, keys that are not canonical and keys that are no point', () => {
    const signature = fromHex('01' + '00'.repeat(63))
    for (const key of [
      '01' + '00'.repeat(31),
      '01' + '00'.repeat(30) + '80',
      '00'.repeat(32),
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      '02' + '00'.repeat(31),
    ])
      expect(crypto.ed25519Verify(fromHex(key), new Uint8Array(0), signature)).toBe(false)
    expect(crypto.ed25519Verify(new Uint8Array(31), new Uint8Array(0), signature)).toBe(false)
  })

  it('forgets a secret and overwrites it', () => {
    const secret = fromHex(vectors[0]![0])
    crypto.ed25519Sign(secret, new Uint8Array(1))
    crypto.forget(secret)
    expect(secret.every((byte) => byte === 0)).toBe(true)
    expect(toHex(crypto.ed25519PublicKey(secret))).toBe(toHex(ed25519.getPublicKey(new Uint8Array(32))))
  })
})

describe('X25519', () => {
  it('gives the answers of RFC 7748 sections 5.2 and 6.1', () => {
    const shared = crypto.x25519(
      fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
      fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
    )
    expect(toHex(shared!)).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552')
    const alice = fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a')
    const bob = fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb')
    expect(toHex(crypto.x25519PublicKey(alice))).toBe(
      '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    )
    expect(toHex(crypto.x25519(alice, crypto.x25519PublicKey(bob))!)).toBe(
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    )
  })

  it('agrees with noble, and gives nothing for points of small order', () => {
    fc.assert(
      fc.property(bytes32, bytes32, (a, b) => {
        const publicKey = x25519.getPublicKey(b)
        expect(toHex(crypto.x25519(a, publicKey)!)).toBe(toHex(x25519.getSharedSecret(a, publicKey)))
      }),
      { numRuns: 15 },
    )
    const secret = new Uint8Array(32).fill(9)
    expect(crypto.x25519(secret, new Uint8Array(32))).toBeNull()
    expect(crypto.x25519(secret, fromHex('01' + '00'.repeat(31)))).toBeNull()
    expect(crypto.x25519(secret, new Uint8Array(31))).toBeNull()
  })
})

describe('scrypt', () => {
  it('gives the answers of RFC 7914 section 12', () => {
    expect(toHex(crypto.scrypt(Buffer.from(''), Buffer.from(''), { n: 16, r: 1, p: 1 }, 64))).toBe(
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    )
    expect(
      toHex(crypto.scrypt(Buffer.from('password'), Buffer.from('NaCl'), { n: 1024, r: 8, p: 16 }, 64)),
    ).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    )
  })
})

describe('random bytes', () => {
  it('never repeat and have the length that was asked', () => {
    const random = createNodeRandom()
    const seen = new Set<string>()
    for (let i = 0; i < 1_000; i++) {
      const bytes = random(12 + (i % 40))
      expect(bytes.length).toBe(12 + (i % 40))
      seen.add(toHex(bytes.subarray(0, 12)))
    }
    expect(seen.size).toBe(1_000)
    expect(random(10_000).length).toBe(10_000)
  })
})
