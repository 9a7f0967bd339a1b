/** What a profile says of its chain while no node runs on it. */
import type { NodeStatus } from '../../shared/contract/node.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { quorumOf } from '../node/chain/voters.ts'
import { readContradiction } from '../node/contradiction.ts'
import { rangeOf } from '../node/storage/buckets.ts'
import type { ReadableStore } from '../node/storage/store.ts'
import type { OpenProfile } from '../profile/open-profile.ts'

export async function statusWithoutNode({ ledger, store }: OpenProfile): Promise<NodeStatus> {
  const { state } = ledger
  const isHalted = (await readContradiction(store)) !== null
  return {
    state: isHalted ? 'halted' : 'stopped',
    haltedReason: isHalted ? 'two-certificates' : null,
    height: state.height,
    blockCount: state.blockCount,
    tip: toHex(state.tip),
    draftCount: await countIn(store, 'd'),
    queuedCount: await countIn(store, 'o'),
    peerCount: 0,
    voterCount: state.voters.length,
    votersReachable: 0,
    quorum: quorumOf(state.voters.length),
    standing: 'no-vote',
    observingReason: null,
    catchingUpTo: null,
    clockOffsetMs: null,
    lastFinalAt: null,
    diskFreeBytes: null,
  }
}

async function countIn(store: ReadableStore, bucket: 'd' | 'o'): Promise<number> {
  let count = 0
  for await (const _ of store.scan(rangeOf(bucket))) count++
  return count
}
