/** Files and copies of the workbench: whatever they hold, they go through `release`. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { releases as releasesContract } from '../../shared/contract/releases.ts'
import type { StudyRunAnswer } from '../../shared/contract/studies.ts'
import { markLine, type ReleaseSource } from '../../shared/domain/release-mark.ts'
import { canonicalStudy } from '../../shared/domain/study.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { profileOf, type ServiceContext } from './context.ts'
import { release } from './release.ts'

export function createReleasesService(context: ServiceContext): Handlers<typeof releasesContract> {
  const { desktop, jobs, world } = context
  const institution = (): string => profileOf(context).facts.institutionName

  /** Null where it is said to be of a result that this person does not have. */
  function sourceOf(jobId: string | null): ReleaseSource | null {
    if (jobId === null) return { institution: institution(), study: null, upTo: null }
    const answer = (jobs.result(jobId, 'study') ?? jobs.result(jobId, 'weigh')) as StudyRunAnswer | null
    if (answer?.kind !== 'ran') return null
    return { institution: institution(), study: answer.hash, upTo: answer.snapshot.upTo }
  }

  return {
    async mark({ jobId, locale }) {
      const source = sourceOf(jobId)
      return { line: source === null ? null : markLine(source, locale) }
    },
    async save({ jobId, locale, output }) {
      const source = sourceOf(jobId)
      if (source === null) return { kind: 'refused', reason: 'no-such-result' }
      const released = await release(desktop, output, source, { way: 'file', locale })
      return released.kind === 'copied' ? { kind: 'cancelled' } : released
    },
    async copy({ jobId, locale, output }) {
      const source = sourceOf(jobId)
      if (source === null) return { kind: 'refused', reason: 'no-such-result' }
      const released = await release(desktop, output, source, { way: 'clipboard', locale })
      return released.kind === 'copied' ? released : { kind: 'refused', reason: 'not-markable' }
    },
    async saveStudy({ study }) {
      const hash = toHex(world.crypto.sha256(utf8Encode(canonicalStudy(study))))
      const output = {
        kind: 'study',
        as: 'json',
        name: study.title,
        content: `${JSON.stringify(study, null, 2)}\n`,
      } as const
      const source = { institution: institution(), study: hash, upTo: study.snapshot?.upTo ?? null }
      const released = await release(desktop, output, source, { way: 'file', locale: 'en' })
      return released.kind === 'copied' ? { kind: 'cancelled' } : released
    },
  }
}
