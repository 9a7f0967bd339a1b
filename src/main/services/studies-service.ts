/** Running studies on the hospital's own records, and keeping the one under work. */
import { basename } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { SaidCount } from '../../shared/contract/said.ts'
import type { StudyRunAnswer, studies as studiesContract } from '../../shared/contract/studies.ts'
import {
  canonicalStudy,
  problemsOfStudy,
  studyFile,
  type StudyDocument,
  type StudySnapshot,
} from '../../shared/domain/study.ts'
import { problemsOfIntervals } from '../../shared/domain/intervals.ts'
import { toHex, utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure, type AnalysisHome, type StudyWatch } from '../analytics/analysis-home.ts'
import { exemplarOf } from '../analytics/intervals/exemplar.ts'
import { SMALL } from '../analytics/pathways/protect.ts'
import type { Desktop } from '../desktop.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { readSmallFile } from './files.ts'
import { createKeptRuns } from './kept-runs.ts'
import { keepStudy, loadKeptStudy } from './kept-study.ts'
import { releaseRows } from './release.ts'
import { createUnfinishedRuns } from './unfinished-runs.ts'

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
  const askerNow = (): string | null => context.lease()?.session.person.userKeyId ?? null
  const runs = createKeptRuns(world, () => nodeOf(context))
  const unfinished = createUnfinishedRuns(world, () => nodeOf(context))

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
    /** Whose run it is, as it was asked: the person may have locked the screen when it ends. */
    asker: string | null,
    watch?: StudyWatch,
  ): Promise<StudyRunAnswer> {
    const analysis = home()
    const { text, changes } = await analysis.study(pinned, hash, before, watch)
    const { snapshot, engine } = pinned
    const state = analysis.state()
    const unreadableCount = state.kind === 'ready' ? state.unreadableCount : 0
    const resultHash = hashOf(text)
    const isTwin = isOfTwin(snapshot)
    if (asker !== null && watch?.upTo !== 'weigh') {
      const run = { study: pinned, hash, resultHash, isTwin, at: world.now(), ...countsOf(text) }
      await noted(runs.note(asker, run))
    }
    return {
      kind: 'ran',
      isTwin,
      hash,
      snapshot,
      engine,
      result: text,
      resultHash,
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
      return answered(asked, at === 'newest' ? study.snapshot : null, askerNow())
    },
    async start({ study, at, upTo }) {
      const problems = problemsOfStudy(study)
      if (problems.length > 0) return { kind: 'refused', problems }
      const asked = await pinnedAt(study, at)
      nameSubject({ study: asked.hash })
      const before = at === 'newest' ? study.snapshot : null
      const asker = askerNow()
      const { jobId } = jobs.start(upTo === 'weigh' ? 'weigh' : 'study', 'patients', (control) => {
        const { signal, progress, counting } = control
        const watch: StudyWatch = {
          upTo,
          signal,
          onProgress(done, total) {
            // Persons are told while they are read for the table, passes while models are fitted to it.
            const isFitting = total === null
            if (isFitting && upTo === 'weigh') return
            counting(isFitting ? 'passes' : 'patients')
            progress(done, total)
          },
        }
        return unfinished.watching(asker, 'question', control, () => answered(asked, before, asker, watch))
      })
      return { kind: 'started', jobId }
    },
    async intervals({ study, locale }) {
      const problems = problemsOfStudy(study)
      if (problems.length > 0) return { kind: 'refused', problems }
      const { pinned, hash } = await pinnedAt(study, 'named')
      nameSubject({ study: hash })
      const made = await home().intervals(pinned, hash)
      const bytes = made.csv.length + (made.wholeCsv?.length ?? 0) + (made.personsCsv?.length ?? 0)
      if (bytes > INTERVALS_BYTES_MAX) return { kind: 'too-large', bytes, bytesMax: INTERVALS_BYTES_MAX }
      const models = made.models.map(({ spec }, m) => ({
        name: `model-${m + 1}.json`,
        content: `${JSON.stringify(spec, null, 2)}\n`,
      }))
      const whole =
        made.wholeCsv === null ? [] : [{ name: 'intervals-of-equal-length.csv', content: made.wholeCsv }]
      const persons = made.personsCsv === null ? [] : [{ name: 'persons.csv', content: made.personsCsv }]
      const { institutionName: institution, isSynthetic: isDemonstration } = profileOf(context).facts
      const { upTo } = pinned.snapshot
      const isTwin = isOfTwin(pinned.snapshot)
      const source = { institution, study: hash, upTo, isTwin, isDemonstration }
      const files = [{ name: 'intervals.csv', content: made.csv }, ...whole, ...persons, ...models]
      const { mark } = releaseRows(files, source, locale)
      return { kind: 'made', hash, mark, files }
    },
    async exemplar({ intervals, cleaning, seed }) {
      const problems = problemsOfIntervals(intervals)
      if (problems.length > 0) return { kind: 'refused', problems }
      const oldestDays = Object.assign(
        {},
        ...(cleaning?.steps ?? []).map((each) => (each.step === 'carry-forward' ? each.maxGapDays : {})),
      ) as Record<string, number>
      const made = exemplarOf(intervals, oldestDays, seed)
      if (made === null) return { kind: 'nobody' }
      const { columns, rows, records, ...person } = made
      return {
        kind: 'made',
        exemplar: {
          ...person,
          columns: [...columns],
          rows: rows.map((row) => ({ ...row, values: [...row.values], why: [...row.why] })),
          records: [...records],
        },
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
    history: () => runs.load(userKeyId()),
    keepModels: (change) => runs.keepModels(userKeyId(), change),
    forgetRuns: async () => ({ isKept: await runs.forgetRuns(userKeyId()) }),
    unfinished: () => unfinished.list(userKeyId()),
    forgetUnfinished: ({ kind }) => unfinished.forget(userKeyId(), kind),
    openFile: () => chosenStudy(desktop),
  }
}

/** A disk that is full keeps no history; what was found stands all the same. */
async function noted(noting: Promise<boolean>): Promise<void> {
  try {
    await noting
  } catch (error) {
    if (!(error instanceof StorageFailure)) throw error
  }
}

/** Of a result's text: who could be followed, as it is said on the screen. */
function countsOf(text: string): { persons: SaidCount; events: SaidCount } {
  const { intervals } = JSON.parse(text) as {
    intervals: { attrition: readonly { persons: number; events: number }[] }
  }
  const { persons, events } = intervals.attrition.at(-1) ?? { persons: 0, events: 0 }
  return { persons: saidOf(persons), events: saidOf(events) }
}

const saidOf = (count: number): SaidCount =>
  count > 0 && count < SMALL ? { said: 'small' } : { said: 'exact', count }

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
