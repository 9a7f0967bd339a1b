/**
 * Our gate as an attacker meets it: requests in, answers out, a fresh ledger for each trial. One control may be switched off; all of
 * them are arguments or policy, so the product itself has no switch.
 */
import { createDice, type Dice } from '../sim/random.ts'
import { Reader, type Cbor } from '../src/main/node/chain/codec.ts'
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import type { MemberId } from '../src/main/node/chain/ids.ts'
import { createPolicy } from '../src/main/node/chain/policy.ts'
import { budgetOf, type BudgetPolicy } from '../src/main/node/chain/privacy-ledger.ts'
import {
  answerLaneA,
  askLaneA,
  emptyBook,
  recordAnswer,
  type Asker,
  type PublicState,
} from '../src/main/privacy/lane-a.ts'
import { keyedNoise, type DrawNoise } from '../src/main/privacy/answers/noisy-tables.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../src/main/privacy/answers/answer-policy.ts'
import type { Output } from '../src/main/privacy/request/outputs.ts'
import type { ReleaseRequest } from '../src/main/privacy/request/release-request.ts'
import { encodeRequest } from '../src/main/privacy/request/request-bytes.ts'
import type { Patient } from '../src/main/privacy/request/tabulate.ts'
import type { Control } from './attack.ts'

export const crypto = createNodeCrypto()
const CHAIN = new Uint8Array(32).fill(1)
export const SNAPSHOT = new Uint8Array(32).fill(2)
const ENDLESS = 1e15
export const BUDGET_DEFAULTS = budgetOf(createPolicy())

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
    groupLeast: none,
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
).map(([of, member]) => ({
  class: of,
  member: memberNamed(member),
  study: studyNamed(''),
  isRegistered: false,
}))

/** Sixteen bytes that stand for a member or a study of that name. */
export function memberNamed(name: string): MemberId {
  return studyNamed(name) as MemberId
}
export function studyNamed(name: string): Uint8Array {
  return crypto.sha256(new TextEncoder().encode(name)).slice(0, 16)
}

export type Answered =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string }

export interface Session {
  ask(asker: Asker, asked: ReleaseRequest, patients: () => readonly Patient[]): Answered
}

const EVERY_MONTH = '0000-00'

/** A consortium with one declared snapshot and a noise key that this trial alone has. */
export function openSession(without: Control | null, trial: number): Session {
  const noiseKey = createDice(trial).bytes(32)
  const policy = thresholdsWithout(without)
  let book = emptyBook([SNAPSHOT])
  const state: PublicState = {
    crypto,
    chainId: CHAIN,
    budget: budgetWithout(without),
    day: 20_000,
  }
  return {
    ask(asker, asked, patients) {
      const result = askLaneA(state, book, asker, encodeRequest(asked))
      if (result.kind === 'refused') return result
      if (result.kind === 'known') {
        if (result.answer === null) return { kind: 'refused', reason: 'not yet' }
        return { kind: 'answer', bytes: result.answer }
      }
      book = result.book
      const noise: DrawNoise =
        without === 'noise'
          ? () => () => 0n
          : keyedNoise(crypto, noiseKey, CHAIN, Buffer.from(result.name, 'hex'))
      // Whatever the consortium's insurers are: every month of a benchmark that is asked for.
      const bytes = answerLaneA(result.request, patients(), noise, policy, EVERY_MONTH)
      const recorded = recordAnswer(book, result.name, bytes)
      if (recorded.kind === 'recorded') book = recorded.book
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
