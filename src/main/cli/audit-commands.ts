/** The audit on the command line: whether it is whole, its entries, and as a file. */
import { resolve } from 'node:path'
import { AUDIT_OUTCOMES, type AuditEntryView, type AuditFilter } from '../../shared/contract/audit.ts'
import { unreachable } from '../../shared/std/unreachable.ts'
import type { Arguments, Grammar } from './arguments.ts'
import {
  begun,
  deadlineOf,
  EXIT,
  failed,
  followJob,
  needPassphrase,
  ok,
  timeout,
  usage,
  withProfile,
  type Command,
  type CommandResult,
  type CommandWorld,
} from './commands.ts'
import type { Reached } from './reach.ts'

const ENTRIES_DEFAULT = 100
const ENTRIES_MAX = 10_000
const PAGE = 500

const FILTERS = {
  from: 'optional',
  to: 'optional',
  person: 'optional',
  operation: 'optional',
  outcome: 'optional',
  patient: 'optional',
} as const
const GRAMMAR: Grammar = {
  options: { profile: 'required', timeout: 'optional', out: 'optional', limit: 'optional', ...FILTERS },
  rest: [1, 1],
}

export const AUDIT_COMMANDS: Readonly<Record<string, Command>> = {
  audit: {
    usage:
      'audit verify|list|export --profile DIR [--out FILE.csv] [--limit N] [--from TIME] [--to TIME] [--person KEY] ' +
      '[--operation NAME] [--outcome done|refused|failed] [--patient ID] [--timeout SECONDS]',
    grammar: GRAMMAR,
    async run(given, world) {
      const [verb] = given.rest
      const read = filterOf(given.options)
      if (read.kind === 'usage') return usage(read.problem)
      switch (verb) {
        case 'verify':
          return withProfile(given, world, begun(needPassphrase(world)), (reached) =>
            verify(reached, given, world),
          )
        case 'list':
          return withProfile(given, world, begun(needPassphrase(world)), (reached) =>
            list(reached, given, read.filter),
          )
        case 'export': {
          const out = given.options.get('out')
          if (out === undefined) return usage('--out is missing')
          return withProfile(given, world, begun(needPassphrase(world)), (reached) =>
            save(reached, given, world, read.filter, resolve(out)),
          )
        }
        default:
          return usage('verify, list or export')
      }
    },
  },
}

async function verify(reached: Reached, { options }: Arguments, world: CommandWorld): Promise<CommandResult> {
  const { jobId } = await reached.ask.audit.startVerify()
  const job = await followJob(reached, jobId, world, deadlineOf(options))
  if (job === 'timeout') return timeout('verify-audit', { jobId })
  if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
  const verdict = await reached.ask.audit.verifyResult({ jobId })
  if (verdict === null) return failed('cancelled')
  const { count, anchorCount, agreeCount, findings } = verdict
  if (findings.length === 0) world.say(`complete: ${count} entries, ${agreeCount} anchors agree`)
  for (const finding of findings) world.say(sentenceOf(finding))
  const answer = {
    ok: findings.length === 0,
    entries: count,
    anchors: anchorCount,
    agree: agreeCount,
    findings,
  }
  return { exit: findings.length === 0 ? EXIT.ok : EXIT.failed, answer }
}

async function list(reached: Reached, { options }: Arguments, filter: AuditFilter): Promise<CommandResult> {
  const limit = Number(options.get('limit') ?? ENTRIES_DEFAULT)
  if (!Number.isInteger(limit) || limit < 1 || limit > ENTRIES_MAX)
    return usage(`--limit is a number up to ${ENTRIES_MAX}`)
  const entries: AuditEntryView[] = []
  let before: number | null = null
  do {
    const page = await reached.ask.audit.entries({
      filter,
      before,
      limit: Math.min(PAGE, limit - entries.length),
    })
    entries.push(...page.entries)
    before = page.before
  } while (before !== null && entries.length < limit)
  return ok({ entries, isMore: before !== null })
}

async function save(
  reached: Reached,
  { options }: Arguments,
  world: CommandWorld,
  filter: AuditFilter,
  path: string,
): Promise<CommandResult> {
  const started = await reached.ask.audit.startExport({ filter, path })
  if (started.kind === 'cancelled') return failed('cancelled')
  const { jobId } = started
  const job = await followJob(reached, jobId, world, deadlineOf(options))
  if (job === 'timeout') return timeout('export-audit', { jobId })
  if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
  const report = await reached.ask.audit.exportReport({ jobId })
  return report === null ? failed('cancelled') : ok(report)
}

type Finding = NonNullable<Awaited<ReturnType<Reached['ask']['audit']['verifyResult']>>>['findings'][number]

function sentenceOf(finding: Finding): string {
  switch (finding.kind) {
    case 'changed':
      return `entry ${finding.sequence} was changed`
    case 'missing':
      return finding.from === finding.to
        ? `entry ${finding.from} is missing`
        : `entries ${finding.from}-${finding.to} are missing`
    case 'rewritten':
      return `entries ${finding.from}-${finding.to} are not those that the chain anchored at height ${finding.height}`
    case 'ends-early':
      return finding.height === null
        ? `the log ends at ${finding.count}, before the ${finding.expected} entries that were written`
        : `the log ends at ${finding.count}, before the ${finding.expected} entries that the chain anchors`
    case 'reason-changed':
      return `the reason of entry ${finding.sequence} was changed`
    case 'reason-missing':
      return `the reason of entry ${finding.sequence} is missing, and nobody was erased`
    default:
      return unreachable(finding)
  }
}

function filterOf(
  options: ReadonlyMap<string, string>,
): { kind: 'ok'; filter: AuditFilter } | { kind: 'usage'; problem: string } {
  const filter: AuditFilter = {}
  for (const name of ['from', 'to'] as const) {
    const text = options.get(name)
    if (text === undefined) continue
    const at = Date.parse(text)
    if (!Number.isFinite(at) || at < 0)
      return { kind: 'usage', problem: `--${name} is a time such as 2026-05-03 or 2026-05-03T09:30Z` }
    filter[name] = at
  }
  const outcome = options.get('outcome')
  if (outcome !== undefined) {
    const known = AUDIT_OUTCOMES.find((each) => each === outcome)
    if (known === undefined) return { kind: 'usage', problem: '--outcome is done, refused or failed' }
    filter.outcome = known
  }
  if (options.has('person')) filter.person = options.get('person')
  if (options.has('operation')) filter.operation = options.get('operation')
  if (options.has('patient')) filter.patientId = options.get('patient')
  return { kind: 'ok', filter }
}
