/**
 * What a node is given, what it offers to the rest of the application, and what it tells people: the types of `node.ts`,
 * for whoever uses one without starting it.
 */
import type { NodeStatus } from '../../shared/contract/node.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { ItemHash, MemberId } from './chain/ids.ts'
import type { ItemClear, SealedPart } from './chain/item.ts'
import type { Member } from './chain/members.ts'
import type { OpeningKeys, RecordChecker } from './check-records.ts'
import type { EngineView } from './consensus/engine/engine.ts'
import type { Evidence } from './consensus/engine/world.ts'
import type { Contradiction } from './contradiction.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import type { FinalSegment } from './final-segment.ts'
import type { RangeThread } from './follow.ts'
import type { Accesses } from './access/accesses.ts'
import type { Erasures } from './erasures.ts'
import type { FinalItem } from './final-items.ts'
import type { HospitalStatements } from './hospital-statements.ts'
import type { Ledger } from './ledger.ts'
import type { NodeLimits } from './limits.ts'
import type { Mended } from './mend.ts'
import type { CallBackAnswer } from './network/peers/ask-call-back.ts'
import type { OpenNetwork } from './network/node-network.ts'
import type { Restart, Signing } from './network/protocols/hello.ts'
import type { MemberEntry, PeerState } from './network/transport.ts'
import type { Address } from './network/wire.ts'
import type { RepairLimits, RepairReport, Repairs } from './repairs.ts'
import type { SealingKeys } from './seal-visits.ts'
import type { Outbox, SealedVisit } from './outbox/outbox.ts'
import type { OwnKeysOfNode } from './own-keys.ts'
import type { SharedKeys, SharedKind } from './shared-keys.ts'
import type { Studies } from './studies/studies.ts'
import type { ReadableStore, Store, Write } from './storage/store.ts'
import type { SyncOffence, SyncOutcome } from './sync/catch-up.ts'
import type { EpochKey, NextKeys, NodeKeys } from './vault/institution-keys.ts'
import type { WaitingItems } from './waiting/items.ts'
import type { ProposalLane } from './waiting/proposals.ts'

export interface NodeOptions {
  readonly store: Store
  /** For messages only. */
  readonly storePath: string
  readonly keys: NodeKeys
  /**
   * Writes the vault after a change of keys: true when it is durable. False where that has to wait for the next opening.
   */
  readonly saveKeys: (keys: NodeKeys) => Promise<boolean>
  readonly memberId: MemberId
  readonly crypto: Crypto
  readonly random: Random
  readonly checker: RecordChecker
  readonly limits: NodeLimits
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Free bytes of the store's volume, null where nobody knows. */
  readonly freeBytes: () => Promise<number | null>
  /** Null for a node without a network: a hospital alone. */
  readonly openNetwork: OpenNetwork | null
  /** Answers to other hospitals wait until `accesses.guardAnswers` was called: where there is an audit, it hears of each. */
  readonly answersWaitForGuard?: boolean
  /** Verifies and writes ranges of the chain beside this node, on the same store. Called when the first is needed. */
  readonly openRangeThread: (ledger: Ledger) => Promise<RangeThread>
  /** For tests: how soon and how much is looked through. */
  readonly repairLimits?: Partial<RepairLimits>
}

/** What people should hear of and the chain does not say by itself. */
export type NodeAlert =
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** A member sent a segment that does not verify, and was left out. */
  | { readonly kind: 'offence'; readonly offence: SyncOffence }
  /** A member sent a record whose bytes are not what they say. */
  | { readonly kind: 'forged-record'; readonly memberId: MemberId }
  | { readonly kind: 'catch-up'; readonly outcome: SyncOutcome }
  /** Another machine runs with this institution's keys, now. */
  | { readonly kind: 'keys-elsewhere' }
  /** A generation of the network's key cannot be opened or closed here; it is tried again. */
  | { readonly kind: 'network-key-refused'; readonly generation: number }
  /** The old key stays open past its time: too few of the others can be reached by this one. */
  | { readonly kind: 'network-key-unreached'; readonly generation: number }
  /** The disk had damaged something: it was fetched again, or nobody has it. */
  | { readonly kind: 'repair'; readonly report: RepairReport }

export type NodeFailureDetail =
  /** Below the floor of free space: what was accepted is safe, nothing new is taken. */
  | { code: 'disk-full'; path: string; freeBytes: number | null }
  /** The engine stopped itself; `reason` says why. Nothing new is taken until the node starts anew. */
  | { code: 'halted'; reason: string }
  /** Only hospitals write records. */
  | { code: 'not-a-hospital' }
  | { code: 'closed' }
export class NodeFailure extends Failure<NodeFailureDetail> {}

/** Node keys that open records for the analysis, and who may have written them. */
export interface AnalysisKeys {
  readonly gateway: readonly EpochKey[]
  /** What it keeps is sealed under keys that come from these. */
  readonly linkage: readonly EpochKey[]
  readonly authorKeys: ReadonlyMap<string, Bytes>
  readonly authorKeysEver: ReadonlyMap<string, readonly Bytes[]>
}

export interface ChainNode {
  readonly memberId: MemberId
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly store: ReadableStore
  readonly status: NodeStatus
  /** Keys that open rows of the gateway scope: for the check before a vote and the analysis process only. */
  gatewayKeys(): OpeningKeys
  /** Whether this member keeps records that it can open. */
  readonly holdsRecords: boolean
  /** What the thread of the analysis opens records with, and seals what it keeps under. */
  analysisKeys(): Promise<AnalysisKeys>
  /** What sealing needs besides the custodian key of the person's session. */
  sealingKeys(custodian: EpochKey): SealingKeys
  /** The patient key under the newest linkage key, or that of an epoch; see `vault/linkage.ts`. */
  patientKey(keySource: string): { key: string; epoch: number }
  patientKeyAt(keySource: string, epoch: number): string | null
  /** Numbers for the next visits, for rows that are written with them. */
  reserve(count: number): number
  /**
   * Resolves when what waits to become final is little enough for more in bulk. Not for people: a clerk is never held up
   * because other hospitals are away.
   * @param signal ends the waiting too
   * @throws {NodeFailure} `disk-full`, `halted`, `closed`
   */
  waitForRoom(signal?: AbortSignal): Promise<void>
  /**
   * Accepts visits: when it resolves, they and `others` are durable on this machine and will become final.
   * @throws {NodeFailure} `disk-full`, `halted`, `closed`; {StorageFailure} when the write fails: then nothing is there
   */
  submit(visits: readonly SealedVisit[], first: number, others: readonly Write[]): Promise<void>
  /** Writes what is no visit (names, drafts) in one synced batch. @throws as `submit` */
  write(writes: readonly Write[]): Promise<void>
  onFinal(listener: (segment: FinalSegment) => void): () => void
  onAlert(listener: (alert: NodeAlert) => void): () => void
  /** Items that wait, and what became of those submitted here. */
  readonly items: Pick<WaitingItems, 'submit' | 'nextSequence' | 'fateOf'>
  /** Signs an item in this member's name with its next sequence and submits it. @throws {ItemFailure}; {StorageFailure} */
  propose(
    clear: ItemClear,
    seal: ((sequence: number) => SealedPart) | null,
    notAfterHeight: number,
  ): Promise<ItemHash>
  /**
   * Every final item in the order of the chain, with what its sealed part says to hospitals; after a crash the last ones
   * come again.
   */
  onItem(listener: (item: FinalItem) => void): () => void
  /** What hospitals said of patients and visits: links, their ends, disputes. */
  readonly statements: Pick<HospitalStatements, 'list' | 'say'>
  /** What hospitals said up to this height is in `statements`. */
  readonly itemsReadUpTo: number
  /** Destroying the keys of records by decision. */
  readonly erasures: Omit<Erasures, 'close' | 'take'>
  /** Reading patients' visits at other hospitals, and being read. */
  readonly accesses: Accesses
  /** What is asked of all hospitals' records: documents, attestations, answers, snapshots. */
  readonly studies: Studies
  /** Copies of proposals between members; what they say is the business of membership. */
  readonly proposals: Omit<ProposalLane, 'takeIn'>
  /** The keys of this node: which it holds, which count, and the next ones once they are in the vault. */
  readonly ownKeys: Pick<OwnKeysOfNode, 'held' | 'isReplaced' | 'author'>
  takeNextKeys(next: NextKeys): void
  /** Keys that members share: what an invitation hands to a newcomer. */
  readonly shared: Pick<SharedKeys, SharedKind>
  /** What seals the audit at rest: the institution's own, opens no record. Durable when it resolves. */
  readonly auditKeys: { list(): readonly EpochKey[]; add(key: EpochKey): Promise<void> }
  /** Of the network between this node and the work places of its institution. */
  readonly placeKeys: { list(): readonly EpochKey[]; add(key: EpochKey): Promise<void> }
  /** This institution's row in the table of members; null before it is in effect and after it left. */
  readonly member: Member | null
  /** Every connection, as the network sees it. Empty without one. */
  peers(): readonly PeerState[]
  /** Two certificates for one height, found here at any time (R33): it signs and writes nothing as long as they are. */
  readonly contradiction: Contradiction | 'damaged' | null
  /** Where this node listens; empty without a network and before it began to listen. */
  addresses(): readonly Address[]
  /** Has another member dial this node at what it announces; null where none is up, or there is no network. */
  askCallBack(): Promise<CallBackAnswer | null>
  /** Tells the others what becomes of this node's vote when its machine starts anew. */
  sayRestart(restart: Restart): void
  /** Where a member can be reached, from an invitation or by hand. Durable when it resolves. */
  addAddresses(memberId: MemberId, addresses: readonly Address[]): Promise<void>
  /** Invited and not yet members: they may fetch the chain and nothing else. */
  setGuests(guests: readonly MemberEntry[]): void
  /** Whether this node signs votes now, or would with a vote; and why not. */
  readonly signing: Signing
  /** Height, round, who voted and who is missing. */
  consensusView(): EngineView
  /**
   * Looks whether what lies on the disk from `fromHeight` to `toHeight` is the chain, and fetches what is damaged from
   * other members. @throws {StorageFailure} when the disk does not take it
   */
  mend(fromHeight: number, toHeight: number): Promise<Mended>
  /** What readers of the store find damaged is mended by itself; heights that nobody could give yet. */
  readonly repairs: Pick<Repairs, 'open' | 'found' | 'settled'>
  /** A person says that no other machine runs with these keys (R29). */
  confirmVoting(): void
  /** Blocks whose key-box rows are here, all up to this one: part of the proof of sync. */
  readonly rowsHeldUpTo: number
  onStatus(listener: (status: NodeStatus) => void): () => void
  /** Counts a draft that was added (1) or removed (-1), for the status. */
  countDrafts(change: number): void
  /** Resolves when nothing waits any more, or the node can decide nothing; at most after `timeoutMs`. */
  drain(timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}
