/** What a gateway's service stands on: the chain, the exchange between nodes, the thread of the analysis, its own sealed rows. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { GatedQuestion } from '../analytics/study/answer-gated.ts'
import type { ReleaseProposal, ReleaseQuestion } from '../analytics/study/propose-release.ts'
import type { ChainId, ItemHash, MemberId } from '../node/chain/ids.ts'
import type { Member } from '../node/chain/members.ts'
import type { PolicyName } from '../node/chain/policy.ts'
import type { ConsortiumState } from '../node/chain/state.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { StudyExchange } from '../node/studies/study-exchange.ts'
import type { GatewayBook } from './gateway-book.ts'
import type { Market } from './market-at.ts'

/** A declared snapshot: a state of the chain. */
export interface SnapshotPlace {
  readonly itemHash: ItemHash
  /** Decisions up to this height count: who is one person. */
  readonly height: number
  /** Last block; -1 where there is none. */
  readonly upTo: number
  /** Day (UTC, days since 1970) of the segment of that height. */
  readonly day: number
}

export interface GatewayChain {
  /** The newest applied state. */
  state(): ConsortiumState
  /** Who this member was in the state of that segment; null for what was none. @throws Failure where segments cannot be read */
  memberAt(memberId: MemberId, height: number): Promise<Member | null>
  /** The consortium's insurers in that state, and since when, as far back as `notBefore` (ms). @throws Failure as `memberAt` */
  marketAt(height: number, notBefore: number): Promise<Market>
  /** A number of the policy as it was in that state. @throws Failure as `memberAt` */
  policyAt(name: PolicyName, height: number): Promise<number>
  /** Who registered a protocol of this hash below this height. */
  registeredBy(protocolHash: Bytes, below: number): Promise<readonly MemberId[]>
  /** Birth time of the newest segment. */
  lastTime(): number
  /** Null for what was not declared. */
  snapshotOf(itemHash: Bytes): Promise<SnapshotPlace | null>
  /** As `snapshotOf`, of a height that nobody has declared yet; null where its segment cannot be read. */
  placeOfHeight(height: number): Promise<Omit<SnapshotPlace, 'itemHash'> | null>
  registrationOf(itemHash: Bytes): Promise<{ readonly author: MemberId; readonly height: number } | null>
  /** Whether this member registered a protocol below this height. */
  hasRegistered(author: MemberId, below: number): Promise<boolean>
  /** Whether it is over without a result, as far as every item was read. */
  isExpired(studyHash: ItemHash): Promise<boolean>
  /**
   * Height of the first decision above the snapshot's that destroyed a record of it, as far as decisions are known here by now; null where none did.
   * @throws Failure where some cannot be read now
   */
  firstErasureOf(place: SnapshotPlace): Promise<number | null>
}

/** Throws a Failure where records are not ready yet: it is asked again. */
export interface GatewayAnalysis {
  /** Begins to read records that nobody asked about yet, so that the first question finds them ready. */
  prepare(): void
  /** `isFromRecords`: bypasses all that was kept of earlier questions. */
  answer(question: Omit<GatedQuestion, 'scope'>, at: SnapshotPlace, isFromRecords: boolean): Promise<Bytes>
  propose(
    question: Omit<ReleaseQuestion, 'scope' | 'samePersonAt'>,
    at: SnapshotPlace,
    isFromRecords: boolean,
  ): Promise<ReleaseProposal>
  /** Persons whose first visit came after that block, and hospitals that saw them. */
  newPersons(
    at: Omit<SnapshotPlace, 'itemHash'>,
    after: number,
  ): Promise<{ readonly persons: number; readonly hospitals: number }>
}

/** The exchange between nodes, as far as a gateway needs it. */
export type GatewayExchange = Pick<
  StudyExchange,
  | 'documentOf'
  | 'documentHere'
  | 'attest'
  | 'attestationsOf'
  | 'attestationsBeside'
  | 'reachableGateways'
  | 'answerOf'
  | 'answerHere'
  | 'keepAnswer'
  | 'onFinal'
  | 'toldUpTo'
  | 'onAttestation'
  | 'onLateWord'
  | 'submit'
>

export type GatewayAct =
  /** A study that may not be asked, or whose numbers may not leave. */
  | 'node.studyRefused'
  | 'node.studyComputed'
  /** What would leave by rule waits for two people. */
  | 'node.studyProposed'
  | 'node.studyRecomputed'
  /** The result item is submitted: what was agreed leaves. */
  | 'node.studyReleased'
  /** Gateways say different things, and too few the same. */
  | 'node.studyHeld'
  /** Nobody answered it by its day: it is over. */
  | 'node.studyExpired'
  /** Another gateway said something else than nearly all: it is suspended, or the code says why not. */
  | 'node.gatewayAccused'
  /** The others agreed on something else than this gateway: its own installation is to be looked at. */
  | 'node.gatewayDeviates'

export interface GatewayOptions {
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly memberId: MemberId
  /** By name: what is signed with every word. */
  readonly engine: string
  readonly chain: GatewayChain
  readonly exchange: GatewayExchange
  readonly analysis: GatewayAnalysis
  readonly book: GatewayBook
  /** Null where this node cannot open enough contributions yet. */
  readonly noiseKeyOf: (snapshotHash: ItemHash) => Promise<Bytes | null>
  readonly note: (
    act: GatewayAct,
    subject: Readonly<Record<string, string | number>>,
    code?: string,
  ) => Promise<void>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** @returns a function that calls it off */
  readonly after: (ms: number, run: () => void) => () => void
  readonly onFailure: (error: unknown) => void
}
