import { exp } from '../det/exp.ts'
import { StatsFailure, type StatsWarning } from '../failure.ts'
import { type ConfidenceType, curveQuantile, survivalLimits } from './confidence.ts'
import { checkSurvivalData } from './cox-plan.ts'

export interface KaplanMeierData {
  start: Float64Array | null
  stop: Float64Array
  event: Uint8Array
  weights?: Float64Array | null
  /** 0-based codes of the groups, one curve each. */
  group?: Int32Array | null
  /** 0-based codes; rows of one cluster count together in a robust variance. */
  cluster?: Int32Array | null
  id?: Int32Array | null
}

export interface KaplanMeierOptions {
  /** 1: product limit; 2: exp(-cumulative hazard). */
  survivalType: 1 | 2
  /** 1: Nelson-Aalen; 2: Fleming-Harrington, which spreads tied events. */
  hazardType: 1 | 2
  confidence: ConfidenceType
  level: number
  timefix: boolean
  /** null: as R decides (cluster given, or fractional weights). */
  robust: boolean | null
  /** Begin curves here: everybody who has not left by then (R: `start.time`). */
  startTime: number | null
}

export const KAPLAN_MEIER_DEFAULTS: KaplanMeierOptions = {
  survivalType: 1,
  hazardType: 1,
  confidence: 'log',
  level: 0.95,
  timefix: true,
  robust: null,
  startTime: null,
}

/** A curve over all distinct stop times of its group. */
export interface SurvivalCurve {
  group: number
  records: number
  time: Float64Array
  atRisk: Float64Array
  events: Float64Array
  censored: Float64Array
  survival: Float64Array
  cumulativeHazard: Float64Array
  /** Standard error of log survival, or of survival itself when `isLogScale` is false (robust product limit, as in R). */
  stdErr: Float64Array
  isLogScale: boolean
  /** Standard error of the cumulative hazard. */
  stdErrHazard: Float64Array
  lower: Float64Array
  upper: Float64Array
}

export interface KaplanMeier {
  curves: SurvivalCurve[]
  isRobust: boolean
  warnings: StatsWarning[]
}

/** Kaplan-Meier, Nelson-Aalen and Fleming-Harrington curves with weights and left truncation (R: `survfit`). */
export function kaplanMeier(input: KaplanMeierData, partial: Partial<KaplanMeierOptions> = {}): KaplanMeier {
  const options = { ...KAPLAN_MEIER_DEFAULTS, ...partial }
  const data = checkSurvivalData({ ...input, x: [] }, options.timefix)
  const weights = data.weights ?? null
  const cluster = data.cluster ?? null
  let isRobust = options.robust
  if (isRobust === null) {
    isRobust = cluster !== null
    if (weights)
      for (let i = 0; i < weights.length; i++) if (Math.floor(weights[i]!) !== weights[i]) isRobust = true
  }
  const group = input.group ?? null
  let groups = 1
  if (group) for (let i = 0; i < group.length; i++) if (group[i]! >= groups) groups = group[i]! + 1
  const rowsOf: number[][] = Array.from({ length: groups }, () => [])
  for (let i = 0; i < data.stop.length; i++) {
    if (options.startTime !== null && data.stop[i]! < options.startTime) continue
    rowsOf[group ? group[i]! : 0]!.push(i)
  }
  const warnings: StatsWarning[] = []
  const curves = rowsOf.map((rows, g) => {
    if (rows.length === 0) throw new StatsFailure({ code: 'no-rows' })
    return curveOf(
      data,
      rows,
      g,
      weights,
      isRobust ? (cluster ?? input.id ?? 'rows') : null,
      options,
      warnings,
    )
  })
  return { curves, isRobust, warnings }
}

function curveOf(
  data: { start: Float64Array | null; stop: Float64Array; event: Uint8Array },
  rows: readonly number[],
  group: number,
  weights: Float64Array | null,
  robust: Int32Array | 'rows' | null,
  options: KaplanMeierOptions,
  warnings: StatsWarning[],
): SurvivalCurve {
  const { start, stop, event } = data
  const weightOf = (i: number): number => (weights ? weights[i]! : 1)
  const byStop = rows.slice().sort((a, b) => stop[a]! - stop[b]! || a - b)
  const byStart = start ? rows.slice().sort((a, b) => start[a]! - start[b]! || a - b) : null
  const times: number[] = []
  for (const i of byStop) if (times.length === 0 || times[times.length - 1] !== stop[i]) times.push(stop[i]!)
  const count = times.length
  const time = Float64Array.from(times)
  const atRisk = new Float64Array(count)
  const headCount = new Int32Array(count)
  const events = new Float64Array(count)
  const eventHeads = new Int32Array(count)
  const censored = new Float64Array(count)
  // From the last time back: the risk set is the sum of those who stop at or after, minus those who start at or after.
  let right = byStop.length - 1
  let left = byStart ? byStart.length - 1 : -1
  let total = 0
  let heads = 0
  for (let k = count - 1; k >= 0; k--) {
    while (right >= 0 && stop[byStop[right]!]! === time[k]) {
      const i = byStop[right--]!
      total += weightOf(i)
      heads++
      if (event[i] === 1) {
        events[k] = events[k]! + weightOf(i)
        eventHeads[k]!++
      } else {
        censored[k] = censored[k]! + weightOf(i)
      }
    }
    if (byStart && start) {
      while (left >= 0 && start[byStart[left]!]! >= time[k]!) {
        total -= weightOf(byStart[left--]!)
        heads--
      }
    }
    if (heads === 0) total = 0
    atRisk[k] = total
    headCount[k] = heads
  }
  const survival = new Float64Array(count)
  const cumulativeHazard = new Float64Array(count)
  const stdErr = new Float64Array(count)
  const stdErrHazard = new Float64Array(count)
  let s = 1
  let hazard = 0
  let greenwood = 0
  let hazardVariance = 0
  for (let k = 0; k < count; k++) {
    const d = events[k]!
    const n = atRisk[k]!
    if (d > 0) {
      const isLast = eventHeads[k] === headCount[k]
      if (isLast && k < count - 1 && byStart) {
        warnings.push({ code: 'risk-set-emptied', time: time[k]!, stratum: group })
      }
      s = isLast ? 0 : s * ((n - d) / n)
      greenwood += isLast ? Infinity : d / (n * (n - d))
      if (options.hazardType === 1) {
        hazard += d / n
        hazardVariance += d / (n * n)
      } else {
        const steps = eventHeads[k]!
        const mean = d / steps
        for (let l = 0; l < steps; l++) {
          const den = n - l * mean
          hazard += mean / den
          hazardVariance += mean / (den * den)
        }
      }
    }
    cumulativeHazard[k] = hazard
    survival[k] = options.survivalType === 1 ? s : exp(-hazard)
    stdErr[k] = Math.sqrt(options.survivalType === 1 ? greenwood : hazardVariance)
    stdErrHazard[k] = Math.sqrt(hazardVariance)
  }
  let forLimits: Float64Array = stdErr
  const isLogScale = robust === null || options.survivalType === 2
  if (robust !== null) {
    const codes = robust === 'rows' ? null : robust
    const sweep = (kind: 'product' | 1 | 2): Float64Array =>
      jackknife(data, rows, byStop, byStart, { time, atRisk, events, eventHeads }, weightOf, codes, kind)
    const forHazard = sweep(options.hazardType)
    stdErrHazard.set(forHazard)
    if (isLogScale) {
      stdErr.set(forHazard)
    } else {
      const forLog = sweep('product')
      for (let k = 0; k < count; k++) {
        // As in R an error of 0 at the end of the curve is 0 on the scale of the logarithm too.
        if (survival[k] === 0) forLog[k] = 0
        stdErr[k] = forLog[k]! * survival[k]!
      }
      forLimits = forLog
    }
  }
  return {
    group,
    records: rows.length,
    time,
    atRisk,
    events,
    censored,
    survival,
    cumulativeHazard,
    stdErr,
    isLogScale,
    stdErrHazard,
    ...survivalLimits(survival, forLimits, options.confidence, options.level),
  }
}

/**
 * Infinitesimal-jackknife standard errors of the cumulative hazard (1: Nelson-Aalen, 2: Fleming-Harrington), or of log
 * survival (`product`), in one sweep: while a row is at risk its influence is -(G(t) - G(start)), afterwards a constant,
 * so sums of squares over clusters need only what changes.
 */
function jackknife(
  data: { start: Float64Array | null; stop: Float64Array; event: Uint8Array },
  rows: readonly number[],
  byStop: readonly number[],
  byStart: readonly number[] | null,
  table: { time: Float64Array; atRisk: Float64Array; events: Float64Array; eventHeads: Int32Array },
  weightOf: (row: number) => number,
  codes: Int32Array | null,
  kind: 'product' | 1 | 2,
): Float64Array {
  const { start, stop, event } = data
  const { time } = table
  const out = new Float64Array(time.length)
  // Influence of cluster c at t: constant[c] - slope[c]·G(t).
  const slope = new Map<number, number>()
  const constant = new Map<number, number>()
  let slopeSquares = 0
  let crossed = 0
  let constantSquares = 0
  const change = (i: number, bySlope: number, byConstant: number): void => {
    const c = codes ? codes[i]! : i
    const a = slope.get(c) ?? 0
    const b = constant.get(c) ?? 0
    slopeSquares += (a + bySlope) * (a + bySlope) - a * a
    crossed += (a + bySlope) * (b + byConstant) - a * b
    constantSquares += (b + byConstant) * (b + byConstant) - b * b
    slope.set(c, a + bySlope)
    constant.set(c, b + byConstant)
  }
  let g = 0
  let entering = 0
  let leaving = 0
  let isSpent = false
  if (!byStart) for (const i of rows) change(i, weightOf(i), 0)
  for (let k = 0; k < time.length; k++) {
    if (byStart && start) {
      while (entering < byStart.length && start[byStart[entering]!]! < time[k]!) {
        const i = byStart[entering++]!
        change(i, weightOf(i), weightOf(i) * g)
      }
    }
    const n = table.atRisk[k]!
    const d = table.events[k]!
    // What everybody at risk loses, and what a row that dies gains.
    let gain = 0
    if (d > 0) {
      if (kind === 'product') {
        if (n - d > n * 1e-14) {
          gain = 1 / (n - d)
          g += d / (n * (n - d))
        } else {
          isSpent = true
        }
      } else if (kind === 1) {
        gain = 1 / n
        g += d / (n * n)
      } else {
        const steps = table.eventHeads[k]!
        const mean = d / steps
        for (let l = 0; l < steps; l++) {
          const den = n - l * mean
          gain += 1 / steps / den + (mean * (l / steps)) / (den * den)
          g += mean / (den * den)
        }
      }
    }
    while (leaving < byStop.length && stop[byStop[leaving]!]! === time[k]) {
      const i = byStop[leaving++]!
      const w = weightOf(i)
      change(i, -w, -w * g + (event[i] === 1 ? w * gain : 0))
    }
    out[k] = isSpent
      ? Infinity
      : Math.sqrt(Math.max(0, slopeSquares * g * g - 2 * crossed * g + constantSquares))
  }
  return out
}

export interface CurveSummary {
  records: number
  maxAtRisk: number
  startAtRisk: number
  events: number
  restrictedMean: number
  restrictedMeanStdErr: number
  restrictedTo: number
  median: number
  medianLower: number
  medianUpper: number
}

/** The table of R's `summary(survfit)`: restricted mean to a common time (by default the last of all curves) and median. */
export function summariseCurves(curves: readonly SurvivalCurve[], tau?: number): CurveSummary[] {
  const last = tau ?? curves.reduce((most, c) => Math.max(most, c.time[c.time.length - 1]!), -Infinity)
  const origin = curves.reduce((least, c) => Math.min(least, c.time[0]!), 0)
  return curves.map((curve) => {
    const { mean, stdErr } = restrictedMean(curve, last, origin)
    let maxAtRisk = 0
    let events = 0
    for (let i = 0; i < curve.time.length; i++) {
      maxAtRisk = Math.max(maxAtRisk, curve.atRisk[i]!)
      events += curve.events[i]!
    }
    return {
      records: curve.records,
      maxAtRisk,
      startAtRisk: curve.atRisk[0]!,
      events,
      restrictedMean: mean,
      restrictedMeanStdErr: stdErr,
      restrictedTo: last,
      median: curveQuantile(curve.time, curve.survival, 0.5, origin),
      medianLower: curveQuantile(curve.time, curve.lower, 0.5, origin),
      medianUpper: curveQuantile(curve.time, curve.upper, 0.5, origin),
    }
  })
}

/** Area under the curve from `origin` to `tau`, with Greenwood's standard error. */
export function restrictedMean(
  curve: Pick<SurvivalCurve, 'time' | 'survival' | 'atRisk' | 'events'>,
  tau: number,
  origin = 0,
): { mean: number; stdErr: number } {
  const times: number[] = []
  const levels: number[] = []
  const terms: number[] = []
  for (let i = 0; i < curve.time.length && curve.time[i]! <= tau; i++) {
    times.push(curve.time[i]!)
    levels.push(curve.survival[i]!)
    const n = curve.atRisk[i]!
    const d = curve.events[i]!
    terms.push(n - d === 0 ? 0 : d / (n * (n - d)))
  }
  times.push(tau)
  let previousTime = origin
  let level = 1
  const areas: number[] = []
  for (let i = 0; i < times.length; i++) {
    areas.push((times[i]! - previousTime) * level)
    previousTime = times[i]!
    level = levels[i] ?? level
  }
  let mean = origin
  for (const area of areas) mean += area
  let tail = 0
  let variance = 0
  for (let i = areas.length - 1; i >= 1; i--) {
    tail += areas[i]!
    variance += tail * tail * terms[i - 1]!
  }
  return { mean, stdErr: Math.sqrt(variance) }
}
