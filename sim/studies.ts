/** Studies of a simulated consortium: who asks, who checks, what gateways attest; and the bugs of the chain's own rules that are planted. */
import { compareBytes, equalBytes, toHex } from '../src/shared/std/bytes.ts'
import { attestationsNeeded, holdersNeeded } from '../src/main/node/chain/apply-study.ts'
import type { ChainId, ItemHash, MemberId } from '../src/main/node/chain/ids.ts'
import { decodeSignedItem } from '../src/main/node/chain/item.ts'
import { gatewaysOf } from '../src/main/node/chain/members.ts'
import { withPolicyValue } from '../src/main/node/chain/policy.ts'
import type { ChargeKind } from '../src/main/node/chain/privacy-ledger.ts'
import { membersOf, type ConsortiumState, type OpenStudy } from '../src/main/node/chain/state.ts'
import {
  attestationSignBytes,
  heldSignBytes,
  studyRulesOf,
  type ResultItem,
  type ResultOutcome,
  type StudyItem,
} from '../src/main/node/chain/study-items.ts'
import type { Plant } from '../src/main/node/consensus/core/plant.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import { signatureInput } from '../src/main/node/crypto/labels.ts'
import { SNAPSHOT_HASH, STUDY_POLICY } from './founding.ts'
import type { NodeIdentity, SimNode } from './node.ts'
import { createDice, mixBytes, type Dice } from './random.ts'

/** Longer than any run. */
const HELD_UNTIL = 2 ** 50
export const ENGINE = 'sim/1'
const CAPS = Object.keys(STUDY_POLICY).filter((name) => name.startsWith('rho'))
const PRICES: Partial<Record<ChargeKind, number>> = { count: 2_000, table: 20_000 }

export interface StudyTraffic {
  /** One member, which is up, does one thing about studies. */
  act(node: SimNode): void
  /** A study as a node would ask it. */
  studyOf(node: SimNode, chargeKind: ChargeKind): StudyItem
  /**
   * What gateways told each other of an open study, as many as are needed. @param erasureHeight of the erasure that they had looked at last; that of now
   * where it is not named
   */
  toldOf(node: SimNode, study: OpenStudy, outcome: ResultOutcome, erasureHeight?: number): ResultItem
  /** Results that were handed in, whatever became of them. */
  heard(): readonly ResultItem[]
  /** Of the segment that holds this study, of one that a result was handed in for. */
  heightOf(studyHash: ItemHash): number | null
  /** A segment was decided. */
  decided(height: number, items: readonly Uint8Array[]): void
  /** Heights of the segments with an erasure up to this one, with 0 before them. */
  erasuresUpTo(height: number): readonly number[]
}

export function createStudyTraffic(
  crypto: Crypto,
  chainId: ChainId,
  identities: readonly NodeIdentity[],
  dice: Dice,
): StudyTraffic {
  const asked: StudyItem[] = []
  const given: ResultItem[] = []
  const heights = new Map<string, number>()
  /** As gateways know it, who open what is sealed: they ask no state. */
  const erasures: number[] = [0]
  let decidedUpTo = 0
  const erasing = createDice(mixBytes(chainId, 0))
  const answers = [1, 2].map((byte) => new Uint8Array(32).fill(byte))
  const identityOf = (memberId: Uint8Array): NodeIdentity =>
    identities.find((each) => equalBytes(each.memberId, memberId))!

  /** The first gateways of a state, as many as it needs: each signs what it is given. */
  function gatewaySigns(
    state: ConsortiumState,
    count: number,
    input: (memberId: NodeIdentity) => Uint8Array,
  ) {
    return gatewaysOf(membersOf(state))
      .slice(0, count)
      .map(({ memberId }) => identityOf(memberId))
      .map((identity) => ({
        memberId: identity.memberId,
        signature: crypto.ed25519Sign(identity.authorSecret, input(identity)),
      }))
      .sort((a, b) => compareBytes(a.memberId, b.memberId))
  }

  function studyOf(node: SimNode, chargeKind: ChargeKind): StudyItem {
    const state = node.state.consortium
    const commitment = dice.bytes(32)
    const held = gatewaySigns(state, holdersNeeded(state), ({ memberId }) =>
      heldSignBytes(chainId, commitment, memberId, HELD_UNTIL),
    ).map((each) => ({ ...each, until: HELD_UNTIL }))
    return {
      kind: 'study',
      commitment,
      requesterClass: dice.chance(0.3) ? 'published' : 'hospital',
      chargeKind,
      chargeMicroRho: PRICES[chargeKind] ?? 0,
      snapshotHash: SNAPSHOT_HASH,
      studyId: new Uint8Array(16).fill(dice.below(3)),
      of: chargeKind === 'repeat' ? (dice.bytes(32) as ItemHash) : null,
      ...studyRulesOf(state.policy),
      held,
    }
  }

  function ask(node: SimNode): void {
    const item = studyOf(
      node,
      dice.pick(['count', 'table', 'table', 'by-rule', 'by-rule', 'repeat'] as const),
    )
    asked.push(item)
    node.say(item)
  }

  const erasuresUpTo = (height: number) => erasures.filter((at) => at <= height)

  function resultBy(
    node: SimNode,
    study: OpenStudy,
    outcome: ResultOutcome,
    erasureHeight = erasuresUpTo(node.state.height).at(-1)!,
  ): ResultItem {
    const { studyHash, height: studyHeight } = study
    const state = node.state.consortium
    const word = { studyHash, outcome, resultHash: answers[0]! }
    const attestations = gatewaySigns(state, attestationsNeeded(state), () =>
      attestationSignBytes(chainId, word, ENGINE, { studyHeight, erasureHeight }),
    ).map((each) => ({ ...each, engine: ENGINE }))
    return { kind: 'result', ...word, erasureHeight, attestations }
  }

  function check(node: SimNode, study: OpenStudy): void {
    const { studyHash } = study
    const verdict = dice.chance(0.3) ? 'refuse' : 'approve'
    node.say({
      kind: 'check',
      studyHash,
      proposalHash: dice.chance(0.9) ? answers[0]! : answers[1]!,
      verdict,
    })
  }

  /** What enough gateways say, whatever it is: whether it may stand is the chain's to say. */
  function give(node: SimNode, study: OpenStudy): void {
    const isLikely = dice.chance(study.chargeKind === 'by-rule' ? 0.95 : 0.8)
    const result = resultBy(node, study, isLikely ? 'answered' : 'refused')
    given.push(result)
    heights.set(toHex(study.studyHash), study.height)
    node.say(result)
  }

  return {
    studyOf,
    toldOf: resultBy,
    heard: () => given,
    heightOf: (studyHash) => heights.get(toHex(studyHash)) ?? null,
    decided(height, items) {
      if (height <= decidedUpTo) return
      decidedUpTo = height
      const isErasure = (bytes: Uint8Array): boolean =>
        decodeSignedItem(crypto, bytes)?.item.clear.kind === 'erasure'
      if (items.some(isErasure)) erasures.push(height)
    },
    erasuresUpTo,
    act(node) {
      if (erasing.chance(0.1)) return node.say({ kind: 'erasure' })
      const { openStudies } = node.state.consortium
      // The oldest ones, so that something comes of them.
      const open = openStudies.length === 0 ? null : dice.pick(openStudies.slice(0, 2))
      const roll = dice.below(10)
      if (open === null || roll < 3) ask(node)
      // The same again, by whoever asked it or by another that saw it.
      else if (roll < 4 && asked.length > 0) node.say(dice.pick(asked))
      else if (roll < 8 && open.chargeKind === 'by-rule') check(node, open)
      else give(node, open)
    },
  }
}

/** What a chain with this bug would keep of its studies; null for a bug of another kind. @param day of the segment that was applied */
export function plantedStudies(
  plant: Plant,
  before: ConsortiumState,
  after: ConsortiumState,
  day: number,
): ConsortiumState | null {
  const { openStudies } = after
  const gone = before.openStudies.filter(
    ({ studyHash }) => !openStudies.some((open) => equalBytes(open.studyHash, studyHash)),
  )
  switch (plant) {
    case 'caps-unchecked':
      return {
        ...after,
        policy: CAPS.reduce((policy, name) => withPolicyValue(policy, name, 1e9), after.policy),
      }
    case 'commitments-forgotten':
      return {
        ...after,
        openStudies: openStudies.map((open) => ({ ...open, commitment: new Uint8Array(32) })),
      }
    case 'refusals-forgotten':
      return {
        ...after,
        openStudies: openStudies.map((open) => ({
          ...open,
          checks: open.checks.filter(({ verdict }) => verdict === 'approve'),
        })),
      }
    case 'results-forgotten':
      return { ...after, openStudies: [...openStudies, ...gone.filter(({ expiryDay }) => expiryDay > day)] }
    case 'days-forgotten':
      return {
        ...after,
        openStudies: [
          ...gone
            .filter(({ expiryDay }) => expiryDay <= day)
            .map((open) => ({ ...open, expiryDay: day + 1 })),
          ...openStudies,
        ],
      }
    case 'erasures-forgotten':
      return { ...after, erasureHeight: 0 }
    case 'checkers-forgotten':
      return {
        ...after,
        openStudies: openStudies.map((open) => ({
          ...open,
          checks: open.checks.map((check) => ({ ...check, memberId: NOBODY })),
        })),
      }
    case 'strangers-attest':
      return {
        ...after,
        members: after.members.map((row) =>
          row.member.gatewayKey === row.member.custodianKey
            ? { ...row, member: { ...row.member, gatewayKey: null } }
            : row,
        ),
      }
    case 'own-checks-count':
      return {
        ...after,
        openStudies: openStudies.map((open) => {
          const known = before.openStudies.find(({ studyHash }) => equalBytes(studyHash, open.studyHash))
          return { ...open, memberId: known?.memberId ?? open.memberId }
        }),
      }
    default:
      return null
  }
}

/** As what a chain with this bug judges the next segment by. */
export function plantedView(plant: Plant | null, state: ConsortiumState): ConsortiumState {
  switch (plant) {
    case 'strangers-attest':
      return {
        ...state,
        members: state.members.map((row) => {
          const { gatewayKey, custodianKey } = row.member
          return { ...row, member: { ...row.member, gatewayKey: gatewayKey ?? custodianKey } }
        }),
      }
    case 'own-checks-count':
      return { ...state, openStudies: state.openStudies.map((open) => ({ ...open, memberId: NOBODY })) }
    default:
      return state
  }
}

/** What a chain with this bug checks signatures with. @param state in effect */
export function plantedCrypto(plant: Plant | null, crypto: Crypto, state: () => ConsortiumState): Crypto {
  if (plant === 'accusation-unchecked') return { ...crypto, ed25519Verify: () => true }
  if (plant !== 'attestations-unchecked' && plant !== 'words-of-anybody') return crypto
  return {
    ...crypto,
    ed25519Verify(key, message, signature) {
      if (crypto.ed25519Verify(key, message, signature)) return true
      if (!isAttestation(message)) return false
      if (plant === 'attestations-unchecked') return true
      return gatewaysOf(membersOf(state())).some(({ authorKey }) =>
        crypto.ed25519Verify(authorKey, message, signature),
      )
    },
  }
}

const NOBODY = new Uint8Array(16) as MemberId
/** Up to the chain's id. */
const ATTESTATION = signatureInput('consilium/attestation/4', new Uint8Array(32), new Uint8Array(0)).slice(
  0,
  -32,
)

function isAttestation(message: Uint8Array): boolean {
  return equalBytes(message.subarray(0, ATTESTATION.length), ATTESTATION)
}
