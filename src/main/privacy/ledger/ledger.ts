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

/** What is left for a charge of this kind by this requester, and the limit that leaves least: the meter before the click. */
function tightestRoom(
  ledger: Ledger,
  policy: BudgetPolicy,
  charge: Charge,
  day: number,
): { readonly limit: LimitName; readonly roomMicroRho: number } {
  const inYear = ledger.entries.filter((entry) => entry.day > day - YEAR_DAYS)
  const pool = POOL_OF[charge.class]
  const isOfStudy = (entry: LedgerEntry) => entry.study === charge.study
  const rooms: readonly (readonly [LimitName, number])[] = [
    ['charge', policy.chargeMicroRho[charge.kind]],
    ['lifetime', policy.lifetimeMicroRho - sum(ledger.entries)],
    ['year', policy.yearMicroRho - sum(inYear)],
    [
      'snapshot',
      policy.snapshotMicroRho - sum(ledger.entries.filter(({ snapshot }) => snapshot === charge.snapshot)),
    ],
    ['pool', policy.poolMicroRho[pool] - sum(inYear.filter((entry) => POOL_OF[entry.class] === pool))],
    [
      'requester',
      policy.requesterMicroRho[charge.class] -
        sum(inYear.filter((entry) => entry.requester === charge.requester && entry.class === charge.class)),
    ],
    ['study', policy.studyMicroRho - sum(ledger.entries.filter(isOfStudy))],
    ['study-counts', hasCountLeft(ledger, policy, charge, isOfStudy) ? Infinity : 0],
  ]
  const [limit, room] = rooms.reduce((least, each) => (each[1] < least[1] ? each : least))
  return { limit, roomMicroRho: room > 0 ? room : 0 }
}

function hasCountLeft(
  ledger: Ledger,
  policy: BudgetPolicy,
  charge: Charge,
  isOfStudy: (entry: LedgerEntry) => boolean,
): boolean {
  if (charge.kind !== 'count') return true
  const counts = ledger.entries.filter((entry) => isOfStudy(entry) && entry.kind === 'count')
  return counts.length < policy.studyCountsMax
}

function entryOf(ledger: Ledger, request: string): LedgerEntry | null {
  return ledger.entries.find((entry) => entry.request === request) ?? null
}

function sum(entries: readonly LedgerEntry[]): number {
  return entries.reduce((total, { microRho }) => total + microRho, 0)
}
