/** Running studies on the hospital's own records, and keeping the one under work. */
import { basename } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { StudyRunAnswer, studies as studiesContract } from '../../shared/contract/studies.ts'
import {
  canonicalStudy,
  problemsOfStudy,
  studyFile,
  type StudyDocument,
  type StudySnapshot,
} from '../../shared/domain/study.ts'
import { markLine } from '../../shared/domain/release-mark.ts'
import { toHex, utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure, type AnalysisHome, type StudyWatch } from '../analytics/analysis-home.ts'
import type { Desktop } from '../desktop.ts'
import { nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { readSmallFile } from './files.ts'
import { keepStudy, loadKeptStudy } from './kept-study.ts'

/** No honest study is longer: the longest code sets have thousands of codes. */
export const STUDY_BYTES_MAX = 8 << 20

/** Below what one line of the local socket holds. */
const INTERVALS_BYTES_MAX = 8 << 20

type At = 'named' | 'newest'

export function createStudiesService(context: ServiceContext): Handlers<typeof studiesContract> {
  const { world, desktop, jobs } = context
  const hashOf = (text: string): string => toHex(world.crypto.sha256(utf8Encode(text)))
  const home = (): AnalysisHome => {
    const analysis = context.analysis()
    if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
    return analysis
  }
  const userKeyId = (): string => leaseOf(context).session.person.userKeyId

  async function pinnedAt(study: StudyDocument, at: At) {
    // What the study names is looked at also where the newest state is asked: another chain has no changes to tell.
    // An older engine's study can still be asked anew: only its own bytes cannot be given again.
    const named = await home().pin(at === 'named' ? study : { ...study, engine: null })
    const pinned = at === 'named' ? named : await home().pin({ ...study, snapshot: null, engine: null })
    return { pinned, hash: hashOf(canonicalStudy(pinned)) }
  }

  /** A twin is its own little world: what a result names as its chain says whose it is, whenever it is looked at. */
  const isOfTwin = ({ chain }: StudySnapshot): boolean => chain !== profileOf(context).facts.chainId

  async function answered(
    { pinned, hash }: Awaited<ReturnType<typeof pinnedAt>>,
    before: StudyDocument['snapshot'],
    watch?: StudyWatch,
  ): Promise<StudyRunAnswer> {
    const analysis = home()
    const ran = await analysis.study(pinned, hash, before, watch)
    if (ran.kind === 'too-many-rows') return { kind: 'refused', problems: [ran] }
    const { text, changes } = ran
    const { snapshot, engine } = pinned
    const state = analysis.state()
    const unreadableCount = state.kind === 'ready' ? state.unreadableCount : 0
    return {
      kind: 'ran',
      isTwin: isOfTwin(snapshot),
      hash,
      snapshot,
      engine,
      result: text,
      resultHash: hashOf(text),
      unreadableCount,
      changes,
    }
  }

  return {
    async run({ study, at }) {
      const problems = problemsOfStudy(study)
      if (problems.length > 0) return { kind: 'refused', problems }
      const asked = await pinnedAt(study, at)
      nameSubject({ study: asked.hash })
      return answered(asked, at === 'newest' ? study.snapshot : null)
    },
    async start({ study, at, upTo }) {
      const problems = problemsOfStudy(study)
      if (problems.length > 0) return { kind: 'refused', problems }
      const asked = await pinnedAt(study, at)
      nameSubject({ study: asked.hash })
      const before = at === 'newest' ? study.snapshot : null
      const [kind, unit] =
        upTo === 'weigh' ? (['weigh', 'patients'] as const) : (['study', 'passes'] as const)
      const { jobId } = jobs.start(kind, unit, ({ signal, progress }) =>
        answered(asked, before, {
          upTo,
          signal,
          onProgress(done, total) {
            // Persons are told while they are read for the table, passes while models are fitted to it.
            if ((total === null) === (unit === 'passes')) progress(done, total)
          },
        }),
      )
      return { kind: 'started', jobId }
    },
    async intervals({ study, locale }) {
      const problems = problemsOfStudy(study)
      if (problems.length > 0) return { kind: 'refused', problems }
      const { pinned, hash } = await pinnedAt(study, 'named')
      nameSubject({ study: hash, released: 'intervals.csv' })
      const made = await home().intervals(pinned, hash)
      if (made.kind === 'too-many-rows') return { kind: 'refused', problems: [made] }
      const bytes = made.csv.length + (made.wholeCsv?.length ?? 0)
      if (bytes > INTERVALS_BYTES_MAX) return { kind: 'too-large', bytes, bytesMax: INTERVALS_BYTES_MAX }
      const models = made.models.map(({ spec }, m) => ({
        name: `model-${m + 1}.json`,
        content: `${JSON.stringify(spec, null, 2)}\n`,
      }))
      const whole =
        made.wholeCsv === null ? [] : [{ name: 'intervals-of-equal-length.csv', content: made.wholeCsv }]
      const institution = profileOf(context).facts.institutionName
      return {
        kind: 'made',
        hash,
        mark: markLine(
          {
            institution,
            study: hash,
            upTo: pinned.snapshot.upTo,
            isTwin: isOfTwin(pinned.snapshot),
          },
          locale,
        ),
        files: [{ name: 'intervals.csv', content: made.csv }, ...whole, ...models],
      }
    },
    async answer({ jobId }) {
      return (jobs.result(jobId, 'study') ?? jobs.result(jobId, 'weigh')) as StudyRunAnswer | null
    },
    kept: () => loadKeptStudy(world, nodeOf(context), userKeyId()),
    async keep({ study }) {
      const kept = await keepStudy(world, nodeOf(context), userKeyId(), study)
      return { isKept: kept !== null, savedAt: kept?.savedAt ?? world.now() }
    },
    openFile: () => chosenStudy(desktop),
  }
}

/** A study of a file that the person chooses; null when the dialog is closed. */
export async function chosenStudy(
  desktop: Pick<Desktop, 'chooseFiles'>,
): ReturnType<Handlers<typeof studiesContract>['openFile']> {
  const [path] = await desktop.chooseFiles({ purpose: 'study', folders: false, several: false })
  if (path === undefined) return null
  const bytes = await readSmallFile(path, STUDY_BYTES_MAX)
  const name = basename(path)
  const read = studyFile.safeParse(bytes === null ? null : asJson(bytes))
  return read.success ? { kind: 'study', name, study: read.data } : { kind: 'not-a-study', name }
}

function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes))
  } catch {
    return null
  }
}
