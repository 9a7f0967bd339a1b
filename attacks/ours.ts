/**
 * Our gate as an attacker meets it: requests in, answers out, a fresh ledger for each trial. One control may be switched off; all of
 * them are arguments or policy, so the product itself has no switch.
 */
import { createDice, type Dice } from '../sim/random.ts'
import { toHex } from '../src/shared/std/bytes.ts'
import { Reader, type Cbor } from '../src/main/node/chain/codec.ts'
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import { answerLaneA, askLaneA, type Asker, type PublicState } from '../src/main/privacy/lane-a.ts'
import { BUDGET_DEFAULTS, type BudgetPolicy } from '../src/main/privacy/ledger/budget-policy.ts'
import { applyAnswer, EMPTY_LEDGER } from '../src/main/privacy/ledger/ledger.ts'
import { keyedNoise, type DrawNoise } from '../src/main/privacy/answers/noisy-tables.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../src/main/privacy/answers/answer-policy.ts'
import type { Output, ReleaseRequest } from '../src/main/privacy/request/release-request.ts'
import { encodeRequest } from '../src/main/privacy/request/request-bytes.ts'
import type { Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Control } from './attack.ts'

export const crypto = createNodeCrypto()
const CHAIN = new Uint8Array(32).fill(1)
export const SNAPSHOT = new Uint8Array(32).fill(2)
const ENDLESS = 1e15

export function budgetWithout(without: Control | null): BudgetPolicy {
  if (without !== 'budget') return BUDGET_DEFAULTS
  return {
    ...BUDGET_DEFAULTS,
    yearMicroRho: ENDLESS,
    lifetimeMicroRho: ENDLESS,
    snapshotMicroRho: ENDLESS,
    studyMicroRho: ENDLESS,
    studyCountsMax: ENDLESS,
    poolMicroRho: { research: ENDLESS, insurance: ENDLESS, published: ENDLESS },
    requesterMicroRho: { hospital: ENDLESS, university: ENDLESS, insurer: ENDLESS, published: ENDLESS },
  }
}

function thresholdsWithout(without: Control | null): ReleasePolicy {
  if (without !== 'threshold') return RELEASE_DEFAULTS
  const none = -1e9
  return {
    smallestCount: none,
    cohortLeast: none,
    modelPatientsLeast: none,
    atRiskLeast: none,
    exposureDaysLeast: none,
  }
}

export function request(
  output: Output,
  microRho: number,
  cohort: number | string,
  snapshot: Uint8Array = SNAPSHOT,
): ReleaseRequest {
  const hasTime = output.kind === 'kaplan-meier' || output.kind === 'cox'
  const name = crypto.sha256(new TextEncoder().encode(String(cohort)))
  return { snapshot, cohort: name, cleaning: null, followUp: hasTime ? name : null, output, microRho }
}

/** All that may ask, so that the attacker has every share of the year. */
export const COLLUDING: readonly Asker[] = (
  [
    ['university', 'A'],
    ['university', 'B'],
    ['hospital', 'C'],
    ['insurer', 'D'],
    ['insurer', 'E'],
    ['insurer', 'F'],
    ['published', 'C'],
  ] as const
).map(([of, member]) => ({ class: of, member, study: '', isRegistered: false }))

export type Answered =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string }

export interface Session {
  ask(asker: Asker, asked: ReleaseRequest, patients: () => readonly Patient[]): Answered
}

/** A consortium with one declared snapshot and a noise key that this trial alone has. */
export function openSession(without: Control | null, trial: number): Session {
  const noiseKey = createDice(trial).bytes(32)
  const policy = thresholdsWithout(without)
  let ledger = EMPTY_LEDGER
  const state: PublicState = {
    crypto,
    chainId: CHAIN,
    snapshots: new Set([toHex(SNAPSHOT)]),
    budget: budgetWithout(without),
    day: 20_000,
  }
  return {
    ask(asker, asked, patients) {
      const result = askLaneA(state, ledger, asker, encodeRequest(asked))
      if (result.kind === 'refused') return result
      if (result.kind === 'known') {
        if (result.answer === null) return { kind: 'refused', reason: 'not yet' }
        return { kind: 'answer', bytes: result.answer }
      }
      ledger = result.ledger
      const noise: DrawNoise =
        without === 'noise'
          ? () => () => 0n
          : keyedNoise(crypto, noiseKey, CHAIN, Buffer.from(result.name, 'hex'))
      const bytes = answerLaneA(result.request, patients(), noise, policy)
      const recorded = applyAnswer(ledger, result.name, bytes)
      if (recorded.kind === 'recorded') ledger = recorded.ledger
      return { kind: 'answer', bytes }
    },
  }
}

/** What stands in the bytes of an answer: its kind and what follows; null where it was refused. */
export function partsOf(answer: Answered): readonly Cbor[] | null {
  if (answer.kind === 'refused') return null
  const [, release] = new Reader(answer.bytes).read() as readonly Cbor[]
  return release as readonly Cbor[]
}

/** The number in an answer to a count; null where it was refused or withheld. */
export function countIn(answer: Answered): number | null {
  const [kind, count] = partsOf(answer) ?? []
  return kind === 'count' ? (count as readonly number[])[0]! : null
}

/** So many patients of whom nothing is said. */
export function crowd(count: number): readonly Patient[] {
  return Array.from({ length: count }, () => [{}])
}

export function normal(dice: Dice): number {
  const radius = Math.sqrt(-2 * Math.log((dice.below(2 ** 31) + 1) / 2 ** 31))
  return radius * Math.cos(2 * Math.PI * (dice.below(2 ** 31) / 2 ** 31))
}
