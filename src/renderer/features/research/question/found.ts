/** An answer with the question that it is of, and whether it still is. Pure. */
import type { StudyRunAnswer } from '../../../../shared/contract/studies.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { stageStates } from '../../../parts/research/study-stages.ts'
import type { StudyAnswer } from './study-answer.ts'

type Ran = Extract<StudyRunAnswer, { kind: 'ran' }>

/** An answer with the question that it is of. */
export interface Found {
  readonly jobId: string
  /** As it was asked; `pinned` names the state that answered. */
  readonly asked: StudyDocument
  readonly pinned: StudyDocument
  readonly ran: Ran
  readonly answer: StudyAnswer
}

export function followedPersons({ intervals }: StudyAnswer): number {
  return intervals.attrition.at(-1)?.persons ?? 0
}

/** Whether what was found is of the question as it stands now. */
export function isStale(found: Found, study: StudyDocument, upTo: 'intervals' | 'models'): boolean {
  return stageStates(study, found.asked)[upTo] === 'stale'
}
