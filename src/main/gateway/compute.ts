/**
 * What a gateway says of one study: the answer of a charged request, the recorded one of a repeat, what a recomputation finds, or what would
 * leave by rule (docs/spec/gateways.md section 5). Everything comes from the chain, the document and the records up to the snapshot, so honest
 * gateways say the same, whenever they do.
 */
import { encode } from '../node/chain/codec.ts'
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import { STUDY_ENGINE } from '../analytics/study/run-study.ts'
import { isPriced } from '../node/chain/privacy-ledger.ts'
import type { StudyRules } from '../node/chain/study-items.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../privacy/answers/answer-policy.ts'
import { REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import { isBroken } from '../privacy/rules/rule-check.ts'
import { differingCells, encodeDiffers } from './differing-cells.ts'
import type { Computed, ComputeOptions } from './computed.ts'
import { originOf, sameRequestBefore } from './earlier-studies.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { SnapshotPlace } from './gateway-port.ts'
import { checkedPurpose, ruleAnswerAgain, ruleProposal } from './judge-by-rule.ts'
import { benchmarkFrom } from './market-at.ts'
import { isOwnPortfolio } from './own-portfolio.ts'
import { isFormulaPermitted } from './permitted-formula.ts'
import { readQuestion, type Question } from './question.ts'

/** A record of the snapshot was erased: what was answered stays, and nobody computes it again. */
export const NOT_RECOMPUTABLE_ANSWER: Bytes = encode(['not-recomputable/1'])

type Word = Extract<Computed, { kind: 'word' }>

export async function computeStudy(options: ComputeOptions, study: GatewayStudy): Promise<Computed> {
  const { crypto, chainId, chain, fetching } = options
  const { item } = study
  const refusal: Word = { kind: 'word', outcome: 'refused', answer: REFUSED_ANSWER, requestHash: null }
  const at = await chain.snapshotOf(item.snapshotHash)
  if (at === null) return { kind: 'later', why: 'snapshot' }
  const document = await fetching.documentOf(item.commitment)
  // Until it is over, by its day.
  if (document === null) return { kind: 'later', why: 'document' }
  const question = readQuestion(crypto, chainId, study, document, STUDY_ENGINE)
  const author = await chain.memberAt(study.author, study.height)
  if (question === null || !isOwnPortfolio(author, question)) return refusalOf(study, refusal)
  if (!(await mayEvaluate(options, study, question))) return refusalOf(study, refusal)
  switch (item.chargeKind) {
    case 'count':
    case 'table':
    case 'model':
    case 'registered-model':
      if (question.lane !== 'noise' || !(await isRegisteredBefore(options, study))) return refusal
      return pricedAnswer(options, study, question, at, refusal)
    case 'by-rule':
      if (question.lane !== 'rule') return refusal
      return unlessErased(options, at, refusal, () =>
        ruleProposal(options, study, question, at, (each) => computeStudy(options, each)),
      )
    case 'repeat':
    case 'recompute':
      return again(options, study, question, at)
    default:
      return unreachable(item.chargeKind)
  }
}

/** True for whatever has no formula in it. Judged where it was charged; whoever asks again is judged anew. */
async function mayEvaluate(
  { crypto, chainId, chain }: ComputeOptions,
  { author, height, item }: GatewayStudy,
  question: Question,
): Promise<boolean> {
  // A recomputation gives nothing that was not given before.
  if (question.lane !== 'noise' || item.chargeKind === 'recompute') return true
  const verdict = await isFormulaPermitted(crypto, chainId, question.request.output, author, {
    policyOf: (name) => chain.policyAt(name, height),
    registeredBy: (hash) => chain.registeredBy(hash, height),
    memberOf: (memberId) => chain.memberAt(memberId, height),
  })
  return verdict.kind === 'permitted'
}

/**
 * The noise of a request at a snapshot is one and the same, so it must never meet other data (docs/spec/privacy.md section 4): who asks
 * again what was answered gets the recorded bytes, though paid for once more; and once a record of the snapshot is erased, nothing is
 * computed there any more.
 */
async function pricedAnswer(
  options: ComputeOptions,
  study: GatewayStudy,
  question: Extract<Question, { lane: 'noise' }>,
  at: SnapshotPlace,
  refusal: Word,
): Promise<Computed> {
  const { requestHash } = question
  const before = await sameRequestBefore(options, study, requestHash)
  // Whoever cannot know whether it was answered before gives no other bytes.
  if (before === null) return { kind: 'later', why: 'document' }
  if (before.some(({ result }) => result === null)) return { kind: 'later', why: 'earlier' }
  const answered = before.find(({ result }) => result?.outcome === 'answered')
  if (answered !== undefined) {
    const recorded = await recordedAnswer(options, answered)
    if (recorded === null) return { kind: 'later', why: 'document' }
    return { kind: 'word', outcome: 'answered', answer: recorded, requestHash }
  }
  return unlessErased(options, at, refusal, () => noiseAnswer(options, question, at, study, false))
}

/**
 * Nothing is computed of a snapshot that lost a record, whenever it was decided: also where that comes between the asking and the computing, or
 * while it is computed. Other gateways may have been earlier; a refusal accuses nobody.
 */
async function unlessErased(
  { chain }: ComputeOptions,
  at: SnapshotPlace,
  refusal: Word,
  compute: () => Promise<Computed>,
): Promise<Computed> {
  const erased: Computed = { ...refusal, isUnjudged: true }
  if ((await chain.firstErasureOf(at)) !== null) return erased
  const computed = await compute()
  return computed.kind !== 'later' && (await chain.firstErasureOf(at)) !== null ? erased : computed
}

/** A recomputation has outcomes of its own. */
function refusalOf({ item }: GatewayStudy, refusal: Word): Word {
  return item.chargeKind === 'recompute' ? notRecomputable(null) : refusal
}

function notRecomputable(requestHash: Bytes | null): Word {
  return { kind: 'word', outcome: 'not-recomputable', answer: NOT_RECOMPUTABLE_ANSWER, requestHash }
}

/** @param charged the study whose rules and consortium the answer is by */
async function noiseAnswer(
  { chainId, chain, analysis, noiseKeyOf }: ComputeOptions,
  question: Extract<Question, { lane: 'noise' }>,
  at: SnapshotPlace,
  charged: GatewayStudy,
  isFromRecords: boolean,
): Promise<Computed> {
  const { bytes, request, cohort, cleaning, followUp, requestHash } = question
  const noiseKey = await noiseKeyOf(at.itemHash)
  if (noiseKey === null) return { kind: 'later', why: 'noise-key' }
  const answer = await analysis.answer(
    {
      chainId,
      request: bytes,
      cohort,
      cleaning,
      followUp,
      snapshotDay: at.day,
      noiseKey,
      policy: releasePolicyOf(charged.item),
      benchmarkFrom: await benchmarkFrom(request.output, (notBefore) =>
        chain.marketAt(charged.height, notBefore),
      ),
    },
    at,
    isFromRecords,
  )
  return { kind: 'word', outcome: 'answered', answer, requestHash }
}

/** A protocol counts as registered before only if nothing of this study had been answered at the snapshot by then. */
async function isRegisteredBefore({ chain, book }: ComputeOptions, study: GatewayStudy): Promise<boolean> {
  const { item, author } = study
  if (item.chargeKind !== 'registered-model') return true
  const registration = item.of === null ? null : await chain.registrationOf(item.of)
  if (registration === null || !equalBytes(registration.author, author)) return false
  if (registration.height > study.height) return false
  return !book
    .list()
    .some(
      (each) =>
        each.result?.outcome === 'answered' &&
        each.result.height <= registration.height &&
        equalBytes(each.item.studyId, item.studyId) &&
        equalBytes(each.item.snapshotHash, item.snapshotHash) &&
        equalBytes(each.author, author),
    )
}

/** The study by whose rules those bytes were computed, whatever is in effect since; null while a document is missing. */
async function chargedStudyOf(
  options: ComputeOptions,
  given: GatewayStudy,
  requestHash: Bytes,
): Promise<GatewayStudy | null> {
  const origin = originOf(options.book, given)
  if (!isPriced(origin.item.chargeKind)) return origin
  const before = await sameRequestBefore(options, origin, requestHash)
  return before && (before.find(({ result }) => result?.outcome === 'answered') ?? origin)
}

/** A repeat gets the recorded bytes; a recomputation begins at the records. Neither is charged, and both are judged as a first one is. */
async function again(
  options: ComputeOptions,
  study: GatewayStudy,
  question: Question,
  at: SnapshotPlace,
): Promise<Computed> {
  const { book, fetching } = options
  const { item } = study
  const { requestHash } = question
  const isRecompute = item.chargeKind === 'recompute'
  const refusal: Word = isRecompute
    ? notRecomputable(requestHash)
    : { kind: 'word', outcome: 'refused', answer: REFUSED_ANSWER, requestHash }
  const earlier = item.of === null ? null : book.find(item.of)
  if (earlier === null || earlier.place >= study.place || earlier.item.chargeKind === 'recompute')
    return refusal
  // Nothing came of it, and nothing will.
  if (earlier.stage === 'expired') return refusal
  // What is still being computed or looked at is waited for.
  if (earlier.result === null) return { kind: 'later', why: 'earlier' }
  if (earlier.result.outcome !== 'answered') return refusal
  const before = await fetching.documentOf(earlier.item.commitment)
  if (before === null) return { kind: 'later', why: 'document' }
  const asked = readQuestion(options.crypto, options.chainId, earlier, before, STUDY_ENGINE)
  if (asked === null || !equalBytes(asked.requestHash, requestHash)) return refusal
  if (question.lane === 'rule' && isBroken(await checkedPurpose(options, study, question.purpose)))
    return refusal
  const recorded = await recordedAnswer(options, earlier)
  if (recorded === null) return { kind: 'later', why: 'document' }
  if (!isRecompute) return { kind: 'word', outcome: 'answered', answer: recorded, requestHash }
  const charged = await chargedStudyOf(options, earlier, requestHash)
  if (charged === null) return { kind: 'later', why: 'document' }
  const computed = await unlessErased(options, at, refusal, () =>
    question.lane === 'noise'
      ? noiseAnswer(options, question, at, charged, true)
      : ruleAnswerAgain(options, question, at, charged.item),
  )
  if (computed.kind !== 'word' || computed.isUnjudged === true) return computed
  if (equalBytes(computed.answer, recorded))
    return { kind: 'word', outcome: 'identical', answer: recorded, requestHash }
  // Its bytes would be the same noise on other data, and stay here.
  const differing = differingCells(recorded, computed.answer)
  return { kind: 'word', outcome: 'differs', answer: encodeDiffers(differing), requestHash, differing }
}

/** This gateway's, else what others kept; null where that has to come first. */
async function recordedAnswer(options: ComputeOptions, study: GatewayStudy): Promise<Bytes | null> {
  return (await ownAnswer(options, study)) ?? options.fetching.answerOf(study.studyHash)
}

/** Only where it is what the chain has: this gateway may have been the one that was wrong. */
async function ownAnswer(
  { book }: ComputeOptions,
  { studyHash, word, result }: GatewayStudy,
): Promise<Bytes | null> {
  if (word === null || result === null || !equalBytes(word.resultHash, result.resultHash)) return null
  return book.answerOf(studyHash)
}

/** The members may ask for more patients, never for fewer than the rules do. */
export function releasePolicyOf({ smallestCount }: Pick<StudyRules, 'smallestCount'>): ReleasePolicy {
  return {
    ...RELEASE_DEFAULTS,
    smallestCount: Math.max(RELEASE_DEFAULTS.smallestCount, smallestCount),
  }
}
