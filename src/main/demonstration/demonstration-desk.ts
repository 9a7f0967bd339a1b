/** The demonstration consortium behind the window: found or opened again, filled as a job, closed. One at a time. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import { CLINIC, type Population } from '../../shared/domain/populations.ts'
import type { ComposeOptions } from '../desktop.ts'
import { freshSeed } from '../headless.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { createJobs, type Job, type Jobs } from '../services/jobs.ts'
import type { SettingsFile } from '../services/settings.ts'
import { CONSORTIUM_NAME } from './cast.ts'
import {
  foundDemonstration,
  loadDemonstration,
  removeDemonstrations,
  type DemonstrationFolder,
} from './demonstration-folder.ts'
import { runDemonstration, type FillProgress, type RunningDemonstration } from './running.ts'

export interface DemonstrationDesk {
  /** Null while none runs. */
  readonly running: RunningDemonstration | null
  /** The job that fills it is no institution's: it is listed beside theirs. */
  readonly jobs: Jobs['handlers']
  /** A new one in place of all earlier ones. @throws {ProfileFailure} */
  start(patients: number, population: Population): Promise<void>
  /** False where the folder holds no demonstration. @throws {ProfileFailure} */
  open(folder: string): Promise<boolean>
  close(): Promise<void>
}

export function createDemonstrationDesk(
  options: ComposeOptions,
  world: ProfileWorld,
  settingsFile: SettingsFile,
): DemonstrationDesk {
  const parent = join(options.settingsFolder, 'demonstrations')
  let running: RunningDemonstration | null = null
  let jobs = createJobs(options.emit, world.now)
  /** Ends what is being asked for the visitor. */
  let studies = new AbortController()

  async function run(demonstration: DemonstrationFolder): Promise<void> {
    const starting = jobs.start('demonstration', 'members', ({ progress, signal }) => {
      progress(0, demonstration.members.length)
      return runDemonstration({
        demonstration,
        startNode: options.startNode,
        desktop: options.desktop,
        emit: options.emit,
        world,
        onStarted: (count) => progress(count, demonstration.members.length),
        signal,
      })
    })
    running = await starting.finished
    if (running === null) throw new ProfileFailure({ code: 'demonstration-failed' })
    const { locale } = settingsFile.settings
    await settingsFile.remember({
      folder: demonstration.folder,
      name: CONSORTIUM_NAME[locale],
      isSynthetic: true,
    })
    fill(running, demonstration.patients)
  }

  function fill(consortium: RunningDemonstration, patients: number): Job<FillProgress> {
    return jobs.start('demonstration', 'patients', async ({ progress, signal }) => {
      const filled = await consortium.fill((now) => progress(doneOf(now), patients), signal)
      // Beside what the visitor does: the rooms work without it, and a node that was stopped meanwhile is no failure.
      if (!signal.aborted) void consortium.askStudies(studies.signal).catch(() => {})
      return filled
    })
  }

  async function close(): Promise<void> {
    studies.abort()
    studies = new AbortController()
    const before = running
    running = null
    await jobs.close()
    jobs = createJobs(options.emit, world.now)
    await before?.close()
  }

  return {
    get running() {
      return running
    },
    jobs: {
      list: (input) => jobs.handlers.list(input),
      cancel: (input) => jobs.handlers.cancel(input),
    },
    async start(patients, population) {
      await close()
      for (const folder of await removeDemonstrations(parent)) await settingsFile.forget(folder)
      const folder = join(parent, `consortium-${randomBytes(4).toString('hex')}`)
      const { locale } = settingsFile.settings
      // The clinic is the same for everybody: what the tutorial says of it holds.
      const seed = population === 'diabetes-clinic' ? CLINIC.seed : freshSeed()
      await run(await foundDemonstration(world, folder, { locale, patients, seed, population }))
    },
    async open(folder) {
      const demonstration = await loadDemonstration(folder)
      if (demonstration === null) return false
      if (running?.folder === folder) return true
      await close()
      await run(demonstration)
      return true
    },
    close,
  }
}

/** Patients whose visits are final as well, as a share of those that were read: one number for one bar. */
function doneOf({ patientsDone, final, waiting }: FillProgress): JobProgress['done'] {
  return final === 0 ? 0 : Math.floor((patientsDone * final) / (final + waiting))
}
