/**
 * What the report of an import, or of its trial, says of a message about a person. Pure: the thread that reads has no table
 * of names.
 */
import type { SourcePatient } from '../../shared/domain/source.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import type { PersonAnswer, PersonQuestion } from './person-desk.ts'

export interface PersonTold {
  /** `counted` has no place: nobody wants to look. */
  readonly severity: 'left-out' | 'unusual' | 'counted'
  readonly reason: string
  readonly detail?: string
}

export function toldOf(answer: PersonAnswer): PersonTold[] {
  const differs = 'differs' in answer ? answer.differs : []
  const told: PersonTold[] =
    differs.length === 0
      ? []
      : [{ severity: 'unusual', reason: 'patient-data-differs', detail: differs.join(', ') }]
  switch (answer.kind) {
    case 'nothing-new':
      return told.length > 0 ? told : [{ severity: 'counted', reason: 'person-says-nothing-new' }]
    case 'already-linked':
      return [...told, { severity: 'counted', reason: 'persons-linked-before' }]
    case 'updated':
      return [...told, { severity: 'unusual', reason: 'person-updated' }]
    case 'linked':
      return [...told, { severity: 'unusual', reason: 'persons-linked' }]
    case 'unknown':
      return [{ severity: 'left-out', reason: 'person-not-known' }]
    case 'link-ended':
      return [{ severity: 'left-out', reason: 'link-ended-here' }]
    case 'not-a-hospital':
      return [{ severity: 'left-out', reason: 'link-by-no-hospital' }]
    default:
      return unreachable(answer)
  }
}

/**
 * What will be answered when the visits of the same files are in: a trial asks before they are.
 * @param newOf which person that these files bring anew has the numbers, or null
 */
export function answerAfterVisits(
  question: PersonQuestion,
  answer: PersonAnswer,
  newOf: (patient: SourcePatient) => string | null,
): PersonAnswer {
  const one = newOf(question.patient)
  if (question.kind === 'person')
    return answer.kind === 'unknown' && one !== null ? { kind: 'nothing-new', differs: [] } : answer
  const two = newOf(question.before)
  if (one === null && two === null) return answer
  const linked: PersonAnswer = { kind: 'linked', differs: [] }
  // One of both is known here, and the files bring the other.
  if (answer.kind === 'updated' || answer.kind === 'nothing-new') return { ...answer, kind: 'linked' }
  if (answer.kind !== 'unknown') return answer
  return one !== null && two !== null && one !== two ? linked : { kind: 'updated', differs: [] }
}
