/**
 * `consilium paper-comparison`: how seven ways of taking covariates that change find effects that are known, on simulated cohorts
 * (docs/spec/statistics.md S9). The last line of standard output is one JSON object, the same for the same design and seed on every machine.
 */
import { readFile } from 'node:fs/promises'
import { PAPER_BOUNDS, paperDesign, USUAL_PAPER_DESIGN } from '../../shared/domain/paper-design.ts'
import { comparePaper, type PaperComparison } from '../analytics/models/paper-comparison.ts'
import { resultText } from '../analytics/study/result-text.ts'
import { StatsFailure } from '../stats/failure.ts'
import { failureSentence } from './failure-sentences.ts'
import { readArguments } from './arguments.ts'

const USAGE = 'usage: consilium paper-comparison [--replicates N] [--seed S] [--design DESIGN.json] [--table]'
const SAY_EVERY_MS = 5_000

/** Below this, errors of the simulation itself are left out: of so few cohorts they are no better known than what they are errors of. */
const REPLICATES_TOLD = 30

/** Exit codes: 0 done, 1 the design gives no answer, 2 wrong usage. */
export async function runPaperComparison(argv: readonly string[]): Promise<number> {
  const read = readArguments(argv, {
    options: { replicates: 'optional', seed: 'optional', design: 'optional' },
    flags: ['table'],
  })
  if (read.kind === 'usage') return usage(read.problem)
  const { options, flags } = read.arguments
  const file = options.get('design')
  const wrong = wrongOption(options)
  if (wrong !== null) return usage(wrong)
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

/** What is wrong with a number or seed that was typed, in words; null where nothing is. */
function wrongOption(options: ReadonlyMap<string, string>): string | null {
  const [least, most] = PAPER_BOUNDS.replicates
  const replicates = options.get('replicates')
  if (replicates !== undefined && !paperDesign.shape.replicates.safeParse(Number(replicates)).success)
    return `--replicates is a whole number from ${least} to ${most}, not “${replicates}”`
  const seed = options.get('seed')
  if (seed !== undefined && !paperDesign.shape.seed.safeParse(seed).success)
    return '--seed is 1 to 64 plain characters without blanks'
  return null
}

/** For people, on standard error; errors of the simulation itself in brackets. */
function tableOf({ scenarios, rules }: PaperComparison): string {
  const lines = ['Simulated data: no result about anybody. In brackets the Monte Carlo error.']
  if (scenarios.some(({ replications }) => replications < REPLICATES_TOLD))
    lines.push(
      `Of fewer than ${REPLICATES_TOLD} cohorts that error is not told (–): so few say next to nothing, a coverage least of all. Ask for more with --replicates.`,
    )
  for (const { shape, eventRate, replications, unanswered, lines: rows } of scenarios) {
    lines.push(
      '',
      `Weibull shape ${shape}, ${percent(eventRate)} with an event, ${replications} cohorts${unanswered > 0 ? ` (${unanswered} more gave no number)` : ''}`,
      row(['estimator', 'effect', 'truth', 'mean', 'bias %', 'coverage %', 'SE said/true']),
    )
    const error = (value: number, places: number): string =>
      replications < REPLICATES_TOLD ? '–' : value.toFixed(places)
    for (const { estimator, effect, truth, mean, percentBias, coverage, stdErrRatio, monteCarlo } of rows)
      lines.push(
        row([
          estimator,
          effect,
          String(truth),
          mean.toFixed(4),
          `${percentBias.toFixed(1)} (${error(monteCarlo.percentBias, 1)})`,
          `${percent(coverage)} (${coverage > 0 && coverage < 1 ? error(100 * monteCarlo.coverage, 1) : '–'})`,
          `${stdErrRatio.toFixed(3)} (${error(monteCarlo.stdErrRatio, 3)})`,
        ]),
      )
  }
  lines.push(
    '',
    'Rules of acceptance of the usual design, over all scenarios. They say whether the estimators behave as published; of another design or few cohorts one may fail by chance:',
    ...rules.map(
      ({ rule, holds }) => `  (${rule}) ${holds ? 'holds        ' : 'does not hold'}  ${RULES[rule]}`,
    ),
  )
  return `${lines.join('\n')}\n`
}

const RULES: Readonly<Record<PaperComparison['rules'][number]['rule'], string>> = {
  a: 'TDCM and CSP_adj give the same coefficients',
  b: 'where 90 % or more have an event, PLR_adj lies farther from 0 than TDCM',
  c: 'where 10 % or fewer have an event, PLR_adj is within 5 % of TDCM',
  d: 'where the hazard rises, CSP_unadj and PLR_unadj say more than 10 % too much of age',
  e: 'CLOGLOG_adj is within 3 % of TDCM',
  f: 'BASELINE_cox lies nearer to 0 for the marker than TDCM',
  g: '95 % limits of TDCM for sex cover the truth in 92.5 to 97.5 % of the cohorts',
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`
const WIDTHS = [14, 8, 7, 9, 14, 16, 16]
const row = (cells: readonly string[]): string =>
  cells.map((cell, c) => (c < 2 ? cell.padEnd(WIDTHS[c]!) : cell.padStart(WIDTHS[c]!))).join('')

function usage(problem: string): number {
  process.stderr.write(`${failureSentence('usage', problem)}\n${USAGE}\n`)
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code: 'usage', detail: problem } })}\n`)
  return 2
}

function failed({ code, ...detail }: { readonly code: string } & Readonly<Record<string, unknown>>): number {
  process.stderr.write(`${failureSentence(code, detail)}\n`)
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code, detail } })}\n`)
  return 1
}
