/**
 * What consensus says on the wire (R30-R32, docs/spec/consensus.md section 6): deterministic CBOR, fixed arrays. A decoder
 * gives a message whose shape is right, or null; signatures are judged by the engine, which knows who votes.
 */
import { encode, tryDecode, type Cbor } from '../../chain/codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  MEMBER_ID_BYTES,
  type MemberId,
  type SegmentId,
} from '../../chain/ids.ts'
import { MEMBERS_MAX, SEGMENT_ITEMS_MAX, SEGMENT_VISITS_MAX } from '../../chain/limits.ts'
import { decodeSegment, type SegmentBundle } from '../../chain/segment.ts'
import {
  proposalFromCbor,
  proposalToCbor,
  signedVoteFromCbor,
  signedVoteToCbor,
  type SignedProposal,
  type SignedVote,
  type VoteType,
} from '../../chain/vote.ts'
import type { HeldRound, HeldVotes } from '../core/relay.ts'

export type MemberSignature = { readonly memberId: MemberId; readonly signature: Uint8Array }

/** Votes of one type for one value in one round, of several members. */
export type VoteCertificate = {
  readonly type: VoteType
  readonly height: number
  readonly round: number
  readonly segmentId: SegmentId | null
  readonly signatures: readonly MemberSignature[]
}

export type Status = {
  readonly height: number
  readonly previousSegmentId: Uint8Array
  readonly round: number
  /** For the peers' median: milliseconds since 1970. */
  readonly localTime: number
  readonly rounds: readonly HeldRound[]
  /** Whether an answer is wanted; false in an answer, or two nodes would talk for ever. */
  readonly isQuestion: boolean
}

export type Message =
  | {
      readonly kind: 'proposal'
      readonly signed: SignedProposal
      readonly bundle: SegmentBundle
      /** Prevotes of `validRound`; empty for a fresh proposal. */
      readonly proof: readonly MemberSignature[]
    }
  | { readonly kind: 'votes'; readonly votes: readonly SignedVote[] }
  | { readonly kind: 'certificate'; readonly certificate: VoteCertificate }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'decided'; readonly certificate: Uint8Array; readonly bundle: SegmentBundle }

/** The height that a message is about; null for one that is about itself. */
export function heightOf(message: Message): number | null {
  switch (message.kind) {
    case 'proposal':
      return message.signed.proposal.height
    case 'votes':
      return message.votes[0]?.vote.height ?? null
    case 'certificate':
      return message.certificate.height
    case 'status':
      return null
    case 'decided':
      return decodeSegment(message.bundle.segment)?.height ?? null
  }
}

/** No message is larger: a transport refuses more. */
export const MESSAGE_BYTES_MAX = 32 * 1024 * 1024
export const VOTES_PER_MESSAGE_MAX = 4_096
const HELD_ROUNDS_MAX = 64
const ROUND_MAX = 2 ** 31

export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case 'proposal':
      return encode([
        1,
        proposalToCbor(message.signed.proposal),
        message.signed.signature,
        ...bundleToCbor(message.bundle),
        signaturesToCbor(message.proof),
      ])
    case 'votes':
      return encode([2, message.votes.map(signedVoteToCbor)])
    case 'certificate': {
      const { type, height, round, segmentId, signatures } = message.certificate
      return encode([3, type === 'prevote' ? 1 : 2, height, round, segmentId, signaturesToCbor(signatures)])
    }
    case 'status': {
      const { height, previousSegmentId, round, localTime, rounds, isQuestion } = message.status
      return encode([
        4,
        height,
        previousSegmentId,
        round,
        localTime,
        rounds.map(roundToCbor),
        isQuestion ? 1 : 0,
      ])
    }
    case 'decided':
      return encode([5, message.certificate, ...bundleToCbor(message.bundle)])
  }
}

export function decodeMessage(bytes: Uint8Array): Message | null {
  if (bytes.length > MESSAGE_BYTES_MAX) return null
  const value = tryDecode(bytes)
  if (!Array.isArray(value)) return null
  switch (value[0]) {
    case 1:
      return proposalMessage(value)
    case 2: {
      const entries = value.length === 2 ? asList(value[1], VOTES_PER_MESSAGE_MAX) : null
      const votes = entries && everyOne(entries, signedVoteFromCbor)
      return votes && votes.every(({ vote }) => vote.round < ROUND_MAX) ? { kind: 'votes', votes } : null
    }
    case 3:
      return certificateMessage(value)
    case 4:
      return statusMessage(value)
    case 5: {
      const bundle = value.length === 5 ? bundleFromCbor(value.slice(2)) : null
      return bundle && value[1] instanceof Uint8Array
        ? { kind: 'decided', certificate: value[1], bundle }
        : null
    }
    default:
      return null
  }
}

function proposalMessage(value: readonly Cbor[]): Message | null {
  if (value.length !== 7) return null
  const proposal = proposalFromCbor(value[1])
  const signature = value[2]
  const bundle = bundleFromCbor(value.slice(3, 6))
  const proof = signaturesFromCbor(value[6])
  if (!proposal || !isBytes(signature, 64) || !bundle || !proof || proposal.round >= ROUND_MAX) return null
  return { kind: 'proposal', signed: { proposal, signature }, bundle, proof }
}

function certificateMessage(value: readonly Cbor[]): Message | null {
  const slots = asArray(value, 6)
  if (slots === null) return null
  const [, type, height, round, segmentId, entries] = slots
  const signatures = signaturesFromCbor(entries)
  if ((type !== 1 && type !== 2) || !isCount(height) || !isCount(round) || round >= ROUND_MAX) return null
  if ((segmentId !== null && !isBytes(segmentId, 32)) || !signatures) return null
  return {
    kind: 'certificate',
    certificate: {
      type: type === 1 ? 'prevote' : 'precommit',
      height,
      round,
      segmentId: segmentId as SegmentId | null,
      signatures,
    },
  }
}

function statusMessage(value: readonly Cbor[]): Message | null {
  const slots = asArray(value, 7)
  if (slots === null) return null
  const [, height, previousSegmentId, round, localTime, entries, isQuestion] = slots
  const list = asList(entries, HELD_ROUNDS_MAX)
  const rounds = list && everyOne(list, roundFromCbor)
  if (!isCount(height) || !isBytes(previousSegmentId, 32) || !isCount(round) || !isCount(localTime))
    return null
  if (!rounds || (isQuestion !== 0 && isQuestion !== 1)) return null
  const status = { height, previousSegmentId, round, localTime, rounds, isQuestion: isQuestion === 1 }
  return { kind: 'status', status }
}

/** `segment, [head, …], [item, …]`: the last slots of a message, and an entry of the log. */
export function bundleToCbor(bundle: SegmentBundle): readonly Cbor[] {
  return [bundle.segment, bundle.heads, bundle.items]
}

export function bundleFromCbor(slots: readonly Cbor[]): SegmentBundle | null {
  const [segment, headValues, itemValues] = slots
  const heads = asList(headValues, SEGMENT_VISITS_MAX)
  const items = asList(itemValues, SEGMENT_ITEMS_MAX)
  if (slots.length !== 3 || !(segment instanceof Uint8Array) || heads === null || items === null) return null
  if (!heads.every(isByteString) || !items.every(isByteString)) return null
  return { segment, certificate: null, heads, items }
}

export function signaturesToCbor(signatures: readonly MemberSignature[]): Cbor {
  return signatures.map(({ memberId, signature }) => [memberId, signature])
}

export function signaturesFromCbor(value: Cbor | undefined): MemberSignature[] | null {
  const entries = asList(value, MEMBERS_MAX)
  return (
    entries &&
    everyOne(entries, (entry) => {
      const pair = asArray(entry, 2)
      if (pair === null || !isBytes(pair[0], MEMBER_ID_BYTES) || !isBytes(pair[1], 64)) return null
      return { memberId: pair[0] as MemberId, signature: pair[1] }
    })
  )
}

function roundToCbor(held: HeldRound): Cbor {
  return [
    held.round,
    held.hasProposal ? 1 : 0,
    held.prevotes.map(heldToCbor),
    held.precommits.map(heldToCbor),
  ]
}

function roundFromCbor(value: Cbor): HeldRound | null {
  const slots = asArray(value, 4)
  if (slots === null) return null
  const [round, hasProposal, prevoteValues, precommitValues] = slots
  const prevotes = heldListFromCbor(prevoteValues)
  const precommits = heldListFromCbor(precommitValues)
  if (!isCount(round) || (hasProposal !== 0 && hasProposal !== 1) || !prevotes || !precommits) return null
  return { round, hasProposal: hasProposal === 1, prevotes, precommits }
}

function heldToCbor(held: HeldVotes): Cbor {
  return [held.segmentId, held.seats]
}

function heldListFromCbor(value: Cbor | undefined): HeldVotes[] | null {
  const entries = asList(value, 2 * MEMBERS_MAX)
  return (
    entries &&
    everyOne(entries, (entry) => {
      const pair = asArray(entry, 2)
      if (pair === null || (pair[0] !== null && !isBytes(pair[0], 32)) || !isByteString(pair[1])) return null
      return { segmentId: pair[0] as SegmentId | null, seats: pair[1] }
    })
  )
}

function everyOne<T>(entries: readonly Cbor[], parse: (entry: Cbor) => T | null): T[] | null {
  const all: T[] = []
  for (const entry of entries) {
    const parsed = parse(entry)
    if (parsed === null) return null
    all.push(parsed)
  }
  return all
}

function isByteString(value: Cbor | undefined): value is Uint8Array {
  return value instanceof Uint8Array
}
