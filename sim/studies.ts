/** Studies of a simulated consortium: who asks, who checks, what gateways attest; and the bugs of the chain's own rules that are planted. */
import { compareBytes, equalBytes } from '../src/shared/std/bytes.ts'
import { attestationsNeeded, holdersNeeded } from '../src/main/node/chain/apply-study.ts'
import type { ChainId, ItemHash } from '../src/main/node/chain/ids.ts'
import { gatewaysOf } from '../src/main/node/chain/members.ts'
import { withPolicyValue } from '../src/main/node/chain/policy.ts'
import type { ChargeKind } from '../src/main/node/chain/privacy-ledger.ts'
import { membersOf, type ConsortiumState, type OpenStudy } from '../src/main/node/chain/state.ts'
import {
  attestationSignBytes,
  heldSignBytes,
  studyRulesOf,
  type ResultOutcome,
  type StudyItem,
} from '../src/main/node/chain/study-items.ts'
import type { Plant } from '../src/main/node/consensus/core/plant.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import { SNAPSHOT_HASH, STUDY_POLICY } from './founding.ts'
import type { NodeIdentity, SimNode } from './node.ts'
import type { Dice } from './random.ts'

/** Longer than any run. */
const HELD_UNTIL = 2 ** 50
const CAPS = Object.keys(STUDY_POLICY).filter((name) => name.startsWith('rho'))
const PRICES: Partial<Record<ChargeKind, number>> = { count: 2_000, table: 20_000 }

export interface StudyTraffic {
  /** One member, which is up, does one thing about studies. */
  act(node: SimNode): void
}

export function createStudyTraffic(
  crypto: Crypto,
  chainId: ChainId,
  identities: readonly NodeIdentity[],
  dice: Dice,
): StudyTraffic {
  const asked: StudyItem[] = []
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

  function ask(node: SimNode): void {
    const state = node.state.consortium
    const chargeKind = dice.pick(['count', 'table', 'table', 'by-rule', 'by-rule', 'repeat'] as const)
    const commitment = dice.bytes(32)
    const held = gatewaySigns(state, holdersNeeded(state), ({ memberId }) =>
      heldSignBytes(chainId, commitment, memberId, HELD_UNTIL),
    ).map((each) => ({ ...each, until: HELD_UNTIL }))
    const item: StudyItem = {
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
    asked.push(item)
    node.say(item)
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
  function give(node: SimNode, { studyHash, height, chargeKind }: OpenStudy): void {
    const state = node.state.consortium
    const outcome: ResultOutcome = dice.chance(chargeKind === 'by-rule' ? 0.95 : 0.8) ? 'answered' : 'refused'
    const word = { studyHash, outcome, resultHash: answers[0]! }
    const attestations = gatewaySigns(state, attestationsNeeded(state), () =>
      attestationSignBytes(chainId, word, height),
    )
    node.say({ kind: 'result', ...word, attestations })
  }

  return {
    act(node) {
      const { openStudies } = node.state.consortium
      // The oldest ones, so that something comes of them.
      const open = openStudies.length === 0 ? null : dice.pick(openStudies.slice(0, 2))
      const roll = dice.below(10)
      if (open === null || roll < 3) ask(node)
      // The same again, by whoever asked it or by another that saw it.
      else if (roll < 4) node.say(dice.pick(asked))
      else if (roll < 8 && open.chargeKind === 'by-rule') check(node, open)
      else give(node, open)
    },
  }
}

/** What a chain with this bug would keep of its studies; null for a bug of another kind. */
export function plantedStudies(
  plant: Plant,
  before: ConsortiumState,
  after: ConsortiumState,
): ConsortiumState | null {
  const { openStudies } = after
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
    case 'results-forgotten': {
      const closed = before.openStudies.filter(
        ({ studyHash }) => !openStudies.some((open) => equalBytes(open.studyHash, studyHash)),
      )
      return { ...after, openStudies: [...openStudies, ...closed] }
    }
    default:
      return null
  }
}
