/** What of a study's answer may leave: whatever it is, it goes through `release`. */
import type { CohortComparison } from '../../shared/contract/cohorts.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { PathwaysAnswer } from '../../shared/contract/pathways.ts'
import type { releases as releasesContract } from '../../shared/contract/releases.ts'
import type { StudyRunAnswer } from '../../shared/contract/studies.ts'
import { markLine, type ReleaseSource } from '../../shared/domain/release-mark.ts'
import { nodeOf, profileOf, type ServiceContext } from './context.ts'
import { answerSource } from '../requests/answer-source.ts'
import { release } from './release.ts'

export type ReleasesCore = Pick<Handlers<typeof releasesContract>, 'mark' | 'make'>

export function createReleasesCore(context: ServiceContext): ReleasesCore {
  const { jobs } = context

  /** Null where it is said to be of a result that this person, or this member, does not have. */
  async function sourceOf(
    jobId: string | null,
    studyHash: string | undefined,
  ): Promise<ReleaseSource | null> {
    const { institutionName: institution, isSynthetic: isDemonstration } = profileOf(context).facts
    const of = { institution, ...(isDemonstration ? { isDemonstration } : {}) }
    if (studyHash !== undefined) {
      const answer = await answerSource(nodeOf(context), studyHash)
      return answer === null ? null : { ...of, study: studyHash, upTo: null, answer }
    }
    // Text of the screen: a member that is no hospital has nobody but invented people on it.
    if (jobId === null)
      return { ...of, study: null, upTo: null, isTwin: context.analysis()?.isTwin() ?? false }
    if (jobs.result(jobId, 'fit') !== null) return { institution, study: null, upTo: null, isOwnTable: true }
    if (jobs.result(jobId, 'simulate') !== null)
      return { institution, study: null, upTo: null, isSimulated: true }
    const answer = (jobs.result(jobId, 'study') ?? jobs.result(jobId, 'weigh')) as StudyRunAnswer | null
    if (answer?.kind === 'ran') {
      const { hash, snapshot, isTwin } = answer
      return { ...of, study: hash, upTo: snapshot.upTo, isTwin }
    }
    const other = (jobs.result(jobId, 'pathways') ?? jobs.result(jobId, 'compare')) as
      PathwaysAnswer | CohortComparison | null
    return other?.kind === 'traversed' || other?.kind === 'compared'
      ? { ...of, study: other.hash, upTo: other.upTo, isTwin: other.isTwin }
      : null
  }

  return {
    async mark({ jobId, studyHash, locale }) {
      const source = await sourceOf(jobId, studyHash)
      return { line: source === null ? null : markLine(source, locale) }
    },
    async make({ jobId, studyHash, locale, output }) {
      const source = await sourceOf(jobId, studyHash)
      if (source === null) return { kind: 'refused', reason: 'no-such-result' }
      const bytes = release(output, source, locale)
      return bytes === null
        ? { kind: 'refused', reason: 'not-markable' }
        : { kind: 'made', bytes: Buffer.from(bytes).toString('base64') }
    },
  }
}
