/**
 * The rules of studies (record-format.md section 9): charged before anything is computed, checked by people where no noise protects,
 * answered once. Attestations are counted by `apply-item.ts`.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from './ids.ts'
import { AUTHOR_OPEN_STUDIES_MAX, CHECKS_MAX, DAY_MS, OPEN_STUDIES_MAX } from './limits.ts'
import { policyValue } from './policy.ts'
import { applyCharge, budgetOf, isPriced, type LimitName } from './privacy-ledger.ts'
import type { ConsortiumState, OpenStudy } from './state.ts'
import type { CheckItem, ResultItem, StudyItem } from './study-items.ts'

export type StudyRefusal =
  | 'item-unknown-snapshot'
  | 'item-unknown-study'
  /** So many of this author, or of all, have no result yet. */
  | 'item-open-studies'
  /** This commitment is open already. */
  | 'item-study-again'
  /** A limit of the ledger leaves less than the charge. */
  | `item-budget-${LimitName}`
  /** Checks are of open studies by rule, one for each hospital, and not by the author's. */
  | 'item-check'
  /** An answer by rule that too few hospitals approved, or that one refused. */
  | 'item-result-checks'
  /** An outcome that this kind of study cannot have. */
  | 'item-result-outcome'

export type StudyResult =
  | { readonly kind: 'applied'; readonly state: ConsortiumState }
  | { readonly kind: 'refused'; readonly reason: StudyRefusal }

/**
 * Charge before compute: a study that the ledger cannot pay has no place in a segment.
 * @param time of the segment, milliseconds since 1970
 */
export function applyStudy(
  state: ConsortiumState,
  clear: StudyItem,
  about: { readonly memberId: MemberId; readonly itemHash: ItemHash; readonly time: number },
): StudyResult {
  const { memberId, itemHash } = about
  const { commitment, chargeKind, of, studyId, snapshotHash } = clear
  if (!state.snapshots.some((entry) => equalBytes(entry.itemHash, snapshotHash)))
    return refused('item-unknown-snapshot')
  const { openStudies } = state
  if (openStudies.some((open) => equalBytes(open.commitment, commitment))) return refused('item-study-again')
  const own = openStudies.filter((open) => equalBytes(open.memberId, memberId))
  if (openStudies.length >= OPEN_STUDIES_MAX || own.length >= AUTHOR_OPEN_STUDIES_MAX)
    return refused('item-open-studies')
  const opened: ConsortiumState = {
    ...state,
    openStudies: [...openStudies, { studyHash: itemHash, memberId, chargeKind, of, commitment, checks: [] }],
  }
  if (!isPriced(chargeKind)) return { kind: 'applied', state: opened }
  const charge = {
    kind: chargeKind,
    microRho: clear.chargeMicroRho,
    class: clear.requesterClass,
    memberId,
    studyId,
    snapshotHash,
  }
  const result = applyCharge(state, budgetOf(state.policy), charge, Math.floor(about.time / DAY_MS))
  if (result.kind === 'refused') return refused(`item-budget-${result.limit}`)
  const { ledger, snapshots } = result
  return { kind: 'applied', state: { ...opened, ledger, snapshots } }
}

/** Whether the result may close its study. Its attestations are the caller's to check. */
export function applyResult(state: ConsortiumState, clear: ResultItem): StudyResult {
  const study = openStudyOf(state, clear.studyHash)
  if (study === null) return refused('item-unknown-study')
  const isOfRecomputation = clear.outcome !== 'answered' && clear.outcome !== 'refused'
  if (isOfRecomputation !== (study.chargeKind === 'recompute')) return refused('item-result-outcome')
  if (study.chargeKind === 'by-rule' && clear.outcome === 'answered' && !isApproved(state, study, clear))
    return refused('item-result-checks')
  const openStudies = state.openStudies.filter((open) => open !== study)
  return { kind: 'applied', state: { ...state, openStudies } }
}

/** @param memberId the hospital that checked */
export function applyCheck(state: ConsortiumState, clear: CheckItem, memberId: MemberId): StudyResult {
  const study = openStudyOf(state, clear.studyHash)
  if (study === null) return refused('item-unknown-study')
  const { checks } = study
  if (study.chargeKind !== 'by-rule' || equalBytes(study.memberId, memberId)) return refused('item-check')
  if (checks.length >= CHECKS_MAX || checks.some((check) => equalBytes(check.memberId, memberId)))
    return refused('item-check')
  const { proposalHash, verdict } = clear
  const checked: OpenStudy = { ...study, checks: [...checks, { memberId, proposalHash, verdict }] }
  return {
    kind: 'applied',
    state: { ...state, openStudies: state.openStudies.map((open) => (open === study ? checked : open)) },
  }
}

export function openStudyOf(state: ConsortiumState, studyHash: Uint8Array): OpenStudy | null {
  return state.openStudies.find((open) => equalBytes(open.studyHash, studyHash)) ?? null
}

/** Enough hospitals approved just these bytes, and none refused. */
function isApproved(state: ConsortiumState, { checks }: OpenStudy, { resultHash }: ResultItem): boolean {
  if (checks.some(({ verdict }) => verdict === 'refuse')) return false
  const approving = checks.filter(({ proposalHash }) => equalBytes(proposalHash, resultHash))
  return approving.length >= policyValue(state.policy, 'checkersMin')
}

function refused(reason: StudyRefusal): StudyResult {
  return { kind: 'refused', reason }
}
