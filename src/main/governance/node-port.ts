/** What membership asks of the node of an open profile. `ChainNode` gives it; tests give a chain in memory. */
import type { NodeStatus } from '../../shared/contract/node.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { EngineView } from '../node/consensus/engine/engine.ts'
import type { Ledger } from '../node/ledger.ts'
import type { Signing } from '../node/network/protocols/hello.ts'
import type { PeerState } from '../node/network/transport.ts'
import type { Address } from '../node/network/wire.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import type { ProposalLane } from '../node/waiting/proposals.ts'

export interface GovernanceNode {
  readonly memberId: MemberId
  readonly ledger: Pick<Ledger, 'chainId' | 'genesis' | 'state' | 'authorKeysEver'>
  /** Segments, to find decisions in them. */
  readonly store: ReadableStore
  readonly status: NodeStatus
  /** Takes a signed item; durable here when it resolves. */
  submitItem(bytes: Uint8Array): Promise<void>
  /** Greater than every sequence of this member that is in the chain or waits. */
  nextSequence(): number
  /** Copies of proposals to and from other members. */
  readonly proposals: Omit<ProposalLane, 'takeIn'>
  peers(): readonly PeerState[]
  /** Where this node listens. */
  addresses(): readonly Address[]
  addAddresses(memberId: MemberId, addresses: readonly Address[]): Promise<void>
  /** Whether this node signs votes now, or would with a vote. */
  readonly signing: Signing
  consensusView(): EngineView
  confirmVoting(): void
  /** Blocks whose records this node can open, all up to this one. */
  readonly rowsHeldUpTo: number
}

/** What happened and the state does not say any more. */
export interface GovernanceEvent {
  readonly kind: 'evidence' | 'offence' | 'forged-record' | 'other-chain'
  readonly memberId: MemberId | null
  readonly detail: string | null
}
