import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemberId, SegmentId } from '../../chain/ids.ts'
import type { Vote } from '../../chain/vote.ts'
import { decodeMessage, encodeMessage, type Message } from './messages.ts'
import { decodeLogEntry, encodeLogEntry, type LogEntry } from './write-ahead-log.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const memberId = bytes(16) as fc.Arbitrary<MemberId>
const segmentId = bytes(32) as fc.Arbitrary<Uint8Array> as fc.Arbitrary<SegmentId>
const small = fc.nat(1_000_000)
const vote: fc.Arbitrary<Vote> = fc.record({
  type: fc.constantFrom('prevote', 'precommit'),
  protocolVersion: fc.nat(9),
  epoch: small,
  height: small,
  round: small,
  segmentId: fc.option(segmentId),
  memberId,
})
const signedVote = fc.record({ vote, signature: bytes(64) })
const signatures = fc.array(fc.record({ memberId, signature: bytes(64) }), { maxLength: 5 })
const bundle = fc.record({
  segment: fc.uint8Array({ maxLength: 40 }),
  certificate: fc.constant(null),
  heads: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 3 }),
  items: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 3 }),
})
const signedProposal = fc
  .record({ protocolVersion: fc.nat(9), epoch: small, height: small, round: small, segmentId, memberId })
  .chain((rest) =>
    fc.record({
      proposal: fc.integer({ min: -1, max: rest.round - 1 }).map((validRound) => ({ ...rest, validRound })),
      signature: bytes(64),
    }),
  )
const held = fc.array(
  fc.record({ segmentId: fc.option(segmentId), seats: fc.uint8Array({ maxLength: 4 }) }),
  { maxLength: 3 },
)
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ kind: fc.constant('proposal' as const), signed: signedProposal, bundle, proof: signatures }),
  fc.record({ kind: fc.constant('votes' as const), votes: fc.array(signedVote, { maxLength: 5 }) }),
  fc.record({
    kind: fc.constant('certificate' as const),
    certificate: fc.record({
      type: fc.constantFrom('prevote' as const, 'precommit' as const),
      height: small,
      round: small,
      segmentId: fc.option(segmentId),
      signatures,
    }),
  }),
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.record({
      height: small,
      previousSegmentId: bytes(32),
      round: small,
      localTime: fc.maxSafeNat(),
      rounds: fc.array(
        fc.record({ round: small, hasProposal: fc.boolean(), prevotes: held, precommits: held }),
        { maxLength: 3 },
      ),
      isQuestion: fc.boolean(),
    }),
  }),
  fc.record({ kind: fc.constant('decided' as const), certificate: fc.uint8Array({ maxLength: 40 }), bundle }),
)

describe('messages', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeMessage(encodeMessage(sent))).toEqual(sent)
      }),
    )
  })

  it('never make the reader throw, whatever the bytes', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (sent, at, byte) => {
        const broken = encodeMessage(sent).slice()
        broken[at % broken.length] = byte
        decodeMessage(broken)
        decodeMessage(broken.subarray(0, at % broken.length))
      }),
    )
    for (const junk of [new Uint8Array(0), Uint8Array.of(0x80), Uint8Array.of(0x81, 9), Uint8Array.of(0xf6)])
      expect(decodeMessage(junk)).toBeNull()
  })
})

describe('log entries', () => {
  const entry: fc.Arbitrary<LogEntry> = fc.oneof(
    fc.record({ kind: fc.constant('value' as const), bundle }),
    fc.record({ kind: fc.constant('proposal' as const), signed: signedProposal }),
    fc.record({ kind: fc.constant('vote' as const), signed: signedVote }),
    fc.record({ kind: fc.constant('lock' as const), round: small, segmentId, proof: signatures }),
  )

  it('come back as they were written, and anything else is no entry', () => {
    fc.assert(
      fc.property(entry, (written) => {
        const encoded = encodeLogEntry(written)
        expect(decodeLogEntry(encoded)).toEqual(written)
        expect(decodeLogEntry(encoded.subarray(0, encoded.length - 1))).toBeNull()
      }),
    )
  })
})
