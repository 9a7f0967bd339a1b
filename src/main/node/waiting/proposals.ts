/**
 * Copies of proposals on their way between members, over the body lane. This side counts bytes and messages and knows
 * nothing of what a proposal says: `governance/proposal-exchange.ts` does.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { PROPOSAL_BYTES_MAX } from '../membership/limits.ts'
import { encodeBodyMessage, PROPOSAL_MESSAGE_VERSION, type BodyMessage } from '../network/protocols/bodies.ts'
import { createTokenBucket, type TokenBucket } from '../network/token-bucket.ts'
import type { Peer, PeerName, Transport } from '../network/transport.ts'

export interface ProposalLane {
  /** To one member, or to all that are reachable. Whom it does not reach gets it when offers are made again. */
  offer(proposal: Bytes, to?: PeerName): void
  /** One listener; what came before it listened is handed over at once. Returns how to stop. */
  onOffer(listener: (from: PeerName, proposal: Bytes) => Promise<void>): () => void
  /** A member's link came up. Returns how to stop. */
  onUp(listener: (peer: PeerName) => void): () => void
  /** While its promise is open the peer is slowed down. */
  takeIn(from: Peer, message: Extract<BodyMessage, { kind: 'proposal' }>): Promise<void>
}

/** What one peer may offer: above what an honest one sends to a member that comes back, and then each minute. */
const OFFERS_BURST = 256
const OFFERS_PER_SECOND = 4
/** The node is up a moment before its membership is. */
const EARLY_MAX = 64
const EARLY_BYTES_MAX = 2 * 1024 * 1024

export function createProposalLane(transport: Transport | null, now: () => number): ProposalLane {
  const buckets = new Map<PeerName, TokenBucket>()
  let listener: ((from: PeerName, proposal: Bytes) => Promise<void>) | null = null
  let early: { readonly from: PeerName; readonly proposal: Bytes }[] = []
  let earlyBytes = 0

  function isWithinBudget(peer: PeerName): boolean {
    let bucket = buckets.get(peer)
    if (bucket === undefined) {
      bucket = createTokenBucket(OFFERS_PER_SECOND, OFFERS_BURST, now())
      buckets.set(peer, bucket)
    }
    return bucket.take(1, now()) === 0
  }

  return {
    offer(proposal, to) {
      if (transport === null || proposal.length > PROPOSAL_BYTES_MAX) return
      const version = PROPOSAL_MESSAGE_VERSION
      const message = encodeBodyMessage({ kind: 'proposal', version, proposal })
      if (to === undefined) transport.broadcast('body', message)
      else transport.send(to, 'body', message)
    },
    onOffer(next) {
      listener = next
      const waiting = early
      early = []
      earlyBytes = 0
      for (const { from, proposal } of waiting) void next(from, proposal)
      return () => {
        if (listener === next) listener = null
      }
    },
    onUp: (tell) =>
      transport?.onPeer(({ kind, peer }) => {
        if (kind === 'up' && !peer.isGuest) tell(peer.name)
      }) ?? (() => {}),
    async takeIn(from, { version, proposal }) {
      if (version !== PROPOSAL_MESSAGE_VERSION || !isWithinBudget(from.name)) return
      if (listener !== null) return listener(from.name, proposal)
      if (early.length >= EARLY_MAX || earlyBytes + proposal.length > EARLY_BYTES_MAX) return
      early.push({ from: from.name, proposal })
      earlyBytes += proposal.length
    },
  }
}
