/** What the steps gave last: it stays while the room is closed. The steps themselves are the study's (`study-under-work.ts`). */
import { create } from 'zustand'
import type { CleaningPreview } from '../../../../shared/contract/cleaning.ts'
import type { CleaningPipeline, CleaningStep } from '../../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'

interface CleaningState {
  /** `asked`: the question in one text, so that a change since is seen. */
  readonly result: { readonly asked: string; readonly preview: CleaningPreview } | null
  readonly failure: string | null
  readonly isRunning: boolean
  run(cohort: CohortDefinition, steps: readonly CleaningStep[], title: string): Promise<void>
}

const nothing = { result: null, failure: null, isRunning: false }

export const askedText = (cohort: CohortDefinition, steps: readonly CleaningStep[]): string =>
  JSON.stringify([cohort, steps])

/** `turn` changes with the person: an answer that comes later is not shown to somebody else. */
const person = { turn: 0 }

export const useCleaning = create<CleaningState>()((set, get) => ({
  ...nothing,
  async run(cohort, steps, title) {
    if (get().isRunning) return
    set({ isRunning: true, failure: null })
    const mine = person.turn
    try {
      const pipeline: CleaningPipeline = { schema: 'cleaning/1', title, steps: [...steps] }
      const preview = await node.cleaning.preview({ cohort, pipeline })
      if (mine === person.turn)
        set({ result: { asked: askedText(cohort, steps), preview }, isRunning: false })
    } catch (error) {
      if (mine === person.turn) set({ failure: failureCode(error), isRunning: false })
    }
  },
}))

ofOnePerson(() => {
  person.turn++
  useCleaning.setState(nothing)
})
