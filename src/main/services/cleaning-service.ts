/** What a pipeline would do to the records of a cohort, in counts, as a job. */
import type { cleaning as cleaningContract, CleaningPreview } from '../../shared/contract/cleaning.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { mayOpenPatients } from '../../shared/contract/rights.ts'
import { canonicalCleaning, cleaningProblems, cleaningWarnings } from '../../shared/domain/cleaning.ts'
import { canonicalCohort, problemsOf } from '../../shared/domain/cohort.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure } from '../analytics/analysis-home.ts'
import type { ShownChange } from '../analytics/study/shown-changes.ts'
import { isProfileInForm } from '../privacy/request/profile-output.ts'
import { nameSubject, nothingOpened } from './audit-subject.ts'
import { AccessFailure, nodeOf, personOf, profileOf, type ServiceContext } from './context.ts'
import { createUnfinishedRuns } from './unfinished-runs.ts'

export function createCleaningService(context: ServiceContext): Handlers<typeof cleaningContract> {
  const { world, jobs } = context
  const unfinished = createUnfinishedRuns(world, () => nodeOf(context))
  const hashOf = (text: string): string => toHex(world.crypto.sha256(utf8Encode(text)))
  return {
    async start({ cohort, cohortOn, pipeline, profile, upTo }) {
      const problems = { cohort: problemsOf(cohort), pipeline: cleaningProblems(pipeline) }
      if (problems.cohort.length + problems.pipeline.length > 0) return { kind: 'refused', ...problems }
      const counted = profile === undefined ? null : ({ kind: 'cleaning-profile', ...profile } as const)
      if (counted !== null && !isProfileInForm(counted)) return { kind: 'refused', ...problems }
      const cohortHash = hashOf(canonicalCohort(cohort))
      const pipelineHash = hashOf(canonicalCleaning(pipeline))
      nameSubject({ cohort: cohortHash, pipeline: pipelineHash })
      const analysis = context.analysis()
      if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
      const isTwin = analysis.isTwin()
      const asker = context.lease()?.session.person.userKeyId ?? null
      const examplesOf = isTwin ? 'twin' : mayOpenRecords(context) ? 'records' : 'invented'
      const { jobId } = jobs.start('clean', 'patients', async (control): Promise<Cleaned> => {
        const watch = { signal: control.signal, onProgress: control.progress }
        const asked = {
          cohort,
          cohortOn,
          pipeline,
          examplesOf: examplesOf === 'invented' ? ('invented' as const) : ('records' as const),
          ...(counted === null ? {} : { profile: counted }),
        }
        const { answer, of } = await unfinished.watching(asker, 'cleaning', control, () =>
          analysis.clean(asked, upTo ?? null, watch),
        )
        const { snapshot, steps, examples, ...rest } = answer
        const { visitCount, personCount } = snapshot
        const preview: CleaningPreview = {
          ...copied(rest),
          pipelineHash,
          cohortHash,
          isTwin: of.isTwin,
          examplesOf,
          snapshot: { upTo: of.upTo, visitCount, personCount },
          steps: copied(steps),
          warnings: cleaningWarnings(pipeline),
        }
        // Whoever became a hospital meanwhile shows nothing of its records.
        return { preview, examples: examplesOf === 'twin' && !of.isTwin ? [] : examples }
      })
      return { kind: 'started', jobId }
    },
    async answer({ jobId }) {
      return (jobs.result(jobId, 'clean') as Cleaned | null)?.preview ?? null
    },
    async examples({ jobId }) {
      const cleaned = jobs.result(jobId, 'clean') as Cleaned | null
      if (cleaned === null) {
        nothingOpened()
        return null
      }
      const { preview, examples } = cleaned
      const isOfRecords = preview.examplesOf === 'records'
      if (isOfRecords) {
        // Roles may have been taken away since.
        if (!mayOpenRecords(context)) throw new AccessFailure({ code: 'not-permitted' })
        const pseudonyms = [...new Set(examples.map(({ patient }) => patient.slice(0, 32)))].join('+')
        if (pseudonyms === '') nothingOpened()
        else nameSubject({ pseudonyms })
      } else nothingOpened()
      return examples.map(({ patient: _, block, ...change }) => ({
        ...change,
        block: isOfRecords ? block : null,
      }))
    },
  }
}

/** Whose work with patients it is anyway. */
const mayOpenRecords = (context: ServiceContext): boolean =>
  mayOpenPatients(personOf(context.lease(), profileOf(context).roster)?.roles ?? [])

interface Cleaned {
  readonly preview: CleaningPreview
  readonly examples: readonly ShownChange[]
}

/** Lists of the analysis are read-only; those of an answer are the caller's own. */
type Own<T> = T extends readonly (infer E)[]
  ? Own<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Own<T[K]> }
    : T
const copied = <T>(value: T): Own<T> => structuredClone(value) as Own<T>
