/**
 * The privacy ledger: what every answer has cost, over all requesters and all snapshots, and whether another may be asked
 * (docs/spec/privacy.md section 2). Part of the state that every member computes, so that a modified program can spend nothing that is
 * not there. The one implementation of its limits: what shows a price, and the attacks that try to get through, ask it too.
 */
import { assert } from '../../../shared/std/assert.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from './ids.ts'
import { LEDGER_ROWS_MAX, LEDGER_WINDOW_DAYS, LEDGER_STUDIES_MAX, MEMBER_STUDIES_MAX } from './limits.ts'
import { policyValue, type Policy } from './policy.ts'

/** Who asks: the kind of the member; `published` are tables that hospitals release for everybody. */
export type RequesterClass = 'hospital' | 'university' | 'insurer' | 'published'
/** What an answer costs, and how much at most. */
export type PricedKind = 'count' | 'table' | 'model' | 'registered-model'
/** `by-rule`, `repeat` and `recompute` cost nothing: two people look, or it was said before. */
export type ChargeKind = PricedKind | 'by-rule' | 'repeat' | 'recompute'
type Pool = 'research' | 'insurance' | 'published'

/** Millionths of rho; days are of chain time since 1970. */
export type PrivacyLedger = {
  readonly lifetimeMicroRho: number
  /** Of the last 365 days, oldest first: one row for each day, member and class. */
  readonly days: readonly DayCharges[]
  /** In order of their first charge; gone 365 days after the last one. */
  readonly studies: readonly StudyCharges[]
}
export type DayCharges = {
  readonly day: number
  readonly memberId: MemberId
  readonly class: RequesterClass
  readonly microRho: number
}
/** A study is one member's: nobody uses up another's. */
export type StudyCharges = {
  readonly studyId: Uint8Array
  readonly memberId: MemberId
  readonly microRho: number
  /** Exploratory counts. */
  readonly countCount: number
  readonly lastDay: number
}

/** A declared snapshot and the sum of all charges on it. */
export type SnapshotCharges = { readonly itemHash: ItemHash; readonly microRho: number }

export type Charge = {
  readonly kind: PricedKind
  /** A whole number above zero. */
  readonly microRho: number
  readonly class: RequesterClass
  /** Accounts of one member share its quota. */
  readonly memberId: MemberId
  readonly studyId: Uint8Array
  /** Of a declared snapshot. */
  readonly snapshotHash: ItemHash
}

export type LimitName =
  | 'charge'
  | 'lifetime'
  | 'year'
  | 'snapshot'
  | 'pool'
  | 'requester'
  | 'study'
  /** 25 exploratory counts of a study. */
  | 'study-counts'
  /** So many studies of a member, of all, and so many charges are kept for a year. */
  | 'places'

/** What is kept of charges: a consortium's state is one. */
export type Charged<S extends SnapshotCharges> = {
  readonly ledger: PrivacyLedger
  readonly snapshots: readonly S[]
}

export type ChargeResult<S extends SnapshotCharges> =
  | ({ readonly kind: 'charged' } & Charged<S>)
  /** The limit that leaves least, and what it leaves. */
  | { readonly kind: 'refused'; readonly limit: LimitName; readonly roomMicroRho: number }

/** How much privacy may be lost (L2), in millionths of rho. */
export type BudgetPolicy = {
  readonly yearMicroRho: number
  readonly lifetimeMicroRho: number
  readonly snapshotMicroRho: number
  readonly studyMicroRho: number
  readonly studyCountsMax: number
  /** Shares of the year: hospitals and universities have one together. */
  readonly poolMicroRho: Readonly<Record<Pool, number>>
  /** Of one requester's charges of the last 365 days. */
  readonly requesterMicroRho: Readonly<Record<RequesterClass, number>>
  /** Of one charge. */
  readonly chargeMicroRho: Readonly<Record<PricedKind, number>>
}

export const EMPTY_LEDGER: PrivacyLedger = { lifetimeMicroRho: 0, days: [], studies: [] }

export const POOL_OF: Readonly<Record<RequesterClass, Pool>> = {
  hospital: 'research',
  university: 'research',
  insurer: 'insurance',
  published: 'published',
}

/** Whether the ledger pays for it; the answer to another kind has nothing of the data that was not said before. */
export function isPriced(kind: ChargeKind): kind is PricedKind {
  return kind === 'count' || kind === 'table' || kind === 'model' || kind === 'registered-model'
}

/** The limits that the members decided. */
export function budgetOf(policy: Policy): BudgetPolicy {
  const publishedMicroRho = policyValue(policy, 'rhoPublishedMicro')
  return {
    yearMicroRho: policyValue(policy, 'rhoYearMicro'),
    lifetimeMicroRho: policyValue(policy, 'rhoLifetimeMicro'),
    snapshotMicroRho: policyValue(policy, 'rhoSnapshotMicro'),
    studyMicroRho: policyValue(policy, 'rhoStudyMicro'),
    studyCountsMax: policyValue(policy, 'studyCountsMax'),
    poolMicroRho: {
      research: policyValue(policy, 'rhoResearchMicro'),
      insurance: policyValue(policy, 'rhoInsuranceMicro'),
      published: publishedMicroRho,
    },
    requesterMicroRho: {
      hospital: policyValue(policy, 'rhoHospitalMicro'),
      university: policyValue(policy, 'rhoUniversityMicro'),
      insurer: policyValue(policy, 'rhoInsurerMicro'),
      published: publishedMicroRho,
    },
    chargeMicroRho: {
      count: policyValue(policy, 'rhoCountMicro'),
      table: policyValue(policy, 'rhoTableMicro'),
      model: policyValue(policy, 'rhoModelMicro'),
      'registered-model': policyValue(policy, 'rhoRegisteredModelMicro'),
    },
  }
}

/**
 * Charges before anything is computed (L3): all limits at once, or nothing is changed.
 * @param day of chain time, which never goes back (L6)
 */
export function applyCharge<S extends SnapshotCharges>(
  before: Charged<S>,
  budget: BudgetPolicy,
  charge: Charge,
  day: number,
): ChargeResult<S> {
  const { microRho, memberId, studyId } = charge
  assert(Number.isSafeInteger(microRho) && microRho > 0, 'a charge is a whole number above zero')
  const rooms = roomsFor(before, budget, charge, day)
  const [limit, room] = tightest(rooms)
  if (room < microRho) return { kind: 'refused', limit, roomMicroRho: room }
  const ledger = currentLedger(before.ledger, day)
  const study = ledger.studies.find((row) => isStudy(row, memberId, studyId))
  const countCount = charge.kind === 'count' ? 1 : 0
  const studies =
    study === undefined
      ? [...ledger.studies, { studyId, memberId, microRho, countCount, lastDay: day }]
      : ledger.studies.map((row) =>
          row === study
            ? {
                ...row,
                microRho: row.microRho + microRho,
                countCount: row.countCount + countCount,
                lastDay: day,
              }
            : row,
        )
  const snapshots = before.snapshots.map((row) =>
    equalBytes(row.itemHash, charge.snapshotHash) ? { ...row, microRho: row.microRho + microRho } : row,
  )
  const lifetimeMicroRho = ledger.lifetimeMicroRho + microRho
  const days = withDay(ledger.days, { day, memberId, class: charge.class, microRho })
  return { kind: 'charged', ledger: { lifetimeMicroRho, days, studies }, snapshots }
}

/**
 * What each limit leaves for a charge of this kind by this requester, in millionths of rho and never below zero; `Infinity` where
 * a limit is of something else. The least of them is what may be asked.
 */
export function roomsFor<S extends SnapshotCharges>(
  before: Charged<S>,
  budget: BudgetPolicy,
  charge: Omit<Charge, 'microRho'>,
  day: number,
): Readonly<Record<LimitName, number>> {
  const ledger = currentLedger(before.ledger, day)
  const pool = POOL_OF[charge.class]
  let [year, ofPool, ofRequester] = [0, 0, 0]
  for (const row of ledger.days) {
    year += row.microRho
    if (POOL_OF[row.class] === pool) ofPool += row.microRho
    // What is published has one requester: everybody, whichever hospital hands it in.
    const isSame = row.class === 'published' || equalBytes(row.memberId, charge.memberId)
    if (row.class === charge.class && isSame) ofRequester += row.microRho
  }
  const snapshot = before.snapshots.find(({ itemHash }) => equalBytes(itemHash, charge.snapshotHash))
  assert(snapshot !== undefined, 'a charge is on a declared snapshot')
  const study = ledger.studies.find((row) => isStudy(row, charge.memberId, charge.studyId))
  const hasCountLeft = charge.kind !== 'count' || (study?.countCount ?? 0) < budget.studyCountsMax
  const left = (limit: number, spent: number) => Math.max(0, limit - spent)
  return {
    charge: budget.chargeMicroRho[charge.kind],
    lifetime: left(budget.lifetimeMicroRho, ledger.lifetimeMicroRho),
    year: left(budget.yearMicroRho, year),
    snapshot: left(budget.snapshotMicroRho, snapshot.microRho),
    pool: left(budget.poolMicroRho[pool], ofPool),
    requester: left(budget.requesterMicroRho[charge.class], ofRequester),
    study: left(budget.studyMicroRho, study?.microRho ?? 0),
    'study-counts': hasCountLeft ? Infinity : 0,
    places: hasPlace(ledger, charge, day, study !== undefined) ? Infinity : 0,
  }
}

/** The limit that leaves least; of equal ones the first in the order of `LimitName`. */
export function tightest(rooms: Readonly<Record<LimitName, number>>): readonly [LimitName, number] {
  const entries = Object.entries(rooms) as [LimitName, number][]
  return entries.reduce((least, each) => (each[1] < least[1] ? each : least))
}

/** Without what left the window of 365 days. */
function currentLedger(ledger: PrivacyLedger, day: number): PrivacyLedger {
  const last = ledger.days.at(-1)
  assert(last === undefined || day >= last.day, 'chain time never goes back')
  const oldest = day - LEDGER_WINDOW_DAYS
  return {
    lifetimeMicroRho: ledger.lifetimeMicroRho,
    days: ledger.days.filter((row) => row.day > oldest),
    studies: ledger.studies.filter((row) => row.lastDay > oldest),
  }
}

/** Whether the rows of this charge have a place, so that neither a member nor all together let the state grow without end. */
function hasPlace(
  ledger: PrivacyLedger,
  charge: Omit<Charge, 'microRho'>,
  day: number,
  isStudyKnown: boolean,
): boolean {
  const { memberId } = charge
  if (ledger.days.length >= LEDGER_ROWS_MAX && !ledger.days.some((row) => isRow(row, { ...charge, day })))
    return false
  if (isStudyKnown) return true
  let ownCount = 0
  for (const row of ledger.studies) if (equalBytes(row.memberId, memberId)) ownCount++
  return ownCount < MEMBER_STUDIES_MAX && ledger.studies.length < LEDGER_STUDIES_MAX
}

function withDay(days: readonly DayCharges[], charge: DayCharges): DayCharges[] {
  const at = days.findLastIndex((row) => isRow(row, charge))
  if (at < 0) return [...days, charge]
  return days.with(at, { ...charge, microRho: days[at]!.microRho + charge.microRho })
}

function isRow(row: DayCharges, charge: Omit<DayCharges, 'microRho'>): boolean {
  return row.day === charge.day && row.class === charge.class && equalBytes(row.memberId, charge.memberId)
}

function isStudy(row: StudyCharges, memberId: MemberId, studyId: Uint8Array): boolean {
  return equalBytes(row.studyId, studyId) && equalBytes(row.memberId, memberId)
}
