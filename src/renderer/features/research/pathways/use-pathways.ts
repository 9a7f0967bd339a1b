/** What was found of the pathways: it stays while the room is closed, and a run goes on. */
import { create } from 'zustand'
import type { PathwaysAnswer } from '../../../../shared/contract/pathways.ts'
import { canonicalCleaning, type CleaningPipeline } from '../../../../shared/domain/cleaning.ts'
import { canonicalCohort, type CohortDefinition } from '../../../../shared/domain/cohort.ts'
import {
  canonicalPathways,
  pathwaysDefinition,
  type PathwaysDefinition,
} from '../../../../shared/domain/pathways.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { jobEnded } from '../../../parts/jobs.ts'

export interface PathwaysQuestion {
  readonly cohort: CohortDefinition
  readonly cleaning: CleaningPipeline | null
  readonly definition: PathwaysDefinition
}

export interface FoundPathways {
  readonly jobId: string
  readonly asked: PathwaysQuestion
  readonly answer: PathwaysAnswer
}

interface PathwaysState {
  readonly found: FoundPathways | null
  readonly jobId: string | null
  readonly isRunning: boolean
  readonly isCancelled: boolean
  readonly failure: string | null
  /** Keys of the words of what the question lacks. */
  readonly refusals: readonly string[]
  run(asked: PathwaysQuestion): Promise<void>
}

const nothing = {
  found: null,
  jobId: null,
  isRunning: false,
  isCancelled: false,
  failure: null,
  refusals: [],
}

/** `turn` changes with the person: an answer that comes later is not shown to somebody else. */
const person = { turn: 0 }

export const usePathways = create<PathwaysState>()((set, get) => ({
  ...nothing,
  async run(asked) {
    if (get().isRunning) return
    const mine = person.turn
    const tell = (change: Partial<PathwaysState>): void => {
      if (mine === person.turn) set(change)
    }
    if (!pathwaysDefinition.safeParse(asked.definition).success) {
      set({ refusals: ['invalid'], failure: null })
      return
    }
    set({ isRunning: true, isCancelled: false, failure: null, refusals: [], jobId: null })
    try {
      const begun = await node.pathways.start({ ...asked })
      if (begun.kind === 'refused') {
        const parts = [
          ...(begun.cohort.length > 0 ? ['cohort'] : []),
          ...(begun.cleaning.length > 0 ? ['cleaning'] : []),
        ]
        tell({ refusals: [...parts, ...new Set(begun.pathways.map(({ kind }) => kind))] })
        return
      }
      const { jobId } = begun
      tell({ jobId })
      const job = await jobEnded(jobId)
      if (job.state === 'cancelled') tell({ isCancelled: true })
      if (job.state === 'failed') tell({ failure: job.error?.code ?? 'unexpected' })
      const answer = job.state === 'done' ? await node.pathways.answer({ jobId }) : null
      if (answer !== null) tell({ found: { jobId, asked, answer } })
    } catch (error) {
      tell({ failure: failureCode(error) })
    } finally {
      tell({ isRunning: false, jobId: null })
    }
  },
}))

/** Names say nothing of what was asked. */
export const isStale = (found: FoundPathways, now: PathwaysQuestion): boolean =>
  meaningOf(found.asked) !== meaningOf(now)

const meaningOf = ({ cohort, cleaning, definition }: PathwaysQuestion): string =>
  JSON.stringify([
    canonicalCohort(cohort),
    cleaning === null ? null : canonicalCleaning(cleaning),
    canonicalPathways(definition),
  ])

ofOnePerson(() => {
  person.turn++
  usePathways.setState(nothing)
})
