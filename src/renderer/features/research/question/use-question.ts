/** What was found of the question: counts before the fit, then the fit. It stays while the room is closed, and a run goes on. */
import { create } from 'zustand'
import { judgedOn, type StudyDocument, type StudyProblem } from '../../../../shared/domain/study.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { jobEnded } from '../../../parts/jobs.ts'
import { named } from '../../../parts/research/new-study.ts'
import { namesNow } from '../../../parts/research/study-under-work.ts'
import { followedPersons, type Found } from './found.ts'
import { parseStudyAnswer } from './study-answer.ts'
import { loadHistory } from './use-kept-models.ts'

interface QuestionState {
  readonly weighed: Found | null
  readonly fitted: Found | null
  /** The last fit to records that were not cleaned: what a cleaning is held against. */
  readonly asWritten: Found | null
  /** The job that runs. */
  readonly jobId: string | null
  readonly isRunning: boolean
  readonly isCancelled: boolean
  readonly failure: { readonly code: string; readonly detail: unknown } | null
  readonly refusals: readonly StudyProblem[]
  run(study: StudyDocument, upTo: 'weigh' | 'fit'): Promise<void>
  /** The question of the shown fit once more, without its cleaning, at the same state. */
  runAsWritten(): Promise<void>
  forget(): void
}

const nothing = {
  weighed: null,
  fitted: null,
  asWritten: null,
  jobId: null,
  isRunning: false,
  isCancelled: false,
  failure: null,
  refusals: [],
}

/** `turn` changes with the person and with another study: an answer that comes later is of something else. */
const person = { turn: 0 }

export const useQuestion = create<QuestionState>()((set, get) => {
  /** One run at a time; `work` asks by what it is given and tells what it found. */
  async function running(
    work: (
      found: (asked: StudyDocument, how: 'weigh' | 'fit', of: StudyDocument) => Promise<Found | null>,
      tell: (change: Partial<QuestionState>) => void,
    ) => Promise<void>,
  ): Promise<void> {
    if (get().isRunning) return
    const mine = person.turn
    const tell = (change: Partial<QuestionState>): void => {
      if (mine === person.turn) set(change)
    }
    set({ isRunning: true, isCancelled: false, failure: null, refusals: [], jobId: null })
    /** Null when there is no answer; why is told. */
    const found = async (
      asked: StudyDocument,
      how: 'weigh' | 'fit',
      of: StudyDocument,
    ): Promise<Found | null> => {
      const begun = await node.studies.start({ study: named(asked, namesNow()), at: 'named', upTo: how })
      if (begun.kind === 'refused') {
        tell({ refusals: begun.problems as StudyProblem[] })
        return null
      }
      const { jobId } = begun
      tell({ jobId })
      const job = await jobEnded(jobId)
      if (job.state === 'cancelled') tell({ isCancelled: true })
      if (job.state === 'failed')
        tell({ failure: { code: job.error?.code ?? 'unexpected', detail: job.error?.detail } })
      const ran = job.state === 'done' ? await node.studies.answer({ jobId }) : null
      if (ran === null) return null
      if (ran.kind === 'refused') {
        tell({ refusals: ran.problems as StudyProblem[] })
        return null
      }
      const pinned = { ...named(asked, namesNow()), snapshot: ran.snapshot, engine: ran.engine }
      return { jobId, asked: of, pinned, ran, answer: parseStudyAnswer(ran.result) }
    }
    try {
      await work(found, tell)
    } catch (error) {
      const { detail } = error as { detail?: unknown }
      tell({ failure: { code: failureCode(error), detail } })
    } finally {
      tell({ isRunning: false, jobId: null })
    }
  }

  return {
    ...nothing,
    run: (study, upTo) =>
      running(async (found, tell) => {
        const weighed = await found(study, 'weigh', study)
        if (weighed !== null) tell({ weighed })
        // The fit is of the state that was counted, also where a visit has come since.
        const canBeFitted = weighed !== null && followedPersons(weighed.answer) > 0
        const fitted = canBeFitted && upTo === 'fit' ? await found(weighed.pinned, 'fit', study) : null
        if (fitted !== null) void loadHistory()
        if (fitted !== null) tell({ fitted, ...(study.cleaning === null ? { asWritten: fitted } : {}) })
      }),
    runAsWritten: () =>
      running(async (found, tell) => {
        const { fitted } = get()
        if (fitted === null) return
        const without = (study: StudyDocument): StudyDocument => ({
          ...judgedOn(study, 'written'),
          cleaning: null,
        })
        const asWritten = await found(without(fitted.pinned), 'fit', without(fitted.asked))
        if (asWritten !== null) tell({ asWritten })
      }),
    forget() {
      person.turn++
      set(nothing)
    },
  }
})

ofOnePerson(() => useQuestion.getState().forget())
