/**
 * The privacy ledger: what every answer has cost, over all requesters and all snapshots, and what it was. A state and two steps,
 * pure, so that every member computes the same one and a modified client can spend nothing that is not there
 * (docs/spec/privacy.md section 2).
 */
import { assert } from '../../../shared/std/assert.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import { POOL_OF, type BudgetPolicy, type ChargeKind, type RequesterClass } from './budget-policy.ts'

export type Ledger = {
  /** Days since 1970 of chain time, of the last charge. */
  readonly day: number
  /** In the order in which they were charged; nothing is ever taken out. */
  readonly entries: readonly LedgerEntry[]
}

export type Charge = {
  /** Of the canonical request, hex: what is asked, of which snapshot, at which price, and not by whom. */
  readonly request: string
  readonly kind: ChargeKind
  readonly microRho: number
  readonly class: RequesterClass
  /** The member, hex: accounts of one member share its quota. */
  readonly requester: string
  readonly study: string
  readonly snapshot: string
}

type LedgerEntry = Charge & {
  readonly day: number
  /** The recorded answer, a refusal by threshold included; null until there is one. */
  readonly answer: Uint8Array | null
}

type LimitName = 'charge' | 'year' | 'lifetime' | 'snapshot' | 'study' | 'study-counts' | 'pool' | 'requester'

type ChargeResult =
  | { readonly kind: 'charged'; readonly ledger: Ledger }
  /** The same request is there already: its answer, or that it is still being computed, costs nothing (L4). */
  | { readonly kind: 'known'; readonly answer: Uint8Array | null }
  | { readonly kind: 'refused'; readonly limit: LimitName; readonly roomMicroRho: number }

type AnswerResult =
  | { readonly kind: 'recorded'; readonly ledger: Ledger }
  | { readonly kind: 'refused'; readonly reason: 'not-charged' | 'another-answer' }

export const EMPTY_LEDGER: Ledger = { day: 0, entries: [] }

const YEAR_DAYS = 365

/** Charges before anything is computed (L3). `day` is the day of chain time, which never goes back (L6). */
export function applyCharge(ledger: Ledger, policy: BudgetPolicy, charge: Charge, day: number): ChargeResult {
  assert(day >= ledger.day, 'chain time never goes back')
  assert(
    Number.isSafeInteger(charge.microRho) && charge.microRho > 0,
    'a charge is a whole number above zero',
  )
  const known = entryOf(ledger, charge.request)
  if (known !== null) return { kind: 'known', answer: known.answer }
  const { limit, roomMicroRho } = tightestRoom(ledger, policy, charge, day)
  if (roomMicroRho < charge.microRho) return { kind: 'refused', limit, roomMicroRho }
  const entry: LedgerEntry = { ...charge, day, answer: null }
  return { kind: 'charged', ledger: { day, entries: [...ledger.entries, entry] } }
}

/** Records what a charged request was answered. The same answer again changes nothing; another one is refused (L5). */
export function applyAnswer(ledger: Ledger, request: string, answer: Uint8Array): AnswerResult {
  const entry = entryOf(ledger, request)
  if (entry === null) return { kind: 'refused', reason: 'not-charged' }
  if (entry.answer !== null) {
    const isSame = equalBytes(entry.answer, answer)
    return isSame ? { kind: 'recorded', ledger } : { kind: 'refused', reason: 'another-answer' }
  }
  const entries = ledger.entries.map((each) => (each === entry ? { ...entry, answer } : each))
  return { kind: 'recorded', ledger: { ...ledger, entries } }
}

/** What is left for a charge of this kind by this requester, and the limit that leaves least. */
function tightestRoom(
  ledger: Ledger,
  policy: BudgetPolicy,
  charge: Charge,
  day: number,
): { readonly limit: LimitName; readonly roomMicroRho: number } {
  const pool = POOL_OF[charge.class]
  let [ever, year, ofSnapshot, ofPool, ofRequester, ofStudy, countsOfStudy] = [0, 0, 0, 0, 0, 0, 0]
  for (const entry of ledger.entries) {
    const { microRho } = entry
    ever += microRho
    if (entry.snapshot === charge.snapshot) ofSnapshot += microRho
    if (entry.study === charge.study) {
      ofStudy += microRho
      if (entry.kind === 'count') countsOfStudy++
    }
    if (entry.day <= day - YEAR_DAYS) continue
    year += microRho
    if (POOL_OF[entry.class] === pool) ofPool += microRho
    if (entry.requester === charge.requester && entry.class === charge.class) ofRequester += microRho
  }
  const hasCountLeft = charge.kind !== 'count' || countsOfStudy < policy.studyCountsMax
  const rooms: readonly (readonly [LimitName, number])[] = [
    ['charge', policy.chargeMicroRho[charge.kind]],
    ['lifetime', policy.lifetimeMicroRho - ever],
    ['year', policy.yearMicroRho - year],
    ['snapshot', policy.snapshotMicroRho - ofSnapshot],
    ['pool', policy.poolMicroRho[pool] - ofPool],
    ['requester', policy.requesterMicroRho[charge.class] - ofRequester],
    ['study', policy.studyMicroRho - ofStudy],
    ['study-counts', hasCountLeft ? Infinity : 0],
  ]
  const [limit, room] = rooms.reduce((least, each) => (each[1] < least[1] ? each : least))
  return { limit, roomMicroRho: room > 0 ? room : 0 }
}

function entryOf(ledger: Ledger, request: string): LedgerEntry | null {
  return ledger.entries.find((entry) => entry.request === request) ?? null
}
