import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { present } from '../../../shared/std/assert.ts'
import { toHex } from '../../../shared/std/bytes.ts'
import { crypto, fieldsOf, flipped, foundConsortium, sampleVisit, sealVisits } from './consortium.test-kit.ts'
import type { MerkleRoot } from './ids.ts'
import {
  decodeKeyRow,
  decodeSealedEpochKey,
  encodeKeyRow,
  encodeSealedEpochKey,
  openEpochKey,
  sealEpochKey,
  unwrapRow,
  wrapToRecipient,
  wrapUnderEpoch,
  type KeyRow,
  type RowKey,
} from './key-box.ts'

const consortium = foundConsortium()
const { chainId, random } = consortium
const hospital = consortium.institutions[0]!
const record = sealVisits(consortium, hospital, [fieldsOf(sampleVisit())])[0]!
const { merkleRoot, keyCommitment, dataKey } = record
const epochKey = random(32)
const row = wrapUnderEpoch(
  crypto,
  random,
  chainId,
  { merkleRoot, scope: 'gateway', epoch: 7 },
  epochKey,
  dataKey,
)
const recipient = {
  suite: 2,
  secret: hospital.custodianSecret,
  publicKey: hospital.member.custodianKey,
} as const
const granted = present(
  wrapToRecipient(
    crypto,
    random,
    chainId,
    { merkleRoot, scope: 'grant', epoch: 3 },
    recipient.publicKey,
    dataKey,
  ),
)
const unwrap = (of: KeyRow, key: RowKey) => unwrapRow(crypto, chainId, of, key, keyCommitment)

describe('a key-box row', () => {
  it('gives the data key to the holder of the epoch key, or to the recipient', () => {
    const underEpoch = unwrap(row, { suite: 1, epochKey })
    expect(underEpoch.kind === 'unwrapped' && toHex(underEpoch.dataKey)).toBe(toHex(dataKey))
    const toRecipient = unwrap(granted, recipient)
    expect(toRecipient.kind === 'unwrapped' && toHex(toRecipient.dataKey)).toBe(toHex(dataKey))
  })

  it('gives nothing to anybody else', () => {
    expect(unwrap(row, { suite: 1, epochKey: random(32) })).toEqual({ kind: 'refused', reason: 'row-tag' })
    expect(unwrap(row, recipient)).toEqual({ kind: 'refused', reason: 'row-other-suite' })
    const other = consortium.institutions[1]!
    const stranger = {
      suite: 2,
      secret: other.custodianSecret,
      publicKey: other.member.custodianKey,
    } as const
    expect(unwrap(granted, stranger)).toEqual({ kind: 'refused', reason: 'row-tag' })
  })

  it('cannot be moved to another record, scope, epoch or chain', () => {
    const key = { suite: 1, epochKey } as const
    expect(unwrap({ ...row, merkleRoot: random(32) as MerkleRoot }, key)).toMatchObject({ reason: 'row-tag' })
    expect(unwrap({ ...row, scope: 'custodian' }, key)).toMatchObject({ reason: 'row-tag' })
    expect(unwrap({ ...row, epoch: 8 }, key)).toMatchObject({ reason: 'row-tag' })
    expect(unwrap({ ...granted, scope: 'gateway' }, recipient)).toMatchObject({ reason: 'row-tag' })
    expect(unwrap({ ...granted, epoch: 4 }, recipient)).toMatchObject({ reason: 'row-tag' })
    const elsewhere = foundConsortium({ seed: 'elsewhere' }).chainId
    expect(unwrapRow(crypto, elsewhere, row, key, keyCommitment)).toMatchObject({ reason: 'row-tag' })
  })

  it('is refused when its key is not the one that the head committed to', () => {
    const wrong = wrapUnderEpoch(
      crypto,
      random,
      chainId,
      { merkleRoot, scope: 'gateway', epoch: 7 },
      epochKey,
      random(32),
    )
    expect(unwrap(wrong, { suite: 1, epochKey })).toEqual({ kind: 'refused', reason: 'row-commitment' })
  })

  it('has one encoding, and any changed byte of it is found', () => {
    for (const [of, key] of [
      [row, { suite: 1, epochKey }],
      [granted, recipient],
    ] as [KeyRow, RowKey][]) {
      const bytes = encodeKeyRow(of)
      expect(decodeKeyRow(bytes)).toEqual(of)
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, mask) => {
          const changed = decodeKeyRow(flipped(bytes, place, mask))
          if (changed !== null) expect(unwrap(changed, key).kind).toBe('refused')
        }),
        { numRuns: 150 },
      )
    }
  })
})

describe('an epoch key on its way', () => {
  const to = { scope: 'gateway', epoch: 7, memberId: hospital.member.memberId } as const
  const publicKey = present(hospital.member.gatewayKey)
  const sealed = present(sealEpochKey(crypto, random, chainId, to, publicKey, epochKey))

  it('opens for its member, epoch and scope only', () => {
    const open = (changes: object, secret = hospital.gatewaySecret) =>
      openEpochKey(crypto, chainId, { ...sealed, ...changes }, secret, publicKey)
    expect(toHex(present(open({})))).toBe(toHex(epochKey))
    expect(open({ epoch: 8 })).toBeNull()
    expect(open({ scope: 'custodian' })).toBeNull()
    expect(open({ memberId: consortium.institutions[1]!.member.memberId })).toBeNull()
    expect(open({}, consortium.institutions[1]!.gatewaySecret)).toBeNull()
    expect(open({ sealed: flipped(sealed.sealed, 40) })).toBeNull()
  })

  it('has one encoding', () => {
    const bytes = encodeSealedEpochKey(sealed)
    expect(decodeSealedEpochKey(bytes)).toEqual(sealed)
    expect(decodeSealedEpochKey(bytes.subarray(1))).toBeNull()
    expect(decodeKeyRow(bytes)).toBeNull()
  })
})
