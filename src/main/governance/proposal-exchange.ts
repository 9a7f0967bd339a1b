/**
 * Proposals and the votes on them, between members without a file (docs/spec/network.md section 7): what says more than
 * before goes to everybody at once, what is not over goes to a member whose link comes up and to all once a minute. Every
 * copy is merged, so the order in which copies come does not matter, and what brings nothing new goes no further.
 */
import { toHex } from '../../shared/std/bytes.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { bearing } from './bearing.ts'
import type { Governance, ProposalNow } from './governance.ts'
import type { GovernanceNode } from './node-port.ts'

/** A proposal that nobody here knew. */
export interface ArrivedProposal {
  readonly proposalId: string
  readonly authorName: string
  /** This institution votes and has not answered yet. */
  readonly awaitsAnswer: boolean
}

export interface ProposalExchangeOptions {
  readonly crypto: Crypto
  readonly node: Pick<GovernanceNode, 'proposals' | 'memberId' | 'ledger'>
  readonly governance: Pick<Governance, 'offers' | 'onMore' | 'takeOffer'>
  readonly onArrived: (proposal: ArrivedProposal) => void
}

const OFFER_AGAIN_MS = 60_000
/** Copies that were looked at and brought nothing: the same bytes are not opened twice. */
const SEEN_MAX = 1_024

export function startProposalExchange(options: ProposalExchangeOptions): { close(): void } {
  const { crypto, node, governance } = options
  const { proposals } = node
  const seen = new Set<string>()
  let isClosed = false

  function remember(name: string): void {
    if (seen.size >= SEEN_MAX) seen.delete(seen.values().next().value!)
    seen.add(name)
  }

  function offerTo(peer?: string): Promise<void> {
    return bearing(async () => {
      const copies = await governance.offers()
      if (isClosed) return
      for (const copy of copies) proposals.offer(copy, peer)
    })
  }

  async function take(copy: Uint8Array): Promise<void> {
    const name = toHex(crypto.sha256(copy))
    if (isClosed || seen.has(name)) return
    const taken = await governance.takeOffer(copy)
    // What was let be may be taken another time: its author may be admitted, or our own chain may be behind.
    if (taken.kind !== 'let-be') remember(name)
    if (taken.kind === 'news' && taken.isFirst && !isClosed) options.onArrived(arrivedOf(taken.now))
  }

  function arrivedOf({ proposal, standing }: ProposalNow): ArrivedProposal {
    const members = membersOf(node.ledger.state.consortium)
    const isAnswered = [...proposal.approvals, ...proposal.rejections].some(
      ({ memberId }) => toHex(memberId) === toHex(node.memberId),
    )
    return {
      proposalId: toHex(proposal.proposalId),
      authorName: findMember(members, proposal.draft.author)?.name ?? '',
      awaitsAnswer:
        standing === 'open' && !isAnswered && findMember(members, node.memberId)?.isVoter === true,
    }
  }

  const stops = [
    governance.onMore((copy) => {
      // Our own copy that comes back brings nothing.
      remember(toHex(crypto.sha256(copy)))
      proposals.offer(copy)
    }),
    proposals.onUp((peer) => void offerTo(peer)),
    proposals.onOffer((_from, copy) => bearing(() => take(copy))),
  ]
  const again = setInterval(() => void offerTo(), OFFER_AGAIN_MS)
  again.unref()
  // Links that came up before somebody listened here.
  void offerTo()

  return {
    close() {
      isClosed = true
      clearInterval(again)
      for (const stop of stops) stop()
    },
  }
}
