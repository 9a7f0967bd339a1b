/** Rows of the index of studies as the screen has them: names for ids, and one word for where a request is. */
import type { RequestRow, RequestState, RequestTakers, SnapshotView } from '../../shared/contract/requests.ts'
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
import { isAgainst, takersOf, type Takers } from './takers.ts'

export const nameOf = (state: ConsortiumState, memberId: MemberId): string =>
  findMember(membersOf(state), memberId)?.name ?? toHex(memberId).slice(0, 8)

/** How many gateways there are, and how many must say the same. */
export function gatewayNumbers(state: ConsortiumState): { count: number; needed: number } {
  const count = gatewaysOf(membersOf(state)).length
  return { count, needed: attestationsNeeded(state) }
}

/** @param takers where they were asked for; else what is known here */
export async function rowView(
  node: ChainNode,
  documents: Documents,
  row: StudyRow,
  takers?: Takers,
): Promise<RequestRow> {
  const state = node.ledger.state.consortium
  const { count, needed } = gatewayNumbers(state)
  const opened = await documents.of(row)
  const snapshot = state.snapshots.find(({ itemHash }) => equalBytes(itemHash, row.snapshotHash))
  const attesters = wordsOn(node, row)
  const question = opened?.question ?? null
  const { otherwise } = takers ?? (await takersOf(node, row, 'here'))
  return {
    studyHash: toHex(row.studyHash),
    title: opened?.document.title ?? null,
    lane: row.chargeKind === 'by-rule' || question?.lane === 'rule' ? 'rule' : 'noise',
    output: question === null ? null : question.lane === 'rule' ? 'study' : question.output.kind,
    chargeKind: row.chargeKind,
    microRho: row.chargeMicroRho,
    state: stateOf(row, attesters.length, otherwise.some(isAgainst)),
    at: row.time,
    answeredAt: row.result?.time ?? null,
    snapshotHeight: snapshot?.height ?? null,
    requester: nameOf(state, row.author),
    isOwn: equalBytes(row.author, node.memberId),
    attestedBy: attesters.map(({ memberId }) => nameOf(state, memberId)),
    gatewayCount: count,
    attestationsNeeded: needed,
    of: row.of === null ? null : toHex(row.of),
  }
}

/** Who said what the result says; before there is one, whoever said something. */
function wordsOn(
  node: ChainNode,
  { result, studyHash }: StudyRow,
): readonly { readonly memberId: MemberId; readonly engine: string }[] {
  return result?.attesters ?? node.studies.exchange.attestationsOf(studyHash)
}

/** Which engines found it, each with the hospitals that ran it: most hospitals first. */
export function enginesOf(node: ChainNode, row: StudyRow): { engine: string; hospitals: string[] }[] {
  const hospitals = new Map<string, string[]>()
  for (const { memberId, engine } of wordsOn(node, row))
    hospitals.set(engine, [...(hospitals.get(engine) ?? []), nameOf(node.ledger.state.consortium, memberId)])
  return [...hospitals]
    .map(([engine, names]) => ({ engine, hospitals: names }))
    .sort((a, b) => b.hospitals.length - a.hospitals.length || (a.engine < b.engine ? -1 : 1))
}

/** @param isDisputed somebody found something else than the result says: a recomputation does not come out the same then, whoever agreed */
export function stateOf(
  { state, result, chargeKind }: StudyRow,
  attestedCount: number,
  isDisputed: boolean,
): RequestState {
  switch (state) {
    case 'asked':
      return 'handing-over'
    case 'charged':
      return attestedCount > 0 ? 'computing' : 'charged'
    case 'held':
    case 'to-be-checked':
      return state
    case 'answered':
      if (chargeKind === 'recompute' && isDisputed && result?.outcome === 'identical') return 'disputed'
      return result?.outcome ?? 'answered'
    case 'refused':
    case 'expired':
      return state
    default:
      return unreachable(state)
  }
}

export function takersView(node: ChainNode, { same, otherwise, silent }: Takers): RequestTakers {
  const name = (memberId: MemberId): string => nameOf(node.ledger.state.consortium, memberId)
  return {
    same: same.map(name),
    otherwise: otherwise.map(({ memberId, outcome, isSuspended, isOfOtherEngine }) => ({
      hospital: name(memberId),
      outcome,
      isSuspended,
      isOfOtherEngine,
    })),
    silent: silent.map(name),
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
