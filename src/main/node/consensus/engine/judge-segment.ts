/** From the chain's state to what the engine asks of the world; for every `World`. */
import { equalBytes } from '../../../../shared/std/bytes.ts'
import {
  checkSegment,
  type ApplyOptions,
  type CheckedSegment,
  type SegmentRefusal,
} from '../../chain/apply-segment.ts'
import { blockHashOf, decodeHead } from '../../chain/block.ts'
import type { ChainState } from '../../chain/chain-state.ts'
import { policyValue } from '../../chain/policy.ts'
import { decodeSegment, type SegmentBundle } from '../../chain/segment.ts'
import { itemHashOf } from '../../chain/item.ts'
import type { Crypto } from '../../crypto/crypto.ts'
import { rootOverHashes } from '../../crypto/merkle.ts'
import type { HeightContext } from './world.ts'

export function heightContextOf(state: ChainState): HeightContext {
  return {
    chainId: state.chainId,
    height: state.height + 1,
    epoch: state.consortium.epoch,
    protocolVersion: state.consortium.protocolVersion,
    voters: state.voters,
    previousSegmentId: state.lastSegmentId,
    timestampGranularityMs: policyValue(state.consortium.policy, 'timestampGranularityMs'),
  }
}

export type Judgement =
  | { readonly kind: 'valid'; readonly checked: CheckedSegment }
  | { readonly kind: 'invalid'; readonly reason: SegmentRefusal; readonly index?: number }
  /** Heads or items are not those that the id commits to. Says nothing about the id: others may hold the right ones (R16). */
  | { readonly kind: 'unbound' }

/**
 * A proposed segment against the state, without its bodies. An `invalid` is the same on every node with this state,
 * because it is only said of heads and items that the segment's id commits to.
 */
export function judgeSegment(
  crypto: Crypto,
  state: ChainState,
  bundle: SegmentBundle,
  options: ApplyOptions,
): Judgement {
  const checked = checkSegment(crypto, state, bundle, options)
  if (checked.kind === 'valid') return { kind: 'valid', checked }
  if (!isBound(crypto, state, bundle)) return { kind: 'unbound' }
  return { kind: 'invalid', reason: checked.reason, index: checked.index }
}

function isBound(crypto: Crypto, state: ChainState, bundle: SegmentBundle): boolean {
  const segment = decodeSegment(bundle.segment)
  // Bytes that are no segment are exactly what their hash names.
  if (segment === null) return true
  if (segment.count !== bundle.heads.length) return false
  let tip = state.tip
  for (const bytes of bundle.heads) {
    const head = decodeHead(bytes)
    if (head === null || !equalBytes(head.previousHash, tip)) return false
    tip = blockHashOf(crypto, state.chainId, bytes)
  }
  const itemHashes = bundle.items.map((item) => itemHashOf(crypto, state.chainId, item))
  return equalBytes(tip, segment.tip) && equalBytes(rootOverHashes(crypto, itemHashes), segment.itemsRoot)
}
