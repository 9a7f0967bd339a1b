/** A synthetic hospital in a folder, filled and verified: what `npm start` shows where there is no display. */
import { resolve } from 'node:path'
import { DEMONSTRATION_PASSPHRASE, foundProfile, freshSeed, openHeadless } from '../headless.ts'
import { failed, ok, usage, type Command } from './commands.ts'

const PATIENTS_MAX = 100_000

export const demonstrate: Command = {
  usage: 'demonstrate --dir DIR --patients N [--seed S]',
  grammar: { options: { dir: 'required', patients: 'required', seed: 'optional' } },
  async run({ options }, world) {
    const patients = Number(options.get('patients'))
    if (!Number.isInteger(patients) || patients < 1 || patients > PATIENTS_MAX)
      return usage(`--patients is a number from 1 to ${PATIENTS_MAX}`)
    const folder = resolve(options.get('dir')!)
    const passphrase = DEMONSTRATION_PASSPHRASE
    world.say('All patients of this run are synthetic: no record of a real person.')
    const institution = {
      folder,
      institutionName: 'Demonstration Hospital (synthetic)',
      personName: 'Demonstration user',
      passphrase,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    }
    await foundProfile(institution, world.profileWorld)
    const headless = await openHeadless({
      folder,
      passphrase,
      world: world.profileWorld,
      emit(service, event, payload) {
        if (service === 'jobs' && event === 'progress') {
          const { done, total, unit, state } = payload as {
            done: number
            total: number | null
            unit: string
            state: string
          }
          if (state === 'running') world.say(`${done} of ${total ?? '?'} ${unit}`)
        }
      },
    })
    try {
      const { profile } = headless.institution
      const seed = options.get('seed') ?? freshSeed()
      const job = await headless.services.imports.start(
        { kind: 'generated', patients, seed },
        'demonstration',
      )
      const finished = await job.finished
      if (finished === null) return failed('cancelled')
      if (profile.node === null || !(await profile.node.drain(600_000))) return failed('not-final')
      const { jobId } = await headless.handlers.chain.startVerify()
      for (;;) {
        const result = await headless.handlers.chain.verifyResult({ jobId })
        if (result?.kind === 'ok') {
          const { blockCount, queuedCount } = profile.node.status
          return ok({
            isSynthetic: true,
            patients: finished.report.patients,
            visits: finished.report.visits,
            final: blockCount,
            waiting: queuedCount,
            verified: { ok: true, blocks: result.blocks, segments: result.segments, tip: result.tip },
          })
        }
        const job = (await headless.handlers.jobs.list()).find((each) => each.jobId === jobId)
        if (result !== null || job?.state === 'failed') return failed('not-verified', result)
        await new Promise((done) => setTimeout(done, 50))
      }
    } finally {
      await headless.close()
    }
  },
}
