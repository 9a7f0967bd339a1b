import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { rootOverHashes } from '../crypto/merkle.ts'
import { accumulatorRoot, append } from './accumulator.ts'
import { applySegment, checkSegment, type SegmentRefusal } from './apply-segment.ts'
import {
  birthTime,
  blockHashOf,
  decodeHead,
  encodeHead,
  isFreshTime,
  truncateTime,
  type Head,
} from './block.ts'
import { buildSegment } from './build-segment.ts'
import { decodeChainState, encodeChainState, type ChainState } from './chain-state.ts'
import {
  certify,
  createInstitution,
  crypto,
  fieldsOf,
  finalise,
  flipped,
  foundConsortium,
  makeItem,
  sampleVisit,
  sealVisits,
  type Consortium,
} from './consortium.test-kit.ts'
import type { BlockHash, MerkleRoot, SegmentId } from './ids.ts'
import { itemHashOf, type ItemClear } from './item.ts'
import { withPolicyValue } from './policy.ts'
import type { SealedRecord } from './record.ts'
import { decodeSegment, encodeSegment, segmentIdOf, type Segment, type SegmentBundle } from './segment.ts'

const fresh = { isKnownRecord: () => false }
const anchor: ItemClear = { kind: 'anchor', auditRoot: new Uint8Array(32), count: 1 }

for (const voters of [1, 4])
  describe(`applySegment with ${voters === 1 ? 'one voter' : 'four voters'}`, () => {
    let consortium: Consortium
    let state: ChainState
    let records: SealedRecord[]
    let bundle: SegmentBundle
    let segment: Segment
    let heads: Head[]

    beforeAll(() => {
      consortium = foundConsortium({ voters })
      const visits = [0, 1, 2, 3, 4, 5].map((n) => fieldsOf(sampleVisit(n)))
      const sealed = sealVisits(consortium, consortium.institutions[0]!, visits)
      state = finalise(consortium, consortium.start, { records: sealed.slice(0, 2) }).state
      records = sealed.slice(2, 5)
      const items = [makeItem(consortium, consortium.institutions[0]!, anchor, 1)]
      bundle = finalise(consortium, state, { records, items }).bundle
      segment = decodeSegment(bundle.segment)!
      heads = bundle.heads.map((bytes) => decodeHead(bytes)!)
    })

    /** The bundle with another segment, certified as if voters had agreed to it. */
    const withSegment = (changes: Partial<Segment>, parts: Partial<SegmentBundle> = {}): SegmentBundle => {
      const changed = { ...segment, ...changes }
      const bytes = encodeSegment(changed)
      const segmentId = segmentIdOf(crypto, consortium.chainId, bytes)
      return {
        ...bundle,
        segment: bytes,
        certificate: certify(consortium, state, changed.height, segmentId),
        ...parts,
      }
    }
    /** The bundle with other heads, hash-linked and rooted as they should be, but for what was changed. */
    const withHeads = (
      change: (head: Head, i: number) => Head,
      segmentChanges: Partial<Segment> = {},
    ): SegmentBundle => {
      let previousHash = state.tip
      const hashes: BlockHash[] = []
      const bytes = heads.map((head, i) => {
        const headBytes = encodeHead(change({ ...head, previousHash }, i))
        const hash = blockHashOf(crypto, consortium.chainId, headBytes)
        previousHash = hash
        hashes.push(hash)
        return headBytes
      })
      const headsRoot = accumulatorRoot(crypto, append(crypto, state.heads, hashes))
      return withSegment({ tip: previousHash, headsRoot, ...segmentChanges }, { heads: bytes })
    }
    const expectRejected = (
      candidate: SegmentBundle,
      reason: SegmentRefusal,
      place: { index?: number; item?: number } = {},
    ) => {
      const before = encodeChainState(state)
      expect(applySegment(crypto, state, candidate, fresh)).toEqual({ kind: 'rejected', reason, ...place })
      expect(toHex(encodeChainState(state))).toBe(toHex(before))
    }

    it('applies a segment and gives the state behind it', () => {
      const applied = applySegment(crypto, state, bundle, fresh)
      expect(applied.kind).toBe('applied')
      if (applied.kind !== 'applied') return
      expect(applied.state.height).toBe(2)
      expect(applied.state.blockCount).toBe(5)
      expect(applied.heads.map((head) => head.index)).toEqual([2, 3, 4])
      expect(toHex(applied.state.tip)).toBe(toHex(applied.blockHashes[2]!))
      expect(toHex(applied.state.lastSegmentId)).toBe(toHex(applied.segmentId))
      expect(applied.certificate.signatures.length).toBe(voters === 1 ? 1 : 3)
      expect(decodeChainState(crypto, encodeChainState(applied.state))).toEqual(applied.state)
    })

    it('takes no segment twice and none that is not the next', () => {
      const applied = applySegment(crypto, state, bundle, fresh)
      if (applied.kind !== 'applied') throw new Error(applied.reason)
      expect(applySegment(crypto, applied.state, bundle, fresh)).toEqual({
        kind: 'rejected',
        reason: 'height',
      })
      expectRejected(withSegment({ height: 3 }), 'height')
      expectRejected(withSegment({ height: 1 }), 'height')
      expectRejected(withSegment({ epoch: 1 }), 'epoch')
      expectRejected(withSegment({ previousSegmentId: consortium.chainId }), 'previous-segment')
      expectRejected(
        withSegment({ chainId: flipped(consortium.chainId, 0) as typeof consortium.chainId }),
        'other-chain',
      )
    })

    it('counts its blocks from the end of the chain', () => {
      expectRejected(withSegment({ firstIndex: 1 }), 'first-index')
      expectRejected(withSegment({ count: 2 }), 'count')
      expectRejected({ ...bundle, heads: bundle.heads.slice(0, 2) }, 'count')
      expectRejected({ ...bundle, bodies: bundle.bodies!.slice(1) }, 'body-count')
      expectRejected(
        withHeads((head, i) => (i === 1 ? { ...head, index: 9 } : head)),
        'head-index',
        { index: 3 },
      )
    })

    it('links every block to the one before', () => {
      const unlinked = bundle.heads.with(1, encodeHead({ ...heads[1]!, previousHash: consortium.chainId }))
      expectRejected({ ...bundle, heads: unlinked }, 'previous-hash', { index: 3 })
      expectRejected(
        { ...bundle, heads: [bundle.heads[1]!, bundle.heads[0]!, bundle.heads[2]!] },
        'head-index',
        { index: 2 },
      )
      expectRejected(withSegment({ tip: state.tip }), 'tip')
      expectRejected(
        { ...bundle, heads: bundle.heads.with(2, bundle.heads[2]!.subarray(1)) },
        'head-malformed',
        { index: 4 },
      )
      const elsewhere = flipped(consortium.chainId, 1) as typeof consortium.chainId
      expectRejected(
        withHeads((head, i) => (i === 2 ? { ...head, chainId: elsewhere } : head)),
        'other-chain',
        { index: 4 },
      )
    })

    it('keeps time in order and in the granularity of the policy', () => {
      const minute = 60_000
      expectRejected(
        withHeads((head) => ({ ...head, timestamp: head.timestamp + 1 })),
        'timestamp-granularity',
        { index: 2 },
      )
      expectRejected(
        withHeads((head, i) => (i === 2 ? { ...head, timestamp: head.timestamp - minute } : head)),
        'timestamp-before-previous',
        { index: 4 },
      )
      expectRejected(
        withHeads((head) => ({ ...head, timestamp: state.lastTimestamp - minute })),
        'timestamp-before-previous',
        { index: 2 },
      )
      expectRejected(
        withHeads((head) => ({ ...head, timestamp: segment.time + minute })),
        'timestamp-after-segment',
        { index: 2 },
      )
      expectRejected(withSegment({ time: segment.time + 1 }), 'time-granularity')
      expectRejected(withSegment({ time: state.lastTime - minute }), 'time-before-previous')
    })

    it('takes a record once', () => {
      const twice = withHeads((head, i) => (i === 2 ? { ...head, merkleRoot: heads[0]!.merkleRoot } : head))
      expectRejected(twice, 'duplicate-record', { index: 4 })
      const known = { isKnownRecord: (root: MerkleRoot) => toHex(root) === toHex(heads[1]!.merkleRoot) }
      expect(applySegment(crypto, state, bundle, known)).toEqual({
        kind: 'rejected',
        reason: 'duplicate-record',
        index: 3,
      })
    })

    it('holds bodies against their heads, and does without them', () => {
      const bodies = bundle.bodies!
      expectRejected({ ...bundle, bodies: bodies.with(1, flipped(bodies[1]!, 99)) }, 'body-hash', {
        index: 3,
      })
      expectRejected({ ...bundle, bodies: bodies.with(1, bodies[1]!.subarray(1)) }, 'body-length', {
        index: 3,
      })
      expectRejected({ ...bundle, bodies: [bodies[1]!, bodies[0]!, bodies[2]!] }, 'body-hash', { index: 2 })
      expect(applySegment(crypto, state, { ...bundle, bodies: [null, bodies[1]!, null] }, fresh).kind).toBe(
        'applied',
      )
      const { bodies: _, ...headsOnly } = bundle
      expect(applySegment(crypto, state, headsOnly, fresh).kind).toBe('applied')
    })

    it('recomputes every root', () => {
      const other = new Uint8Array(32).fill(1)
      expectRejected(withSegment({ headsRoot: other }), 'heads-root')
      expectRejected(withSegment({ segmentsRoot: other }), 'segments-root')
      expectRejected(withSegment({ itemsRoot: other }), 'items-root')
      expectRejected(withSegment({ stateHash: other }), 'state-hash')
      expectRejected(withSegment({ nextVotersRoot: other }), 'next-voters-root')
    })

    it('judges its items', () => {
      expectRejected({ ...bundle, items: [] }, 'items-root')
      expectRejected({ ...bundle, items: [bundle.items[0]!, bundle.items[0]!] }, 'item-sequence', { item: 1 })
      expectRejected({ ...bundle, items: [flipped(bundle.items[0]!, 0)] }, 'item-malformed', { item: 0 })
      const last = bundle.items[0]!.length - 1
      expectRejected({ ...bundle, items: [flipped(bundle.items[0]!, last)] }, 'item-signature', { item: 0 })
    })

    it('is never empty unless a change waits', () => {
      const nothing = {
        firstIndex: state.blockCount,
        count: 0,
        tip: state.tip,
        headsRoot: accumulatorRoot(crypto, state.heads),
        itemsRoot: rootOverHashes(crypto, []),
        stateHash: state.stateHash,
      }
      expectRejected(withSegment(nothing, { heads: [], items: [], bodies: [] }), 'nothing-to-decide')
    })

    it('needs a certificate of its own voters', () => {
      expectRejected({ ...bundle, certificate: null }, 'certificate-missing')
      expectRejected({ ...bundle, certificate: bundle.certificate!.subarray(1) }, 'certificate-malformed')
      const otherId = consortium.random(32) as SegmentId
      expectRejected(
        { ...bundle, certificate: certify(consortium, state, 2, otherId) },
        'certificate-other-segment',
      )
      const segmentId = segmentIdOf(crypto, consortium.chainId, bundle.segment)
      const prevotes = () => certify(consortium, state, 2, segmentId, consortium.institutions, 'prevote')
      expect(prevotes).toThrow()
      const strangers = foundConsortium({ seed: 'strangers', voters })
      const forged = certify(
        { ...consortium, institutions: strangers.institutions },
        { ...state, voters: strangers.start.voters },
        2,
        segmentId,
      )
      expectRejected({ ...bundle, certificate: forged }, 'certificate-not-a-voter')
      expect(checkSegment(crypto, state, { ...bundle, certificate: null }, fresh).kind).toBe('valid')
    })

    it('finds any changed byte of any part, and leaves the state untouched when it rejects', () => {
      const before = toHex(encodeChainState(state))
      const part = fc.constantFrom('segment', 'certificate', 'heads', 'bodies', 'items')
      fc.assert(
        fc.property(
          part,
          fc.nat(),
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          (name, which, place, mask) => {
            const change = (bytes: Uint8Array) => flipped(bytes, place % bytes.length, mask)
            const changed: SegmentBundle =
              name === 'segment' || name === 'certificate'
                ? { ...bundle, [name]: change(bundle[name]!) }
                : {
                    ...bundle,
                    [name]: bundle[name]!.map((bytes, i, all) =>
                      i === which % all.length ? change(bytes!) : bytes,
                    ),
                  }
            expect(applySegment(crypto, state, changed, fresh).kind).toBe('rejected')
            expect(toHex(encodeChainState(state))).toBe(before)
          },
        ),
        { numRuns: 300 },
      )
    })
  })

describe('the bounds of a segment', () => {
  const consortium = foundConsortium({ voters: 4 })
  const founder = consortium.institutions[0]!
  const { start } = consortium
  const records = sealVisits(consortium, founder, [fieldsOf(sampleVisit(0)), fieldsOf(sampleVisit(1))])
  const { bundle } = finalise(consortium, start, { records })
  const under = (name: string, value: number): ChainState => ({
    ...start,
    consortium: { ...start.consortium, policy: withPolicyValue(start.consortium.policy, name, value) },
  })

  it('are those of the policy in effect', () => {
    const check = (state: ChainState) => applySegment(crypto, state, bundle, fresh)
    expect(check(under('segmentVisitsMax', 1))).toEqual({ kind: 'rejected', reason: 'too-many-visits' })
    expect(check(under('segmentBytesMax', 8_247))).toEqual({ kind: 'rejected', reason: 'too-many-bytes' })
    expect(check(under('segmentBytesMax', 8_248)).kind).toBe('applied')
    expect(check(under('segmentVisitsMax', 2)).kind).toBe('applied')
  })

  it('keep the number of items small', () => {
    const items = Array.from({ length: 257 }, () => new Uint8Array(1))
    expect(applySegment(crypto, start, { ...bundle, items }, fresh)).toEqual({
      kind: 'rejected',
      reason: 'too-many-items',
    })
  })

  it('hold for seats too: a proposer cannot change more of them than an epoch may', () => {
    const joining = ['Fifth', 'Sixth'].map((name) => createInstitution(consortium.random, name))
    const items = joining.map(({ member }, i) =>
      makeItem(consortium, founder, { kind: 'membership', change: 'add', member, approvals: [] }, i + 1),
    )
    const built = buildSegment(crypto, start, { candidates: [], items: items.slice(0, 1) }, start.lastTime)
    if (built.kind !== 'built') throw new Error('nothing was built')
    const itemsRoot = rootOverHashes(
      crypto,
      items.map((item) => itemHashOf(crypto, consortium.chainId, item)),
    )
    const segment = encodeSegment({ ...built.segment, itemsRoot })
    const result = checkSegment(crypto, start, { ...built.bundle, segment, items }, fresh)
    expect(result).toEqual({ kind: 'rejected', reason: 'voters-rule' })
  })
})

describe('buildSegment', () => {
  it('takes candidates in order, up to the visits and bytes of the policy', () => {
    const consortium = foundConsortium({
      voters: 1,
      policy: { segmentVisitsMax: 3, segmentBytesMax: 300_000 },
    })
    const visits = Array.from({ length: 5 }, (_, n) => fieldsOf(sampleVisit(n)))
    const records = sealVisits(consortium, consortium.institutions[0]!, visits)
    const build = (candidates: SealedRecord[]) =>
      buildSegment(crypto, consortium.start, { candidates, items: [] }, consortium.start.lastTime)
    const built = build(records)
    expect(built).toMatchObject({ kind: 'built', candidateCount: 3 })
    const large = sealVisits(consortium, consortium.institutions[0]!, [
      [['note.0', 'x'.repeat(200_000)]],
      [['note.1', 'x'.repeat(200_000)]],
    ])
    expect(build(large)).toMatchObject({ kind: 'built', candidateCount: 1 })
    expect(build([])).toEqual({ kind: 'nothing', refusedItems: [] })
  })

  it('builds what checkSegment takes, whatever waits', () => {
    const consortium = foundConsortium({ voters: 1 })
    const founder = consortium.institutions[0]!
    const records = sealVisits(
      consortium,
      founder,
      Array.from({ length: 12 }, (_, n) => fieldsOf(sampleVisit(n))),
    )
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            visits: fc.nat(3),
            items: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
            minutes: fc.integer({ min: -3, max: 9 }),
          }),
          { maxLength: 4 },
        ),
        (steps) => {
          let state = consortium.start
          let used = 0
          for (const step of steps) {
            const items = step.items.map((sequence) => makeItem(consortium, founder, anchor, sequence))
            const candidates = records.slice(used, used + step.visits)
            const built = buildSegment(
              crypto,
              state,
              { candidates, items },
              state.lastTime + step.minutes * 60_000 + 17,
            )
            if (built.kind === 'nothing') continue
            const checked = checkSegment(crypto, state, built.bundle, fresh)
            expect(checked.kind).toBe('valid')
            if (checked.kind !== 'valid') return
            expect(toHex(checked.segmentId)).toBe(toHex(built.segmentId))
            expect(checked.segment.time).toBeGreaterThanOrEqual(state.lastTime)
            expect(built.itemPositions.length + built.refusedItems.length).toBe(items.length)
            used += built.candidateCount
            state = checked.state
          }
          expect(state.blockCount).toBe(used)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('time', () => {
  const minute = 60_000
  it('of a fresh proposal is near the local clock', () => {
    const noon = 1_767_225_600_000 + 12 * 60 * minute
    expect(isFreshTime(noon, noon, minute)).toBe(true)
    expect(isFreshTime(noon, noon + minute + 59_999, minute)).toBe(true)
    expect(isFreshTime(noon, noon + 2 * minute, minute)).toBe(false)
    expect(isFreshTime(noon, noon - 5_000, minute)).toBe(true)
    expect(isFreshTime(noon, noon - 5_001, minute)).toBe(false)
    expect(isFreshTime(noon, noon - 1, 1)).toBe(true)
    expect(isFreshTime(noon, noon + 60_001, 1)).toBe(false)
  })

  it('is given by a proposer so that its own clock finds it fresh', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 41), fc.constantFrom(1, 1_000, minute, 60 * minute), (local, granularity) => {
        const previous = truncateTime(local - minute, granularity)
        const time = birthTime(local, previous, granularity)
        expect(time % granularity).toBe(0)
        expect(time).toBeGreaterThanOrEqual(previous)
        expect(isFreshTime(time, local, granularity)).toBe(true)
      }),
    )
    expect(birthTime(100, 5 * minute, minute)).toBe(5 * minute)
    expect(birthTime(100, 5 * minute, 60 * minute)).toBe(60 * minute)
  })
})

describe('a head', () => {
  it('has one encoding, and its own hash covers all of it', () => {
    const { chainId, random } = foundConsortium({ voters: 1 })
    const head: Head = {
      chainId,
      index: 7,
      previousHash: random(32),
      timestamp: 60_000,
      merkleRoot: random(32) as MerkleRoot,
      bodyHash: random(32),
      keyCommitment: random(32),
      sizeClass: 1,
    }
    const bytes = encodeHead(head)
    expect(decodeHead(bytes)).toEqual(head)
    const hash = toHex(blockHashOf(crypto, chainId, bytes))
    for (let place = 0; place < bytes.length; place++) {
      const changed = flipped(bytes, place, 1 << (place % 8))
      expect(toHex(blockHashOf(crypto, chainId, changed))).not.toBe(hash)
      const decoded = decodeHead(changed)
      if (decoded !== null) expect(toHex(encodeHead(decoded))).toBe(toHex(changed))
    }
    expect(decodeHead(encodeHead({ ...head, sizeClass: 5 as 4 }))).toBeNull()
    expect(decodeHead(encodeHead({ ...head, index: -1 }))).toBeNull()
  })
})
