import { describe, expect, it } from 'vitest'
import { crypto, createInstitution, flipped, seededRandom } from '../chain/consortium.test-kit.ts'
import { tryDecode, encode, type Cbor } from '../chain/codec.ts'
import { encodeFile, fileKindOf } from './file.ts'
import { requestOf, openedRequest } from './membership.test-kit.ts'
import { makeRequest, openRequest } from './request.ts'

const random = seededRandom('requests')
const north = createInstitution(random, 'North Hospital')

describe('a request file', () => {
  it('says who asks, with which keys and where, and gives both sides the same fingerprint', () => {
    const file = requestOf(north, { addresses: ['192.0.2.1:4711', 'node.north.example:4711'] })
    const opened = openedRequest(file)
    expect(opened.request.member).toEqual(north.member)
    expect(opened.request.addresses).toEqual(['192.0.2.1:4711', 'node.north.example:4711'])
    expect(opened.fingerprint).toMatch(/^\d{5}( \d{5}){4}$/)
    expect(openedRequest(file).fingerprint).toBe(opened.fingerprint)
    expect(fileKindOf(file)).toBe('request')
  })

  it('has another fingerprint with any other key, name or address', () => {
    const fingerprint = openedRequest(requestOf(north)).fingerprint
    for (const other of [
      requestOf(createInstitution(random, 'North Hospital')),
      requestOf(north, { name: 'North Hospita1' }),
      requestOf(north, { addresses: ['192.0.2.2:4711'] }),
    ])
      expect(openedRequest(other).fingerprint).not.toBe(fingerprint)
  })

  it('is refused where a byte was changed on its way, cut, or is no file of ours', () => {
    const file = requestOf(north)
    for (let position = 12; position < file.length; position += 7)
      expect(openRequest(crypto, flipped(file, position)).kind, `byte ${position}`).toBe('refused')
    expect(openRequest(crypto, file.subarray(0, file.length - 1))).toEqual({
      kind: 'refused',
      reason: 'damaged',
    })
    expect(openRequest(crypto, new TextEncoder().encode('%PDF-1.4'))).toEqual({
      kind: 'refused',
      reason: 'not-ours',
    })
    expect(openRequest(crypto, new Uint8Array(0))).toEqual({ kind: 'refused', reason: 'not-ours' })
  })

  it('is refused where somebody else signed it, though the checksum fits', () => {
    const stranger = createInstitution(random, 'Stranger')
    const forged = makeRequest(
      crypto,
      { purpose: 'take-part', chainId: null, member: north.member, addresses: [], createdAt: 1 },
      stranger.rootSecret,
    )
    expect(openRequest(crypto, forged)).toEqual({ kind: 'refused', reason: 'forged' })
  })

  it('is refused where it is of a newer version or another kind of file', () => {
    const slots = tryDecode(requestOf(north)) as readonly Cbor[]
    const newer = encode([slots[0]!, slots[1]!, 2, slots[3]!, slots[4]!])
    expect(openRequest(crypto, newer)).toEqual({ kind: 'refused', reason: 'newer' })
    const other = encodeFile(crypto, 'proof', Uint8Array.of(1))
    expect(openRequest(crypto, other)).toEqual({ kind: 'refused', reason: 'other-kind', found: 'proof' })
  })

  it('is refused with addresses that nobody can dial', () => {
    for (const addresses of [['north.example'], ['1.2.3.4:0'], ['1.2.3.4:1', '1.2.3.4:1'], ['300.2.3.4:1']]) {
      const file = requestOf(north, { addresses })
      expect(openRequest(crypto, file), addresses.join()).toEqual({ kind: 'refused', reason: 'malformed' })
    }
  })
})
