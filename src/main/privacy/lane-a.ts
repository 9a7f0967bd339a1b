/**
 * The automatic lane as two decisions of a gateway (docs/spec/privacy.md section 4): what a request costs and whether it may be asked,
 * without a look at data; and, once the charge is final, the answer. Sending, waiting and signing are the service's.
 */
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import {
  applyCharge,
  EMPTY_LEDGER,
  type BudgetPolicy,
  type Charged,
  type RequesterClass,
  type SnapshotCharges,
} from '../node/chain/privacy-ledger.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { answerRequest } from './answers/answer.ts'
import type { DrawNoise } from './answers/noisy-tables.ts'
import type { ReleasePolicy } from './answers/answer-policy.ts'
import { encodeRelease } from './answers/release.ts'
import { chargeKindOf, type ReleaseRequest } from './request/release-request.ts'
import { decodeRequest, requestHash } from './request/request-bytes.ts'
import type { Patient } from './request/tabulate.ts'

/** What everybody knows. */
export type PublicState = {
  readonly crypto: Crypto
  readonly chainId: Uint8Array
  readonly budget: BudgetPolicy
  /** Day of chain time. */
  readonly day: number
}

export type Asker = {
  readonly class: RequesterClass
  readonly member: MemberId
  /** 16 bytes. */
  readonly study: Uint8Array
  /** Of a study whose protocol was registered before outcomes could be seen. */
  readonly isRegistered: boolean
}

/** What was charged, on which declared snapshots, and what it was answered. */
export type Book = Charged<SnapshotCharges> & { readonly entries: readonly BookEntry[] }
type BookEntry = {
  /** Of the canonical request, hex: what is asked, of which snapshot, at which price, and not by whom. */
  readonly name: string
  /** The recorded answer, a refusal by threshold included; null until there is one. */
  readonly answer: Uint8Array | null
}

type AskResult =
  | {
      readonly kind: 'charged'
      readonly book: Book
      readonly name: string
      readonly request: ReleaseRequest
    }
  /** The same request is there already: its answer, or that it is still being computed, costs nothing (L4). */
  | { readonly kind: 'known'; readonly name: string; readonly answer: Uint8Array | null }
  /** Nothing was charged and no data were looked at. */
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'not-a-snapshot' | 'budget' }

type AnswerResult =
  | { readonly kind: 'recorded'; readonly book: Book }
  | { readonly kind: 'refused'; readonly reason: 'not-charged' | 'another-answer' }

/** @param snapshots item hashes of the declared ones */
export function emptyBook(snapshots: readonly Uint8Array[]): Book {
  return {
    ledger: EMPTY_LEDGER,
    snapshots: snapshots.map((hash) => ({ itemHash: hash as ItemHash, microRho: 0 })),
    entries: [],
  }
}

export function askLaneA(state: PublicState, book: Book, asker: Asker, bytes: Uint8Array): AskResult {
  const request = decodeRequest(bytes)
  if (request === null) return { kind: 'refused', reason: 'malformed' }
  // A height, or a snapshot that nobody declared, is none: else yesterday's answer could be taken from today's (G9).
  if (!book.snapshots.some(({ itemHash }) => equalBytes(itemHash, request.snapshot)))
    return { kind: 'refused', reason: 'not-a-snapshot' }
  const name = toHex(requestHash(state.crypto, state.chainId, bytes))
  const known = book.entries.find((entry) => entry.name === name)
  if (known !== undefined) return { kind: 'known', name, answer: known.answer }
  const charge = {
    kind: chargeKindOf(request.output, asker.isRegistered),
    microRho: request.microRho,
    class: asker.class,
    memberId: asker.member,
    studyId: asker.study,
    snapshotHash: request.snapshot as ItemHash,
  }
  const result = applyCharge(book, state.budget, charge, state.day)
  if (result.kind === 'refused') return { kind: 'refused', reason: 'budget' }
  const { ledger, snapshots } = result
  const entries = [...book.entries, { name, answer: null }]
  return { kind: 'charged', book: { ledger, snapshots, entries }, name, request }
}

/** Records what a charged request was answered. The same answer again changes nothing; another one is refused (L5). */
export function recordAnswer(book: Book, name: string, answer: Uint8Array): AnswerResult {
  const entry = book.entries.find((each) => each.name === name)
  if (entry === undefined) return { kind: 'refused', reason: 'not-charged' }
  if (entry.answer !== null) {
    const isSame = equalBytes(entry.answer, answer)
    return isSame ? { kind: 'recorded', book } : { kind: 'refused', reason: 'another-answer' }
  }
  const entries = book.entries.map((each) => (each === entry ? { name, answer } : each))
  return { kind: 'recorded', book: { ...book, entries } }
}

/** The bytes of the answer; the same for the same noise key, request and patients, however often a gateway begins anew. */
export function answerLaneA(
  request: ReleaseRequest,
  patients: readonly Patient[],
  drawNoise: DrawNoise,
  policy: ReleasePolicy,
  benchmarkFrom: string | null = null,
): Uint8Array {
  return encodeRelease(answerRequest(request, patients, drawNoise, policy, benchmarkFrom))
}
