/** A consortium of hospitals that exist only here: voters first, in the order of their seats, then members without a vote. */
import { compareBytes } from '../src/shared/std/bytes.ts'
import { chainStateOfGenesis, derivedOf, type ChainState } from '../src/main/node/chain/chain-state.ts'
import type { Genesis } from '../src/main/node/chain/genesis.ts'
import type { ChainId, ItemHash, SegmentId } from '../src/main/node/chain/ids.ts'
import { memberIdOf, type Member } from '../src/main/node/chain/members.ts'
import { createPolicy } from '../src/main/node/chain/policy.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import type { NodeIdentity } from './node.ts'
import type { Dice } from './random.ts'

/** Four seconds before 2026-01-01T00:00:00Z, when every simulated run begins: with a day that begins, days of studies end. */
export const BEGIN = 1_767_225_600_000 - 4_000
const GRANULARITY_MS = 1_000
/** Of what every simulated chain begins with: studies are asked of a declared snapshot. */
export const SNAPSHOT_HASH = new Uint8Array(32).fill(1) as ItemHash
/** Little enough that a few studies meet every limit. */
export const STUDY_POLICY = {
  freeStudiesPerDay: 6,
  releaseUnattested: 1,
  rhoHospitalMicro: 50_000,
  rhoPublishedMicro: 30_000,
  rhoResearchMicro: 90_000,
  rhoYearMicro: 110_000,
  studyExpiryDays: 1,
} as const

export interface SimFounding {
  readonly identities: readonly NodeIdentity[]
  /** In the order of `identities`. */
  readonly members: readonly Member[]
  readonly genesis: Genesis
  readonly chainId: ChainId
}

const gatewayKeyOf = (key: Uint8Array, isVoter: boolean): Uint8Array | null => (isVoter ? key : null)

export function foundConsortium(
  crypto: Crypto,
  dice: Dice,
  voters: number,
  observers: number,
  segmentVisitsMax = 1_000,
): SimFounding {
  const all = Array.from({ length: voters + observers }, (_, i) => {
    const rootSecret = dice.bytes(32)
    const consensusSecret = dice.bytes(32)
    const authorSecret = dice.bytes(32)
    const rootKey = crypto.ed25519PublicKey(rootSecret)
    const memberId = memberIdOf(crypto, rootKey)
    const nextConsensusSecret = crypto.sha256(consensusSecret)
    const identity: NodeIdentity = {
      memberId,
      consensusSecret,
      nextConsensusSecret,
      rootSecret,
      authorSecret,
    }
    const member: Member = {
      memberId,
      kind: 'hospital',
      name: `Hospital ${i}`,
      rootKey,
      consensusKey: crypto.ed25519PublicKey(consensusSecret),
      authorKey: crypto.ed25519PublicKey(authorSecret),
      networkKey: dice.bytes(32),
      custodianKey: dice.bytes(32),
      // Members without a vote are no gateways.
      gatewayKey: gatewayKeyOf(dice.bytes(32), i < voters),
      isVoter: i < voters,
    }
    return { identity, member }
  })
  all.sort(
    (a, b) =>
      Number(b.member.isVoter) - Number(a.member.isVoter) ||
      compareBytes(a.member.memberId, b.member.memberId),
  )
  const members = all.map(({ member }) => member)
  const genesis: Genesis = {
    name: 'Simulated consortium',
    createdAt: BEGIN,
    nonce: dice.bytes(16),
    members,
    policy: createPolicy({
      timestampGranularityMs: GRANULARITY_MS,
      votersBelowFourAllowed: 1,
      segmentVisitsMax,
      ...STUDY_POLICY,
    }),
    networkGeneration: 0,
  }
  return {
    identities: all.map(({ identity }) => identity),
    members,
    genesis,
    chainId: crypto.sha256(genesis.nonce) as ChainId,
  }
}

/** The state before the first segment. */
export function startOf(crypto: Crypto, chainId: ChainId, genesis: Genesis): ChainState {
  const start = chainStateOfGenesis(crypto, chainId, genesis)
  const snapshot = {
    itemHash: SNAPSHOT_HASH,
    height: 0,
    segmentId: new Uint8Array(32) as SegmentId,
    microRho: 0,
  }
  return { ...start, ...derivedOf(crypto, chainId, { ...start.consortium, snapshots: [snapshot] }) }
}
