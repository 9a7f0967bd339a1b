/** What the steps gave last: it stays while the room is closed. The steps themselves are the study's (`study-under-work.ts`). */
import { create } from 'zustand'
import type { CleaningPreview } from '../../../../shared/contract/cleaning.ts'
import type { CleaningPipeline } from '../../../../shared/domain/cleaning.ts'
import { canonicalCohort, type CohortDefinition } from '../../../../shared/domain/cohort.ts'
import type { CleaningPart } from '../../../parts/research/study-under-work.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { jobEnded } from '../../../parts/jobs.ts'

export interface CleaningResult {
  /** The question in one text, so that a change since is seen: names, also those that stand in for none in a language, are none. */
  readonly asked: string
  readonly cohortOn: CleaningPart['cohortOn']
  readonly preview: CleaningPreview
  /** Under which its examples are asked for. */
  readonly jobId: string
}

interface CleaningState {
  readonly result: CleaningResult | null
  readonly jobId: string | null
  readonly isRunning: boolean
  readonly isCancelled: boolean
  readonly failure: string | null
  /** What the question lacks. */
  readonly refusal: 'cohort' | 'pipeline' | null
  run(cohort: CohortDefinition, part: CleaningPart, title: string): Promise<void>
}

const nothing = {
  result: null,
  jobId: null,
  isRunning: false,
  isCancelled: false,
  failure: null,
  refusal: null,
}

export const askedText = (cohort: CohortDefinition, { steps, cohortOn }: CleaningPart): string =>
  JSON.stringify([canonicalCohort(cohort), cohortOn, steps])

/** `turn` changes with the person: an answer that comes later is not shown to somebody else. */
const person = { turn: 0 }

export const useCleaning = create<CleaningState>()((set, get) => ({
  ...nothing,
  async run(cohort, part, title) {
    if (get().isRunning) return
    const mine = person.turn
    const tell = (change: Partial<CleaningState>): void => {
      if (mine === person.turn) set(change)
    }
    set({ isRunning: true, isCancelled: false, failure: null, refusal: null, jobId: null })
    try {
      const pipeline: CleaningPipeline = { schema: 'cleaning/1', title, steps: [...part.steps] }
      const begun = await node.cleaning.start({
        cohort,
        ...(part.cohortOn === 'cleaned' ? { cohortOn: part.cohortOn } : {}),
        pipeline,
      })
      if (begun.kind === 'refused') {
        tell({ refusal: begun.cohort.length > 0 ? 'cohort' : 'pipeline' })
        return
      }
      const { jobId } = begun
      tell({ jobId })
      const job = await jobEnded(jobId)
      if (job.state === 'cancelled') tell({ isCancelled: true })
      if (job.state === 'failed') tell({ failure: job.error?.code ?? 'unexpected' })
      const preview = job.state === 'done' ? await node.cleaning.answer({ jobId }) : null
      if (preview !== null)
        tell({ result: { asked: askedText(cohort, part), cohortOn: part.cohortOn, preview, jobId } })
    } catch (error) {
      tell({ failure: failureCode(error) })
    } finally {
      tell({ isRunning: false, jobId: null })
    }
  },
}))

ofOnePerson(() => {
  person.turn++
  useCleaning.setState(nothing)
})
