/** What members ask each other about studies (docs/spec/gateways.md section 3): all of it questions with an answer. */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../chain/codec.ts'
import {
  asArray,
  asList,
  isBytes,
  isCount,
  listOf,
  MEMBER_ID_BYTES,
  type ItemHash,
  type MemberId,
  type SegmentId,
} from '../../chain/ids.ts'
import { isEngine, outcomeFromCbor, outcomeToCbor } from '../../chain/study-items.ts'
import type { Attestation } from '../../studies/study-exchange.ts'
import { decodeEnvelope, encodeEnvelope, type Envelope } from '../../studies/envelope.ts'

export type StudyRequest =
  /** From its author to a gateway: keep this sealed document. Answered with a signature over commitment and member. */
  | { readonly kind: 'hold'; readonly envelope: Envelope }
  /** The envelope of a commitment: for gateways and its author. */
  | { readonly kind: 'want'; readonly commitment: Bytes }
  /** From gateway to gateway; answered with nothing. */
  | { readonly kind: 'attest'; readonly attestation: Attestation }
  /** What is attested of a study that has no result yet: for gateways. */
  | { readonly kind: 'attestations'; readonly studyHash: ItemHash }
  | { readonly kind: 'answer'; readonly studyHash: ItemHash }
  /** The document of an answer that was published for everybody: from any member to a gateway. */
  | { readonly kind: 'published'; readonly studyHash: ItemHash }
  /** A contribution to a snapshot of this segment: from hospital to gateway. */
  | { readonly kind: 'contribute'; readonly height: number; readonly segmentId: SegmentId }

export interface ContributionAnswer {
  readonly sealed: Bytes
  readonly signature: Bytes
}

const NUMBER = {
  hold: 1,
  want: 2,
  attest: 3,
  attestations: 4,
  answer: 5,
  contribute: 6,
  published: 7,
} as const
/** More gateways than any consortium has. */
const ATTESTATIONS_PER_ANSWER_MAX = 1_024
const CONTRIBUTION_BYTES_MAX = 4_096

export function encodeStudyRequest(request: StudyRequest): Bytes {
  switch (request.kind) {
    case 'hold':
      return encode([NUMBER.hold, encodeEnvelope(request.envelope)])
    case 'want':
      return encode([NUMBER.want, request.commitment])
    case 'attest':
      return encode([NUMBER.attest, attestationToCbor(request.attestation)])
    case 'attestations':
      return encode([NUMBER.attestations, request.studyHash])
    case 'answer':
      return encode([NUMBER.answer, request.studyHash])
    case 'published':
      return encode([NUMBER.published, request.studyHash])
    case 'contribute':
      return encode([NUMBER.contribute, request.height, request.segmentId])
  }
}

export function decodeStudyRequest(bytes: Bytes): StudyRequest | null {
  const slots = asList(tryDecode(bytes) ?? undefined, 3)
  if (slots === null) return null
  const [kind, first, second] = slots
  if (kind === NUMBER.contribute)
    return slots.length === 3 && isCount(first) && isBytes(second, 32)
      ? { kind: 'contribute', height: first, segmentId: second as SegmentId }
      : null
  if (slots.length !== 2) return null
  switch (kind) {
    case NUMBER.hold: {
      const envelope = first instanceof Uint8Array ? decodeEnvelope(first) : null
      return envelope && { kind: 'hold', envelope }
    }
    case NUMBER.want:
      return isBytes(first, 32) ? { kind: 'want', commitment: first } : null
    case NUMBER.attest: {
      const attestation = attestationFromCbor(first)
      return attestation && { kind: 'attest', attestation }
    }
    case NUMBER.attestations:
      return isBytes(first, 32) ? { kind: 'attestations', studyHash: first as ItemHash } : null
    case NUMBER.answer:
      return isBytes(first, 32) ? { kind: 'answer', studyHash: first as ItemHash } : null
    case NUMBER.published:
      return isBytes(first, 32) ? { kind: 'published', studyHash: first as ItemHash } : null
    default:
      return null
  }
}

export function encodeAttestations(attestations: readonly Attestation[]): Bytes {
  return encode(attestations.map(attestationToCbor))
}

export function decodeAttestations(bytes: Bytes): Attestation[] | null {
  return listOf(tryDecode(bytes) ?? undefined, ATTESTATIONS_PER_ANSWER_MAX, attestationFromCbor)
}

export function attestationToCbor(attestation: Attestation): Cbor {
  const { studyHash, outcome, resultHash, engine, erasureHeight, memberId, signature } = attestation
  return [studyHash, outcomeToCbor(outcome), resultHash, engine, erasureHeight, memberId, signature]
}

export function attestationFromCbor(value: Cbor | undefined): Attestation | null {
  const slots = asArray(value, 7)
  const outcome = slots && outcomeFromCbor(slots[1])
  if (!slots || !outcome) return null
  const [studyHash, , resultHash, engine, erasureHeight, memberId, signature] = slots
  if (!isBytes(studyHash, 32) || !isBytes(resultHash, 32) || !isBytes(memberId, MEMBER_ID_BYTES)) return null
  if (!isEngine(engine) || !isCount(erasureHeight) || !isBytes(signature, 64)) return null
  return {
    studyHash: studyHash as ItemHash,
    outcome,
    resultHash,
    engine,
    erasureHeight,
    memberId: memberId as MemberId,
    signature,
  }
}

export function encodeContribution({ sealed, signature }: ContributionAnswer): Bytes {
  return encode([sealed, signature])
}

export function decodeContribution(bytes: Bytes): ContributionAnswer | null {
  const slots = asArray(tryDecode(bytes), 2)
  if (slots === null || !(slots[0] instanceof Uint8Array) || !isBytes(slots[1], 64)) return null
  return slots[0].length <= CONTRIBUTION_BYTES_MAX ? { sealed: slots[0], signature: slots[1] } : null
}

export type StudyAnswerRefusal =
  | 'malformed'
  | 'not-here'
  | 'not-for-you'
  /** It has not come that far in the chain, or cannot look now: ask again. */
  | 'not-ready'
  | 'too-many'
  | 'too-few-patients'
  | 'too-few-hospitals'

/** As numbers of refused requests; never given to another meaning. */
const REFUSALS: readonly (readonly [StudyAnswerRefusal, number])[] = [
  ['malformed', 1],
  ['not-here', 2],
  ['not-for-you', 3],
  ['not-ready', 4],
  ['too-many', 5],
  ['too-few-patients', 40],
  ['too-few-hospitals', 41],
]

export const studyRefusalNumber = (refusal: StudyAnswerRefusal): number =>
  REFUSALS.find(([each]) => each === refusal)![1]

/** Null for a number that a later version gave a meaning. */
export const studyRefusalOf = (number: number): StudyAnswerRefusal | null =>
  REFUSALS.find(([, each]) => each === number)?.[0] ?? null
