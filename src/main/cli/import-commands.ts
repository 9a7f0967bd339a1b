/** Commands about imports that were made: their list, undoing one, its manifest, and checking a manifest. */
import { resolve } from 'node:path'
import { fromHex } from '../../shared/std/bytes.ts'
import { openManifest } from '../imports/manifest.ts'
import { saveSmallFile, readSmallFile } from '../services/files.ts'
import {
  begun,
  deadlineOf,
  EXIT,
  failed,
  followJob,
  needPassphrase,
  ok,
  timeout,
  untilFinal,
  withProfile,
  type Command,
} from './commands.ts'

const LISTED_MAX = 500
const BATCH = /^[0-9a-f]{32}$/

export const IMPORT_COMMANDS: Readonly<Record<string, Command>> = {
  imports: {
    usage: 'imports --profile DIR',
    grammar: { options: { profile: 'required' } },
    run: (given, world) =>
      withProfile(given, world, begun(needPassphrase(world)), async (reached) =>
        ok({ imports: await reached.ask.imports.batches({ limit: LISTED_MAX }) }),
      ),
  },

  'resume-import': {
    usage: 'resume-import --profile DIR --batch ID [--timeout SECONDS]',
    grammar: { options: { profile: 'required', batch: 'required', timeout: 'optional' } },
    async run(given, world) {
      const batchId = given.options.get('batch')!
      if (!BATCH.test(batchId)) return failed('usage', '--batch is an id of `consilium imports`')
      return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const deadline = deadlineOf(given.options)
        const { jobId } = await reached.ask.imports.resumeBatch({ batchId })
        const job = await followJob(reached, jobId, world, deadline)
        if (job === 'timeout') return timeout('import', { jobId })
        if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
        if (reached.kind === 'opened-here') await untilFinal(reached, deadline)
        const report = await reached.ask.imports.report({ jobId })
        return report === null ? failed('internal') : ok({ ...report, batchId })
      })
    },
  },

  'undo-import': {
    usage: 'undo-import --profile DIR --batch ID [--timeout SECONDS]',
    grammar: { options: { profile: 'required', batch: 'required', timeout: 'optional' } },
    async run(given, world) {
      const batchId = given.options.get('batch')!
      if (!BATCH.test(batchId)) return failed('usage', '--batch is an id of `consilium imports`')
      const passphrase = await needPassphrase(world)
      return withProfile(given, world, begun(Promise.resolve(passphrase)), async (reached) => {
        const deadline = deadlineOf(given.options)
        const answer = await reached.ask.imports.undoBatch({ batchId, passphrase })
        if (answer.kind === 'refused') return failed(answer.reason)
        const job = await followJob(reached, answer.jobId, world, deadline)
        if (job === 'timeout') return timeout('undo-import', { jobId: answer.jobId })
        if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
        if (reached.kind === 'opened-here') await untilFinal(reached, deadline)
        const batches = await reached.ask.imports.batches({ limit: LISTED_MAX })
        return ok(batches.find((each) => each.batchId === batchId)?.undo ?? {})
      })
    },
  },

  manifest: {
    usage: 'manifest --profile DIR --batch ID --out FILE',
    grammar: { options: { profile: 'required', batch: 'required', out: 'required' } },
    async run(given, world) {
      const batchId = given.options.get('batch')!
      if (!BATCH.test(batchId)) return failed('usage', '--batch is an id of `consilium imports`')
      return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const { hex } = await reached.ask.imports.manifest({ batchId })
        if (hex === null) return failed('unknown-batch')
        const out = resolve(given.options.get('out')!)
        return (await saveSmallFile(out, fromHex(hex))) ? ok({ path: out }) : failed('not-writable')
      })
    },
  },

  'verify-manifest': {
    usage: 'verify-manifest [--profile DIR] FILE',
    grammar: { options: { profile: 'optional' }, rest: [1, 1] },
    async run(given, world) {
      const path = resolve(given.rest[0]!)
      if (given.options.has('profile')) {
        return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
          const check = await reached.ask.imports.checkManifest({ path })
          if (check.kind === 'refused') return { exit: EXIT.failed, answer: refused(check.reason) }
          const isGood = check.signer === 'own-chain' && check.isWhole !== false
          return { exit: isGood ? EXIT.ok : EXIT.failed, answer: { ok: isGood, ...check } }
        })
      }
      // Without a chain: whether it is whole and signed by the key that it names.
      const bytes = await readSmallFile(path)
      if (bytes === null) return { exit: EXIT.failed, answer: refused('not-readable') }
      const opened = openManifest(world.profileWorld.crypto, bytes)
      if (opened.kind === 'refused') return { exit: EXIT.failed, answer: refused(opened.reason) }
      const { chainId, authorKey, ...said } = opened.manifest
      const hex = (key: Uint8Array) => Buffer.from(key).toString('hex')
      return ok({
        ok: true,
        ...said,
        chainId: hex(chainId),
        authorKey: hex(authorKey),
        signer: 'not-looked-up',
      })
    },
  },
}

/** `reason` stood alone before, and programs may read it. */
const refused = (reason: string) => ({ ok: false, error: { code: reason }, reason })
