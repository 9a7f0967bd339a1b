/** What people are told of this institution's own keys: how old, whether others wait, and whether they are still the right ones. */
import type { OwnKeysView } from '../../shared/contract/governance.ts'
import { equalBytes } from '../../shared/std/bytes.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf, scheduledState } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'

type NodeWithKeys = Pick<ChainNode, 'ledger' | 'memberId' | 'ownKeys' | 'peers' | 'status'>

export async function ownKeysView({ ledger, memberId, ownKeys, peers }: NodeWithKeys): Promise<OwnKeysView> {
  const { consortium } = ledger.state
  const row = findMember(membersOf(consortium), memberId)
  const scheduled = findMember(membersOf(scheduledState(consortium)), memberId)
  const { held, isReplaced } = ownKeys
  const pending = consortium.pending.find(
    ({ change }) => change.kind === 'membership' && equalBytes(change.member.memberId, memberId),
  )
  const isChanging =
    row !== null &&
    scheduled !== null &&
    !equalBytes(row.authorKey, scheduled.authorKey) &&
    pending !== undefined
  const others = peers()
  return {
    sinceTime: row === null ? null : await ledger.authorKeySince(memberId),
    madeAt: held.keys.next.at(-1)?.madeAt ?? null,
    effectHeight: isChanging ? pending.effectHeight : null,
    isReplaced,
    // Somebody is there, and nobody lets this node in.
    isRefused:
      others.some(({ problem }) => problem === 'handshake' || problem === 'bad-signature') &&
      !others.some(({ state }) => state === 'up'),
  }
}
