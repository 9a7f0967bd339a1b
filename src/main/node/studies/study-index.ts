/** What became of every study, by author and time, out of the chain's items; made again from them whenever it is lost. */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ChargeKind, RequesterClass } from '../chain/privacy-ledger.ts'
import type { CheckVerdict, ResultOutcome, ReviewVerdict } from '../chain/study-items.ts'

export type StudyState =
  /** Submitted here, not final. */
  | 'asked'
  /** Final and paid; gateways compute. */
  | 'charged'
  /** Gateways attested different things. */
  | 'held'
  /** By rule: gateways wait for two hospitals' checks. */
  | 'to-be-checked'
  /** There is a result; `outcome` says which. */
  | 'answered'
  | 'refused'

export interface StudyRow {
  /** Item hash. */
  readonly studyHash: ItemHash
  readonly commitment: Bytes
  readonly author: MemberId
  readonly requesterClass: RequesterClass
  readonly chargeKind: ChargeKind
  readonly chargeMicroRho: number
  readonly snapshotHash: ItemHash
  readonly studyId: Bytes
  readonly of: ItemHash | null
  /** Of the segment that holds it; null while it is `asked`. */
  readonly height: number | null
  /** Birth time of that segment; when it was submitted, while it is `asked`. Milliseconds since 1970. */
  readonly time: number
  readonly state: StudyState
  readonly result: {
    readonly outcome: ResultOutcome
    readonly resultHash: Bytes
    readonly attesters: readonly MemberId[]
    readonly height: number
    readonly time: number
  } | null
  /** In order of inclusion. */
  readonly checks: readonly CheckRow[]
  readonly reviews: readonly ReviewRow[]
}
export interface CheckRow {
  readonly itemHash: ItemHash
  readonly memberId: MemberId
  readonly proposalHash: Bytes
  readonly verdict: CheckVerdict
  readonly height: number
  readonly time: number
}
export interface ReviewRow {
  readonly itemHash: ItemHash
  readonly memberId: MemberId
  readonly packageHash: Bytes
  readonly verdict: ReviewVerdict
  readonly textHash: Bytes
  readonly height: number
  readonly time: number
}
export interface RegistrationRow {
  readonly itemHash: ItemHash
  readonly author: MemberId
  readonly protocolHash: Bytes
  readonly height: number
  readonly time: number
}

export interface StudyIndex {
  studyOf(studyHash: Bytes): Promise<StudyRow | null>
  /** Newest first. `before`: the last row of the page before. */
  list(filter: {
    readonly author?: MemberId
    readonly states?: readonly StudyState[]
    readonly before?: StudyRow
    readonly limit: number
  }): Promise<readonly StudyRow[]>
  registrationOf(itemHash: Bytes): Promise<RegistrationRow | null>
  /** Newest first, at most `limit`. */
  registrations(filter: {
    readonly author?: MemberId
    readonly limit: number
  }): Promise<readonly RegistrationRow[]>
}
