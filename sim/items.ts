/** Decisions about members, approved by all voters: what a simulated consortium needs to change its epoch. */
import { compareBytes } from '../src/shared/std/bytes.ts'
import {
  approvalSignBytes,
  signItem,
  type EvidenceItem,
  type Item,
  type MembershipItem,
} from '../src/main/node/chain/item.ts'
import { keyOf, type ChainId } from '../src/main/node/chain/ids.ts'
import type { Member } from '../src/main/node/chain/members.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import type { NodeIdentity } from './node.ts'

/**
 * Ahead of what a node says by itself, as the product's drafts are, so that it overtakes nothing: only an author's
 * decision overtakes its accusations.
 */
export const DECISION_SEQUENCE = 1_048_576

/** The item that replaces a member, by `author`, with the approval of all `voters`. */
export function signApproved(
  crypto: Crypto,
  chainId: ChainId,
  identities: readonly NodeIdentity[],
  author: NodeIdentity,
  member: Member,
  sequence: number,
  voters: readonly Member[],
): Uint8Array {
  const notAfterHeight = 1_000_000
  const clear: MembershipItem = { kind: 'membership', change: 'replace', member, approvals: [] }
  const signBytes = approvalSignBytes(chainId, clear, author.memberId, sequence, notAfterHeight)
  const approvals = [...voters]
    .sort((a, b) => compareBytes(a.memberId, b.memberId))
    .map(({ memberId }) => {
      const signer = identities.find((each) => keyOf(each.memberId) === keyOf(memberId))!
      return { memberId, signature: crypto.ed25519Sign(signer.rootSecret, signBytes) }
    })
  const item: Item = {
    clear: { ...clear, approvals },
    sealed: null,
    author: author.memberId,
    sequence,
    notAfterHeight,
  }
  return signItem(crypto, chainId, item, author.authorSecret)
}

/** What a member accuses another of; whether it is true is what the chain finds out. */
export function signEvidence(
  crypto: Crypto,
  chainId: ChainId,
  author: NodeIdentity,
  clear: EvidenceItem,
  sequence: number,
): Uint8Array {
  const item: Item = { clear, sealed: null, author: author.memberId, sequence, notAfterHeight: 1_000_000 }
  return signItem(crypto, chainId, item, author.authorSecret)
}
