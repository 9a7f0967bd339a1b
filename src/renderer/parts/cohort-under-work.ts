/** The question under work: it stays while its room is closed, other rooms go on with it, and every change can be taken back. */
import { create } from 'zustand'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { session } from '../lib/session.ts'
import { newCohort } from './new-cohort.ts'

interface CohortState {
  readonly definition: CohortDefinition
  readonly before: readonly CohortDefinition[]
  readonly after: readonly CohortDefinition[]
  change(definition: CohortDefinition): void
  undo(): void
  redo(): void
}

/** Steps back that are kept. */
const UNDO_MAX = 200
const nothing = { definition: newCohort(''), before: [], after: [] }

export const useCohort = create<CohortState>()((set) => ({
  ...nothing,
  change: (definition) =>
    set((state) =>
      JSON.stringify(definition) === JSON.stringify(state.definition)
        ? state
        : { definition, before: [...state.before, state.definition].slice(-UNDO_MAX), after: [] },
    ),
  undo: () =>
    set((state) => {
      const last = state.before.at(-1)
      return last === undefined
        ? state
        : { definition: last, before: state.before.slice(0, -1), after: [state.definition, ...state.after] }
    }),
  redo: () =>
    set((state) => {
      const [next, ...rest] = state.after
      return next === undefined
        ? state
        : { definition: next, before: [...state.before, state.definition], after: rest }
    }),
}))

// Another person finds nothing of it; whoever comes back after a lock finds it as it was.
let person: string | null = null
session.subscribe(() => {
  const now = session.now()
  if (now?.state !== 'open') {
    if (now?.state === 'none') useCohort.setState(nothing)
    return
  }
  if (person !== null && person !== now.person.userKeyId) useCohort.setState(nothing)
  person = now.person.userKeyId
})
