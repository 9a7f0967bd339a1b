/**
 * The question under work, from the cohort to the model: one document that all rooms of the workbench change. It stays while a room
 * is closed, every change can be taken back, and the node keeps it, sealed, as it was left.
 */
import { useEffect } from 'react'
import { create } from 'zustand'
import type { CleaningStep } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { judgedOn, type StudyDocument } from '../../../shared/domain/study.ts'
import { failureCode, node } from '../../lib/node.ts'
import { ofOnePerson, session } from '../../lib/session.ts'
import { wordsNow } from '../../words/catalogue.ts'
import { named, newStudy, type StudyNames } from './new-study.ts'

/** Whether what is on the screen is in the node's store. `none`: nothing was changed yet. */
type Keeping = 'none' | 'waiting' | 'kept' | 'failed'

interface StudyState {
  readonly study: StudyDocument
  readonly before: readonly StudyDocument[]
  readonly after: readonly StudyDocument[]
  readonly keeping: Keeping
  change(study: StudyDocument): void
  undo(): void
  redo(): void
}

/** Steps back that are kept. */
const UNDO_MAX = 200
/** After the last change; leaving the room or locking does not wait for it. */
const KEEP_AFTER_MS = 600

const nothing = () => ({ study: newStudy(), before: [], after: [], keeping: 'none' as const })

export const useStudy = create<StudyState>()((set) => {
  /** Only what a person does is kept: a study that is loaded, or forgotten, is no change. */
  const act = (next: (state: StudyState) => Partial<StudyState>): void => {
    const before = useStudy.getState().study
    set(next)
    if (useStudy.getState().study !== before) keepSoon()
  }
  return {
    ...nothing(),
    change: (study) =>
      act((state) =>
        JSON.stringify(study) === JSON.stringify(state.study)
          ? state
          : { study, before: [...state.before, state.study].slice(-UNDO_MAX), after: [] },
      ),
    undo: () =>
      act((state) => {
        const last = state.before.at(-1)
        return last === undefined
          ? state
          : { study: last, before: state.before.slice(0, -1), after: [state.study, ...state.after] }
      }),
    redo: () =>
      act((state) => {
        const [next, ...rest] = state.after
        return next === undefined
          ? state
          : { study: next, before: [...state.before, state.study], after: rest }
      }),
  }
})

/** Names for what people gave none, in the window's language. */
export function namesNow(): StudyNames {
  const { question, cohorts, cleaning } = wordsNow()
  return {
    study: question.untitled,
    cohort: cohorts.untitled,
    cleaning: cleaning.title,
    model: question.modelNumber,
  }
}

interface Part<T> {
  readonly value: T
  /** Whether the last change was one of this part: only then is it taken back from here. */
  readonly canUndo: boolean
  readonly canRedo: boolean
  change(value: T): void
  undo(): void
  redo(): void
}

function usePart<T>(
  of: (study: StudyDocument) => T,
  into: (study: StudyDocument, value: T) => StudyDocument,
): Part<T> {
  useKept()
  const { study, before, after, change, undo, redo } = useStudy()
  const differs = (other: StudyDocument | undefined) =>
    other !== undefined && JSON.stringify(of(other)) !== JSON.stringify(of(study))
  return {
    value: of(study),
    canUndo: differs(before.at(-1)),
    canRedo: differs(after[0]),
    change: (value) => change(into(useStudy.getState().study, value)),
    undo,
    redo,
  }
}

export const useCohort = (): Part<CohortDefinition> =>
  usePart(
    ({ cohort }) => cohort,
    (study, cohort) => ({ ...study, cohort }),
  )

/** No step is no cleaning: the records are taken as they were written. */
export const withSteps = (study: StudyDocument, steps: readonly CleaningStep[]): StudyDocument =>
  steps.length === 0
    ? // Nothing is left after which the cohort could be judged.
      { ...judgedOn(study, 'written'), cleaning: null }
    : {
        ...study,
        cleaning: { schema: 'cleaning/1', title: study.cleaning?.title ?? '', steps: [...steps] },
      }

export interface CleaningPart {
  readonly steps: readonly CleaningStep[]
  /** Where no step is left, `cleaned` is not what it becomes. */
  readonly cohortOn: 'written' | 'cleaned'
}

export const useCleaningPart = (): Part<CleaningPart> =>
  usePart(
    ({ cleaning, cohortOn }) => ({ steps: cleaning?.steps ?? [], cohortOn: cohortOn ?? 'written' }),
    (study, { steps, cohortOn }) => withSteps(steps.length === 0 ? study : judgedOn(study, cohortOn), steps),
  )

/** `turn` changes with the person: what comes later is not shown to, or kept for, somebody else. */
const person = { turn: 0, isLoaded: false }
/** Whether a room of the workbench was open: before that nothing is asked of the node. */
let isWanted = false
let timer: ReturnType<typeof setTimeout> | undefined

/** Every room of the workbench begins with what was kept. */
export function useKept(): void {
  useEffect(() => {
    isWanted = true
    void load()
  }, [])
}

async function load(): Promise<void> {
  const now = session.now()
  if (person.isLoaded || now?.state !== 'open' || !now.person.roles.includes('researcher')) return
  person.isLoaded = true
  const mine = person.turn
  try {
    const kept = await node.studies.kept()
    const { before } = useStudy.getState()
    // Whoever was faster than the store goes on with what is on the screen.
    if (mine === person.turn && kept !== null && before.length === 0)
      useStudy.setState({ study: unnamed(kept.study), keeping: 'kept' })
  } catch {
    if (mine === person.turn) person.isLoaded = false
  }
}

/** Names that stood in for none do not become names. */
function unnamed(study: StudyDocument): StudyDocument {
  const names = namesNow()
  const without = (title: string, name: string): string => (title === name ? '' : title)
  const { cohort, cleaning, models } = study
  return {
    ...study,
    title: without(study.title, names.study),
    cohort: { ...cohort, title: without(cohort.title, names.cohort) },
    cleaning: cleaning === null ? null : { ...cleaning, title: without(cleaning.title, names.cleaning) },
    models: models.map((model, m) => ({ ...model, title: without(model.title, names.model(String(m + 1))) })),
  }
}

async function keep(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  const { study } = useStudy.getState()
  const mine = person.turn
  try {
    const { isKept } = await node.studies.keep({ study: named(study, namesNow()) })
    if (mine !== person.turn || useStudy.getState().study !== study) return
    useStudy.setState({ keeping: isKept ? 'kept' : 'failed' })
  } catch (error) {
    if (mine === person.turn && failureCode(error) !== 'locked') useStudy.setState({ keeping: 'failed' })
  }
}

function keepSoon(): void {
  useStudy.setState({ keeping: 'waiting' })
  clearTimeout(timer)
  timer = setTimeout(() => void keep(), KEEP_AFTER_MS)
}
window.addEventListener('pagehide', () => timer !== undefined && void keep())

ofOnePerson(
  () => {
    clearTimeout(timer)
    timer = undefined
    person.turn++
    person.isLoaded = false
    useStudy.setState(nothing())
  },
  () => {
    if (isWanted) void load()
    // A lock came before it was kept.
    if (useStudy.getState().keeping === 'waiting') keepSoon()
  },
  'studies.kept',
)
