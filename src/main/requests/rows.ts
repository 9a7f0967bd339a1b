/** Rows of the index of studies as the screen has them: names for ids, and one word for where a request is. */
import type { RequestRow, RequestState, SnapshotView } from '../../shared/contract/requests.ts'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import { attestationsNeeded } from '../node/chain/apply-study.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember, gatewaysOf } from '../node/chain/members.ts'
import { membersOf, type ConsortiumState } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'
import { readSegmentTime } from '../node/storage/chain-store.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import type { Documents } from './documents.ts'

export const nameOf = (state: ConsortiumState, memberId: MemberId): string =>
  findMember(membersOf(state), memberId)?.name ?? toHex(memberId).slice(0, 8)

/** How many gateways there are, and how many must say the same. */
export function gatewayNumbers(state: ConsortiumState): { count: number; needed: number } {
  const count = gatewaysOf(membersOf(state)).length
  return { count, needed: attestationsNeeded(state) }
}

export async function rowView(node: ChainNode, documents: Documents, row: StudyRow): Promise<RequestRow> {
  const state = node.ledger.state.consortium
  const { count, needed } = gatewayNumbers(state)
  const opened = await documents.of(row)
  const snapshot = state.snapshots.find(({ itemHash }) => equalBytes(itemHash, row.snapshotHash))
  const attesters = row.result?.attesters ?? attestersOf(node, row)
  const question = opened?.question ?? null
  return {
    studyHash: toHex(row.studyHash),
    title: opened?.document.title ?? null,
    lane: row.chargeKind === 'by-rule' || question?.lane === 'rule' ? 'rule' : 'noise',
    output: question === null ? null : question.lane === 'rule' ? 'study' : question.output.kind,
    chargeKind: row.chargeKind,
    microRho: row.chargeMicroRho,
    state: stateOf(row, attesters.length),
    at: row.time,
    answeredAt: row.result?.time ?? null,
    snapshotHeight: snapshot?.height ?? null,
    requester: nameOf(state, row.author),
    isOwn: equalBytes(row.author, node.memberId),
    attestedBy: attesters.map((memberId) => nameOf(state, memberId)),
    gatewayCount: count,
    attestationsNeeded: needed,
    of: row.of === null ? null : toHex(row.of),
  }
}

function attestersOf(node: ChainNode, { studyHash }: StudyRow): readonly MemberId[] {
  return node.studies.exchange.attestationsOf(studyHash).map(({ memberId }) => memberId)
}

export function stateOf({ state, result }: StudyRow, attestedCount: number): RequestState {
  switch (state) {
    case 'asked':
      return 'handing-over'
    case 'charged':
      return attestedCount > 0 ? 'computing' : 'charged'
    case 'held':
    case 'to-be-checked':
      return state
    case 'answered':
      return result?.outcome ?? 'answered'
    case 'refused':
      return 'refused'
    default:
      return unreachable(state)
  }
}

/** Newest first. */
export async function snapshotViews(node: ChainNode): Promise<SnapshotView[]> {
  const { snapshots } = node.ledger.state.consortium
  const views = await Promise.all(
    snapshots.map(async ({ itemHash, height, microRho }, i): Promise<SnapshotView> => ({
      hash: toHex(itemHash),
      height,
      stateAt: await readSegmentTime(node.store, height),
      chargedMicroRho: microRho,
      isNewest: i === snapshots.length - 1,
    })),
  )
  return views.reverse()
}
