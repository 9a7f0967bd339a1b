/**
 * A study by rule as a gateway judges it: against all earlier ones, in the order of the chain, whichever of them this gateway was there for, so that
 * all gateways judge alike (docs/spec/gateways.md section 5, release-rules.md section 5).
 */
import { equalBytes, toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { expiryDayOf, type StudyRules } from '../node/chain/study-items.ts'
import { nameOfPeople, type PeopleOfStudy } from '../analytics/study/propose-release.ts'
import type { AskedThen } from '../analytics/study/since-then.ts'
import { isRefusal, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import { checkPurpose, type Purpose } from '../privacy/rules/people.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'
import { RULE_DEFAULTS, type RulePolicy } from '../privacy/rules/rule-policy.ts'
import type { Computed, ComputeOptions } from './computed.ts'
import { originOf } from './earlier-studies.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { SnapshotPlace } from './gateway-port.ts'
import { isTouchedSince } from './look-again.ts'
import { readQuestion, type Question } from './question.ts'

type RuleQuestion = Extract<Question, { lane: 'rule' }>

const REFUSALS_WITHIN_MS = 30 * 86_400_000

interface EarlierStudy {
  readonly study: GatewayStudy
  readonly people: PeopleOfStudy
  readonly models: number
  readonly then: AskedThen | null
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
  const { crypto, chainId, book, analysis, fetching, engine } = options
  const before = book.list().filter(({ item, place }) => item.chargeKind === 'by-rule' && place < study.place)
  const mine = nameOfPeople(question.study)
  // Found by the engine that is here: another one may find other people in the same definition.
  const peopleHash = (people: PeopleOfStudy) =>
    crypto.sha256(utf8Encode(JSON.stringify([nameOfPeople(people), engine])))
  /** What was found of its own snapshot, by the engine that is here; another thing for the same definition than for another one. */
  const thenHash = (each: GatewayStudy, people: PeopleOfStudy) => {
    const name = nameOfPeople(people)
    return crypto.sha256(
      utf8Encode(JSON.stringify(['then', name === mine, name, toHex(each.item.snapshotHash), engine])),
    )
  }
  const earlier: EarlierStudy[] = []
  let refusals = 0
  for (const each of before) {
    const isOfStudy =
      equalBytes(each.author, study.author) && equalBytes(each.item.studyId, study.item.studyId)
    const judged = await judgedOf(options, each, study, judge)
    if (judged === null) return { kind: 'later', why: 'earlier' }
    if (judged === 'over') continue
    if (judged !== 'to-be-checked' && isOfStudy && study.time - each.time <= REFUSALS_WITHIN_MS) refusals++
    if (judged === 'refused') continue
    const document = await fetching.documentOf(each.item.commitment)
    if (document === null) {
      if (isLeftOut(options, each, study)) continue
      return { kind: 'later', why: 'document' }
    }
    // Whatever engine gave its numbers, its people are found by the one that is here.
    const asked = readQuestion(crypto, chainId, each, document, null)
    if (asked?.lane !== 'rule') continue
    const then = await askedThen(options, each, at, (snapshotHash) =>
      book.wordsOf(snapshotHash, thenHash(each, asked.study)),
    )
    if (then === 'later') return { kind: 'later', why: 'snapshot' }
    earlier.push({ study: each, people: asked.study, models: asked.study.models.length, then })
  }
  const words = await Promise.all(earlier.map(({ people }) => book.wordsOf(at.itemHash, peopleHash(people))))
  const proposal = await analysis.propose(
    {
      chainId,
      study: question.study,
      purpose: question.purpose,
      requester: await requesterOf(options, study),
      earlier: earlier.map(({ people, study: each, then }, i) => ({
        people: {
          cohort: people.cohort,
          cohortOn: people.cohortOn,
          cleaning: people.cleaning,
          intervals: people.intervals,
        },
        isOwn: isKnownTo(options, each, study),
        words: words[i]!,
        then,
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
  for (const [i, { study: each, people, then }] of earlier.entries()) {
    const found = proposal.thenWords[i]!
    if (found !== null && then?.kind === 'kept' && then.words === null)
      await book.saveWords(at.itemHash, thenHash(each, people), found)
  }
  await book.saveWords(at.itemHash, peopleHash(question.study), proposal.words)
  const { requestHash } = question
  return proposal.kind === 'refused'
    ? { kind: 'word', outcome: 'refused', answer: REFUSED_ANSWER, requestHash }
    : { kind: 'proposal', answer: proposal.answer, checks: proposal.checks, requestHash }
}

/**
 * Which other snapshot an earlier study was asked of, as every gateway finds it, whenever it came. Of an older one each record that was erased before this
 * one was declared is missing everywhere, and by an erasure of any other one this snapshot has lost a record too. A newer one may lose a record that this
 * one never had: what it is compared with would be another thing before and after, so from then on it is compared with nothing. `later` where its place
 * cannot be read yet.
 */
async function askedThen(
  { chain }: ComputeOptions,
  { item }: GatewayStudy,
  at: SnapshotPlace,
  wordsOf: (snapshotHash: SnapshotPlace['itemHash']) => Promise<Uint32Array | null>,
): Promise<AskedThen | null | 'later'> {
  if (equalBytes(item.snapshotHash, at.itemHash)) return null
  const place = await chain.snapshotOf(item.snapshotHash)
  if (place === null) return 'later'
  const hasLost = (await chain.firstErasureOf(place)) !== null
  const { upTo, height, day } = place
  if (hasLost && upTo > at.upTo) return { kind: 'lost' }
  return { kind: 'kept', upTo, height, day, hasLost, words: await wordsOf(at.itemHash) }
}

/** `over`: nobody was given anything of it, nor will be. `refused-somehow`: by people or by the rules. */
type Judged = NonNullable<GatewayStudy['judged']> | 'refused-somehow' | 'over'

/**
 * How an earlier study was judged, so that every gateway finds the same, whenever it was there: by the chain where it was decided before this one was
 * asked, else by the data. Once a record of its snapshot was erased nobody can judge it any more, and whoever had judged it before says as those who come
 * later: as the chain has it where that decided it before, else it is compared with, and counts as no refusal. What is open is found anew then
 * (`look-again.ts`). Null where it is not possible yet: nothing is let through on a guess.
 */
async function judgedOf(
  options: ComputeOptions,
  each: GatewayStudy,
  study: GatewayStudy,
  judge: (study: GatewayStudy) => Promise<Computed>,
): Promise<Judged | null> {
  const { book, chain } = options
  const { height } = study
  if (each.result?.outcome === 'answered') return 'to-be-checked'
  // Over before this one was asked, by the chain's own days.
  if (each.result === null && expiryDayOf(each.time, each.item) <= Math.floor(study.time / DAY_MS))
    return 'over'
  const place = await chain.snapshotOf(each.item.snapshotHash)
  if (place === null) return null
  const erasedAt = await chain.firstErasureOf(place)
  if (erasedAt !== null && erasedAt <= height) return 'to-be-checked'
  // What everybody knows who computes this one, whatever was found here.
  if (each.result !== null && each.result.height < height) return judgedByChain(each, erasedAt)
  if (erasedAt !== null) return judgedByChain(each, erasedAt)
  const isOpen = each.result === null && each.stage !== 'expired'
  if (each.judged !== null) {
    const isTouched = await isTouchedSince(options, each, each.judgedAsOf!)
    if (isTouched === false) return each.judged
    // What it was judged by is another now, as for whoever judges it only now. What is open is found anew before (`look-again.ts`).
    if (isTouched === null || isOpen) return null
  }
  if (isOpen && each.word === null) return null
  const computed = await judge(each)
  if (computed.kind === 'later') return isLeftOut(options, each, study) ? 'over' : null
  if (computed.kind === 'word' && computed.isUnjudged === true) return null
  const judged = computed.kind === 'proposal' ? 'to-be-checked' : 'refused'
  const judgedAsOf = options.erasureHeight
  await book.change(each.studyHash, (current) => ({ ...current, judged, judgedAsOf }))
  return judged
}

/**
 * As the chain says that it was judged, where that was before a record was erased. Without a check that refuses it was the rules. With one nobody can tell:
 * people refuse what has passed the rules, and a hospital that does not keep to them may refuse what the rules refuse. So it is taken both ways, and
 * lets nothing through that either would stop.
 */
function judgedByChain({ result, checks }: GatewayStudy, erasedAt: number | null): Judged {
  if (result === null || (erasedAt !== null && erasedAt <= result.height)) return 'to-be-checked'
  return checks.some(({ verdict }) => verdict === 'refuse') ? 'refused-somehow' : 'refused'
}

/** Over since this one was asked, and for a day nobody within reach has given its document. */
function isLeftOut({ chain }: ComputeOptions, each: GatewayStudy, { time }: GatewayStudy): boolean {
  return each.stage === 'expired' && chain.lastTime() - time > DAY_MS
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
