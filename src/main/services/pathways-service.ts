/** Following a cohort through time as a job, and keeping the definition under work. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { PathwaysAnswer, pathways as pathwaysContract } from '../../shared/contract/pathways.ts'
import { canonicalCleaning, cleaningProblems } from '../../shared/domain/cleaning.ts'
import { canonicalCohort, problemsOf } from '../../shared/domain/cohort.ts'
import { canonicalPathways, problemsOfPathways } from '../../shared/domain/pathways.ts'
import { canonicalJson } from '../../shared/std/canonical-json.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure } from '../analytics/analysis-home.ts'
import { nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, type ServiceContext } from './context.ts'
import { createKeptShelf } from './kept-shelf.ts'
import { createUnfinishedRuns } from './unfinished-runs.ts'

export function createPathwaysService(context: ServiceContext): Handlers<typeof pathwaysContract> {
  const { world, jobs } = context
  const hashOf = (text: string): string => toHex(world.crypto.sha256(utf8Encode(text)))
  const shelf = createKeptShelf(world, () => nodeOf(context))
  const unfinished = createUnfinishedRuns(world, () => nodeOf(context))
  const userKeyId = (): string => leaseOf(context).session.person.userKeyId
  return {
    async start({ cohort, cleaning, definition }) {
      const problems = {
        cohort: problemsOf(cohort),
        cleaning: cleaning === null ? [] : cleaningProblems(cleaning),
        pathways: problemsOfPathways(definition),
      }
      if (Object.values(problems).some((each) => each.length > 0)) return { kind: 'refused', ...problems }
      const texts = {
        cohort: canonicalCohort(cohort),
        cleaning: cleaning === null ? null : canonicalCleaning(cleaning),
        pathways: canonicalPathways(definition),
      }
      nameSubject({
        cohort: hashOf(texts.cohort),
        ...(texts.cleaning === null ? {} : { pipeline: hashOf(texts.cleaning) }),
        pathways: hashOf(texts.pathways),
      })
      const analysis = context.analysis()
      if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
      const asker = context.lease()?.session.person.userKeyId ?? null
      const { jobId } = jobs.start('pathways', 'patients', async (control) => {
        const asked = { cohort, cleaning, definition }
        const watch = { signal: control.signal, onProgress: control.progress }
        const { answer, of } = await unfinished.watching(asker, 'pathways', control, () =>
          analysis.pathways(asked, watch),
        )
        const { chain, upTo, isTwin } = of
        const hash = hashOf(canonicalJson({ ...texts, chain, upTo }))
        // Lists of the analysis are read-only; those of an answer are the caller's own.
        return structuredClone({ ...answer, hash, upTo, isTwin }) as PathwaysAnswer
      })
      return { kind: 'started', jobId }
    },
    async answer({ jobId }) {
      return jobs.result(jobId, 'pathways') as PathwaysAnswer | null
    },
    kept: async () => (await shelf.load(userKeyId())).pathways,
    async keep({ definition }) {
      const changed = await shelf.change(userKeyId(), (before) => ({ ...before, pathways: definition }))
      return { isKept: changed.kind === 'kept' }
    },
  }
}
