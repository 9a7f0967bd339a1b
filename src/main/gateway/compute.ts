/**
 * What a gateway says of one study: the answer of a charged request, the recorded one of a repeat, what a recomputation finds, or what would
 * leave by rule (docs/spec/gateways.md section 5). Everything comes from the chain, the document and the records up to the snapshot, so honest
 * gateways say the same, whenever they do.
 */
import { encode } from '../node/chain/codec.ts'
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import { nameOfPeople, type PeopleOfStudy } from '../analytics/study/propose-release.ts'
import { STUDY_ENGINE } from '../analytics/study/run-study.ts'
import { policyValue } from '../node/chain/policy.ts'
import type { ConsortiumState } from '../node/chain/state.ts'
import type { ResultOutcome } from '../node/chain/study-items.ts'
import { RELEASE_DEFAULTS, type ReleasePolicy } from '../privacy/answers/answer-policy.ts'
import { isRefusal, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'
import { RULE_DEFAULTS, type RulePolicy } from '../privacy/rules/rule-policy.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { GatewayOptions, SnapshotPlace } from './gateway-port.ts'
import { isOwnPortfolio } from './own-portfolio.ts'
import { readQuestion, type Question } from './question.ts'

export type Computed =
  | {
      readonly kind: 'word'
      readonly outcome: ResultOutcome
      readonly answer: Bytes
      readonly requestHash: Bytes | null
    }
  /** What would leave by rule, for two people to look at. */
  | {
      readonly kind: 'proposal'
      readonly answer: Bytes
      readonly checks: readonly RuleCheck[]
      readonly requestHash: Bytes
    }
  /** Not now: a document, a key or records are not here yet, or an earlier study has to be judged first. */
  | { readonly kind: 'later'; readonly why: 'document' | 'noise-key' | 'earlier' | 'snapshot' }

/** Of a recomputation that found something else: its bytes would be the same noise on other data, and stay here. */
export const DIFFERS_ANSWER: Bytes = encode(['differs/1'])
/** A record of the snapshot was erased: what was answered stays, and nobody computes it again. */
export const NOT_RECOMPUTABLE_ANSWER: Bytes = encode(['not-recomputable/1'])

/** Whoever asked and gives nobody the document is refused after so long, in chain time. */
const DOCUMENT_WAIT_MS = 30 * 86_400_000
const REFUSALS_WITHIN_MS = 30 * 86_400_000

export async function computeStudy(options: GatewayOptions, study: GatewayStudy): Promise<Computed> {
  const { crypto, chainId, chain, exchange } = options
  const { item } = study
  const refusal: Computed = { kind: 'word', outcome: 'refused', answer: REFUSED_ANSWER, requestHash: null }
  const at = await chain.snapshotOf(item.snapshotHash)
  if (at === null) return { kind: 'later', why: 'snapshot' }
  const document = await exchange.documentOf(item.commitment)
  if (document === null)
    return chain.lastTime() - study.time > DOCUMENT_WAIT_MS
      ? refusalOf(study, refusal)
      : { kind: 'later', why: 'document' }
  const question = readQuestion(crypto, chainId, item, document, STUDY_ENGINE)
  if (question === null || !isOwnPortfolio(chain.state(), study.author, question))
    return refusalOf(study, refusal)
  switch (item.chargeKind) {
    case 'count':
    case 'table':
    case 'model':
    case 'registered-model':
      if (question.lane !== 'noise' || !(await isRegisteredBefore(options, study))) return refusal
      return pricedAnswer(options, study, question, at, refusal)
    case 'by-rule':
      return question.lane === 'rule' ? ruleProposal(options, study, question, at) : refusal
    case 'repeat':
    case 'recompute':
      return again(options, study, question, at)
    default:
      return unreachable(item.chargeKind)
  }
}

/**
 * The noise of a request at a snapshot is one and the same, so it must never meet other data (docs/spec/privacy.md section 4): who asks
 * again what was answered gets the recorded bytes, though paid for once more; and once a record of the snapshot is erased, nothing is
 * computed there any more.
 */
async function pricedAnswer(
  options: GatewayOptions,
  study: GatewayStudy,
  question: Extract<Question, { lane: 'noise' }>,
  at: SnapshotPlace,
  refusal: Computed,
): Promise<Computed> {
  const { book, chain, exchange } = options
  const { requestHash } = question
  const before = book
    .list()
    .filter(
      (each) =>
        each.place < study.place &&
        each.requestHash !== null &&
        equalBytes(each.requestHash, requestHash) &&
        equalBytes(each.item.snapshotHash, study.item.snapshotHash) &&
        each.item.chargeKind !== 'recompute',
    )
  if (before.some(({ result }) => result === null)) return { kind: 'later', why: 'earlier' }
  const answered = before.find(({ result }) => result?.outcome === 'answered')
  if (answered !== undefined) {
    const recorded = (await ownAnswer(options, answered)) ?? (await exchange.answerOf(answered.studyHash))
    if (recorded === null) return { kind: 'later', why: 'document' }
    return { kind: 'word', outcome: 'answered', answer: recorded, requestHash }
  }
  if (await chain.isErasedSince(at, study.height)) return refusal
  return noiseAnswer(options, question, at, false)
}

/** A recomputation has outcomes of its own. */
function refusalOf({ item }: GatewayStudy, refusal: Computed): Computed {
  return item.chargeKind === 'recompute' ? notRecomputable(null) : refusal
}

function notRecomputable(requestHash: Bytes | null): Computed {
  return { kind: 'word', outcome: 'not-recomputable', answer: NOT_RECOMPUTABLE_ANSWER, requestHash }
}

async function noiseAnswer(
  { chainId, chain, analysis, noiseKeyOf }: GatewayOptions,
  question: Extract<Question, { lane: 'noise' }>,
  at: SnapshotPlace,
  isFromRecords: boolean,
): Promise<Computed> {
  const { bytes, cohort, cleaning, followUp, requestHash } = question
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
      policy: releasePolicyOf(chain.state()),
    },
    at,
    isFromRecords,
  )
  return { kind: 'word', outcome: 'answered', answer, requestHash }
}

/** A protocol counts as registered before only if nothing of this study had been answered at the snapshot by then. */
async function isRegisteredBefore({ chain, book }: GatewayOptions, study: GatewayStudy): Promise<boolean> {
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

/** A repeat gets the recorded bytes; a recomputation begins at the records. */
async function again(
  options: GatewayOptions,
  study: GatewayStudy,
  question: Question,
  at: SnapshotPlace,
): Promise<Computed> {
  const { book, chain, exchange } = options
  const { item } = study
  const { requestHash } = question
  const isRecompute = item.chargeKind === 'recompute'
  const refusal: Computed = isRecompute
    ? notRecomputable(requestHash)
    : { kind: 'word', outcome: 'refused', answer: REFUSED_ANSWER, requestHash }
  const earlier = item.of === null ? null : book.find(item.of)
  if (earlier === null || earlier.place >= study.place || earlier.item.chargeKind === 'recompute')
    return refusal
  // What is still being computed or looked at is waited for.
  if (earlier.result === null) return { kind: 'later', why: 'earlier' }
  if (earlier.result.outcome !== 'answered') return refusal
  const before = await exchange.documentOf(earlier.item.commitment)
  if (before === null) return { kind: 'later', why: 'document' }
  const asked = readQuestion(options.crypto, options.chainId, earlier.item, before, STUDY_ENGINE)
  if (asked === null || !equalBytes(asked.requestHash, requestHash)) return refusal
  // Gateways may come to it at different times: what counts is what was decided when it was asked.
  if (isRecompute && (await chain.isErasedSince(at, study.height))) return refusal
  const recorded = (await ownAnswer(options, earlier)) ?? (await exchange.answerOf(earlier.studyHash))
  if (recorded === null) return { kind: 'later', why: 'document' }
  if (!isRecompute) return { kind: 'word', outcome: 'answered', answer: recorded, requestHash }
  const computed =
    question.lane === 'noise'
      ? await noiseAnswer(options, question, at, true)
      : await ruleAnswerAgain(options, question, at)
  if (computed.kind === 'later') return computed
  return equalBytes(computed.answer, recorded)
    ? { kind: 'word', outcome: 'identical', answer: recorded, requestHash }
    : { kind: 'word', outcome: 'differs', answer: DIFFERS_ANSWER, requestHash }
}

/** Only where it is what the chain has: this gateway may have been the one that was wrong. */
async function ownAnswer(
  { book }: GatewayOptions,
  { studyHash, word, result }: GatewayStudy,
): Promise<Bytes | null> {
  if (word === null || result === null || !equalBytes(word.resultHash, result.resultHash)) return null
  return book.answerOf(studyHash)
}

interface EarlierStudy {
  readonly study: GatewayStudy
  readonly people: PeopleOfStudy
  readonly models: number
}

/** Studies by rule are judged in the order of the chain: what is compared with must be the same at every gateway. */
async function ruleProposal(
  options: GatewayOptions,
  study: GatewayStudy,
  question: Extract<Question, { lane: 'rule' }>,
  at: SnapshotPlace,
): Promise<Computed> {
  const { crypto, chainId, chain, book, analysis, exchange } = options
  const before = book.list().filter(({ item, place }) => item.chargeKind === 'by-rule' && place < study.place)
  const earlier: EarlierStudy[] = []
  let refusals = 0
  for (const each of before) {
    const isOfStudy =
      equalBytes(each.author, study.author) && equalBytes(each.item.studyId, study.item.studyId)
    if (each.judged === null && each.result === null) return { kind: 'later', why: 'earlier' }
    const isRefused = each.judged === null ? each.result?.outcome === 'refused' : each.judged === 'refused'
    if (isRefused) {
      if (isOfStudy && study.time - each.time <= REFUSALS_WITHIN_MS) refusals++
      continue
    }
    const document = await exchange.documentOf(each.item.commitment)
    const asked = document === null ? null : readQuestion(crypto, chainId, each.item, document, STUDY_ENGINE)
    if (document === null) return { kind: 'later', why: 'document' }
    // Of another engine: it was judged by that one, and who was in it is not known to this one.
    if (asked?.lane !== 'rule') continue
    earlier.push({ study: each, people: asked.study, models: asked.study.models.length })
  }
  const peopleHash = (people: PeopleOfStudy) => crypto.sha256(utf8Encode(nameOfPeople(people)))
  const words = await Promise.all(earlier.map(({ people }) => book.wordsOf(at.itemHash, peopleHash(people))))
  const mine = nameOfPeople(question.study)
  const proposal = await analysis.propose(
    {
      chainId,
      study: question.study,
      purpose: question.purpose,
      requester: await requesterOf(options, study),
      earlier: earlier.map(({ people, study: { author } }, i) => ({
        people: { cohort: people.cohort, cleaning: people.cleaning, intervals: people.intervals },
        isOwn: equalBytes(author, study.author),
        words: words[i]!,
      })),
      recentRefusals: refusals,
      earlierModels: earlier
        .filter(
          ({ study: each, people }) =>
            equalBytes(each.author, study.author) &&
            equalBytes(each.item.studyId, study.item.studyId) &&
            nameOfPeople(people) === mine,
        )
        .reduce((sum, { models }) => sum + models, 0),
      policy: rulePolicyOf(chain.state()),
    },
    at,
    false,
  )
  for (const [i, made] of proposal.earlierWords.entries())
    if (words[i] === null) await book.saveWords(at.itemHash, peopleHash(earlier[i]!.people), made)
  await book.saveWords(at.itemHash, peopleHash(question.study), proposal.words)
  const { requestHash } = question
  return proposal.kind === 'refused'
    ? { kind: 'word', outcome: 'refused', answer: REFUSED_ANSWER, requestHash }
    : { kind: 'proposal', answer: proposal.answer, checks: proposal.checks, requestHash }
}

/** The numbers alone: whom it may be told was decided then. */
async function ruleAnswerAgain(
  options: GatewayOptions,
  { study: asked, purpose, requestHash }: Extract<Question, { lane: 'rule' }>,
  at: SnapshotPlace,
): Promise<Extract<Computed, { kind: 'word' }>> {
  const { chainId, chain, analysis } = options
  const proposal = await analysis.propose(
    {
      chainId,
      study: asked,
      purpose,
      requester: { isInsurer: false, hasRegisteredPlan: false },
      earlier: [],
      recentRefusals: 0,
      earlierModels: 0,
      policy: rulePolicyOf(chain.state()),
    },
    at,
    true,
  )
  const answer = proposal.kind === 'refused' ? REFUSED_ANSWER : proposal.answer
  return { kind: 'word', outcome: isRefusal(answer) ? 'refused' : 'answered', answer, requestHash }
}

async function requesterOf({ chain }: GatewayOptions, { item, author, height }: GatewayStudy) {
  const isInsurer = item.requesterClass === 'insurer'
  return { isInsurer, hasRegisteredPlan: isInsurer && (await chain.hasRegistered(author, height)) }
}

/** The members may ask for more patients, never for fewer than the rules do. */
export function releasePolicyOf({ policy }: Pick<ConsortiumState, 'policy'>): ReleasePolicy {
  const smallestCount = Math.max(RELEASE_DEFAULTS.smallestCount, policyValue(policy, 'smallestCount'))
  return { ...RELEASE_DEFAULTS, smallestCount }
}

export function rulePolicyOf({ policy }: Pick<ConsortiumState, 'policy'>): RulePolicy {
  const smallestCount = Math.max(RULE_DEFAULTS.smallestCount, policyValue(policy, 'smallestCount'))
  return { ...RULE_DEFAULTS, smallestCount, checkersLeast: policyValue(policy, 'checkersMin') }
}
