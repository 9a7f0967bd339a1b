/**
 * The demonstration consortium in a folder: four hospitals, a university and an insurer as processes of their own,
 * filled with generated patients. What `npm start` shows where there is no display.
 */
import { resolve } from 'node:path'
import {
  foundDemonstration,
  loadDemonstration,
  type DemonstrationFolder,
} from '../demonstration/demonstration-folder.ts'
import { nodeStarter } from '../demonstration/node-process.ts'
import { runDemonstration, type FillProgress } from '../demonstration/running.ts'
import { noDesktop } from '../desktop.ts'
import { freshSeed } from '../headless.ts'
import { failed, ok, usage, type Command, type CommandWorld } from './commands.ts'

const PATIENTS_MAX = 100_000
const SAY_EVERY_MS = 1_000

export const demo: Command = {
  usage: 'demo --dir DIR --patients N [--seed S] [--exit-when-final]',
  grammar: {
    options: { dir: 'required', patients: 'required', seed: 'optional' },
    flags: ['exit-when-final'],
  },
  async run({ options, flags }, world) {
    const patients = Number(options.get('patients'))
    if (!Number.isInteger(patients) || patients < 1 || patients > PATIENTS_MAX)
      return usage(`--patients is a number from 1 to ${PATIENTS_MAX}`)
    const seed = options.get('seed')
    world.say('All patients of this consortium are synthetic: no record of a real person.')
    const demonstration = await openOrFound(resolve(options.get('dir')!), patients, seed, world)
    const running = await runDemonstration({
      demonstration,
      startNode: nodeStarter([process.execPath, ...process.execArgv, process.argv[1]!]),
      desktop: noDesktop,
      emit: () => {},
      world: world.profileWorld,
    })
    const abort = new AbortController()
    const onSignal = () => abort.abort()
    process.once('SIGINT', onSignal)
    process.once('SIGTERM', onSignal)
    try {
      world.say(`${demonstration.members.length} members run; Ctrl+C ends them.`)
      const progress = await running.fill(sayProgress(demonstration, world), abort.signal)
      const statuses = await running.statuses()
      const tips = new Set(statuses.map(({ tip }) => tip))
      world.say(`${progress.final} visits of ${demonstration.patients} patients are final at every member.`)
      if (!flags.has('exit-when-final') && !abort.signal.aborted) {
        void running.askStudies(abort.signal).catch(() => {})
        await new Promise<void>((done) =>
          abort.signal.addEventListener('abort', () => done(), { once: true }),
        )
      }
      const answer = {
        members: demonstration.members.length,
        visits: progress.final + progress.waiting,
        final: progress.final,
        distinctTips: tips.size,
      }
      return abort.signal.aborted && progress.isReading ? failed('cancelled', answer) : ok(answer)
    } finally {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
      await running.close()
    }
  },
}

/** A folder that holds a demonstration goes on with it; its patients and seed are the ones it was founded with. */
async function openOrFound(
  folder: string,
  patients: number,
  seed: string | undefined,
  { profileWorld, say }: CommandWorld,
): Promise<DemonstrationFolder> {
  const existing = await loadDemonstration(folder)
  if (existing === null)
    return foundDemonstration(profileWorld, folder, { locale: 'en', patients, seed: seed ?? freshSeed() })
  say(`Going on with the demonstration in this folder: ${existing.patients} patients, seed ${existing.seed}.`)
  return existing
}

function sayProgress(
  { patients }: DemonstrationFolder,
  { say, profileWorld }: CommandWorld,
): (progress: FillProgress) => void {
  const from = profileWorld.now()
  let saidAt = from
  return ({ patientsDone, final, waiting }) => {
    const now = profileWorld.now()
    if (now - saidAt < SAY_EVERY_MS) return
    saidAt = now
    const rate = Math.round((final / (now - from)) * 1000)
    say(
      `${patientsDone} of ${patients} patients read, ${final} visits final, ${waiting} on their way, ${rate} a second`,
    )
  }
}
