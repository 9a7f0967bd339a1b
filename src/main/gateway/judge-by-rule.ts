/**
 * A study by rule as a gateway judges it: against all earlier ones, in the order of the chain, whichever of them this gateway was there for, so that
 * all gateways judge alike (docs/spec/gateways.md section 5, release-rules.md section 5).
 */
import { equalBytes, utf8Encode } from '../../shared/std/bytes.ts'
import type { StudyRules } from '../node/chain/study-items.ts'
import { nameOfPeople, type PeopleOfStudy } from '../analytics/study/propose-release.ts'
import { isRefusal, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import { checkPurpose, type Purpose } from '../privacy/rules/people.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'
import { RULE_DEFAULTS, type RulePolicy } from '../privacy/rules/rule-policy.ts'
import type { Computed, ComputeOptions } from './computed.ts'
import { originOf } from './earlier-studies.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { SnapshotPlace } from './gateway-port.ts'
import { readQuestion, type Question } from './question.ts'

type RuleQuestion = Extract<Question, { lane: 'rule' }>

const REFUSALS_WITHIN_MS = 30 * 86_400_000

interface EarlierStudy {
  readonly study: GatewayStudy
  readonly people: PeopleOfStudy
  readonly models: number
}

/**
 * Studies by rule are judged in the order of the chain: what is compared with must be the same at every gateway.
 * @param judge of an earlier study that this gateway has not judged
 */
export async function ruleProposal(
  options: ComputeOptions,
  study: GatewayStudy,
  question: RuleQuestion,
  at: SnapshotPlace,
  judge: (study: GatewayStudy) => Promise<Computed>,
): Promise<Computed> {
  const { crypto, chainId, book, analysis, fetching } = options
  const before = book.list().filter(({ item, place }) => item.chargeKind === 'by-rule' && place < study.place)
  const earlier: EarlierStudy[] = []
  let refusals = 0
  for (const each of before) {
    const isOfStudy =
      equalBytes(each.author, study.author) && equalBytes(each.item.studyId, study.item.studyId)
    const judged = await judgedOf(options, each, study, judge)
    if (judged === null) return { kind: 'later', why: 'earlier' }
    if (judged === 'refused') {
      if (isOfStudy && study.time - each.time <= REFUSALS_WITHIN_MS) refusals++
      continue
    }
    const document = await fetching.documentOf(each.item.commitment)
    if (document === null) return { kind: 'later', why: 'document' }
    // Whatever engine gave its numbers, its people are found by the one that is here.
    const asked = readQuestion(crypto, chainId, each, document, null)
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
      earlier: earlier.map(({ people, study: each }, i) => ({
        people: { cohort: people.cohort, cleaning: people.cleaning, intervals: people.intervals },
        isOwn: isKnownTo(options, each, study),
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
      policy: rulePolicyOf(study.item),
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

/**
 * How the rules judged an earlier study, so that every gateway finds the same, whenever it was there: by the chain where it leaves no doubt, else
 * by the data. Once a record of its snapshot was erased nobody can judge it any more, and whoever had judged it before says as those who come later:
 * it is compared with, and counts as no refusal. Null where it is not possible yet: nothing is let through on a guess.
 */
async function judgedOf(
  { book, chain }: ComputeOptions,
  each: GatewayStudy,
  { height }: GatewayStudy,
  judge: (study: GatewayStudy) => Promise<Computed>,
): Promise<GatewayStudy['judged']> {
  if (each.result?.outcome === 'answered') return 'to-be-checked'
  const place = await chain.snapshotOf(each.item.snapshotHash)
  if (place === null) return null
  if (await chain.isErasedSince(place, height)) return 'to-be-checked'
  if (each.judged !== null) return each.judged
  if (await chain.isErasedSince(place)) return 'to-be-checked'
  if (each.result === null && each.word === null) return null
  const computed = await judge(each)
  if (computed.kind === 'later' || (computed.kind === 'word' && computed.isUnjudged === true)) return null
  const judged = computed.kind === 'proposal' ? 'to-be-checked' : 'refused'
  await book.change(each.studyHash, (current) => ({ ...current, judged }))
  return judged
}

/**
 * Whether the requester has that answer: of its own, of everybody's, or by a repeat or a recomputation that it or everybody was given, of whichever
 * of those that gave it.
 */
function isKnownTo({ book }: ComputeOptions, each: GatewayStudy, { author, place }: GatewayStudy): boolean {
  return book
    .list()
    .some(
      (other) =>
        other.place < place &&
        (equalBytes(other.author, author) || other.item.requesterClass === 'published') &&
        equalBytes(originOf(book, other).studyHash, each.studyHash),
    )
}

/** The numbers alone: whom it may be told was decided then. */
export async function ruleAnswerAgain(
  options: ComputeOptions,
  { study: asked, purpose, requestHash }: RuleQuestion,
  at: SnapshotPlace,
  rules: StudyRules,
): Promise<Extract<Computed, { kind: 'word' }>> {
  const { chainId, analysis } = options
  const proposal = await analysis.propose(
    {
      chainId,
      study: asked,
      purpose,
      requester: { isInsurer: false, hasRegisteredPlan: false },
      earlier: [],
      recentRefusals: 0,
      earlierModels: 0,
      policy: rulePolicyOf(rules),
    },
    at,
    true,
  )
  const answer = proposal.kind === 'refused' ? REFUSED_ANSWER : proposal.answer
  return { kind: 'word', outcome: isRefusal(answer) ? 'refused' : 'answered', answer, requestHash }
}

/** R12, of a first request and of every one that would get the same answer. */
export async function checkedPurpose(
  options: ComputeOptions,
  study: GatewayStudy,
  purpose: Purpose,
): Promise<readonly RuleCheck[]> {
  return checkPurpose(purpose, await requesterOf(options, study))
}

async function requesterOf({ chain }: ComputeOptions, { item, author, height }: GatewayStudy) {
  const isInsurer = item.requesterClass === 'insurer'
  return { isInsurer, hasRegisteredPlan: isInsurer && (await chain.hasRegistered(author, height)) }
}

/** The members may ask for more patients, never for fewer than the rules do. */
export function rulePolicyOf({ smallestCount, checkersMin }: StudyRules): RulePolicy {
  return {
    ...RULE_DEFAULTS,
    smallestCount: Math.max(RULE_DEFAULTS.smallestCount, smallestCount),
    checkersLeast: checkersMin,
  }
}
