/**
 * Items about studies: asked and charged, answered, checked, reviewed, registered (record-format.md section 9). Here: their bytes;
 * `apply-study.ts` has the rules.
 */
import { compareBytes } from '../../../shared/std/bytes.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash, signatureInput } from '../crypto/labels.ts'
import { encode, type Cbor } from './codec.ts'
import {
  asArray,
  isBytes,
  isCount,
  listOf,
  MEMBER_ID_BYTES,
  type ChainId,
  type ItemHash,
  type MemberId,
} from './ids.ts'
import { ATTESTATIONS_MAX } from './limits.ts'
import { policyValue, type Policy } from './policy.ts'
import { isPriced, type ChargeKind, type RequesterClass } from './privacy-ledger.ts'
import { isSortedById, signaturesFromCbor, signaturesToCbor, type MemberSignature } from './signature-list.ts'

export const STUDY_ID_BYTES = 16

/** Numbers of the policy that judge a study: those in effect where it is included, whatever is decided while it is open. */
export type StudyRules = {
  /** Patients below which nothing is shown. */
  readonly smallestCount: number
  /** Hospitals that must approve an answer by rule. */
  readonly checkersMin: number
}

/** What a study item says of the request that it hides. */
export type AskedStudy = {
  readonly kind: 'study'
  readonly requesterClass: RequesterClass
  readonly chargeKind: ChargeKind
  /** Above zero for what is priced, else zero. */
  readonly chargeMicroRho: number
  /** Item hash of the snapshot. */
  readonly snapshotHash: ItemHash
  /** 16 bytes, chosen by the requester: groups the requests of one study. */
  readonly studyId: Uint8Array
  /**
   * Item hash: of the registration of a registered model, of the earlier study that a `repeat` or `recompute` is about; null for
   * every other kind.
   */
  readonly of: ItemHash | null
}

/** A request, hidden behind a commitment, and what it costs. */
export type StudyItem = AskedStudy &
  StudyRules & {
    /** That of `commitmentOf`. */
    readonly commitment: Uint8Array
    /** Gateways that have the document: one of them at least keeps to the rules and gives it to every other. */
    readonly held: readonly HeldSignature[]
  }

/** A gateway's word that it has a document, and keeps it at least for a study that is included before `until` (milliseconds since 1970). */
export type HeldSignature = MemberSignature & { readonly until: number }

/** What a gateway says of a study, and signs. */
export type Word = {
  /** Item hash of the study. */
  readonly studyHash: ItemHash
  readonly outcome: ResultOutcome
  /** `labelHash("consilium/result/1", chainId, answer)` */
  readonly resultHash: Uint8Array
}

/** What became of a study. The last three are of recomputations alone. */
export type ResultOutcome = 'answered' | 'refused' | 'identical' | 'differs' | 'not-recomputable'

export type ResultItem = Word & {
  readonly kind: 'result'
  readonly attestations: readonly MemberSignature[]
}

/** A hospital's word on what would leave by rule; the list it went through and who did are in the sealed part. */
export type CheckItem = {
  readonly kind: 'check'
  readonly studyHash: ItemHash
  /** Hash of the bytes that would leave, made like a result hash. */
  readonly proposalHash: Uint8Array
  readonly verdict: CheckVerdict
}
export type CheckVerdict = 'approve' | 'refuse'

/** A member's word on somebody else's published package. */
export type ReviewItem = {
  readonly kind: 'review'
  readonly studyHash: ItemHash
  readonly packageHash: Uint8Array
  readonly verdict: ReviewVerdict
  /** SHA-256 of the review's text. */
  readonly textHash: Uint8Array
}
export type ReviewVerdict = 'confirmed' | 'differs' | 'not-recomputable'

/** A protocol that was written down before: its time is that of its segment. */
export type RegistrationItem = { readonly kind: 'registration'; readonly protocolHash: Uint8Array }

export type AboutStudy = StudyItem | ResultItem | CheckItem | ReviewItem | RegistrationItem

/** Kinds of items, as in record-format.md section 9. */
export const STUDY_ITEM_NUMBER = { study: 6, result: 7, check: 12, review: 13, registration: 14 } as const

const CLASSES: readonly RequesterClass[] = ['hospital', 'university', 'insurer', 'published']
const CHARGES: readonly ChargeKind[] = [
  'count',
  'table',
  'model',
  'registered-model',
  'by-rule',
  'repeat',
  'recompute',
]
const OUTCOMES: readonly ResultOutcome[] = ['answered', 'refused', 'identical', 'differs', 'not-recomputable']
const CHECK_VERDICTS: readonly CheckVerdict[] = ['approve', 'refuse']
const REVIEW_VERDICTS: readonly ReviewVerdict[] = ['confirmed', 'differs', 'not-recomputable']

/**
 * What the chain has of a request: it binds the author and every byte of the document (docs/spec/gateways.md section 2), so nobody asks
 * under another's commitment and two documents never share one. The document's salt keeps it from whoever guesses the request.
 */
export function commitmentOf(
  crypto: Crypto,
  chainId: ChainId,
  author: MemberId,
  document: Uint8Array,
): Uint8Array {
  return labelHash(crypto, 'consilium/study/2', chainId, encode([author, crypto.sha256(document)]))
}

/** What a gateway's author key signs when it keeps a document. */
export function heldSignBytes(
  chainId: ChainId,
  commitment: Uint8Array,
  memberId: MemberId,
  until: number,
): Uint8Array {
  return signatureInput('consilium/study-held/2', chainId, encode([commitment, memberId, until]))
}

/** What a gateway's author key signs to attest its word. @param studyHeight of the segment that holds the study */
export function attestationSignBytes(
  chainId: ChainId,
  { studyHash, outcome, resultHash }: Word,
  studyHeight: number,
): Uint8Array {
  const encoded = encode([studyHash, outcomeToCbor(outcome), resultHash, studyHeight])
  return signatureInput('consilium/attestation/2', chainId, encoded)
}

export function studyRulesOf(policy: Policy): StudyRules {
  return {
    smallestCount: policyValue(policy, 'smallestCount'),
    checkersMin: policyValue(policy, 'checkersMin'),
  }
}

export function aboutStudyToCbor(clear: AboutStudy): Cbor {
  switch (clear.kind) {
    case 'study':
      return [
        clear.commitment,
        classToCbor(clear.requesterClass),
        chargeKindToCbor(clear.chargeKind),
        clear.chargeMicroRho,
        clear.snapshotHash,
        clear.studyId,
        clear.of,
        clear.smallestCount,
        clear.checkersMin,
        [...clear.held]
          .sort((a, b) => compareBytes(a.memberId, b.memberId))
          .map(({ memberId, until, signature }) => [memberId, until, signature]),
      ]
    case 'result':
      return [
        clear.studyHash,
        outcomeToCbor(clear.outcome),
        clear.resultHash,
        signaturesToCbor(clear.attestations),
      ]
    case 'check':
      return [clear.studyHash, clear.proposalHash, checkVerdictToCbor(clear.verdict)]
    case 'review':
      return [clear.studyHash, clear.packageHash, numberOf(REVIEW_VERDICTS, clear.verdict), clear.textHash]
    case 'registration':
      return [clear.protocolHash]
    default:
      return unreachable(clear)
  }
}

/** The clear part of a kind in `STUDY_ITEM_NUMBER`, iff it has the form of its kind. */
export function aboutStudyFromCbor(kind: number, value: Cbor | undefined): AboutStudy | null {
  switch (kind) {
    case STUDY_ITEM_NUMBER.study:
      return studyFromCbor(value)
    case STUDY_ITEM_NUMBER.result: {
      const slots = asArray(value, 4)
      const outcome = slots && outcomeFromCbor(slots[1])
      const attestations = slots && signaturesFromCbor(slots[3])
      if (!slots || !outcome || !attestations || !isBytes(slots[0], 32) || !isBytes(slots[2], 32)) return null
      return { kind: 'result', studyHash: slots[0] as ItemHash, outcome, resultHash: slots[2], attestations }
    }
    case STUDY_ITEM_NUMBER.check: {
      const slots = asArray(value, 3)
      const verdict = slots && checkVerdictFromCbor(slots[2])
      if (!slots || !verdict || !isBytes(slots[0], 32) || !isBytes(slots[1], 32)) return null
      return { kind: 'check', studyHash: slots[0] as ItemHash, proposalHash: slots[1], verdict }
    }
    case STUDY_ITEM_NUMBER.review: {
      const slots = asArray(value, 4)
      if (slots === null) return null
      const [studyHash, packageHash, verdictNumber, textHash] = slots
      const verdict = nameOf(REVIEW_VERDICTS, verdictNumber)
      if (!verdict || !isBytes(studyHash, 32) || !isBytes(packageHash, 32) || !isBytes(textHash, 32))
        return null
      return { kind: 'review', studyHash: studyHash as ItemHash, packageHash, verdict, textHash }
    }
    case STUDY_ITEM_NUMBER.registration: {
      const slots = asArray(value, 1)
      return slots && isBytes(slots[0], 32) ? { kind: 'registration', protocolHash: slots[0] } : null
    }
    default:
      return null
  }
}

function studyFromCbor(value: Cbor | undefined): StudyItem | null {
  const slots = asArray(value, 10)
  if (slots === null) return null
  const [commitment, classNumber, chargeNumber, chargeMicroRho, snapshotHash, studyId, of] = slots
  const [smallestCount, checkersMin] = slots.slice(7)
  const held = listOf(slots[9], ATTESTATIONS_MAX, heldFromCbor)
  const requesterClass = classFromCbor(classNumber)
  const chargeKind = chargeKindFromCbor(chargeNumber)
  if (!requesterClass || !chargeKind || !isBytes(commitment, 32) || !isCount(chargeMicroRho)) return null
  if (!isBytes(snapshotHash, 32) || !isBytes(studyId, STUDY_ID_BYTES)) return null
  if (of !== null && !isBytes(of, 32)) return null
  if (!isCount(smallestCount) || !isCount(checkersMin) || held === null || !isSortedById(held)) return null
  if (isPriced(chargeKind) !== chargeMicroRho > 0 || namesAnother(chargeKind) !== (of !== null)) return null
  return {
    kind: 'study',
    commitment,
    requesterClass,
    chargeKind,
    chargeMicroRho,
    snapshotHash: snapshotHash as ItemHash,
    studyId,
    of: of as ItemHash | null,
    smallestCount,
    checkersMin,
    held,
  }
}

function heldFromCbor(value: Cbor): HeldSignature | null {
  const slots = asArray(value, 3)
  if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isCount(slots[1])) return null
  return isBytes(slots[2], 64)
    ? { memberId: slots[0] as MemberId, until: slots[1], signature: slots[2] }
    : null
}

function namesAnother(kind: ChargeKind): boolean {
  return kind === 'registered-model' || kind === 'repeat' || kind === 'recompute'
}

export function classToCbor(name: RequesterClass): number {
  return numberOf(CLASSES, name)
}
export function classFromCbor(value: Cbor | undefined): RequesterClass | null {
  return nameOf(CLASSES, value)
}
export function chargeKindToCbor(name: ChargeKind): number {
  return numberOf(CHARGES, name)
}
export function chargeKindFromCbor(value: Cbor | undefined): ChargeKind | null {
  return nameOf(CHARGES, value)
}
export function checkVerdictToCbor(name: CheckVerdict): number {
  return numberOf(CHECK_VERDICTS, name)
}
export function checkVerdictFromCbor(value: Cbor | undefined): CheckVerdict | null {
  return nameOf(CHECK_VERDICTS, value)
}

export function outcomeToCbor(name: ResultOutcome): number {
  return numberOf(OUTCOMES, name)
}
export function outcomeFromCbor(value: Cbor | undefined): ResultOutcome | null {
  return nameOf(OUTCOMES, value)
}

/** Numbers begin at 1. */
function numberOf<T extends string>(names: readonly T[], name: T): number {
  return names.indexOf(name) + 1
}

function nameOf<T extends string>(names: readonly T[], value: Cbor | undefined): T | null {
  return typeof value === 'number' && value >= 1 ? (names[value - 1] ?? null) : null
}
