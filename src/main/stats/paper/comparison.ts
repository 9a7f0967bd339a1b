import type { Uniform } from '../imputation/predictive-mean-matching.ts'
import { binomial } from '../regression/families.ts'
import { fitGlm } from '../regression/glm.ts'
import { fitCox } from '../survival/cox.ts'
import { StatsFailure } from '../failure.ts'
import { calibrate, PAPER_DESIGN, type PaperDesign, type PaperRows, simulateCohort } from './simulate.ts'

/** The seven ways of estimating the effects of covariates that change from exam to exam. */
export const ESTIMATORS = [
  /** Cox on (start, stop] exam intervals. */
  'TDCM',
  /** Cox within intervals, stratified by exam, and not. */
  'CSP_adj',
  'CSP_unadj',
  /** Logistic regression of intervals, with exam as a factor, and without. */
  'PLR_adj',
  'PLR_unadj',
  /** Complementary log-log: proportional hazards in discrete time. */
  'CLOGLOG_adj',
  /** Cox with the values of the first exam only. */
  'BASELINE_cox',
] as const
export type Estimator = (typeof ESTIMATORS)[number]

/** The tolerance of R's `glm`. */
const GLM_EPS = 1e-8

export const EFFECTS = ['sex', 'age', 'marker'] as const

/** Coefficients and standard errors of sex, age and marker. */
export interface Estimate {
  coefficients: Float64Array
  stdErr: Float64Array
  variance: Float64Array
  logLikelihood: number
}

export type Estimates = Record<Estimator, Estimate>

/** All seven fits of one data set. Times are taken as they are (no timefix), so that TDCM and CSP agree to rounding. */
export function fitAll(rows: PaperRows, timefix = false): Estimates {
  const x = [rows.sex, rows.age, rows.marker]
  const options = { timefix }
  const cox = (data: Parameters<typeof fitCox>[0]): Estimate => {
    const { fit } = fitCox(data, options)
    return estimateOf(fit.coefficients, fit.variance, [0, 1, 2], fit.logLikelihood[1])
  }
  const within = rows.stop.map((t, i) => t - rows.start[i]!)
  const y = Float64Array.from(rows.event)
  const ones = new Float64Array(y.length).fill(1)
  let exams = 0
  for (let i = 0; i < rows.exam.length; i++) exams = Math.max(exams, rows.exam[i]! + 1)
  const dummies = Array.from({ length: exams - 1 }, (_, k) =>
    Float64Array.from(rows.exam, (e) => (e === k + 1 ? 1 : 0)),
  )
  const pooled = (link: 'logit' | 'cloglog', adjusted: boolean): Estimate => {
    const fit = fitGlm({ y, x: [ones, ...x, ...(adjusted ? dummies : [])] }, binomial(link), { eps: GLM_EPS })
    return estimateOf(fit.coefficients, fit.variance, [1, 2, 3], fit.logLikelihood)
  }
  // Baseline values: the first row of each subject with the end of the last.
  const first: number[] = []
  const last: number[] = []
  for (let i = 0; i < rows.id.length; i++) {
    if (i === 0 || rows.id[i] !== rows.id[i - 1]) first.push(i)
    if (i === rows.id.length - 1 || rows.id[i + 1] !== rows.id[i]) last.push(i)
  }
  return {
    TDCM: cox({ start: rows.start, stop: rows.stop, event: rows.event, x }),
    CSP_adj: cox({ start: null, stop: within, event: rows.event, x, strata: rows.exam }),
    CSP_unadj: cox({ start: null, stop: within, event: rows.event, x }),
    PLR_adj: pooled('logit', true),
    PLR_unadj: pooled('logit', false),
    CLOGLOG_adj: pooled('cloglog', true),
    BASELINE_cox: cox({
      start: null,
      stop: Float64Array.from(last, (i) => rows.stop[i]!),
      event: Uint8Array.from(last, (i) => rows.event[i]!),
      x: x.map((column) => Float64Array.from(first, (i) => column[i]!)),
    }),
  }
}

function estimateOf(
  coefficients: Float64Array,
  variance: Float64Array,
  keep: readonly number[],
  logLikelihood: number,
): Estimate {
  const p = coefficients.length
  const part = new Float64Array(keep.length * keep.length)
  keep.forEach((a, i) => keep.forEach((b, j) => (part[i * keep.length + j] = variance[a * p + b]!)))
  return {
    coefficients: Float64Array.from(keep, (j) => coefficients[j]!),
    stdErr: Float64Array.from(keep, (j) => Math.sqrt(variance[j * p + j]!)),
    variance: part,
    logLikelihood,
  }
}

export interface SummaryLine {
  shape: number
  eventRate: number
  estimator: Estimator
  effect: (typeof EFFECTS)[number]
  truth: number
  mean: number
  /** Of the mean, in percent of the truth. */
  percentBias: number
  empiricalStdErr: number
  meanStdErr: number
  /** What an estimator says of its own error, to what its error is. */
  stdErrRatio: number
  meanSquaredError: number
  /** Of 95 % intervals. */
  coverage: number
  /** Errors of the simulation itself (Morris, White and Crowther, Stat Med 2019;38:2074-2102, table 6). */
  monteCarlo: { percentBias: number; stdErrRatio: number; coverage: number }
}

export interface ScenarioResult {
  shape: number
  eventRate: number
  /** Cohorts to which all seven could be fitted, and those that gave one of them no honest number: they are in no mean. */
  replications: number
  unanswered: number
  lines: SummaryLine[]
  /** Largest difference of TDCM and CSP_adj in any replicate. */
  largestTdcmCspDifference: number
  /** Mean over replicates of |PLR_adj / TDCM - 1|, per effect; the ratio of means is steadier for weak effects. */
  plrRatio: number[]
  cloglogRatio: number[]
}

/** What one data set says; null where it gives one of the seven no honest number. */
function fitOrNull(rows: PaperRows): Estimates | null {
  try {
    const fits = fitAll(rows)
    const isWhole = ESTIMATORS.every((name) =>
      [fits[name].coefficients, fits[name].stdErr].every((each) => each.every((v) => v - v === 0)),
    )
    return isWhole ? fits : null
  } catch (error) {
    if (!(error instanceof StatsFailure)) throw error
    return null
  }
}

export interface StudyOptions {
  replications: number
  shapes: readonly number[]
  eventRates: readonly number[]
  design: Omit<PaperDesign, 'shape' | 'eventRate'>
  /** After each data set; false ends the work. */
  onProgress?: (done: number, total: number) => boolean
}

export const STUDY_DEFAULTS: StudyOptions = {
  replications: 300,
  shapes: [1, 1.5],
  eventRates: [0.1, 0.5, 0.9],
  design: PAPER_DESIGN,
}

/**
 * The whole comparison; `uniformOf(scenario, replicate)` gives each replicate its own seeded stream.
 * @throws {StatsFailure} `cancelled`; `no-events` for a scenario of which hardly a data set gives all seven a number
 */
export function runComparison(
  uniformOf: (scenario: number, replicate: number) => Uniform,
  partial: Partial<StudyOptions> = {},
): ScenarioResult[] {
  const options = { ...STUDY_DEFAULTS, ...partial }
  const total = options.shapes.length * options.eventRates.length * options.replications
  let done = 0
  let scenario = 0
  const out: ScenarioResult[] = []
  for (const shape of options.shapes) {
    for (const eventRate of options.eventRates) {
      const design: PaperDesign = { ...options.design, shape, eventRate }
      const lambda = calibrate(design, uniformOf(scenario, -1))
      const fits: Estimates[] = []
      for (let r = 0; r < options.replications; r++) {
        const fit = fitOrNull(simulateCohort(design, lambda, uniformOf(scenario, r)))
        if (fit !== null) fits.push(fit)
        done++
        if (options.onProgress?.(done, total) === false) throw new StatsFailure({ code: 'cancelled' })
      }
      if (fits.length < 2) throw new StatsFailure({ code: 'no-events' })
      out.push(summarise(design, fits, options.replications - fits.length))
      scenario++
    }
  }
  return out
}

function summarise(design: PaperDesign, fits: readonly Estimates[], unanswered: number): ScenarioResult {
  const truths = [design.effects.sex, design.effects.age, design.effects.marker]
  const n = fits.length
  const lines: SummaryLine[] = []
  for (const estimator of ESTIMATORS) {
    EFFECTS.forEach((effect, j) => {
      const truth = truths[j]!
      let sum = 0
      let errors = 0
      let covered = 0
      let squared = 0
      for (const f of fits) {
        const b = f[estimator].coefficients[j]!
        const se = f[estimator].stdErr[j]!
        sum += b
        errors += se
        squared += (b - truth) * (b - truth)
        if (Math.abs(b - truth) <= 1.959963984540054 * se) covered++
      }
      const mean = sum / n
      let spread = 0
      for (const f of fits) {
        const d = f[estimator].coefficients[j]! - mean
        spread += d * d
      }
      const empiricalStdErr = Math.sqrt(spread / (n - 1))
      const meanStdErr = errors / n
      const coverage = covered / n
      lines.push({
        shape: design.shape,
        eventRate: design.eventRate,
        estimator,
        effect,
        truth,
        mean,
        percentBias: (100 * (mean - truth)) / truth,
        empiricalStdErr,
        meanStdErr,
        stdErrRatio: meanStdErr / empiricalStdErr,
        meanSquaredError: squared / n,
        coverage,
        monteCarlo: {
          percentBias: (100 * empiricalStdErr) / Math.sqrt(n) / Math.abs(truth),
          stdErrRatio: meanStdErr / empiricalStdErr / Math.sqrt(2 * (n - 1)),
          coverage: Math.sqrt((coverage * (1 - coverage)) / n),
        },
      })
    })
  }
  let largest = 0
  for (const f of fits) {
    for (let j = 0; j < 3; j++) {
      largest = Math.max(largest, Math.abs(f.TDCM.coefficients[j]! - f.CSP_adj.coefficients[j]!))
    }
  }
  const ratio = (estimator: Estimator): number[] =>
    EFFECTS.map((_, j) => {
      let top = 0
      let bottom = 0
      for (const f of fits) {
        top += f[estimator].coefficients[j]!
        bottom += f.TDCM.coefficients[j]!
      }
      return top / bottom
    })
  return {
    shape: design.shape,
    eventRate: design.eventRate,
    replications: n,
    unanswered,
    lines,
    largestTdcmCspDifference: largest,
    plrRatio: ratio('PLR_adj'),
    cloglogRatio: ratio('CLOGLOG_adj'),
  }
}

export interface AcceptanceRule {
  rule: 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g'
  holds: boolean
  /** The number that decides, and its bound. */
  value: number
  bound: number
}

/** The acceptance rules (a)-(g) of the built-in study (statistics.md 1). */
export function judge(results: readonly ScenarioResult[]): AcceptanceRule[] {
  const line = (r: ScenarioResult, estimator: Estimator, j: number): SummaryLine =>
    r.lines.find((l) => l.estimator === estimator && l.effect === EFFECTS[j])!
  const worst = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity)
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
  const high = results.filter((r) => r.eventRate >= 0.9)
  const low = results.filter((r) => r.eventRate <= 0.1)
  const rising = results.filter((r) => r.shape > 1)
  const a = worst(results.map((r) => r.largestTdcmCspDifference))
  const b = least(
    high.flatMap((r) =>
      [0, 1, 2].map((j) => Math.abs(line(r, 'PLR_adj', j).mean) / Math.abs(line(r, 'TDCM', j).mean)),
    ),
  )
  const c = worst(low.flatMap((r) => r.plrRatio.map((v) => Math.abs(v - 1))))
  const d = least(
    rising.flatMap((r) => (['CSP_unadj', 'PLR_unadj'] as const).map((e) => line(r, e, 1).percentBias)),
  )
  const e = worst(results.flatMap((r) => r.cloglogRatio.map((v) => Math.abs(v - 1))))
  const f = worst(
    results.map((r) => Math.abs(line(r, 'BASELINE_cox', 2).mean) / Math.abs(line(r, 'TDCM', 2).mean)),
  )
  const coverages = results.map((r) => line(r, 'TDCM', 0).coverage)
  const g = worst(coverages.map((v) => Math.abs(v - 0.95)))
  return [
    { rule: 'a', holds: a < 1e-10, value: a, bound: 1e-10 },
    { rule: 'b', holds: high.length === 0 || b > 1, value: b, bound: 1 },
    { rule: 'c', holds: low.length === 0 || c < 0.05, value: c, bound: 0.05 },
    { rule: 'd', holds: rising.length === 0 || d > 10, value: d, bound: 10 },
    { rule: 'e', holds: e < 0.03, value: e, bound: 0.03 },
    { rule: 'f', holds: f < 1, value: f, bound: 1 },
    { rule: 'g', holds: g <= 0.025 + 1e-12, value: g, bound: 0.025 },
  ]
}
