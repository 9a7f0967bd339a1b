/**
 * All that a node must know to judge the next segment: a few hundred bytes and the consortium's state, whatever the
 * length of the chain.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { accumulatorFromCbor, accumulatorToCbor, EMPTY_ACCUMULATOR, type Accumulator } from './accumulator.ts'
import type { AuthorKeyOf } from './author.ts'
import { truncateTime } from './block.ts'
import type { CertificateContext } from './certificate.ts'
import { encode, tryDecode } from './codec.ts'
import type { Genesis } from './genesis.ts'
import { asArray, isBytes, isCount, type ChainId } from './ids.ts'
import { findMember } from './members.ts'
import { policyValue } from './policy.ts'
import {
  membersOf,
  stateFromCbor,
  stateHashOf,
  stateOfGenesis,
  stateToCbor,
  type ConsortiumState,
} from './state.ts'
import { votersOf, votersRoot, type Voter } from './voters.ts'

export type ChainState = {
  readonly chainId: ChainId
  /** Of the last segment; 0 before the first. */
  readonly height: number
  /** Id of the last segment; the chain id before the first. */
  readonly lastSegmentId: Uint8Array
  /** Blocks so far: the index of the next. */
  readonly blockCount: number
  /** Hash of the last block; the chain id before the first. */
  readonly tip: Uint8Array
  /** Birth time of the last block; before the first the time of the founding, truncated. */
  readonly lastTimestamp: number
  /** Birth time of the last segment. */
  readonly lastTime: number
  /** Over all block hashes. */
  readonly heads: Accumulator
  /** Over the ids of all segments. */
  readonly segments: Accumulator
  /** In effect at height + 1. */
  readonly consortium: ConsortiumState
  readonly stateHash: Uint8Array
  /** Of those who vote at height + 1, in the order in which they propose. */
  readonly voters: readonly Voter[]
  readonly votersRoot: Uint8Array
}

/** The state before the first segment. */
export function chainStateOfGenesis(crypto: Crypto, chainId: ChainId, genesis: Genesis): ChainState {
  const consortium = stateOfGenesis(genesis)
  const founded = truncateTime(genesis.createdAt, policyValue(genesis.policy, 'timestampGranularityMs'))
  return {
    chainId,
    height: 0,
    lastSegmentId: chainId,
    blockCount: 0,
    tip: chainId,
    lastTimestamp: founded,
    lastTime: founded,
    heads: EMPTY_ACCUMULATOR,
    segments: EMPTY_ACCUMULATOR,
    ...derivedOf(crypto, chainId, consortium),
  }
}

/** The consortium's state with what is computed from it. */
export function derivedOf(
  crypto: Crypto,
  chainId: ChainId,
  consortium: ConsortiumState,
): Pick<ChainState, 'consortium' | 'stateHash' | 'voters' | 'votersRoot'> {
  const voters = votersOf(membersOf(consortium))
  return {
    consortium,
    stateHash: stateHashOf(crypto, chainId, consortium),
    voters,
    votersRoot: votersRoot(crypto, chainId, consortium.epoch, voters),
  }
}

/** Who may sign the next segment's certificate. */
export function certificateContextOf(state: ChainState): CertificateContext {
  const { epoch, protocolVersion } = state.consortium
  return { chainId: state.chainId, protocolVersion, epoch, voters: state.voters }
}

/** For the node's own store, so that a restart does not replay the chain. */
export function encodeChainState(state: ChainState): Uint8Array {
  return encode([
    1,
    state.chainId,
    state.height,
    state.lastSegmentId,
    state.blockCount,
    state.tip,
    state.lastTimestamp,
    state.lastTime,
    accumulatorToCbor(state.heads),
    accumulatorToCbor(state.segments),
    stateToCbor(state.consortium),
    state.stateHash,
  ])
}

/** Null for damaged bytes; the consortium's state must give its stored hash. */
export function decodeChainState(crypto: Crypto, bytes: Uint8Array): ChainState | null {
  const slots = asArray(tryDecode(bytes), 12)
  if (slots === null || slots[0] !== 1) return null
  const [, chainId, height, lastSegmentId, blockCount, tip, lastTimestamp, lastTime] = slots
  const heads = accumulatorFromCbor(slots[8])
  const segments = accumulatorFromCbor(slots[9])
  const consortium = stateFromCbor(crypto, slots[10])
  if (!isBytes(chainId, 32) || !isCount(height) || !isBytes(lastSegmentId, 32) || !isCount(blockCount))
    return null
  if (!isBytes(tip, 32) || !isCount(lastTimestamp) || !isCount(lastTime)) return null
  if (heads === null || segments === null || consortium === null || !isBytes(slots[11], 32)) return null
  if (heads.size !== blockCount || segments.size !== height) return null
  const derived = derivedOf(crypto, chainId as ChainId, consortium)
  if (!equalBytes(derived.stateHash, slots[11])) return null
  return {
    chainId: chainId as ChainId,
    height,
    lastSegmentId,
    blockCount,
    tip,
    lastTimestamp,
    lastTime,
    heads,
    segments,
    ...derived,
  }
}

/** Whose signature a record may carry: hospitals that are members. */
export function recordAuthorsOf(state: ChainState): AuthorKeyOf {
  return (memberId) => {
    const member = findMember(membersOf(state.consortium), memberId)
    return member?.kind === 'hospital' ? member.authorKey : null
  }
}
