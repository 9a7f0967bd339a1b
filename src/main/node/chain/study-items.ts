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
import { ATTESTATIONS_MAX, DAY_MS, ENGINE_TEXT_MAX } from './limits.ts'
import { policyValue, type Policy } from './policy.ts'
import { isPriced, type ChargeKind, type RequesterClass } from './privacy-ledger.ts'
import { isSortedById, type MemberSignature } from './signature-list.ts'

export const STUDY_ID_BYTES = 16

/** Numbers of the policy that judge a study: those in effect where it is included, whatever is decided while it is open. */
export type StudyRules = {
  /** Patients below which nothing is shown. */
  readonly smallestCount: number
  /** Hospitals that must approve an answer by rule. */
  readonly checkersMin: number
  /** Days of chain time after which it is over, whatever came of it. */
  readonly expiryDays: number
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

/** What a gateway says of a study, and signs with the name of the engine that it was found with. */
export type Word = {
  /** Item hash of the study. */
  readonly studyHash: ItemHash
  readonly outcome: ResultOutcome
  /** `labelHash("consilium/result/1", chainId, answer)` */
  readonly resultHash: Uint8Array
}

/**
 * Where in the chain a word was found: of the segment that holds the study, and of the last one in which hospitals had agreed to an erasure (0 for none).
 * Whoever signs the second has looked at every erasure up to it (ADR 0032).
 */
export type WordHeights = { readonly studyHeight: number; readonly erasureHeight: number }

/**
 * A gateway's signature under its word. Two engines may honestly find different bytes, so each says which it ran (ADR 0029).
 */
export type Attested = MemberSignature & { readonly engine: string }

/** What became of a study. The last three are of recomputations alone. */
export type ResultOutcome = 'answered' | 'refused' | 'identical' | 'differs' | 'not-recomputable'

export type ResultItem = Word & {
  readonly kind: 'result'
  /** @see WordHeights */
  readonly erasureHeight: number
  readonly attestations: readonly Attested[]
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

/** What a gateway's author key signs to attest its word. */
export function attestationSignBytes(
  chainId: ChainId,
  { studyHash, outcome, resultHash }: Word,
  engine: string,
  { studyHeight, erasureHeight }: WordHeights,
): Uint8Array {
  const encoded = encode([studyHash, outcomeToCbor(outcome), resultHash, engine, studyHeight, erasureHeight])
  return signatureInput('consilium/attestation/4', chainId, encoded)
}

/** Words of printable ASCII with one space between them. */
export function isEngine(value: Cbor | undefined): value is string {
  return typeof value === 'string' && value.length <= ENGINE_TEXT_MAX && /^[!-~]+( [!-~]+)*$/.test(value)
}

export function attestedToCbor(attestations: readonly Attested[]): Cbor {
  return [...attestations]
    .sort((a, b) => compareBytes(a.memberId, b.memberId))
    .map(({ memberId, engine, signature }) => [memberId, engine, signature])
}

export function attestedFromCbor(value: Cbor | undefined): Attested[] | null {
  const list = listOf(value, ATTESTATIONS_MAX, (entry): Attested | null => {
    const slots = asArray(entry, 3)
    if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isBytes(slots[2], 64)) return null
    return isEngine(slots[1])
      ? { memberId: slots[0] as MemberId, engine: slots[1], signature: slots[2] }
      : null
  })
  return list !== null && isSortedById(list) ? list : null
}

/** The first day of chain time, since 1970, on which a study is over that was included at `time`. */
export function expiryDayOf(time: number, { expiryDays }: Pick<StudyRules, 'expiryDays'>): number {
  return Math.floor(time / DAY_MS) + expiryDays
}

export function studyRulesOf(policy: Policy): StudyRules {
  return {
    smallestCount: policyValue(policy, 'smallestCount'),
    checkersMin: policyValue(policy, 'checkersMin'),
    expiryDays: policyValue(policy, 'studyExpiryDays'),
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
        clear.expiryDays,
        [...clear.held]
          .sort((a, b) => compareBytes(a.memberId, b.memberId))
          .map(({ memberId, until, signature }) => [memberId, until, signature]),
      ]
    case 'result':
      return [
        clear.studyHash,
        outcomeToCbor(clear.outcome),
        clear.resultHash,
        clear.erasureHeight,
        attestedToCbor(clear.attestations),
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
      const slots = asArray(value, 5)
      const outcome = slots && outcomeFromCbor(slots[1])
      const attestations = slots && attestedFromCbor(slots[4])
      if (!slots || !outcome || !attestations) return null
      const [studyHash, , resultHash, erasureHeight] = slots
      if (!isBytes(studyHash, 32) || !isBytes(resultHash, 32) || !isCount(erasureHeight)) return null
      return {
        kind: 'result',
        studyHash: studyHash as ItemHash,
        outcome,
        resultHash,
        erasureHeight,
        attestations,
      }
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
  const slots = asArray(value, 11)
  if (slots === null) return null
  const [commitment, classNumber, chargeNumber, chargeMicroRho, snapshotHash, studyId, of] = slots
  const [smallestCount, checkersMin, expiryDays] = slots.slice(7)
  const held = listOf(slots[10], ATTESTATIONS_MAX, heldFromCbor)
  const requesterClass = classFromCbor(classNumber)
  const chargeKind = chargeKindFromCbor(chargeNumber)
  if (!requesterClass || !chargeKind || !isBytes(commitment, 32) || !isCount(chargeMicroRho)) return null
  if (!isBytes(snapshotHash, 32) || !isBytes(studyId, STUDY_ID_BYTES)) return null
  if (of !== null && !isBytes(of, 32)) return null
  if (!isCount(smallestCount) || !isCount(checkersMin) || !isCount(expiryDays)) return null
  if (held === null || !isSortedById(held)) return null
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
    expiryDays,
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
