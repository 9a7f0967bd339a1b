/** What each limit of the privacy ledger leaves for this member, by the chain's own function (docs/spec/privacy.md L2). */
import type { Budget, LimitName } from '../../shared/contract/requests.ts'
import { equalBytes, fromHex, type Bytes } from '../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import {
  budgetOf,
  isPriced,
  POOL_OF,
  roomsFor,
  tightest,
  type BudgetPolicy,
  type Charge,
  type ChargeKind,
  type RequesterClass,
} from '../node/chain/privacy-ledger.ts'
import type { ConsortiumState } from '../node/chain/state.ts'

/** Limits of money, so to speak: what counts studies is no room for a price. */
const SAID = [
  'lifetime',
  'year',
  'snapshot',
  'pool',
  'requester',
  'study',
] as const satisfies readonly LimitName[]
/** Of a study that has not begun: nobody's. */
const NEW_STUDY = new Uint8Array(16)

export interface Asker {
  readonly memberId: MemberId
  readonly class: RequesterClass
}

/** Null where the snapshot is not declared. @param time of the chain, milliseconds since 1970 */
export function budgetView(
  state: ConsortiumState,
  asker: Asker,
  snapshotHash: Bytes,
  time: number,
): Budget | null {
  if (!isDeclared(state, snapshotHash)) return null
  const budget = budgetOf(state.policy)
  const rooms = roomsFor(state, budget, chargeOf(asker, 'table', snapshotHash, NEW_STUDY), dayOf(time))
  return {
    class: asker.class,
    limits: SAID.map((limit) => ({ limit, room: rooms[limit], whole: wholeOf(limit, budget, asker.class) })),
    chargeMost: { ...budget.chargeMicroRho },
    studyCountsMax: budget.studyCountsMax,
  }
}

/** The limit that leaves least for this request, and how often it leaves room for it; null for what costs nothing. */
export function bindingOf(
  state: ConsortiumState,
  asker: Asker,
  request: {
    readonly kind: ChargeKind
    readonly microRho: number
    readonly snapshotHash: Bytes
    readonly studyId: Bytes | null
  },
  time: number,
): { limit: LimitName; room: number; times: number } | null {
  const { kind, microRho, snapshotHash, studyId } = request
  if (!isPriced(kind) || !isDeclared(state, snapshotHash)) return null
  const rooms = roomsFor(
    state,
    budgetOf(state.policy),
    chargeOf(asker, kind, snapshotHash, studyId ?? NEW_STUDY),
    dayOf(time),
  )
  // What one request may cost does not get less by asking: it says whether, not how often.
  if (rooms.charge < microRho) return { limit: 'charge', room: rooms.charge, times: 0 }
  // A further request may begin a study of its own, so a study's limits bind only where this one does not fit.
  const { charge: _, study, 'study-counts': counts, ...lasting } = rooms
  if (study < microRho) return { limit: 'study', room: study, times: 0 }
  if (counts < 1) return { limit: 'study-counts', room: 0, times: 0 }
  const [limit, room] = tightest({ ...lasting, charge: Infinity, study: Infinity, 'study-counts': Infinity })
  return { limit, room, times: (room - (room % microRho)) / microRho }
}

export function isDeclared({ snapshots }: ConsortiumState, snapshotHash: Bytes): boolean {
  return snapshots.some(({ itemHash }) => equalBytes(itemHash, snapshotHash))
}

const dayOf = (time: number): number => Math.floor(time / DAY_MS)

const chargeOf = (
  { memberId, class: requester }: Asker,
  kind: Charge['kind'],
  snapshotHash: Bytes,
  studyId: Bytes,
): Omit<Charge, 'microRho'> => ({
  kind,
  class: requester,
  memberId,
  studyId,
  snapshotHash: snapshotHash as ItemHash,
})

function wholeOf(limit: (typeof SAID)[number], budget: BudgetPolicy, requester: RequesterClass): number {
  switch (limit) {
    case 'lifetime':
      return budget.lifetimeMicroRho
    case 'year':
      return budget.yearMicroRho
    case 'snapshot':
      return budget.snapshotMicroRho
    case 'pool':
      return budget.poolMicroRho[POOL_OF[requester]]
    case 'requester':
      return budget.requesterMicroRho[requester]
    case 'study':
      return budget.studyMicroRho
  }
}

export const snapshotHashOf = (hex: string): ItemHash => fromHex(hex) as Uint8Array as ItemHash
