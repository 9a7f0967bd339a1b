/**
 * `consilium paper-comparison`: how seven ways of taking covariates that change find effects that are known, on simulated cohorts
 * (docs/spec/statistics.md S9). The last line of standard output is one JSON object, the same for the same design and seed on every machine.
 */
import { readFile } from 'node:fs/promises'
import { paperDesign, USUAL_PAPER_DESIGN } from '../../shared/domain/paper-design.ts'
import { comparePaper, type PaperComparison } from '../analytics/models/paper-comparison.ts'
import { resultText } from '../analytics/study/result-text.ts'
import { StatsFailure } from '../stats/failure.ts'
import { readArguments } from './arguments.ts'

const USAGE = 'usage: consilium paper-comparison [--replicates N] [--seed S] [--design DESIGN.json] [--table]'
const SAY_EVERY_MS = 5_000

/** Exit codes: 0 done, 1 the design gives no answer (`{"ok":false,"code":…}`), 2 wrong usage. */
export async function runPaperComparison(argv: readonly string[]): Promise<number> {
  const read = readArguments(argv, {
    options: { replicates: 'optional', seed: 'optional', design: 'optional' },
    flags: ['table'],
  })
  if (read.kind === 'usage') return usage(read.problem)
  const { options, flags } = read.arguments
  const file = options.get('design')
  let written: unknown = {}
  try {
    if (file !== undefined) written = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'not-json' : (error as NodeJS.ErrnoException).code
    return failed({ code: 'unreadable-design', file, reason })
  }
  // A typing error must not become a silent default, nor what is no design at all.
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return failed({ code: 'bad-design', issues: [{ path: '', message: 'not an object' }] })
  const unknown = Object.keys(written).filter((key) => !Object.hasOwn(paperDesign.shape, key))
  if (unknown.length > 0) return failed({ code: 'bad-design', unknown })
  const { replicates, seed } = Object.fromEntries(options) as { replicates?: string; seed?: string }
  const design = paperDesign.safeParse({
    ...USUAL_PAPER_DESIGN,
    ...written,
    ...(replicates === undefined ? {} : { replicates: Number(replicates) }),
    ...(seed === undefined ? {} : { seed }),
  })
  if (!design.success) {
    const issues = design.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    return failed({ code: 'bad-design', issues })
  }
  let saidAt = Date.now()
  try {
    const comparison = comparePaper(design.data, (done, total) => {
      if (Date.now() - saidAt >= SAY_EVERY_MS) {
        saidAt = Date.now()
        process.stderr.write(`${done} of ${total} simulated cohorts\n`)
      }
      return true
    })
    if (flags.has('table')) process.stderr.write(tableOf(comparison))
    process.stdout.write(`${resultText({ ok: true, ...comparison })}\n`)
    return 0
  } catch (error) {
    if (error instanceof StatsFailure) return failed(error.detail)
    throw error
  }
}

/** For people, on standard error; errors of the simulation itself in brackets. */
function tableOf({ scenarios }: PaperComparison): string {
  const lines = ['Simulated data: no result about anybody. In brackets the Monte Carlo error.']
  for (const { shape, eventRate, replications, unanswered, lines: rows } of scenarios) {
    lines.push(
      '',
      `Weibull shape ${shape}, ${percent(eventRate)} with an event, ${replications} cohorts${unanswered > 0 ? ` (${unanswered} more gave no number)` : ''}`,
      row(['estimator', 'effect', 'truth', 'mean', 'bias %', 'coverage %', 'SE said/true']),
    )
    for (const { estimator, effect, truth, mean, percentBias, coverage, stdErrRatio, monteCarlo } of rows)
      lines.push(
        row([
          estimator,
          effect,
          String(truth),
          mean.toFixed(4),
          `${percentBias.toFixed(1)} (${monteCarlo.percentBias.toFixed(1)})`,
          `${percent(coverage)} (${(100 * monteCarlo.coverage).toFixed(1)})`,
          `${stdErrRatio.toFixed(3)} (${monteCarlo.stdErrRatio.toFixed(3)})`,
        ]),
      )
  }
  return `${lines.join('\n')}\n`
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`
const WIDTHS = [14, 8, 7, 9, 14, 16, 16]
const row = (cells: readonly string[]): string =>
  cells.map((cell, c) => (c < 2 ? cell.padEnd(WIDTHS[c]!) : cell.padStart(WIDTHS[c]!))).join('')

function usage(problem: string): number {
  process.stderr.write(`${problem}\n${USAGE}\n`)
  process.stdout.write(`${JSON.stringify({ ok: false, code: 'usage', reason: problem })}\n`)
  return 2
}

function failed(detail: { readonly code: string } & Readonly<Record<string, unknown>>): number {
  process.stderr.write(`no comparison: ${JSON.stringify(detail)}\n`)
  process.stdout.write(`${JSON.stringify({ ok: false, ...detail })}\n`)
  return 1
}
