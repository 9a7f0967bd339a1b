import type { Diagnostics } from '../../../shared/domain/model-diagnostics.ts'
import { normal, normalQuantile } from '../det/distributions.ts'
import { StatsFailure, type StatsWarning } from '../failure.ts'
import { rowsOf } from '../linalg/matrix.ts'
import { binomial, type Family, gamma, poisson } from '../regression/families.ts'
import { fitGlm, type GlmData, type GlmFit } from '../regression/glm.ts'
import { fitNegativeBinomial } from '../regression/negative-binomial.ts'
import { fitTweedie } from '../regression/tweedie.ts'
import { aalenJohansen } from '../survival/aalen-johansen.ts'
import { concordance, coxConcordance } from '../survival/concordance.ts'
import { fitExactCox } from '../survival/cox-exact.ts'
import { fitElasticNetCox, fitRidgeCox } from '../survival/cox-penalised.ts'
import { coxZph, type ZphTest } from '../survival/cox-zph.ts'
import { type CoxModel, type CoxOptions, fitCox } from '../survival/cox.ts'
import type { SurvivalData } from '../survival/cox-plan.ts'
import { fitFineGray } from '../survival/fine-gray.ts'
import { checkIntervals } from '../survival/intervals.ts'
import { kaplanMeier, summariseCurves } from '../survival/kaplan-meier.ts'
import { logRank } from '../survival/log-rank.ts'
import { curvesAt } from './cox-curve-record.ts'
import type { CsvColumns } from './csv-columns.ts'
import { coxDiagnostics, glmDiagnostics } from './diagnostics.ts'
import { type ModelFrame, modelFrame } from './model-frame.ts'
import type { ModelSpec } from './model-spec.ts'
import { termRecords } from './term-tests.ts'

/** The profile of arithmetic and order of summation that a result was computed under. */
export const STATS_PROFILE = 'det/1'

/** A result as plain JSON values: null stands for NaN and for infinities. */
export interface FitResult {
  profile: string
  family: ModelSpec['family']
  n: number
  dropped: number
  warnings: (StatsWarning | { code: string; [key: string]: unknown })[]
  [key: string]: unknown
}

export type FitHooks = Pick<CoxOptions, 'onProgress' | 'makeRunner' | 'allocate'> & {
  /** For whoever lets only estimates out: what stays is not reckoned either. */
  readonly withoutDiagnostics?: boolean
}

/**
 * Fits what a model file asks for to a table. Pure: the same bytes in give the same result out on every machine.
 *
 * @throws {StatsFailure} for a model or data that give no honest number
 */
export function fitModel(table: CsvColumns, model: ModelSpec, hooks: FitHooks = {}): FitResult {
  const frame = modelFrame(table, model)
  const result = fitFrame(frame, model, hooks)
  return {
    profile: STATS_PROFILE,
    family: model.family,
    ...result,
    ...termRecords(frame, model, result),
    dropped: frame.dropped,
  } as FitResult
}

function fitFrame(frame: ModelFrame, model: ModelSpec, hooks: FitHooks): Record<string, unknown> {
  switch (model.family) {
    case 'cox':
      return coxResult(frame, model, hooks)
    case 'km':
      return kaplanMeierResult(frame, model)
    case 'aj':
      return aalenJohansenResult(frame, model)
    case 'finegray':
      return fineGrayResult(frame, model, hooks)
    case 'ridge':
    case 'elasticnet':
      return penalisedResult(frame, model, hooks)
    case 'logistic':
    case 'cloglog':
    case 'poisson':
    case 'quasipoisson':
    case 'negbin':
    case 'gamma':
    case 'tweedie':
      return glmResult(frame, model, hooks)
  }
}

function need<T>(value: T | null, option: string, model: ModelSpec): T {
  if (value === null) {
    throw new StatsFailure({
      code: 'bad-option',
      option,
      value: 'null',
      allowed: `a value, for family ${model.family}`,
    })
  }
  return value
}

/** The subject of a row for messages: its id, or the cluster where a model names only that. */
function labelOf(frame: ModelFrame, row: number): string | null {
  const subjects = frame.id ?? frame.cluster
  return subjects ? subjects.labels[subjects.codes[row]!]! : null
}

function survivalData(frame: ModelFrame, model: ModelSpec): SurvivalData {
  const stop = need(frame.stop, 'stop', model)
  const codes = need(frame.event, 'event', model)
  const event = new Uint8Array(frame.n)
  let events = 0
  for (let i = 0; i < frame.n; i++) {
    const v = codes[i]!
    if (v !== 0 && v !== 1) {
      throw new StatsFailure({
        code: 'bad-event',
        column: model.event!,
        row: frame.rows[i]!,
        value: String(v),
      })
    }
    event[i] = v
    events += v
  }
  if (events === 0) throw new StatsFailure({ code: 'no-events', column: model.event! })
  checkRows(frame, model)
  return {
    start: frame.start,
    stop,
    event,
    x: frame.x,
    names: frame.names,
    strata: frame.strata?.codes ?? null,
    weights: frame.weights,
    offset: frame.offset,
    cluster: frame.cluster?.codes ?? null,
    id: frame.id?.codes ?? null,
    ...(frame.id ? { subjectLabel: (code: number) => frame.id!.labels[code]! } : {}),
  }
}

/** Rows that no estimator may take silently, named by the file's row and the subject. */
function checkRows(frame: ModelFrame, model: ModelSpec): void {
  const { start, stop, weights } = frame
  if (start && stop) {
    let first = -1
    let count = 0
    for (let i = 0; i < frame.n; i++) {
      if (!(stop[i]! > start[i]!)) {
        if (first < 0) first = i
        count++
      }
    }
    if (first >= 0) {
      throw new StatsFailure({
        code: 'stop-not-after-start',
        row: frame.rows[first]!,
        subject: labelOf(frame, first),
        count,
      })
    }
  }
  if (weights) {
    for (let i = 0; i < frame.n; i++) {
      if (!(weights[i]! > 0)) {
        throw new StatsFailure({
          code: 'bad-weight',
          column: model.weights!,
          row: frame.rows[i]!,
          value: String(weights[i]),
        })
      }
    }
  }
  if (start && stop && frame.id) {
    const { overlaps } = checkIntervals(frame.id.codes, start, stop)
    const first = overlaps[0]
    if (first) {
      frame.warnings.push({
        code: 'overlapping-intervals',
        subject: frame.id.labels[first.id]!,
        row: frame.rows[first.row]!,
        count: overlaps.length,
      })
    }
  }
}

function coxOptions(model: ModelSpec, hooks: FitHooks): Partial<CoxOptions> {
  return {
    ties: model.ties === 'breslow' ? 'breslow' : 'efron',
    eps: model.eps,
    maxIterations: model.maxIterations ?? 20,
    timefix: model.timefix,
    init: model.init ? Float64Array.from(model.init) : null,
    robust: model.robust,
    ...hooks,
  }
}

function coxResult(frame: ModelFrame, model: ModelSpec, hooks: FitHooks): Record<string, unknown> {
  const data = survivalData(frame, model)
  if (model.ties === 'exact') return exactResult(frame, model, data, hooks)
  const fitted = fitCox(data, coxOptions(model, hooks))
  return coxRecord(frame, model, fitted, hooks)
}

function coxRecord(
  frame: ModelFrame,
  model: ModelSpec,
  fitted: CoxModel,
  hooks: FitHooks,
): Record<string, unknown> {
  const { fit } = fitted
  const p = fit.coefficients.length
  const c = coxConcordance(fitted)
  const warnings: FitResult['warnings'] = [...frame.warnings, ...fit.warnings]
  const zph = fit.df > 0 && model.family === 'cox' ? zphOf(frame, model, fitted, warnings) : null
  return {
    ties: fit.ties,
    ...coefficientTable(fit.names, fit.coefficients, fit.variance, model.conf),
    variance: matrix(fit.variance, p),
    naiveVariance: fit.naiveVariance ? matrix(fit.naiveVariance, p) : null,
    logLikelihood: fit.logLikelihood.map(finite),
    scoreTest: finite(fit.scoreTest),
    robustScoreTest: fit.robustScore === null ? null : finite(fit.robustScore),
    waldTest: finite(fit.waldTest),
    likelihoodRatioTest: finite(fit.likelihoodRatioTest),
    df: fit.df,
    aic: finite(fit.aic),
    bic: finite(fit.bic),
    iterations: fit.iterations,
    converged: fit.converged,
    aliased: fit.aliased.map((j) => fit.names[j]!),
    infinite: fit.infinite.map((j) => fit.names[j]!),
    means: list(fit.means),
    concordance: {
      concordance: finite(c.concordance),
      std: finite(c.std),
      concordant: c.concordant,
      discordant: c.discordant,
      tiedX: c.tiedX,
      tiedY: c.tiedY,
      tiedXY: c.tiedXY,
    },
    zph: zphRecord(zph),
    ...(model.family === 'cox' ? diagnosed(frame, model, fitted, zph, hooks) : {}),
    ...(model.at && model.family === 'cox' ? { curves: curvesRecord(fitted, frame, model) } : {}),
    n: fit.n,
    events: fit.eventCount,
    clusters: fit.clusterCount,
    warnings,
  }
}

function curvesRecord(fitted: CoxModel, frame: ModelFrame, model: ModelSpec): unknown[] {
  return curvesAt(fitted, frame, model).map(({ point, stratum, curve }) => ({
    point,
    stratum,
    time: list(curve.time),
    atRisk: list(curve.atRisk),
    events: list(curve.events),
    estimate: list(curve.survival),
    stdErr: list(curve.stdErr),
    lower: list(curve.lower),
    upper: list(curve.upper),
    cumulativeHazard: list(curve.cumulativeHazard),
  }))
}

/** Null where the test is not possible, which is among the warnings then. */
function zphOf(
  frame: ModelFrame,
  model: ModelSpec,
  fitted: CoxModel,
  warnings: FitResult['warnings'],
): ZphTest | null {
  try {
    return coxZph(fitted, model.zphTransform, frame.terms)
  } catch (error) {
    // The logarithm of a time that is not positive: the fit stands, this test has no answer.
    if (!(error instanceof StatsFailure)) throw error
    warnings.push({ code: 'zph-not-possible' })
    return null
  }
}

function zphRecord(test: ZphTest | null): unknown {
  if (test === null) return null
  return {
    transform: test.transform,
    terms: test.rows.map((r) => r.name),
    chisq: test.rows.map((r) => finite(r.chisq)),
    df: test.rows.map((r) => r.df),
    p: test.rows.map((r) => finite(r.p)),
    globalChisq: finite(test.global.chisq),
    globalDf: test.global.df,
    globalP: finite(test.global.p),
  }
}

function diagnosed(
  frame: ModelFrame,
  model: ModelSpec,
  fitted: CoxModel,
  zph: ZphTest | null,
  { withoutDiagnostics = false }: FitHooks,
): { diagnostics?: Diagnostics } {
  if (withoutDiagnostics || fitted.fit.df === 0) return {}
  const options = { level: model.conf, isExact: model.ties === 'exact' }
  return { diagnostics: coxDiagnostics(frame, fitted, zph, options) }
}

function exactResult(
  frame: ModelFrame,
  model: ModelSpec,
  data: SurvivalData,
  hooks: FitHooks,
): Record<string, unknown> {
  const fit = fitExactCox(data, coxOptions(model, hooks))
  // Near-equal times are one time for the concordance too; the test of proportionality looks at the coefficients with
  // Breslow's risk sets, as R's does.
  const solution = fit.coefficients.map((b) => (b - b === 0 ? b : 0))
  const there = fitCox(data, {
    ...coxOptions(model, hooks),
    ties: 'breslow',
    init: solution,
    maxIterations: 0,
  })
  const c = concordance(there.data, fit.linearPredictors)
  const warnings: FitResult['warnings'] = [...frame.warnings, ...fit.warnings]
  const zph = fit.df > 0 ? zphOf(frame, model, there, warnings) : null
  return {
    ties: 'exact',
    ...coefficientTable(fit.names, fit.coefficients, fit.variance, model.conf),
    variance: matrix(fit.variance, fit.coefficients.length),
    naiveVariance: null,
    logLikelihood: fit.logLikelihood.map(finite),
    scoreTest: finite(fit.scoreTest),
    waldTest: finite(fit.waldTest),
    likelihoodRatioTest: finite(fit.likelihoodRatioTest),
    df: fit.df,
    iterations: fit.iterations,
    converged: fit.converged,
    aliased: fit.aliased.map((j) => fit.names[j]!),
    infinite: fit.infinite.map((j) => fit.names[j]!),
    concordance: { concordance: finite(c.concordance), std: finite(c.std) },
    zph: zphRecord(zph),
    ...diagnosed(frame, model, there, zph, hooks),
    n: fit.n,
    events: fit.eventCount,
    warnings,
  }
}

function kaplanMeierResult(frame: ModelFrame, model: ModelSpec): Record<string, unknown> {
  const data = survivalData(frame, model)
  const group = frame.strata
  const { curves, warnings } = kaplanMeier(
    {
      start: data.start,
      stop: data.stop,
      event: data.event,
      weights: data.weights ?? null,
      cluster: data.cluster ?? null,
      id: data.id ?? null,
      group: group?.codes ?? null,
    },
    { confidence: model.confType, level: model.conf, timefix: model.timefix, robust: model.robust },
  )
  const summaries = summariseCurves(curves)
  let events = 0
  for (let i = 0; i < frame.n; i++) events += data.event[i]!
  let test: unknown = null
  const notes: { code: string }[] = [...frame.warnings, ...warnings]
  if (group && group.labels.length > 1) {
    const result = logRank(
      { start: data.start, stop: data.stop, event: data.event, group: group.codes },
      model.rho,
      model.timefix,
    )
    test = { chisq: finite(result.chisq), df: result.df, p: finite(result.p), rho: model.rho }
    if (data.weights) notes.push({ code: 'weights-not-used-in-log-rank' })
  }
  return {
    curves: curves.map((c, i) => ({
      stratum: group ? group.labels[c.group]! : null,
      records: c.records,
      median: finite(summaries[i]!.median),
      medianLower: finite(summaries[i]!.medianLower),
      medianUpper: finite(summaries[i]!.medianUpper),
      restrictedMean: finite(summaries[i]!.restrictedMean),
      restrictedMeanStdErr: finite(summaries[i]!.restrictedMeanStdErr),
      time: list(c.time),
      atRisk: list(c.atRisk),
      events: list(c.events),
      censored: list(c.censored),
      estimate: list(c.survival),
      stdErr: list(c.stdErr),
      lower: list(c.lower),
      upper: list(c.upper),
      cumulativeHazard: list(c.cumulativeHazard),
      stdErrHazard: list(c.stdErrHazard),
      isLogScale: c.isLogScale,
    })),
    logRank: test,
    n: frame.n,
    events,
    warnings: notes,
  }
}

function competingStates(frame: ModelFrame, model: ModelSpec): Int32Array {
  const codes = need(frame.event, 'event', model)
  const out = new Int32Array(frame.n)
  let events = 0
  for (let i = 0; i < frame.n; i++) {
    const v = codes[i]!
    if (!(v >= 0 && v <= 1000) || Math.floor(v) !== v) {
      throw new StatsFailure({
        code: 'bad-event',
        column: model.event!,
        row: frame.rows[i]!,
        value: String(v),
      })
    }
    out[i] = v
    if (v > 0) events++
  }
  if (events === 0) throw new StatsFailure({ code: 'no-events', column: model.event! })
  return out
}

function aalenJohansenResult(frame: ModelFrame, model: ModelSpec): Record<string, unknown> {
  const stop = need(frame.stop, 'stop', model)
  const state = competingStates(frame, model)
  checkRows(frame, model)
  const group = frame.strata
  const curves = aalenJohansen(
    {
      start: frame.start,
      stop,
      state,
      weights: frame.weights,
      group: group?.codes ?? null,
      id: (frame.cluster ?? frame.id)?.codes ?? null,
    },
    model.conf,
    model.timefix,
  )
  let events = 0
  for (let i = 0; i < frame.n; i++) if (state[i]! > 0) events++
  const out: unknown[] = []
  for (const c of curves) {
    const width = c.stateCount
    // One curve per state; state 0 is "no event yet".
    for (let s = 0; s < width; s++) {
      const pick = (m: Float64Array): (number | null)[] =>
        Array.from(c.time, (_, i) => finite(m[i * width + s]!))
      out.push({
        stratum: group ? group.labels[c.group]! : null,
        state: s,
        time: list(c.time),
        atRisk: list(c.atRisk),
        events: Array.from(c.time, (_, i) => (s === 0 ? 0 : c.events[i * (width - 1) + s - 1]!)),
        estimate: pick(c.probability),
        stdErr: pick(c.stdErr),
        lower: pick(c.lower),
        upper: pick(c.upper),
        ...(s === 0
          ? {}
          : { cumulativeHazard: Array.from(c.time, (_, i) => c.cumulativeHazard[i * (width - 1) + s - 1]!) }),
      })
    }
  }
  return { curves: out, logRank: null, n: frame.n, events, warnings: frame.warnings }
}

function fineGrayResult(frame: ModelFrame, model: ModelSpec, hooks: FitHooks): Record<string, unknown> {
  const stop = need(frame.stop, 'stop', model)
  const state = competingStates(frame, model)
  checkRows(frame, model)
  if (!state.some((s) => s === model.cause))
    throw new StatsFailure({ code: 'no-events', column: model.event! })
  if (frame.offset) throw new StatsFailure({ code: 'not-supported', what: 'an offset in a Fine-Gray model' })
  const fitted = fitFineGray(
    {
      start: frame.start,
      stop,
      state,
      weights: frame.weights,
      x: frame.x,
      names: frame.names,
      strata: frame.strata?.codes ?? null,
      cluster: (frame.cluster ?? frame.id)?.codes ?? null,
    },
    model.cause,
    coxOptions(model, hooks),
  )
  // Of weighted rows that repeat people the likelihood is none: what is reckoned with it would be held against that of a Cox model.
  const { likelihoodRatioTest: _, aic: __, bic: ___, ...record } = coxRecord(frame, model, fitted, hooks)
  return { ...record, cause: model.cause, n: frame.n, weightedRows: fitted.fit.n }
}

function penalisedResult(frame: ModelFrame, model: ModelSpec, hooks: FitHooks): Record<string, unknown> {
  const data = survivalData(frame, model)
  const options = coxOptions(model, hooks)
  const p = data.x.length
  if (model.family === 'ridge') {
    const fit = fitRidgeCox(data, need(model.theta, 'theta', model), options)
    return {
      ...coefficientTable(fit.names, fit.coefficients, fit.variance, model.conf),
      theta: model.theta,
      variance: matrix(fit.variance, p),
      naiveVariance: matrix(fit.variance2, p),
      logLikelihood: fit.logLikelihood.map(finite),
      df: finite(fit.df),
      iterations: fit.iterations,
      converged: fit.converged,
      aliased: [],
      infinite: [],
      n: fit.n,
      events: fit.eventCount,
      warnings: [...frame.warnings, ...fit.warnings],
    }
  }
  const lambda = need(model.lambda, 'lambda', model)
  const lambdas = typeof lambda === 'number' ? [lambda] : lambda
  const fit = fitElasticNetCox(data, model.alpha, lambdas, options)
  const last = fit.coefficients[fit.coefficients.length - 1]!
  return {
    names: fit.names,
    alpha: fit.alpha,
    // One lambda: its coefficients. Several: the path in descending order too.
    coefficients: list(last),
    lambda: list(fit.lambda),
    path: fit.coefficients.map(list),
    logLikelihood: list(fit.logLikelihood),
    nonZero: Array.from(fit.nonZero),
    converged: fit.converged,
    aliased: [],
    infinite: [],
    n: fit.n,
    events: fit.eventCount,
    warnings: [...frame.warnings, ...fit.warnings],
  }
}

function glmResult(frame: ModelFrame, model: ModelSpec, hooks: FitHooks): Record<string, unknown> {
  const y = need(frame.response ?? frame.event, 'response', model)
  const names = model.intercept ? ['(Intercept)', ...frame.names] : frame.names
  const x = model.intercept ? [new Float64Array(frame.n).fill(1), ...frame.x] : frame.x
  if (frame.strata)
    throw new StatsFailure({ code: 'not-supported', what: `strata in a model of family ${model.family}` })
  const warnings: StatsWarning[] = [...frame.warnings]
  checkResponse(frame, model, y, warnings)
  const clusters = frame.cluster ?? (model.robust ? frame.id : null)
  const cluster = clusters?.codes ?? (model.robust ? Int32Array.from({ length: frame.n }, (_, i) => i) : null)
  const data: GlmData = {
    y,
    x,
    names,
    weights: frame.weights,
    offset: frame.offset,
    cluster: model.robust === false ? null : cluster,
  }
  if (frame.cluster && model.robust === false) warnings.push({ code: 'cluster-ignored' })
  // Never looser than what makes the variance good to eight digits.
  const options = {
    eps: Math.min(model.eps, 1e-14),
    // A model file that spells out Cox's default of 20 does not mean to stop these earlier.
    maxIterations: model.maxIterations === null || model.maxIterations === 20 ? 100 : model.maxIterations,
    ...(hooks.onProgress ? { onProgress: hooks.onProgress } : {}),
  }
  const fitted = fitFamily(model, data, options)
  const fit = fitted.fit
  const p = fit.coefficients.length
  const nullFit =
    model.intercept && p > 1
      ? fitGlm({ y, x: [x[0]!], weights: frame.weights, offset: frame.offset }, fit.family, options)
      : null
  let positive = 0
  let sum = 0
  for (let i = 0; i < y.length; i++) {
    if (y[i]! > 0) positive++
    sum += y[i]!
  }
  const isCount = ['poisson', 'quasipoisson', 'negbin'].includes(model.family)
  const isTrial = model.family === 'logistic' || model.family === 'cloglog'
  if (isTrial) {
    if (p > positive) warnings.push({ code: 'more-covariates-than-events', covariates: p, events: positive })
  }
  const diagnostics =
    hooks.withoutDiagnostics !== true && (isTrial || model.family === 'poisson')
      ? glmDiagnostics(frame, y, fit, { level: model.conf, isTrial })
      : null
  return {
    ...coefficientTable(fit.names, fit.coefficients, fit.variance, model.conf),
    link: fit.family.link,
    variance: matrix(fit.variance, p),
    naiveVariance: fit.naiveVariance ? matrix(fit.naiveVariance, p) : null,
    logLikelihood: [finite(nullFit ? nullFit.logLikelihood : fit.logLikelihood), finite(fit.logLikelihood)],
    deviance: finite(fit.deviance),
    nullDeviance: finite(fit.nullDeviance),
    dispersion: finite(fit.dispersion),
    pearsonDispersion: finite(fit.pearsonDispersion),
    aic: finite(fit.aic),
    dfResidual: fit.dfResidual,
    dfNull: fit.dfNull,
    ...fitted.extra,
    iterations: fit.iterations,
    converged: fit.converged,
    aliased: fit.aliased.map((j) => fit.names[j]!),
    infinite: fit.infinite.map((j) => fit.names[j]!),
    n: fit.n,
    // Of counts all events, of the others the rows with one.
    events: isCount ? sum : positive,
    ...(diagnostics === null ? {} : { diagnostics }),
    warnings: [...warnings, ...fit.warnings],
  }
}

function checkResponse(frame: ModelFrame, model: ModelSpec, y: Float64Array, warnings: StatsWarning[]): void {
  const column = model.response ?? model.event ?? 'response'
  const isBinary = model.family === 'logistic' || model.family === 'cloglog'
  const isCount = model.family === 'poisson' || model.family === 'negbin'
  let least = Infinity
  let most = -Infinity
  let hasFraction = false
  for (let i = 0; i < y.length; i++) {
    const v = y[i]!
    const isBad = isBinary ? !(v >= 0 && v <= 1) : model.family === 'gamma' ? !(v > 0) : !(v >= 0)
    if (isBad) {
      throw new StatsFailure({
        code: 'bad-response',
        column,
        row: frame.rows[i]!,
        value: String(v),
        family: model.family,
      })
    }
    if (isCount && !hasFraction && Math.floor(v) !== v) {
      hasFraction = true
      warnings.push({ code: 'non-integer-counts', column, row: frame.rows[i]! })
    }
    least = Math.min(least, v)
    most = Math.max(most, v)
  }
  if (most === 0 || (isBinary && least === 1)) throw new StatsFailure({ code: 'no-events', column })
  if (frame.weights) {
    for (let i = 0; i < frame.n; i++) {
      const w = frame.weights[i]!
      if (!(w >= 0)) {
        throw new StatsFailure({
          code: 'bad-weight',
          column: model.weights!,
          row: frame.rows[i]!,
          value: String(w),
        })
      }
    }
  }
}

function fitFamily(
  model: ModelSpec,
  data: GlmData,
  options: { eps: number; maxIterations: number },
): { fit: GlmFit; extra: Record<string, unknown> } {
  const families: Partial<Record<ModelSpec['family'], Family>> = {
    logistic: binomial('logit'),
    cloglog: binomial('cloglog'),
    poisson: poisson(),
    quasipoisson: poisson(true),
    gamma: gamma(),
  }
  if (model.family === 'negbin') {
    const fit = fitNegativeBinomial(data, model.theta, options)
    return { fit, extra: { theta: finite(fit.theta), thetaStdErr: finite(fit.thetaStdErr) } }
  }
  if (model.family === 'tweedie') {
    const fit = fitTweedie(data, model.power, options)
    return {
      fit,
      extra: {
        power: fit.power,
        isPowerProfiled: fit.isProfiled,
        profileLogLikelihood: finite(fit.profileLogLikelihood),
        dispersionMl: finite(fit.dispersionMl),
      },
    }
  }
  return { fit: fitGlm(data, families[model.family]!, options), extra: {} }
}

function coefficientTable(
  names: readonly string[],
  coefficients: Float64Array,
  variance: Float64Array,
  level: number,
): Record<string, unknown> {
  const p = coefficients.length
  const z = normalQuantile(1 - (1 - level) / 2)
  const errors = Array.from({ length: p }, (_, j) =>
    coefficients[j]! - coefficients[j]! === 0 ? Math.sqrt(variance[j * p + j]!) : NaN,
  )
  return {
    names,
    coefficients: list(coefficients),
    stdErr: errors.map(finite),
    lower: errors.map((se, j) => finite(coefficients[j]! - z * se)),
    upper: errors.map((se, j) => finite(coefficients[j]! + z * se)),
    p: errors.map((se, j) => finite(2 * normal(-Math.abs(coefficients[j]! / se)).lower)),
    conf: level,
  }
}

function finite(v: number): number | null {
  return v - v === 0 ? v : null
}

function list(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, finite)
}

function matrix(values: Float64Array, columns: number): (number | null)[][] {
  return columns === 0 ? [] : rowsOf(values, columns).map(list)
}
