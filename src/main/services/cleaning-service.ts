/** What a pipeline would do to the records of a cohort, in counts, as a job. */
import type { cleaning as cleaningContract, CleaningPreview } from '../../shared/contract/cleaning.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { canonicalCleaning, cleaningProblems, cleaningWarnings } from '../../shared/domain/cleaning.ts'
import { canonicalCohort, problemsOf } from '../../shared/domain/cohort.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure } from '../analytics/analysis-home.ts'
import { nameSubject } from './audit-subject.ts'
import type { ServiceContext } from './context.ts'

export function createCleaningService(context: ServiceContext): Handlers<typeof cleaningContract> {
  const { world, jobs } = context
  const hashOf = (text: string): string => toHex(world.crypto.sha256(utf8Encode(text)))
  return {
    async start({ cohort, pipeline, upTo }) {
      const problems = { cohort: problemsOf(cohort), pipeline: cleaningProblems(pipeline) }
      if (problems.cohort.length + problems.pipeline.length > 0) return { kind: 'refused', ...problems }
      const cohortHash = hashOf(canonicalCohort(cohort))
      const pipelineHash = hashOf(canonicalCleaning(pipeline))
      nameSubject({ cohort: cohortHash, pipeline: pipelineHash })
      const analysis = context.analysis()
      if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
      const { jobId } = jobs.start(
        'clean',
        'patients',
        async ({ signal, progress }): Promise<CleaningPreview> => {
          const watch = { signal, onProgress: progress }
          const { answer, of } = await analysis.clean({ cohort, pipeline }, upTo ?? null, watch)
          if (answer.kind === 'too-many') return answer
          const { snapshot, steps, ...rest } = answer
          const { visitCount, personCount } = snapshot
          return {
            ...copied(rest),
            pipelineHash,
            cohortHash,
            isTwin: of.isTwin,
            snapshot: { upTo: of.upTo, visitCount, personCount },
            steps: copied(steps),
            warnings: cleaningWarnings(pipeline),
          }
        },
      )
      return { kind: 'started', jobId }
    },
    async answer({ jobId }) {
      return jobs.result(jobId, 'clean') as CleaningPreview | null
    },
  }
}

/** Lists of the analysis are read-only; those of an answer are the caller's own. */
type Own<T> = T extends readonly (infer E)[]
  ? Own<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Own<T[K]> }
    : T
const copied = <T>(value: T): Own<T> => structuredClone(value) as Own<T>
