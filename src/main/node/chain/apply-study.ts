/**
 * The rules of studies (record-format.md section 9): charged before anything is computed, checked by people where no noise protects,
 * answered once. Attestations are counted by `apply-item.ts`.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { countedOn } from './day-counts.ts'
import type { ChainId, ItemHash, MemberId } from './ids.ts'
import type { SuspensionItem } from './item.ts'
import { AUTHOR_OPEN_STUDIES_MAX, CHECKS_MAX, DAY_MS, OPEN_STUDIES_MAX } from './limits.ts'
import { findMember, gatewaysOf } from './members.ts'
import { policyValue } from './policy.ts'
import { applyCharge, budgetOf, isPriced, type LimitName } from './privacy-ledger.ts'
import {
  isNamed,
  isOverFor,
  membersOf,
  type ConsortiumState,
  type OpenStudy,
  type StudyCheck,
} from './state.ts'
import {
  attestationSignBytes,
  expiryDayOf,
  heldSignBytes,
  studyRulesOf,
  type Attested,
  type CheckItem,
  type ResultItem,
  type ResultOutcome,
  type StudyItem,
  type Word,
  type WordHeights,
} from './study-items.ts'
import { faultsTolerated } from './voters.ts'

export type StudyRefusal =
  | 'item-unknown-snapshot'
  | 'item-unknown-study'
  /** So many of this author, or of all, have no result yet. */
  | 'item-open-studies'
  /** So many of this author that cost nothing were asked on this day of chain time. */
  | 'item-free-studies'
  /** This commitment of this author is open already. */
  | 'item-study-again'
  /** It says other numbers than the policy in effect: they were decided meanwhile. */
  | 'item-study-rules'
  /** Only what was paid for as such is for everybody: a repeat gives bytes that were charged to somebody else's budget. */
  | 'item-study-published'
  /** Fewer gateways have the document than may be faulty, and one more. */
  | 'item-study-held'
  /** A limit of the ledger leaves less than the charge. */
  | `item-budget-${LimitName}`
  /** Checks are of open studies by rule, one for each hospital, and not by the author's. */
  | 'item-check'
  /** Somebody refused, or enough approved these bytes: what comes later changes nothing. */
  | 'item-check-decided'
  /** An answer by rule that too few hospitals approved, or that one refused before. */
  | 'item-result-checks'
  /** An outcome that this kind of study cannot have. */
  | 'item-result-outcome'
  /** Its words were found before the last erasure that hospitals agreed to, or after one that the chain does not have. */
  | 'item-result-erasure'
  /** After one at a height that is not reached yet: whoever is behind cannot judge it. */
  | 'item-result-ahead'
  | 'item-attestations'
  | 'item-suspension'
  /** The gateway is named already, by the chain or by an item before this one in the same segment. */
  | 'item-suspension-again'

export type StudyResult =
  | { readonly kind: 'applied'; readonly state: ConsortiumState }
  | { readonly kind: 'refused'; readonly reason: StudyRefusal }

/** Where and when the item stands; `time` of the segment, milliseconds since 1970. */
export type StudyContext = { readonly chainId: ChainId; readonly height: number; readonly time: number }

/** Below this many gateways nobody can be outvoted: one that lies stays unseen, and one that is right may stand alone. */
export const ATTESTED_GATEWAYS_LEAST = 4

/** How many gateways must say the same: all of them, where they are few. */
export function attestationsNeeded(state: ConsortiumState): number {
  const { length } = gatewaysOf(membersOf(state))
  return length < ATTESTED_GATEWAYS_LEAST ? length : length - faultsTolerated(length)
}

/** How many gateways must have a study's document before it is charged: one of them keeps to the rules. */
export function holdersNeeded(state: ConsortiumState): number {
  return faultsTolerated(gatewaysOf(membersOf(state)).length) + 1
}

/** Charge before compute: a study that the ledger cannot pay has no place in a segment. */
export function applyStudy(
  crypto: Crypto,
  state: ConsortiumState,
  clear: StudyItem,
  about: { readonly memberId: MemberId; readonly itemHash: ItemHash },
  context: StudyContext,
): StudyResult {
  const { memberId, itemHash } = about
  const { commitment, chargeKind, of, studyId, snapshotHash, checkersMin } = clear
  if (!state.snapshots.some((entry) => equalBytes(entry.itemHash, snapshotHash)))
    return refused('item-unknown-snapshot')
  const { openStudies } = state
  // Of its author: who copies a commitment out of what waits asks something that nobody can open, and keeps nobody from asking.
  const own = openStudies.filter((open) => equalBytes(open.memberId, memberId))
  if (own.some((open) => equalBytes(open.commitment, commitment))) return refused('item-study-again')
  if (openStudies.length >= OPEN_STUDIES_MAX || own.length >= AUTHOR_OPEN_STUDIES_MAX)
    return refused('item-open-studies')
  const rules = studyRulesOf(state.policy)
  const areInEffect = rules.smallestCount === clear.smallestCount && rules.checkersMin === checkersMin
  if (!areInEffect || rules.expiryDays !== clear.expiryDays) return refused('item-study-rules')
  if (clear.requesterClass === 'published' && (chargeKind === 'repeat' || chargeKind === 'recompute'))
    return refused('item-study-published')
  if (!isHeld(crypto, state, clear, context)) return refused('item-study-held')
  const day = Math.floor(context.time / DAY_MS)
  const entry: OpenStudy = {
    studyHash: itemHash,
    memberId,
    chargeKind,
    of,
    commitment,
    height: context.height,
    checkersMin,
    expiryDay: expiryDayOf(context.time, clear),
    checks: [],
  }
  const opened: ConsortiumState = { ...state, openStudies: [...openStudies, entry] }
  if (!isPriced(chargeKind)) return countFree(opened, memberId, day)
  const charge = {
    kind: chargeKind,
    microRho: clear.chargeMicroRho,
    class: clear.requesterClass,
    memberId,
    studyId,
    snapshotHash,
  }
  const result = applyCharge(state, budgetOf(state.policy), charge, day)
  if (result.kind === 'refused') return refused(`item-budget-${result.limit}`)
  const { ledger, snapshots } = result
  return { kind: 'applied', state: { ...opened, ledger, snapshots } }
}

/**
 * Before the items of a segment: what nobody answered by its day is over, so that it keeps no place and holds up nothing. Its charge stays
 * spent: gateways had the document before it was charged, and may have computed (ADR 0030).
 * @param time of the segment
 */
export function withoutExpired(state: ConsortiumState, time: number): ConsortiumState {
  const day = Math.floor(time / DAY_MS)
  const openStudies = state.openStudies.filter((open) => open.expiryDay > day)
  return openStudies.length === state.openStudies.length ? state : { ...state, openStudies }
}

/** Whether the result may close its study: all gateways but those that may be faulty said so. */
export function applyResult(
  crypto: Crypto,
  state: ConsortiumState,
  clear: ResultItem,
  { chainId, height }: StudyContext,
): StudyResult {
  const study = openStudyOf(state, clear.studyHash)
  if (study === null) return refused('item-unknown-study')
  const isOfRecomputation = clear.outcome !== 'answered' && clear.outcome !== 'refused'
  if (isOfRecomputation !== (study.chargeKind === 'recompute')) return refused('item-result-outcome')
  if (study.chargeKind === 'by-rule' && clear.outcome === 'answered')
    if (checksVerdict(study.checks, study.checkersMin, clear.resultHash) !== 'approved')
      return refused('item-result-checks')
  const areFew = gatewaysOf(membersOf(state)).length < ATTESTED_GATEWAYS_LEAST
  if (areFew && policyValue(state.policy, 'releaseUnattested') === 0) return refused('item-attestations')
  const { erasureHeight } = clear
  if (erasureHeight > state.erasureHeight && erasureHeight >= height) return refused('item-result-ahead')
  if (erasureHeight !== state.erasureHeight) return refused('item-result-erasure')
  const heights = { studyHeight: study.height, erasureHeight }
  if (!isAttested(crypto, state, clear, heights, clear.attestations, chainId))
    return refused('item-attestations')
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
  if (checksVerdict(checks, study.checkersMin, proposalHash) !== 'open') return refused('item-check-decided')
  const checked: OpenStudy = { ...study, checks: [...checks, { memberId, proposalHash, verdict }] }
  return {
    kind: 'applied',
    state: { ...state, openStudies: state.openStudies.map((open) => (open === study ? checked : open)) },
  }
}

/**
 * What the checks of a study decide about these bytes, in the order of the chain, so that everybody finds the same at whatever height it
 * looks: whichever comes first, somebody's refusal or enough approvals of just these bytes. What is approved beside them decides nothing
 * here.
 */
export function checksVerdict(
  checks: readonly Pick<StudyCheck, 'proposalHash' | 'verdict'>[],
  checkersMin: number,
  proposalHash: Uint8Array,
): 'open' | 'approved' | 'refused' {
  let approvals = 0
  for (const check of checks) {
    if (check.verdict === 'refuse') return 'refused'
    if (equalBytes(check.proposalHash, proposalHash)) approvals++
    if (approvals >= checkersMin) return 'approved'
  }
  return 'open'
}

/**
 * A gateway that computed another answer than all but the faulty is named. Only of two computed answers: a refusal may come of a document
 * or a record that was not there, and says nothing about who is honest. Below four gateways nobody is named, and whoever was
 * cleared since the study was asked is not named for it again.
 */
export function applySuspension(
  crypto: Crypto,
  state: ConsortiumState,
  clear: SuspensionItem,
  { chainId, height }: StudyContext,
): StudyResult {
  const { memberId, studyHash, agreed, said, attestations, reason } = clear
  const row = state.members.find((each) => equalBytes(each.member.memberId, memberId))
  if (row === undefined || row.member.gatewayKey === null) return refused('item-suspension')
  // All but the faulty signed the height: it is that of the study.
  if (isOverFor(row, clear.studyHeight)) return refused('item-suspension')
  const isOther = agreed.outcome !== said.outcome || !equalBytes(agreed.resultHash, said.resultHash)
  if (!isOther || !isSuspendable(state, { ...agreed, attestations }, said)) return refused('item-suspension')
  const isByItself = attestations.some((each) => equalBytes(each.memberId, memberId))
  // Of one height both: before and after an erasure honest gateways may find unlike things.
  if (isByItself || !isAttested(crypto, state, { studyHash, ...agreed }, clear, attestations, chainId))
    return refused('item-attestations')
  const signBytes = attestationSignBytes(chainId, { studyHash, ...said }, said.engine, clear)
  if (!crypto.ed25519Verify(row.member.authorKey, signBytes, said.signature))
    return refused('item-suspension')
  if (isNamed(state, memberId)) return refused('item-suspension-again')
  const suspensions = [...state.suspensions, { memberId, height, reason }]
  return { kind: 'applied', state: { ...state, suspensions } }
}

/**
 * Whether a gateway may be suspended that said one where the others said the other. Only by more than may be faulty that ran its engine: one of them
 * keeps to the rules, so that engine gives what they say. Whoever ran another one may have found what that gives.
 */
export function isSuspendable(
  state: ConsortiumState,
  agreed: { readonly outcome: ResultOutcome; readonly attestations: readonly Pick<Attested, 'engine'>[] },
  said: { readonly outcome: ResultOutcome; readonly engine: string },
): boolean {
  const { length } = gatewaysOf(membersOf(state))
  const likeCount = agreed.attestations.filter(({ engine }) => engine === said.engine).length
  const isOfOneEngine = likeCount > faultsTolerated(length)
  return (
    length >= ATTESTED_GATEWAYS_LEAST &&
    isOfOneEngine &&
    isComputed(agreed.outcome) &&
    isComputed(said.outcome)
  )
}

/** Whether an outcome says what the records give. */
export function isComputed(outcome: ResultOutcome): boolean {
  return outcome === 'answered' || outcome === 'identical' || outcome === 'differs'
}

/** The first protocol that a member registers is remembered: what rests on it is looked up by the member. */
export function applyRegistration(
  state: ConsortiumState,
  memberId: MemberId,
  height: number,
): ConsortiumState {
  return firstRegistrationOf(state, memberId) === null
    ? { ...state, registrations: [...state.registrations, [memberId, height]] }
    : state
}

/** Height of the segment that holds it. */
export function firstRegistrationOf(state: ConsortiumState, memberId: Uint8Array): number | null {
  return state.registrations.find(([author]) => equalBytes(author, memberId))?.[1] ?? null
}

export function openStudyOf(state: ConsortiumState, studyHash: Uint8Array): OpenStudy | null {
  return state.openStudies.find((open) => equalBytes(open.studyHash, studyHash)) ?? null
}

/** Each signature of the list must hold, as everywhere, and none be of a document that may be forgotten by now. */
function isHeld(
  crypto: Crypto,
  state: ConsortiumState,
  { commitment, held }: StudyItem,
  { chainId, time }: StudyContext,
): boolean {
  const gateways = gatewaysOf(membersOf(state))
  return (
    held.length >= holdersNeeded(state) &&
    held.every(({ memberId, until, signature }) => {
      const gateway = findMember(gateways, memberId)
      const signBytes = heldSignBytes(chainId, commitment, memberId, until)
      return time < until && gateway !== null && crypto.ed25519Verify(gateway.authorKey, signBytes, signature)
    })
  )
}

/** Each by its author key in effect, of whatever engine: the same bytes are the same answer. Whoever is named attests nothing until a decision clears it. */
function isAttested(
  crypto: Crypto,
  state: ConsortiumState,
  word: Word,
  heights: WordHeights,
  attestations: readonly Attested[],
  chainId: ChainId,
): boolean {
  if (attestations.length < attestationsNeeded(state)) return false
  const gateways = gatewaysOf(membersOf(state))
  return attestations.every(({ memberId, engine, signature }) => {
    const gateway = isNamed(state, memberId) ? null : findMember(gateways, memberId)
    const signBytes = attestationSignBytes(chainId, word, engine, heights)
    return gateway !== null && crypto.ed25519Verify(gateway.authorKey, signBytes, signature)
  })
}

/** What costs nothing takes gateways' time and people's: so many a day, and no more. */
function countFree(state: ConsortiumState, memberId: MemberId, day: number): StudyResult {
  const most = policyValue(state.policy, 'freeStudiesPerDay')
  const freeStudies = countedOn(state.freeStudies, memberId, day, most)
  if (freeStudies === null) return refused('item-free-studies')
  return { kind: 'applied', state: { ...state, freeStudies } }
}

function refused(reason: StudyRefusal): StudyResult {
  return { kind: 'refused', reason }
}
