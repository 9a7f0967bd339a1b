/** What commands answer, and how they wait for long work. */
import type { JobProgress } from '../../shared/contract/jobs.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import type { PassphraseWorld } from './passphrase.ts'
import { CommandFailure, type Reached } from './reach.ts'

export const EXIT = { ok: 0, failed: 1, usage: 2, inUse: 3, passphrase: 4, timeout: 5 } as const

export interface CommandWorld extends PassphraseWorld {
  readonly profileWorld: ProfileWorld
  /** A line for people, to standard error. */
  say(line: string): void
}

export interface CommandResult {
  readonly exit: number
  readonly answer: unknown
}

const POLL_MS = 50

export const ok = (answer: unknown): CommandResult => ({ exit: EXIT.ok, answer })

export function usage(problem: string): CommandResult {
  return { exit: EXIT.usage, answer: { ok: false, error: { code: 'usage', detail: problem } } }
}

export function failed(code: string, detail?: unknown): CommandResult {
  return {
    exit:
      code === 'usage'
        ? EXIT.usage
        : code === 'profile-in-use'
          ? EXIT.inUse
          : code === 'wrong-passphrase' || code === 'passphrase-too-weak' || code === 'passphrase-missing'
            ? EXIT.passphrase
            : EXIT.failed,
    answer: { ok: false, error: { code, ...(detail === undefined ? {} : { detail }) } },
  }
}

/** A file that a check refused: its reason is the code. */
export function refusedFile(checked: { readonly kind: string; readonly reason: string }): CommandResult {
  return { exit: EXIT.failed, answer: { ok: false, error: { code: checked.reason }, ...checked } }
}

/** @param waitingFor `answer` or `final`, which go on by themselves, or a job, which `followJob` has cancelled */
export function timeout(waitingFor: string, detail: unknown): CommandResult {
  return {
    exit: EXIT.timeout,
    answer: { ok: false, error: { code: 'timeout', waitingFor }, ...(detail as object) },
  }
}

export async function followJob(
  { ask }: Reached,
  jobId: string,
  world: CommandWorld,
  deadline: number,
): Promise<JobProgress | 'timeout'> {
  let saidAt = Date.now()
  for (;;) {
    const job = (await ask.jobs.list()).find((each) => each.jobId === jobId)
    if (job === undefined) throw new CommandFailure({ code: 'internal' })
    if (job.state !== 'running') return job
    if (Date.now() > deadline) {
      await ask.jobs.cancel({ jobId })
      return 'timeout'
    }
    if (Date.now() - saidAt > 1000) {
      saidAt = Date.now()
      const rate = job.rate === null ? '' : `, ${Math.round(job.rate)} a second`
      world.say(`${job.kind}: ${job.done}${job.total === null ? '' : ` of ${job.total}`} ${job.unit}${rate}`)
    }
    await new Promise((done) => setTimeout(done, POLL_MS))
  }
}
