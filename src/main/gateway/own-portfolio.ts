/**
 * A monitoring table is of the insurer that asks for it and of nobody else: the payer that it names is the author's own name on the chain,
 * and it is of everybody, so that no cohort picks people out (docs/spec/privacy.md Q7). Pure.
 */
import { canonicalCohort } from '../../shared/domain/cohort.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { payerName } from '../analytics/gated/monitor-rows.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf, type ConsortiumState } from '../node/chain/state.ts'
import type { Question } from './question.ts'

const EVERYBODY_TEXT = canonicalCohort(EVERYBODY)

/** True for every question that is none of monitoring. */
export function isOwnPortfolio(state: ConsortiumState, author: MemberId, question: Question): boolean {
  if (question.lane !== 'noise') return true
  const { output } = question.request
  if (output.kind !== 'monitor') return true
  const member = findMember(membersOf(state), author)
  return (
    member?.kind === 'insurer' &&
    payerName(member.name) === payerName(output.organisation) &&
    canonicalCohort(question.cohort) === EVERYBODY_TEXT
  )
}
