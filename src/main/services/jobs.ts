/** Long work that people watch and cancel. A job's result is asked for by its id when it is done. */
import { randomUUID } from 'node:crypto'
import type { jobs as jobsContract, JobProgress } from '../../shared/contract/jobs.ts'
import type { EmitEvent } from '../../shared/contract/index.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { Failure } from '../../shared/std/failure.ts'

type JobKind = JobProgress['kind']
type JobUnit = JobProgress['unit']

/** What the work of a job gets: to say how far it is, and to hear that it should stop. */
export interface JobControl {
  readonly jobId: string
  readonly signal: AbortSignal
  /** `total` null while nobody knows. Cheap: events are sent a few times a second at most. */
  progress(done: number, total: number | null): void
  /** What is counted from here on: work of several parts begins each anew, with a rate of its own. */
  counting(unit: JobUnit): void
}

export interface Jobs {
  readonly handlers: Handlers<typeof jobsContract>
  /** Starts `work`; its answer is kept under the job's id, its failure in the job's progress. */
  start<T>(kind: JobKind, unit: JobUnit, work: (control: JobControl) => Promise<T>): Job<T>
  /** Null for a job of another kind, for one that somebody else started, and while nobody is there who could have. */
  result(jobId: string, kind: JobKind): unknown
  /** Ids of those of this kind that run, whoever started them. */
  running(kind: JobKind): readonly string[]
  /** The same jobs for one caller: what they start is theirs. @param who the person, null while locked */
  of(who: () => string | null): Jobs
  /** Somebody was erased: what ended jobs found out about patients goes. */
  forgetPatients(): void
  /** Cancels all and waits until they have stopped. */
  close(): Promise<void>
}

export interface Job<T> {
  readonly jobId: string
  /** Null when the work failed or was cancelled; the reason is in the job's progress. Never rejects for a `Failure`. */
  readonly finished: Promise<T | null>
}

interface Entry {
  /** Who started it. */
  readonly by: string | null
  progress: JobProgress
  abort: AbortController
  result: unknown
  finished: Promise<unknown>
  samples: { at: number; done: number }[]
  sentAt: number
}

/** Jobs that are remembered after their end. */
const KEPT_MAX = 50
const EVENT_EVERY_MS = 100
const RATE_WINDOW_MS = 5_000

/** What these answer is about the chain and holds nothing of a patient: it is everybody's, also at a locked screen. */
const OPEN_TO_ALL: ReadonlySet<JobKind> = new Set(['verify'])
/** Rows, visits or codes of patients stand in what these answer. */
const WITH_PATIENTS: ReadonlySet<JobKind> = new Set([
  'import',
  'undo-import',
  'export',
  'trial',
  'work-list',
  'coding',
  'prove',
  'clean',
])

const ENDING = Symbol('the institution is closed')
/** Stopped since all is closed, not because a person wanted it. */
export const isEnding = ({ reason }: AbortSignal): boolean => reason === ENDING

export function createJobs(emit: EmitEvent, now: () => number): Jobs {
  const entries = new Map<string, Entry>()

  function send(entry: Entry, isForced: boolean): void {
    const at = now()
    if (!isForced && at - entry.sentAt < EVENT_EVERY_MS) return
    entry.sentAt = at
    emit('jobs', 'progress', entry.progress)
  }

  function report(entry: Entry, done: number, total: number | null): void {
    const at = now()
    entry.samples.push({ at, done })
    while (entry.samples.length > 2 && at - entry.samples[0]!.at > RATE_WINDOW_MS) entry.samples.shift()
    const first = entry.samples[0]!
    const seconds = (at - first.at) / 1000
    const rate = seconds > 0.2 ? (done - first.done) / seconds : null
    const secondsLeft =
      rate !== null && rate > 0 && total !== null ? Math.max(0, (total - done) / rate) : null
    entry.progress = { ...entry.progress, done, total, rate, secondsLeft }
    send(entry, false)
  }

  function count(entry: Entry, unit: JobUnit): void {
    if (entry.progress.unit === unit) return
    entry.samples = [{ at: now(), done: 0 }]
    entry.progress = { ...entry.progress, unit, done: 0, total: null, rate: null, secondsLeft: null }
  }

  function end(entry: Entry, outcome: Pick<JobProgress, 'state' | 'error'>): void {
    entry.progress = { ...entry.progress, ...outcome, secondsLeft: outcome.state === 'done' ? 0 : null }
    send(entry, true)
    const ended = [...entries].filter(([, { progress }]) => progress.state !== 'running')
    for (const [jobId] of ended.slice(0, Math.max(0, ended.length - KEPT_MAX))) entries.delete(jobId)
  }

  const of = (who: () => string | null): Jobs => ({
    handlers: {
      list: async () => [...entries.values()].map(({ progress }) => progress),
      async cancel({ jobId }) {
        const entry = entries.get(jobId)
        if (entry?.progress.state !== 'running') return { isCancelled: false }
        entry.abort.abort()
        return { isCancelled: true }
      },
    },
    start<T>(kind: JobKind, unit: JobUnit, work: (control: JobControl) => Promise<T>): Job<T> {
      const jobId = randomUUID()
      const abort = new AbortController()
      const entry: Entry = {
        by: who(),
        progress: {
          jobId,
          kind,
          unit,
          state: 'running',
          done: 0,
          total: null,
          startedAt: now(),
          rate: null,
          secondsLeft: null,
        },
        abort,
        result: null,
        finished: Promise.resolve(),
        samples: [{ at: now(), done: 0 }],
        sentAt: 0,
      }
      entries.set(jobId, entry)
      send(entry, true)
      const run = async (): Promise<T | null> => {
        try {
          const result = await work({
            jobId,
            signal: abort.signal,
            progress: (done, total) => report(entry, done, total),
            counting: (unit) => count(entry, unit),
          })
          entry.result = result
          end(entry, { state: abort.signal.aborted ? 'cancelled' : 'done' })
          return result
        } catch (error) {
          if (abort.signal.aborted) {
            end(entry, { state: 'cancelled' })
            return null
          }
          const isExpected = error instanceof Failure
          end(entry, {
            state: 'failed',
            error: isExpected ? { code: error.detail.code, detail: error.detail } : { code: 'internal' },
          })
          if (!isExpected) throw error // a bug: loud
          return null
        }
      }
      const finished = run()
      entry.finished = finished
      return { jobId, finished }
    },
    result(jobId, kind) {
      const entry = entries.get(jobId)
      if (entry?.progress.kind !== kind) return null
      if (!OPEN_TO_ALL.has(kind) && entry.by !== who()) return null
      return entry.result ?? null
    },
    running: (kind) =>
      [...entries]
        .filter(([, { progress }]) => progress.kind === kind && progress.state === 'running')
        .map(([jobId]) => jobId),
    of,
    forgetPatients() {
      for (const entry of entries.values()) if (WITH_PATIENTS.has(entry.progress.kind)) entry.result = null
    },
    async close() {
      for (const { abort, progress } of entries.values())
        if (progress.state === 'running') abort.abort(ENDING)
      await Promise.allSettled([...entries.values()].map(({ finished }) => finished))
    },
  })
  // The institution's own work is nobody's.
  return of(() => null)
}
