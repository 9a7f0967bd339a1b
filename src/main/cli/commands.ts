/**
 * The commands of `consilium`. Each answers one JSON object, the last line of standard output; everything else goes
 * to standard error. Exit codes: 0 ok, 1 failed, 2 usage, 3 profile in use, 4 passphrase, 5 timeout.
 */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ImportList, ImportReject } from '../../shared/contract/imports.ts'
import { foundProfile } from '../headless.ts'
import { errorCode } from '../profile/atomic-file.ts'
import {
  EXIT,
  failed,
  followJob,
  ok,
  timeout,
  usage,
  type CommandResult,
  type CommandWorld,
} from './answers.ts'
import { readArguments, type Arguments, type Grammar } from './arguments.ts'
import { sentenceOfAnswer } from './failure-sentences.ts'
import { mappingFor, tryOut, withoutValue } from './table-commands.ts'
import { findPassphrase } from './passphrase.ts'
import { CommandFailure, reachProfile, type Reached } from './reach.ts'
import { listAsCsv } from '../services/import-lists.ts'

export {
  EXIT,
  failed,
  followJob,
  ok,
  refusedFile,
  timeout,
  usage,
  type CommandResult,
  type CommandWorld,
} from './answers.ts'

export interface Command {
  readonly usage: string
  readonly grammar: Grammar
  run(given: Arguments, world: CommandWorld): Promise<CommandResult>
}

const POLL_MS = 50
const REJECTS_IN_LINE = 100
const REJECTS_PAGE = 1000
const DEFAULT_TIMEOUT_SECONDS = 3600

export const COMMANDS: Readonly<Record<string, Command>> = {
  found: {
    usage: 'found --profile DIR --name NAME [--person NAME] [--zone ZONE]',
    grammar: { options: { profile: 'required', name: 'required', person: 'optional', zone: 'optional' } },
    async run({ options }, world) {
      const institution = {
        folder: resolve(options.get('profile')!),
        institutionName: options.get('name')!,
        personName: options.get('person') ?? 'Administrator',
        zone: options.get('zone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
        passphrase: await needPassphrase(world),
        isSynthetic: false,
      }
      const facts = await foundProfile(institution, world.profileWorld)
      const { institutionName, memberId, chainId } = facts
      return ok({ profile: resolve(options.get('profile')!), name: institutionName, memberId, chainId })
    },
  },

  import: {
    usage:
      'import --profile DIR [--mapping FILE_OR_NAME] [--dry-run] [--wait] [--timeout SECONDS] [--rejects FILE] ' +
      '[--unusual FILE] FILE_OR_FOLDER...',
    grammar: {
      options: {
        profile: 'required',
        mapping: 'optional',
        rejects: 'optional',
        unusual: 'optional',
        timeout: 'optional',
      },
      flags: ['wait', 'dry-run'],
      rest: [1, 10_000],
    },
    run: (given, world) =>
      withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const { options, flags, rest } = given
        const deadline = deadlineOf(options)
        const rejectsPath = options.has('rejects') ? resolve(options.get('rejects')!) : null
        const unusualPath = options.has('unusual') ? resolve(options.get('unusual')!) : null
        // Before the work, so that a wrong place costs nothing.
        if (rejectsPath !== null) await saveRejects(rejectsPath, [])
        if (unusualPath !== null) await saveRejects(unusualPath, [], 'unusual')
        const paths = rest.map((path) => resolve(path))
        const mapping = await mappingFor(reached, options.get('mapping') ?? null, paths)
        if (flags.has('dry-run')) return tryOut(reached, paths, mapping, rejectsPath, world, deadline)
        const { jobId } = await reached.ask.imports.start({ paths, mapping })
        const job = await followJob(reached, jobId, world, deadline)
        if (job === 'timeout') return timeout('import', { jobId })
        if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
        const report = await reached.ask.imports.report({ jobId })
        if (report === null) return failed('internal')
        if (rejectsPath !== null) await saveRejects(rejectsPath, await allOfList(reached, jobId, 'left-out'))
        if (unusualPath !== null)
          await saveRejects(unusualPath, await allOfList(reached, jobId, 'unusual'), 'unusual')
        const { batchId, files, patients, visits, observations, duplicates, rejectedCount, warnings } = report
        // A line of output names the place alone: what stands there is a patient's.
        const rejected = report.rejected.slice(0, REJECTS_IN_LINE).map(({ line: _, ...each }) => each)
        const answer = {
          batchId,
          files,
          patients,
          visits,
          observations,
          duplicates,
          rejected,
          rejectedCount,
          warnings,
          unusual: report.unusual.slice(0, REJECTS_IN_LINE).map(withoutValue),
          unusualCount: report.unusualCount,
        }
        // Alone, nobody else makes the visits final after this process ends: finish what is under way.
        const isWaiting = flags.has('wait') || reached.kind === 'opened-here'
        if (isWaiting && !(await untilFinal(reached, deadline))) {
          if (flags.has('wait')) return timeout('final', answer)
        }
        if (report.isCancelled) return { exit: EXIT.failed, answer: { ...answer, isCancelled: true } }
        return { exit: files === 0 ? EXIT.failed : EXIT.ok, answer }
      }),
  },

  verify: {
    usage: 'verify --profile DIR [--timeout SECONDS]',
    grammar: { options: { profile: 'required', timeout: 'optional' } },
    run: (given, world) =>
      withProfile(given, world, begun(passphraseIfGiven(world)), async (reached) => {
        const { jobId } = await reached.ask.chain.startVerify()
        const job = await followJob(reached, jobId, world, deadlineOf(given.options))
        if (job === 'timeout') return timeout('verify', { jobId })
        if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
        const result = await reached.ask.chain.verifyResult({ jobId })
        switch (result?.kind) {
          case 'ok':
            return ok({ ok: true, blocks: result.blocks, segments: result.segments, tip: result.tip })
          case 'failed':
            return {
              exit: EXIT.failed,
              answer: {
                ok: false,
                error: { code: 'chain-not-verified' },
                index: result.index,
                height: result.height,
                reason: result.reason,
              },
            }
          default:
            return failed('cancelled')
        }
      }),
  },

  status: {
    usage: 'status --profile DIR',
    grammar: { options: { profile: 'required' } },
    run: (given, world) =>
      withProfile(given, world, begun(passphraseIfGiven(world)), async (reached) => {
        const status = await reached.ask.node.status()
        const { chainId, name } = await reached.ask.chain.consortium()
        return ok({ name, chainId, isOpenElsewhere: reached.kind === 'over-socket', ...status })
      }),
  },

  export: {
    usage: 'export --profile DIR --format fhir|ndjson --out DIR [--patient ID] [--timeout SECONDS]',
    grammar: {
      options: {
        profile: 'required',
        format: 'required',
        out: 'required',
        patient: 'optional',
        timeout: 'optional',
      },
    },
    async run(given, world) {
      const format = given.options.get('format')!
      if (format !== 'fhir' && format !== 'ndjson') return usage('--format is fhir or ndjson')
      return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const folder = resolve(given.options.get('out')!)
        const patientId = given.options.get('patient')
        const { jobId } = await reached.ask.imports.startExport({
          format,
          folder,
          ...(patientId === undefined ? {} : { patientId }),
        })
        const job = await followJob(reached, jobId, world, deadlineOf(given.options))
        if (job === 'timeout') return timeout('export', { jobId })
        if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
        const report = await reached.ask.imports.exportReport({ jobId })
        return report === null ? failed('internal') : ok(report)
      })
    },
  },
}

/** Whoever reads standard error gets a sentence for each failure. */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  world: CommandWorld,
): Promise<CommandResult> {
  const result = await answerOf(command, argv, world)
  if (result.exit !== EXIT.ok) world.say(sentenceOfAnswer(result.answer, result.exit === EXIT.timeout))
  return result
}

async function answerOf(
  command: Command,
  argv: readonly string[],
  world: CommandWorld,
): Promise<CommandResult> {
  const read = readArguments(argv, withAccount(command.grammar))
  if (read.kind === 'usage') return usage(`${read.problem}; usage: consilium ${command.usage}`)
  try {
    return await command.run(read.arguments, world)
  } catch (error) {
    const detail = (error as { detail?: { code?: unknown; detail?: unknown } }).detail
    if (typeof detail?.code !== 'string') throw error
    return failed(detail.code, detail.detail)
  }
}

/** Where several people have accounts, `--as NAME` says whose passphrase it is. */
function withAccount(grammar: Grammar): Grammar {
  return grammar.options?.['profile'] === undefined
    ? grammar
    : { ...grammar, options: { ...grammar.options, as: 'optional' } }
}

/** The variables with the passphrase are taken away before anything else happens; a failure is thrown where it is awaited. */
export function begun<T>(value: Promise<T>): Promise<T> {
  value.catch(() => {})
  return value
}

export async function withProfile(
  { options }: Arguments,
  { profileWorld }: CommandWorld,
  passphrase: Promise<string | null>,
  work: (reached: Reached) => Promise<CommandResult>,
): Promise<CommandResult> {
  const reached = await reachProfile(
    profileWorld,
    resolve(options.get('profile')!),
    await passphrase,
    options.get('as') ?? '',
  )
  try {
    return await work(reached)
  } finally {
    await reached.close()
  }
}

export async function needPassphrase(world: CommandWorld): Promise<string> {
  const passphrase = await lookForPassphrase(world, true)
  if (passphrase === null) throw new CommandFailure({ code: 'passphrase-missing' })
  return passphrase
}

function passphraseIfGiven(world: CommandWorld): Promise<string | null> {
  return lookForPassphrase(world, false)
}

async function lookForPassphrase(world: CommandWorld, isNeeded: boolean): Promise<string | null> {
  const found = await findPassphrase(world, isNeeded)
  switch (found.kind) {
    case 'given':
      return found.passphrase
    case 'none':
      return null
    case 'unreadable':
      throw new CommandFailure({ code: 'passphrase-missing', detail: found.path })
  }
}

/** Milliseconds since 1970 after which a command gives up. */
export function deadlineOf(options: ReadonlyMap<string, string>): number {
  const seconds = Number(options.get('timeout') ?? DEFAULT_TIMEOUT_SECONDS)
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new CommandFailure({ code: 'usage', detail: '--timeout' })
  return Date.now() + seconds * 1000
}

/** True when nothing waits any more. */
export async function untilFinal({ ask }: Reached, deadline: number): Promise<boolean> {
  for (;;) {
    const { queuedCount, state } = await ask.node.status()
    if (queuedCount === 0) return true
    if (Date.now() > deadline || state === 'halted' || state === 'disk-full') return false
    await new Promise((done) => setTimeout(done, POLL_MS))
  }
}

async function allOfList({ ask }: Reached, jobId: string, list: ImportList): Promise<ImportReject[]> {
  const all: ImportReject[] = []
  for (;;) {
    const page = await ask.imports.rejects({ jobId, first: all.length, count: REJECTS_PAGE, list })
    all.push(...page)
    if (page.length < REJECTS_PAGE) return all
  }
}

/** @throws {CommandFailure} `rejects-not-writable` */
export async function saveRejects(
  path: string,
  rows: readonly ImportReject[],
  list: ImportList = 'left-out',
): Promise<void> {
  try {
    await writeFile(path, listAsCsv(rows, list), { mode: 0o600 })
  } catch (error) {
    throw new CommandFailure({ code: 'rejects-not-writable', detail: errorCode(error) ?? path })
  }
}
