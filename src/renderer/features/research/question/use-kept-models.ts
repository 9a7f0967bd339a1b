/**
 * Fitted models that a person keeps to hold them against each other, and what was run before. Both stay on the node, sealed, when the
 * room is closed; they are asked for once, then every change of them is kept at once.
 */
import { useEffect } from 'react'
import { create } from 'zustand'
import {
  KEPT_MODELS_MAX,
  type KeptModelText,
  type StudyHistory,
} from '../../../../shared/contract/study-history.ts'
import { node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import type { FitAnswer } from '../../../parts/research/fit-answer.ts'
import type { KeptModel } from './model-comparison.ts'

interface KeptModels {
  readonly kept: readonly KeptModel[]
  /** Newest first. */
  readonly runs: StudyHistory['runs']
  /** Whether the node has them: where it cannot, they are here until the application closes. */
  readonly isOnNode: boolean
  keep(model: KeptModel): void
  remove(id: string): void
  clear(): void
  forgetRuns(): void
}

/** `turn` changes with the person, `isLoaded` with what the node said; of `changes` the last one that the node answered with all it keeps. */
const person = { turn: 0, isLoaded: false, changes: 0, settled: 0 }
/** Whether the room was open: before that nothing is asked of the node. */
let isWanted = false

const nothing = { kept: [], runs: [], isOnNode: true }

export const useKeptModels = create<KeptModels>()((set, get) => {
  // Only what changes is told: another window may have kept what this one does not know of.
  const change = (
    kept: readonly KeptModel[],
    { add = [], remove = [] }: { add?: readonly KeptModel[]; remove?: readonly KeptModel[] },
  ): void => {
    set({ kept })
    const mine = person.turn
    const nth = ++person.changes
    node.studies
      .keepModels({ add: add.map(textOf), remove: remove.map(({ resultHash, m }) => ({ resultHash, m })) })
      .then(({ isKept, models }) => {
        if (mine !== person.turn) return
        set({ isOnNode: isKept })
        // What came later on this screen is not in this answer yet.
        if (!isKept || nth !== person.changes) return
        person.settled = nth
        set({ kept: readModels(models) })
      }, tellFailure)
  }
  return {
    ...nothing,
    keep(model) {
      const { kept } = get()
      if (kept.length >= KEPT_MODELS_MAX || kept.some(({ id }) => id === model.id)) return
      change([...kept, model], { add: [model] })
    },
    remove(id) {
      const { kept } = get()
      change(
        kept.filter((each) => each.id !== id),
        { remove: kept.filter((each) => each.id === id) },
      )
    },
    // Of both, those of the node stand first.
    clear: () => change([], { remove: get().kept.slice(0, KEPT_MODELS_MAX) }),
    forgetRuns() {
      set({ runs: [] })
      node.studies.forgetRuns().catch(tellFailure)
    },
  }
})

/** Begins with what was kept. */
export function useLoadedHistory(): void {
  useEffect(() => {
    isWanted = true
    if (!person.isLoaded) void loadHistory()
  }, [])
}

/** After a run too: the node notes it. */
export async function loadHistory(): Promise<void> {
  const mine = person.turn
  const isFirst = !person.isLoaded
  person.isLoaded = true
  try {
    const before = person.changes
    const { runs, models } = await node.studies.history()
    if (mine !== person.turn) return
    const { kept, isOnNode } = useKeptModels.getState()
    const known = readModels(models)
    const isThere = ({ id }: KeptModel): boolean => known.some((each) => each.id === id)
    // A change meanwhile is answered with all that is kept; until then, and where the node keeps nothing, both are shown.
    const isWhole = isOnNode && before === person.changes && person.settled === before
    const isAnswered = before < person.changes && person.settled === person.changes
    const both = [...known, ...kept.filter((each) => !isThere(each))]
    useKeptModels.setState({ runs, ...(isAnswered ? {} : { kept: isWhole ? known : both }) })
  } catch (error) {
    if (mine !== person.turn) return
    person.isLoaded = !isFirst
    tellFailure(error)
  }
}

const textOf = ({ study, m, persons, events, hash, resultHash, fit }: KeptModel): KeptModelText => ({
  study,
  m,
  persons,
  events,
  hash,
  resultHash,
  fit: JSON.stringify(fit),
})

const readModels = (models: readonly KeptModelText[]): KeptModel[] =>
  models.flatMap((each) => modelOf(each) ?? [])

/** Null for what is no answer of a fit, or of no model of its study. */
function modelOf({ fit, ...of }: KeptModelText): KeptModel | null {
  const read = fitOf(fit)
  if (read === null || of.study.models[of.m] === undefined) return null
  return { id: `${of.resultHash} ${of.m}`, ...of, fit: read }
}

function fitOf(text: string): FitAnswer | null {
  try {
    const read = JSON.parse(text) as Partial<FitAnswer> | null
    return typeof read === 'object' && typeof read?.family === 'string' ? (read as FitAnswer) : null
  } catch {
    return null
  }
}

ofOnePerson(
  () => {
    person.turn++
    person.isLoaded = false
    person.changes = 0
    person.settled = 0
    useKeptModels.setState(nothing)
  },
  () => {
    if (isWanted && !person.isLoaded) void loadHistory()
  },
  'studies.history',
)
