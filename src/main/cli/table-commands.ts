/** What `consilium import` does about a hospital's own tables: finds their mapping, and tries an import out. */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ImportReject } from '../../shared/contract/imports.ts'
import type { TrialIssue } from '../../shared/contract/tables.ts'
import { tableMapping, type TableMapping } from '../../shared/domain/table-mapping.ts'
import { issuesAsCsv } from '../services/issues-file.ts'
import { errorCode } from '../profile/atomic-file.ts'
import { EXIT, failed, followJob, timeout, type CommandResult, type CommandWorld } from './answers.ts'
import { CommandFailure, type Reached } from './reach.ts'

const MAPPING_BYTES_MAX = 4 * 1024 * 1024
const ISSUES_IN_LINE = 100
const ISSUES_PAGE = 1000

/**
 * The mapping that was named (a file, or the name or id of a saved one), else the saved one that knows these headers.
 * @throws {CommandFailure} `mapping-missing`, `mapping-unknown`, `mapping-not-readable`
 */
export async function mappingFor(
  { ask }: Reached,
  named: string | null,
  paths: readonly string[],
): Promise<TableMapping | null> {
  if (named !== null) {
    const saved = (await ask.tables.mappings()).find(({ id, name }) => id === named || name === named)
    return saved ?? readMapping(named)
  }
  const { tables, mapping, ...others } = await ask.tables.recognise({ paths: [...paths] })
  // Beside files that need none, the tables are listed among what was not taken.
  if (tables.length > 0 && mapping === null && others.fhirCount + others.hl7Count + others.syntheaCount === 0)
    throw new CommandFailure({
      code: 'mapping-missing',
      detail: `${tables[0]!} is a hospital's own table: give --mapping FILE.json or the name of a saved one`,
    })
  return mapping
}

async function readMapping(named: string): Promise<TableMapping> {
  let text: string
  try {
    text = await readFile(resolve(named), 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new CommandFailure({ code: 'mapping-unknown', detail: named })
    throw new CommandFailure({ code: 'mapping-not-readable', detail: named })
  }
  if (text.length > MAPPING_BYTES_MAX)
    throw new CommandFailure({ code: 'mapping-not-readable', detail: named })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new CommandFailure({ code: 'mapping-not-readable', detail: named })
  }
  const parsed = tableMapping.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new CommandFailure({
    code: 'mapping-not-readable',
    detail: issue === undefined ? named : `${issue.path.join('.')}: ${issue.message}`,
  })
}

/** `--dry-run`: the report of a trial, and with `--rejects` its whole list. */
export async function tryOut(
  reached: Reached,
  paths: readonly string[],
  mapping: TableMapping | null,
  issuesPath: string | null,
  world: CommandWorld,
  deadline: number,
): Promise<CommandResult> {
  const { jobId } = await reached.ask.tables.startTrial({ paths: [...paths], mapping })
  const job = await followJob(reached, jobId, world, deadline)
  if (job === 'timeout') return timeout('trial', { jobId })
  if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
  const report = await reached.ask.tables.trialReport({ jobId })
  if (report === null) return failed('internal')
  if (issuesPath !== null) {
    try {
      await writeFile(issuesPath, issuesAsCsv(await allIssues(reached, jobId)), { mode: 0o600 })
    } catch (error) {
      throw new CommandFailure({ code: 'rejects-not-writable', detail: errorCode(error) ?? issuesPath })
    }
  }
  // Visits of patients are for the window; a log of commands is not the place for them.
  const { preview: _preview, issues, ...rest } = report
  return {
    exit: report.files === 0 ? EXIT.failed : EXIT.ok,
    answer: { isDryRun: true, ...rest, issues: issues.slice(0, ISSUES_IN_LINE).map(withoutValue) },
  }
}

/** What stands in a cell may be a name: it is in the file that was asked for, and not in a line of output. */
export function withoutValue({
  value: _value,
  suggestion: _suggestion,
  params: _params,
  line: _line,
  ...issue
}: ImportReject) {
  return issue
}

async function allIssues({ ask }: Reached, jobId: string): Promise<TrialIssue[]> {
  const all: TrialIssue[] = []
  for (;;) {
    const page = await ask.tables.issues({ jobId, first: all.length, count: ISSUES_PAGE })
    all.push(...page)
    if (page.length < ISSUES_PAGE) return all
  }
}
