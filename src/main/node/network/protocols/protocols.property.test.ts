import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, toHex, type Bytes } from '../../../../shared/std/bytes.ts'
import { compareNames } from '../../chain/access.ts'
import { BODY_OVERHEAD_BYTES, CLASS_BYTES, type SizeClass } from '../../chain/limits.ts'
import { decodeSealedContent, encodeSealedContent } from '../../chain/sealed-content.ts'
import type { MemberId, MerkleRoot } from '../../chain/ids.ts'
import type { KeyRow } from '../../chain/key-box.ts'
import { decodeRequest, decodeStatus, encodeRequest, encodeStatus } from '../../sync/messages.ts'
import { decodeAccessAnswer, encodeAccessAnswer } from './access.ts'
import {
  decodeBodyAnswer,
  decodeBodyMessage,
  decodeBodyRequest,
  encodeBodyAnswer,
  encodeBodyMessage,
  encodeBodyRequest,
  visitsThatFit,
  type TravellingVisit,
} from './bodies.ts'
import {
  decodeEpochKeysAnswer,
  decodeKeyBoxMessage,
  decodeKeyBoxRequest,
  decodeLinkageAnswer,
  decodeRowsAnswer,
  encodeEpochKeysAnswer,
  encodeKeyBoxMessage,
  encodeKeyBoxRequest,
  encodeLinkageAnswer,
  encodeRowsAnswer,
} from './key-box.ts'
import {
  decodeAttestations,
  decodeContribution,
  decodeStudyRequest,
  encodeAttestations,
  encodeContribution,
  encodeStudyRequest,
} from './studies.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const root = hash.map((bytes) => bytes as MerkleRoot)
const count = fc.nat({ max: 2 ** 40 })
const visit: fc.Arbitrary<TravellingVisit> = fc.record({
  merkleRoot: root,
  keyCommitment: hash,
  sizeClass: fc.constant(0 as SizeClass),
  body: fc.constant(new Uint8Array(CLASS_BYTES[0] + BODY_OVERHEAD_BYTES).fill(5)),
})
const row: fc.Arbitrary<KeyRow> = fc.record({
  merkleRoot: root,
  scope: fc.constantFrom('custodian' as const, 'gateway' as const),
  epoch: fc.nat({ max: 1_000 }),
  suite: fc.constant(1 as const),
  wrap: fc.uint8Array({ minLength: 60, maxLength: 60 }),
})
const sealedKey = fc.record({
  scope: fc.constant('gateway' as const),
  epoch: fc.nat({ max: 1_000 }),
  memberId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes as MemberId),
  sealed: fc.uint8Array({ minLength: 80, maxLength: 80 }),
})

/** Comparing bodies byte by byte is slow. */
const RUNS = { numRuns: 40 }

const signature = fc.uint8Array({ minLength: 64, maxLength: 64 })
const memberId = fc.uint8Array({ minLength: 16, maxLength: 16 })
const attestation = fc.record({
  studyHash: hash,
  outcome: fc.constantFrom('answered', 'refused', 'identical', 'differs', 'not-recomputable'),
  resultHash: hash,
  engine: fc.stringMatching(/^[!-~]{1,20}( [!-~]{1,20}){0,3}$/),
  erasureHeight: fc.nat(),
  memberId,
  signature,
})
const envelope = fc.record({
  commitment: hash,
  author: memberId,
  keys: fc
    .uniqueArray(memberId, { maxLength: 3, selector: (id) => toHex(id) })
    .chain((ids) =>
      fc.tuple(
        ...ids
          .sort(compareBytes)
          .map((id) =>
            fc.record({ memberId: fc.constant(id), sealed: fc.uint8Array({ minLength: 80, maxLength: 80 }) }),
          ),
      ),
    ),
  box: fc.uint8Array({ minLength: 4_124, maxLength: 4_124 }),
})

/** Every codec of the lanes above the consensus engine's own. */
const CODECS: readonly (readonly [
  string,
  fc.Arbitrary<unknown>,
  (value: never) => Bytes,
  (bytes: Bytes) => unknown,
])[] = [
  [
    'visits',
    fc.record({ kind: fc.constant('visits'), expiresAt: count, visits: fc.array(visit, { maxLength: 4 }) }),
    encodeBodyMessage,
    decodeBodyMessage,
  ],
  [
    'items',
    fc.record({
      kind: fc.constant('items'),
      items: fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 4 }),
    }),
    encodeBodyMessage,
    decodeBodyMessage,
  ],
  [
    'a copy of a proposal',
    fc.record({
      kind: fc.constant('proposal'),
      version: fc.integer({ min: 1, max: 9 }),
      proposal: fc.uint8Array({ maxLength: 300 }),
    }),
    encodeBodyMessage,
    decodeBodyMessage,
  ],
  [
    'body request',
    fc.oneof(
      fc.record({ kind: fc.constant('bodies'), roots: fc.array(root, { maxLength: 5 }) }),
      fc.record({ kind: fc.constant('network-key'), generation: count }),
    ),
    encodeBodyRequest,
    decodeBodyRequest,
  ],
  [
    'network key request',
    fc.record({ kind: fc.constant('network-key'), generation: count }),
    encodeBodyRequest,
    decodeBodyRequest,
  ],
  [
    'linkage keys request',
    fc
      .tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 }))
      .map(([from, more]) => ({ kind: 'linkage-keys', from, to: from + more })),
    encodeKeyBoxRequest,
    decodeKeyBoxRequest,
  ],
  [
    'linkage keys answer',
    fc.array(fc.record({ epoch: count, sealed: hash }), { maxLength: 4 }),
    encodeLinkageAnswer,
    decodeLinkageAnswer,
  ],
  [
    'a new gateway key',
    fc.record({
      kind: fc.constant('gateway-epoch'),
      epoch: count,
      commitment: hash,
      sealed: fc.array(
        fc.record({
          memberId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          gatewayKey: hash,
          sealed: fc.uint8Array({ maxLength: 100 }),
        }),
        { maxLength: 4 },
      ),
    }),
    encodeSealedContent,
    decodeSealedContent,
  ],
  [
    'what a hospital says of patients and visits',
    fc.oneof(
      fc.record({
        kind: fc.constant('link' as const),
        linkId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        first: hash,
        second: hash,
        keyEpoch: count,
        reason: fc.constantFrom('registered-twice', 'other'),
        text: fc.constantFrom(null, '同一人'),
        userKeyId: fc.constant('u1'),
        at: count,
      }),
      fc.record({
        kind: fc.constant('unlink' as const),
        linkId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        reason: fc.constant('not-same-person'),
        text: fc.constantFrom(null, 'a brother'),
        userKeyId: fc.constant('u1'),
        at: count,
      }),
      fc.record({
        kind: fc.constant('dispute' as const),
        merkleRoot: hash,
        path: fc.constantFrom('', 'observations.2.value'),
        text: fc.constant('the value is mine, not hers'),
        userKeyId: fc.constant('u1'),
        at: count,
      }),
    ),
    encodeSealedContent,
    decodeSealedContent,
  ],
  [
    'access said',
    fc.oneof(
      fc.record({
        kind: fc.constant('access' as const),
        accessId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        basis: fc.constantFrom('treatment' as const, 'consent' as const),
        patient: fc
          .uniqueArray(hash, { minLength: 1, maxLength: 4, selector: (key) => toHex(key) })
          .map((keys) => keys.map((key) => ({ epoch: 0, key })).sort(compareNames)),
        expiresAt: count,
        reason: fc.constant(null),
        text: fc.constantFrom(null, 'form 12'),
        userKeyId: fc.constant('u1'),
        at: count,
      }),
      fc.record({
        kind: fc.constant('access-end' as const),
        accessId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        userKeyId: fc.constant('u1'),
        at: count,
      }),
      fc.record({
        kind: fc.constant('access-review' as const),
        accessId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        verdict: fc.constantFrom('agree' as const, 'object' as const),
        text: fc.constantFrom(null, 'she can speak'),
        userKeyId: fc.constant('u1'),
        at: count,
      }),
    ),
    encodeSealedContent,
    decodeSealedContent,
  ],
  [
    'access request',
    fc.uint8Array({ maxLength: 200 }).map((item) => ({ kind: 'access', item })),
    encodeKeyBoxRequest,
    decodeKeyBoxRequest,
  ],
  [
    'access answer',
    fc.array(
      fc.record({
        merkleRoot: root,
        visitId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        patient: fc.record({ epoch: fc.nat({ max: 9 }), key: hash }),
        wrap: fc.uint8Array({ minLength: 80, maxLength: 80 }),
      }),
      { maxLength: 3 },
    ),
    encodeAccessAnswer,
    decodeAccessAnswer,
  ],
  [
    'a question about studies',
    fc.oneof(
      fc.record({ kind: fc.constant('hold' as const), envelope }),
      fc.record({ kind: fc.constant('want' as const), commitment: hash }),
      fc.record({ kind: fc.constant('attest' as const), attestation }),
      fc.record({
        kind: fc.constantFrom('attestations' as const, 'answer' as const, 'published' as const),
        studyHash: hash,
      }),
      fc.record({ kind: fc.constant('contribute' as const), height: count, segmentId: hash }),
    ),
    encodeStudyRequest,
    decodeStudyRequest,
  ],
  ['attestations', fc.array(attestation, { maxLength: 4 }), encodeAttestations, decodeAttestations],
  [
    'a contribution',
    fc.record({ sealed: fc.uint8Array({ maxLength: 200 }), signature }),
    encodeContribution,
    decodeContribution,
  ],
  ['body answer', fc.array(visit, { maxLength: 3 }), encodeBodyAnswer, decodeBodyAnswer],
  ['rows', fc.record({ rows: fc.array(row, { maxLength: 4 }) }), encodeKeyBoxMessage, decodeKeyBoxMessage],
  [
    'rows request',
    fc.record({
      kind: fc.constant('rows'),
      scope: fc.constantFrom('custodian', 'grant', 'gateway'),
      roots: fc.array(root, { maxLength: 5 }),
    }),
    encodeKeyBoxRequest,
    decodeKeyBoxRequest,
  ],
  [
    'epoch keys request',
    fc
      .tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 }))
      .map(([from, more]) => ({ kind: 'epoch-keys', scope: 'gateway', from, to: from + more })),
    encodeKeyBoxRequest,
    decodeKeyBoxRequest,
  ],
  ['rows answer', fc.array(row, { maxLength: 4 }), encodeRowsAnswer, decodeRowsAnswer],
  ['epoch keys answer', fc.array(sealedKey, { maxLength: 4 }), encodeEpochKeysAnswer, decodeEpochKeysAnswer],
  ['status', fc.record({ height: count, blockCount: count, tip: hash }), encodeStatus, decodeStatus],
  [
    'segments request',
    fc
      .tuple(fc.integer({ min: 1, max: 1e9 }), fc.nat({ max: 1e6 }), count)
      .map(([from, more, byteBudget]) => ({ kind: 'segments', from, to: from + more, byteBudget })),
    encodeRequest,
    decodeRequest,
  ],
]

describe.each(CODECS)('%s', (_name, values, encode, decode) => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(values, (value) => void expect(decode(encode(value as never))).toEqual(value)),
      RUNS,
    )
  })

  it('with any byte changed are refused or another value, and any bytes never throw', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, mask) => {
        const bytes = encode(value as never)
        const changed = bytes.slice()
        changed[at % changed.length]! ^= mask
        const decoded = decode(changed)
        if (decoded !== null) expect(encode(decoded as never)).toEqual(changed)
        expect(decode(bytes.subarray(0, at % bytes.length))).toBeNull()
      }),
      RUNS,
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decode(bytes)))
  })
})

describe('visitsThatFit', () => {
  it('takes as many as fit, at least one', () => {
    const visits = Array.from({ length: 10 }, () => ({ body: new Uint8Array(1_000) }) as TravellingVisit)
    expect(visitsThatFit(visits, 3_300)).toHaveLength(3)
    expect(visitsThatFit(visits, 10)).toHaveLength(1)
    expect(visitsThatFit(visits, 1e6)).toHaveLength(10)
    expect(visitsThatFit([], 1e6)).toEqual([])
  })
})
