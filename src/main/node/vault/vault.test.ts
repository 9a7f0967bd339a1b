import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex, utf8Encode } from '../../../shared/std/bytes.ts'
import { afterFailure, NO_FAILURES, waitMs } from './back-off.ts'
import { decodeCrockford, encodeCrockford } from './crockford.ts'
import {
  decodeNodeKeys,
  decodeSessionKeys,
  encodeNodeKeys,
  encodeSessionKeys,
  forgetSessionKeys,
  newestEpoch,
  type InstitutionKeys,
} from './institution-keys.ts'
import { freshKey, freshKeys } from './institution-keys.test-kit.ts'
import { checkPassphrase } from './passphrase.ts'
import { readKit, writeKit, type KitFacts } from './recovery-kit.ts'
import { checkKeysFile, openKeys, sealKeys, SCRYPT_COST } from './sealed-keys.ts'

const QUICK = 2 ** 10
/** Epochs may come in any order, and a name is written as its owner writes it. */
function someKeys(): InstitutionKeys {
  const { node, session, root } = freshKeys()
  return {
    node: { ...node, linkageEpochs: [0, 2, 1].map((epoch) => ({ epoch, key: freshKey() })) },
    session: {
      ...session,
      person: { name: '林怡君', userKeyId: 'a1b2', roles: ['clerk', 'administrator'] },
    },
    root,
  }
}
const facts = (): KitFacts => ({
  institutionName: '北區醫院 North',
  memberId: new Uint8Array(randomBytes(16)),
  chainId: freshKey(),
  zone: 'Asia/Taipei',
  isSynthetic: false,
  genesis: new Uint8Array(randomBytes(400)),
})

describe('sealed keys', () => {
  it('uses the cost that the design asks for', () => {
    expect(SCRYPT_COST).toBeGreaterThanOrEqual(2 ** 17)
  })

  it('opens with the passphrase, also typed in another Unicode form', async () => {
    const file = await sealKeys('Grün grün grün ist alles', { node: utf8Encode('secret') }, QUICK)
    const opened = await openKeys(file, 'Grün grün grün ist alles'.normalize('NFD'))
    expect(opened).toEqual({ kind: 'opened', sections: { node: utf8Encode('secret') } })
  })

  it('tells a wrong passphrase from a damaged file and from a newer one', async () => {
    const file = await sealKeys('a passphrase of words', { node: utf8Encode('secret') }, QUICK)
    expect(await openKeys(file, 'another passphrase')).toEqual({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    expect(checkKeysFile(file.slice(0, -40))).toBe('damaged')
    expect(checkKeysFile(file.replace('"format": 1', '"format": 2'))).toBe('newer')
    expect(await openKeys(file, 'a passphrase of words', ['absent'])).toEqual({
      kind: 'refused',
      reason: 'damaged',
    })
  })

  it('finds any changed character of the file', async () => {
    const file = await sealKeys(
      'a passphrase of words',
      { node: utf8Encode('secret'), root: utf8Encode('r') },
      QUICK,
    )
    const hexDigits = [...file.matchAll(/[0-9a-f]{20,}/g)].flatMap((m) =>
      Array.from({ length: m[0].length }, (_, i) => m.index + i),
    )
    for (const at of hexDigits) {
      const flipped = file.slice(0, at) + (file[at] === '0' ? '1' : '0') + file.slice(at + 1)
      expect(checkKeysFile(flipped)).toBe('damaged')
    }
  })

  it('seals one section anew without the passphrase, and leaves the others as they are', async () => {
    const sections = { node: utf8Encode('before'), root: utf8Encode('r') }
    const file = await sealKeys('a passphrase of words', sections, QUICK)
    const opened = await openKeys(file, 'a passphrase of words', ['node'], 'node')
    const sealer = opened.kind === 'opened' ? opened.sealer! : null
    const anew = sealer!.reseal(file, utf8Encode('after'))!
    expect(await openKeys(anew, 'a passphrase of words')).toMatchObject({
      sections: { node: utf8Encode('after'), root: utf8Encode('r') },
    })
    // A file under another passphrase is none that this key may write to.
    expect(sealer!.reseal(await sealKeys('other words of mine', sections, QUICK), freshKey())).toBeNull()
  })

  it('holds none of its secrets in plain', async () => {
    const secret = freshKey()
    const file = await sealKeys('a passphrase of words', { node: secret }, QUICK)
    expect(file).not.toContain(toHex(secret))
  })
})

describe('institution keys', () => {
  it('survive encoding', () => {
    const { node, session } = someKeys()
    expect(decodeNodeKeys(encodeNodeKeys(node))).toEqual(node)
    expect(decodeSessionKeys(encodeSessionKeys(session))).toEqual(session)
    const next = [
      {
        consensus: freshKey(),
        network: freshKey(),
        author: freshKey(),
        gateway: freshKey(),
        madeAt: 1_790_000_000_000,
      },
    ]
    expect(decodeNodeKeys(encodeNodeKeys({ ...node, next }))).toEqual({ ...node, next })
  })

  it('are zero after a lock, and the newest epoch is the one of the highest number', () => {
    const { session, node } = someKeys()
    forgetSessionKeys(session)
    for (const secret of [session.custodian, session.names, session.custodianEpochs[0]!.key, session.user])
      expect(toHex(secret)).toMatch(/^0{64}$/)
    expect(newestEpoch(node.linkageEpochs).epoch).toBe(2)
  })

  it('refuse bytes of another shape', () => {
    expect(() => decodeNodeKeys(encodeSessionKeys(someKeys().session))).toThrow('keys-unreadable')
  })
})

describe('Crockford base 32', () => {
  it('gives back any bytes, whatever case and grouping', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = encodeCrockford(bytes)
        expect(decodeCrockford(text.toLowerCase().replace(/(.{3})/g, '$1- '))).toEqual(bytes)
      }),
    )
  })

  it('forgives look-alikes and refuses what is no digit', () => {
    expect(decodeCrockford('OIL0')).toEqual(decodeCrockford('0110'))
    expect(decodeCrockford('U')).toBeNull()
    expect(toHex(decodeCrockford('ZW')!)).toBe('ff')
    expect(encodeCrockford(fromHex('ff'))).toBe('ZW')
  })
})

describe('the recovery kit', () => {
  it('opens from its own text and gives the same keys', () => {
    const kit = { facts: facts(), keys: someKeys() }
    const { text, fingerprint } = writeKit(kit, '2026-11-23')
    expect(text.length).toBeLessThan(20_000)
    expect(readKit(text)).toEqual({ kind: 'kit', kit, fingerprint })
    const retyped = text
      .toLowerCase()
      .replace(/\n/g, '\r\n')
      .replace('consilium recovery kit 1', 'Consilium Recovery Kit 1')
    expect(readKit(retyped)).toMatchObject({ kind: 'kit', fingerprint })
  })

  it('says which line was mistyped', () => {
    const { text } = writeKit({ facts: facts(), keys: someKeys() }, '2026-11-23')
    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.startsWith('03 '))
    lines[at] = lines[at]!.slice(0, 5) + (lines[at]![5] === 'A' ? 'B' : 'A') + lines[at]!.slice(6)
    expect(readKit(lines.join('\n'))).toEqual({ kind: 'refused', reason: 'damaged', line: 3 })
  })

  it('refuses a text that is none, one with a missing line, and one with another fingerprint', () => {
    expect(readKit('hello')).toEqual({ kind: 'refused', reason: 'not-a-kit' })
    const { text, fingerprint } = writeKit({ facts: facts(), keys: someKeys() }, '2026-11-23')
    const lines = text.split('\n')
    expect(readKit(lines.filter((line) => !line.startsWith('02 ')).join('\n'))).toMatchObject({
      reason: 'damaged',
    })
    expect(readKit(text.replace(fingerprint, 'AAAA-BBBB-CCCC-DDDD'))).toMatchObject({ reason: 'damaged' })
  })
})

describe('passphrases', () => {
  it.each(['short', 'aaaaaaaaaaaaaaaa', 'Password1234', '123456789012', 'abababababab'])(
    'refuses %s',
    (text) => {
      expect(checkPassphrase(text).kind).toBe('weak')
    },
  )
  it.each(['correct horse battery staple', '春眠不覺曉處處聞啼鳥夜來', 'tr0ub4dor&3xyz'])(
    'accepts %s',
    (text) => {
      expect(checkPassphrase(text)).toEqual({ kind: 'ok' })
    },
  )
})

describe('back-off', () => {
  it('doubles from one second to five minutes and starts anew after success', () => {
    let failures = NO_FAILURES
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      failures = afterFailure(failures, 1000)
      waits.push(waitMs(failures, 1000) / 1000)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
    expect(waitMs(failures, 1000 + 300_000)).toBe(0)
    expect(waitMs(NO_FAILURES, 0)).toBe(0)
  })
})
