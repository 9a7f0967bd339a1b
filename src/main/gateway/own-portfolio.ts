/**
 * A monitoring table is of the insurer that asks for it and of nobody else: the payer that it names is the author's own name on the chain,
 * and it is of everybody, so that no cohort picks people out (docs/spec/privacy.md Q7). Pure.
 */
import { canonicalCohort } from '../../shared/domain/cohort.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import type { Member } from '../node/chain/members.ts'
import { payerName } from '../privacy/request/monitor-output.ts'
import type { Question } from './question.ts'

const EVERYBODY_TEXT = canonicalCohort(EVERYBODY)

type Asked = Extract<Question, { lane: 'noise' }>

/**
 * True for every question that is none of monitoring.
 * @param author as it was when the study was charged, so that every gateway says the same whenever it computes; null for no member
 */
export function isOwnPortfolio(author: Member | null, question: Question): boolean {
  return question.lane !== 'noise' || isOfPortfolioOf(author, question.request, question.cohort)
}

/** The same, before it is asked. */
export function isOfPortfolioOf(
  author: Member | null,
  { output }: Pick<Asked['request'], 'output'>,
  cohort: Asked['cohort'],
): boolean {
  if (output.kind !== 'monitor') return true
  return (
    author?.kind === 'insurer' &&
    payerName(author.name) === payerName(output.organisation) &&
    canonicalCohort(cohort) === EVERYBODY_TEXT
  )
}
