/** The steps under work and what they gave last: they stay while the room is closed, and every change can be taken back. */
import { create } from 'zustand'
import type { CleaningPreview } from '../../../../shared/contract/cleaning.ts'
import { presetSteps, type CleaningPipeline, type CleaningStep } from '../../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'

interface CleaningState {
  readonly steps: readonly CleaningStep[]
  readonly before: readonly (readonly CleaningStep[])[]
  readonly after: readonly (readonly CleaningStep[])[]
  /** `asked`: the question in one text, so that a change since is seen. */
  readonly result: { readonly asked: string; readonly preview: CleaningPreview } | null
  readonly failure: string | null
  readonly isRunning: boolean
  change(steps: readonly CleaningStep[]): void
  undo(): void
  redo(): void
  run(cohort: CohortDefinition, title: string): Promise<void>
}

/** Steps back that are kept. */
const UNDO_MAX = 200
const nothing = {
  steps: presetSteps('careful'),
  before: [],
  after: [],
  result: null,
  failure: null,
  isRunning: false,
}

export const askedText = (cohort: CohortDefinition, steps: readonly CleaningStep[]): string =>
  JSON.stringify([cohort, steps])

/** `turn` changes with the person: an answer that comes later is not shown to somebody else. */
const person: { id: string | null; turn: number } = { id: null, turn: 0 }

export const useCleaning = create<CleaningState>()((set, get) => ({
  ...nothing,
  change: (steps) =>
    set((state) =>
      JSON.stringify(steps) === JSON.stringify(state.steps)
        ? state
        : { steps, before: [...state.before, state.steps].slice(-UNDO_MAX), after: [] },
    ),
  undo: () =>
    set((state) => {
      const last = state.before.at(-1)
      return last === undefined
        ? state
        : { steps: last, before: state.before.slice(0, -1), after: [state.steps, ...state.after] }
    }),
  redo: () =>
    set((state) => {
      const [next, ...rest] = state.after
      return next === undefined ? state : { steps: next, before: [...state.before, state.steps], after: rest }
    }),
  async run(cohort, title) {
    const { steps, isRunning } = get()
    if (isRunning) return
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

// Another person finds nothing of it; whoever comes back after a lock finds it as it was.
const forget = (): void => {
  person.turn++
  useCleaning.setState(nothing)
}
session.subscribe(() => {
  const now = session.now()
  if (now?.state !== 'open') {
    if (now?.state === 'none') forget()
    return
  }
  if (person.id !== null && person.id !== now.person.userKeyId) forget()
  person.id = now.person.userKeyId
})
