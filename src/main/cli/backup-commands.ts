/** Backups on the command line: making one while the node runs, trying it, and restoring it on another machine. */
import { resolve } from 'node:path'
import { restoreBackup } from '../profile/backup.ts'
import {
  deadlineOf,
  failed,
  followJob,
  needPassphrase,
  ok,
  timeout,
  withProfile,
  type Command,
} from './commands.ts'

export const BACKUP_COMMANDS: Readonly<Record<string, Command>> = {
  backup: {
    usage: 'backup --profile DIR --out FOLDER [--keys FOLDER] [--check] [--timeout SECONDS]',
    grammar: {
      options: { profile: 'required', out: 'required', keys: 'optional', timeout: 'optional' },
      flags: ['check'],
    },
    async run(given, world) {
      const passphrase = await needPassphrase(world)
      return withProfile(given, world, Promise.resolve(passphrase), async (reached) => {
        const { upkeep } = reached.ask
        const deadline = deadlineOf(given.options)
        const keys = given.options.get('keys')
        const started = await upkeep.startBackup({
          out: resolve(given.options.get('out')!),
          ...(keys === undefined ? {} : { keysPlace: resolve(keys) }),
        })
        if (started.kind !== 'started') return failed('cancelled')
        const { jobId, path } = started
        const job = await followJob(reached, jobId, world, deadline)
        if (job === 'timeout') return timeout('backup', { jobId })
        if (job.state !== 'done') return failed(job.error?.code ?? 'cancelled', job.error?.detail)
        const made = await upkeep.backupReport({ jobId })
        if (made === null) return failed('internal')
        if (!given.flags.has('check')) return ok({ ...made, checked: null })
        const trial = await upkeep.startRestoreCheck({ path, passphrase })
        if (trial.kind !== 'started') return failed('internal')
        const tried = await followJob(reached, trial.jobId, world, deadline)
        if (tried === 'timeout') return timeout('restore-check', { jobId: trial.jobId })
        if (tried.state !== 'done') return failed(tried.error?.code ?? 'cancelled', tried.error?.detail)
        const report = await upkeep.restoreReport({ jobId: trial.jobId })
        if (report?.kind !== 'ok') return failed('chain-broken', report)
        return ok({ ...made, checked: report.check })
      })
    },
  },

  restore: {
    usage: 'restore --backup FOLDER --profile DIR [--keys FILE_OR_FOLDER]',
    grammar: { options: { backup: 'required', profile: 'required', keys: 'optional' } },
    async run({ options }, { profileWorld }) {
      const to = resolve(options.get('profile')!)
      const keys = options.get('keys')
      const made = await restoreBackup(
        profileWorld,
        resolve(options.get('backup')!),
        to,
        keys === undefined ? {} : { keys },
      )
      const { institutionName, memberId, madeAt, height, blockCount } = made
      // What this machine may have signed since is unknown to it.
      const standing = 'observing'
      return ok({ profile: to, name: institutionName, memberId, madeAt, height, blockCount, standing })
    },
  },
}
