/** Two cohorts held against each other: the answer stays while the room is closed. */
import { create } from 'zustand'
import type { CohortComparison } from '../../../../shared/contract/cohorts.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { jobEnded } from '../../../parts/jobs.ts'

export interface ComparedCohort {
  readonly name: string
  readonly definition: CohortDefinition
}

export interface FoundComparison {
  readonly jobId: string
  readonly asked: readonly [ComparedCohort, ComparedCohort]
  readonly answer: CohortComparison
}

interface ComparisonState {
  readonly found: FoundComparison | null
  readonly jobId: string | null
  readonly isRunning: boolean
  readonly failure: string | null
  /** Kinds of what one of them lacks. */
  readonly problems: readonly string[]
  run(asked: readonly [ComparedCohort, ComparedCohort]): Promise<void>
}

const nothing = { found: null, jobId: null, isRunning: false, failure: null, problems: [] }

/** `turn` changes with the person. */
const person = { turn: 0 }

export const useComparison = create<ComparisonState>()((set, get) => ({
  ...nothing,
  async run(asked) {
    if (get().isRunning) return
    const mine = person.turn
    const tell = (change: Partial<ComparisonState>): void => {
      if (mine === person.turn) set(change)
    }
    set({ isRunning: true, failure: null, jobId: null, problems: [] })
    try {
      const begun = await node.cohorts.compare({ cohorts: [asked[0].definition, asked[1].definition] })
      if (begun.kind === 'refused') {
        tell({ problems: [...new Set(begun.problems.map(({ kind }) => kind))] })
        return
      }
      const { jobId } = begun
      tell({ jobId })
      const job = await jobEnded(jobId)
      if (job.state === 'failed') tell({ failure: job.error?.code ?? 'unexpected' })
      const answer = job.state === 'done' ? await node.cohorts.comparison({ jobId }) : null
      if (answer !== null) tell({ found: { jobId, asked, answer } })
    } catch (error) {
      tell({ failure: failureCode(error) })
    } finally {
      tell({ isRunning: false, jobId: null })
    }
  },
}))

ofOnePerson(() => {
  person.turn++
  useComparison.setState(nothing)
})
