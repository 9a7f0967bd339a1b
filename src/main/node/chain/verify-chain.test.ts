import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { present } from '../../../shared/std/assert.ts'
import { toHex } from '../../../shared/std/bytes.ts'
import {
  crypto,
  fieldsOf,
  finalise,
  flipped,
  foundConsortium,
  makeItem,
  sampleVisit,
  sealVisits,
} from './consortium.test-kit.ts'
import { decodeChainState, encodeChainState, recordAuthorsOf } from './chain-state.ts'
import { encode, tryDecode, type Cbor } from './codec.ts'
import type { ChainId, MemberId, MerkleRoot } from './ids.ts'
import { encodeKeyRow, wrapUnderEpoch, type KeyRow } from './key-box.ts'
import type { SealedRecord } from './record.ts'
import { RootSet } from './root-set.ts'
import type { SegmentBundle } from './segment.ts'
import { startVerification, type VerifyOptions } from './verify-chain.ts'

const consortium = foundConsortium({ voters: 4 })
const { chainId, random, signedGenesis } = consortium
const epochKey = random(32)
const bundles: SegmentBundle[] = []
const rows = new Map<string, Uint8Array[]>()
const records: SealedRecord[] = []

const withRows: VerifyOptions = {
  areBodiesNeeded: true,
  rows: {
    rowsOf: (merkleRoot) => rows.get(toHex(merkleRoot)) ?? [],
    neededScope: 'gateway',
    keyOf: (row: KeyRow) => (row.scope === 'gateway' ? { suite: 1, epochKey } : null),
  },
}

function verifyAll(
  chain: readonly SegmentBundle[],
  options: VerifyOptions = withRows,
  genesis = signedGenesis,
) {
  const started = startVerification(crypto, genesis, options)
  if (started.kind === 'broken') return started
  for (const bundle of chain) {
    const result = started.verifier.next(bundle)
    if (result.kind === 'broken') return result
  }
  return {
    kind: 'whole' as const,
    blocks: started.verifier.state.blockCount,
    height: started.verifier.state.height,
  }
}

beforeAll(() => {
  let state = consortium.start
  for (let height = 1; height <= 4; height++) {
    const author = consortium.institutions[height % 4]!
    const visits = Array.from({ length: height }, (_, i) => fieldsOf(sampleVisit(10 * height + i)))
    const sealed = sealVisits(consortium, author, visits)
    for (const record of sealed) {
      const { merkleRoot, dataKey } = record
      const wrap = (scope: 'gateway' | 'custodian') =>
        encodeKeyRow(
          wrapUnderEpoch(crypto, random, chainId, { merkleRoot, scope, epoch: 1 }, epochKey, dataKey),
        )
      rows.set(toHex(merkleRoot), [wrap('custodian'), wrap('gateway')])
    }
    records.push(...sealed)
    const items =
      height === 2
        ? [
            makeItem(
              consortium,
              author,
              { kind: 'policy', name: 'smallestCount', value: 12, approvals: [] },
              1,
            ),
          ]
        : []
    const final = finalise(consortium, state, { records: sealed, items })
    bundles.push(final.bundle)
    state = final.state
  }
})

describe('a verifier', () => {
  it('finds a chain whole that is whole, with and without bodies and keys', () => {
    const whole = { kind: 'whole', blocks: 10, height: 4 }
    expect(verifyAll(bundles)).toEqual(whole)
    expect(verifyAll(bundles, { areBodiesNeeded: true, chainId })).toEqual(whole)
    const heads = bundles.map(({ bodies: _, ...bundle }) => bundle)
    expect(verifyAll(heads, { areBodiesNeeded: false })).toEqual(whole)
    expect(verifyAll([])).toEqual({ kind: 'whole', blocks: 0, height: 0 })
  })

  it('says at which height or block any changed byte lies', () => {
    const firstIndex = [0, 1, 3, 6]
    fc.assert(
      fc.property(
        fc.constantFrom('segment', 'certificate', 'heads', 'bodies', 'items', 'row'),
        fc.nat(3),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (part, at, which, place, mask) => {
          const bundle = bundles[at]!
          const change = (bytes: Uint8Array) => flipped(bytes, place % bytes.length, mask)
          if (part === 'row') {
            const record = records[firstIndex[at]! + (which % (at + 1))]!
            const name = toHex(record.merkleRoot)
            const kept = rows.get(name)!
            rows.set(name, [kept[0]!, change(kept[1]!)])
            const result = verifyAll(bundles)
            rows.set(name, kept)
            expect(result).toMatchObject({ kind: 'broken', height: at + 1, index: records.indexOf(record) })
            return
          }
          if (part === 'items' && bundle.items.length === 0) return
          const position = part === 'segment' || part === 'certificate' ? 0 : which % bundle[part]!.length
          const changed =
            part === 'segment' || part === 'certificate'
              ? { ...bundle, [part]: change(bundle[part]!) }
              : {
                  ...bundle,
                  [part]: bundle[part]!.map((bytes, i) => (i === position ? change(bytes!) : bytes)),
                }
          const result = verifyAll(bundles.with(at, changed))
          expect(result).toMatchObject({ kind: 'broken', height: at + 1 })
          if (part === 'bodies') expect(result).toMatchObject({ index: firstIndex[at]! + position })
          if (part === 'heads' && result.kind === 'broken' && result.index !== null)
            // A head's own fault, or that the next does not follow it.
            expect([position, position + 1]).toContain(result.index - firstIndex[at]!)
        },
      ),
      { numRuns: 250 },
    )
  })

  it('finds any changed byte of the genesis, and a chain that is another one', () => {
    for (let place = 0; place < signedGenesis.length; place += 7)
      expect(verifyAll(bundles, withRows, flipped(signedGenesis, place))).toMatchObject({
        kind: 'broken',
        height: 0,
        reason: 'genesis',
      })
    const expected = flipped(chainId, 0) as ChainId
    expect(verifyAll(bundles, { ...withRows, chainId: expected })).toMatchObject({ reason: 'other-chain-id' })
  })

  it('finds what is missing, doubled or out of order', () => {
    expect(verifyAll(bundles.toSpliced(1, 1))).toMatchObject({ kind: 'broken', height: 2, reason: 'height' })
    expect(verifyAll([bundles[0]!, bundles[0]!])).toMatchObject({
      kind: 'broken',
      height: 2,
      reason: 'height',
    })
    const withoutBody = { ...bundles[2]!, bodies: bundles[2]!.bodies!.with(1, null) }
    expect(verifyAll(bundles.with(2, withoutBody))).toMatchObject({ index: 4, reason: 'body-missing' })
    const fewer = { ...bundles[3]!, heads: bundles[3]!.heads.slice(0, 3) }
    expect(verifyAll(bundles.with(3, fewer))).toMatchObject({ height: 4, reason: 'count' })
  })

  it('takes a missing body or row only where the record was erased', () => {
    const record = records[4]!
    const name = toHex(record.merkleRoot)
    const kept = rows.get(name)!
    const erased = { ...bundles[2]!, bodies: bundles[2]!.bodies!.with(1, null) }
    rows.delete(name)
    expect(verifyAll(bundles)).toMatchObject({ index: 4, reason: 'row-missing' })
    const options = { ...withRows, isErased: (root: MerkleRoot) => toHex(root) === name }
    expect(verifyAll(bundles.with(2, erased), options)).toMatchObject({ kind: 'whole' })
    rows.set(name, kept)
  })

  it('finds a row of another record and a key that the head did not commit to', () => {
    const [first, second] = [toHex(records[0]!.merkleRoot), toHex(records[1]!.merkleRoot)]
    const kept = rows.get(first)!
    rows.set(first, rows.get(second)!)
    expect(verifyAll(bundles)).toMatchObject({ index: 0, reason: 'row-other-record' })
    const row = { merkleRoot: records[0]!.merkleRoot, scope: 'gateway', epoch: 1 } as const
    rows.set(first, [
      encodeKeyRow(wrapUnderEpoch(crypto, random, chainId, row, epochKey, records[1]!.dataKey)),
    ])
    expect(verifyAll(bundles)).toMatchObject({ index: 0, reason: 'row-commitment' })
    rows.set(first, [new Uint8Array(3)])
    expect(verifyAll(bundles)).toMatchObject({ index: 0, reason: 'row-malformed' })
    rows.set(first, kept)
  })

  it('finds a record that hospitals should never have let in', () => {
    const author = consortium.institutions[0]!
    const record = sealVisits(consortium, author, [[['note.0', 'no visit at all']]])[0]!
    const { merkleRoot, dataKey } = record
    rows.set(toHex(merkleRoot), [
      encodeKeyRow(
        wrapUnderEpoch(
          crypto,
          random,
          chainId,
          { merkleRoot, scope: 'gateway', epoch: 1 },
          epochKey,
          dataKey,
        ),
      ),
    ])
    const { bundle } = finalise(consortium, consortium.start, { records: [record] })
    expect(verifyAll([bundle])).toMatchObject({ index: 0, reason: 'record-fields' })
    expect(verifyAll([bundle], { areBodiesNeeded: true })).toMatchObject({ kind: 'whole' })
  })

  it('finds a record that is in the chain a second time', () => {
    const state = finalise(consortium, consortium.start, { records: [records[0]!] })
    const again = finalise(consortium, state.state, { records: [records[0]!] })
    expect(verifyAll([state.bundle, again.bundle])).toMatchObject({
      height: 2,
      index: 1,
      reason: 'duplicate-record',
    })
  })

  it('stays broken', () => {
    const started = startVerification(crypto, signedGenesis, { areBodiesNeeded: false })
    if (started.kind === 'broken') throw new Error(started.reason)
    const { verifier } = started
    const broken = verifier.next(bundles[1]!)
    expect(broken).toMatchObject({ kind: 'broken', reason: 'height' })
    expect(verifier.next(bundles[0]!)).toBe(broken)
  })
})

describe('a stored chain state', () => {
  it('is read only where its parts fit each other', () => {
    const { state } = finalise(consortium, consortium.start, { records: records.slice(0, 3) })
    const slots = tryDecode(encodeChainState(state)) as Cbor[]
    const read = (...changes: [slot: number, value: Cbor][]) =>
      decodeChainState(crypto, encode(changes.reduce((all, [slot, value]) => all.with(slot, value), slots)))
    expect(read()).toEqual(state)
    expect(read([11, new Uint8Array(32)])).toBeNull()
    expect(read([10, (slots[10] as Cbor[]).with(1, 1)])).toBeNull()
    expect(read([2, 2])).toBeNull()
    expect(read([4, 4])).toBeNull()
    expect(read([8, [3, []]])).toBeNull()
    expect(read([0, 2])).toBeNull()
    expect(decodeChainState(crypto, encodeChainState(state).subarray(1))).toBeNull()
  })

  it('lets hospitals write records, and nobody else', () => {
    const world = foundConsortium({ voters: 1, others: ['university'] })
    const [hospital, university] = world.institutions
    const authorKeyOf = recordAuthorsOf(world.start)
    expect(authorKeyOf(hospital!.member.memberId)).toEqual(hospital!.member.authorKey)
    expect(authorKeyOf(university!.member.memberId)).toBeNull()
    expect(authorKeyOf(new Uint8Array(16) as MemberId)).toBeNull()
  })
})

describe('a root set', () => {
  it('knows what was added, and nothing else, however large it grows', () => {
    const set = new RootSet()
    const hashes = Array.from({ length: 5_000 }, (_, i) => crypto.sha256(Uint8Array.of(i & 255, i >> 8)))
    const zeros = new Uint8Array(32)
    for (const hash of [...hashes, zeros]) {
      expect(set.has(hash)).toBe(false)
      expect(set.add(hash)).toBe(true)
    }
    for (const hash of [...hashes, zeros]) expect(set.add(hash)).toBe(false)
    expect(set.size).toBe(5_001)
    expect(set.has(present(crypto.sha256(zeros)))).toBe(false)
  })
})
