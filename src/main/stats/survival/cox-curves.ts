import { exp } from '../det/exp.ts'
import { log, log1p } from '../det/log.ts'
import { StatsFailure } from '../failure.ts'
import { type ConfidenceType, survivalLimits } from './confidence.ts'
import type { CoxModel } from './cox.ts'

/** One survival curve of a Cox model; arrays over the distinct stop times of its stratum. */
export interface CoxCurve {
  stratum: number
  time: Float64Array
  atRisk: Float64Array
  events: Float64Array
  censored: Float64Array
  survival: Float64Array
  cumulativeHazard: Float64Array
  /** Standard error of the cumulative hazard, which is that of log survival. */
  stdErr: Float64Array
  lower: Float64Array
  upper: Float64Array
}

/** Where a curve is wanted: covariates in data units, and an offset. */
export interface CurvePoint {
  x: readonly number[]
  /** In the units of the data's offset; absent = its mean (weighted when there are weights too, as in R). */
  offset?: number
}

/** A piece of a covariate path: in force over (start, stop], in a stratum. */
export interface PathPiece extends CurvePoint {
  start: number
  stop: number
  stratum?: number
}

export interface CurveOptions {
  confidence: ConfidenceType
  level: number
  /** 2: exp(-cumulative hazard); 1: the product form of Kalbfleisch and Prentice (Breslow ties). */
  survivalType: 1 | 2
}

export const CURVE_DEFAULTS: CurveOptions = { confidence: 'log', level: 0.95, survivalType: 2 }

interface Table {
  stratum: number
  time: Float64Array
  atRisk: Float64Array
  events: Float64Array
  censored: Float64Array
  /** Slot of the last event time <= time, or the stratum's base. */
  slot: Int32Array
}

/** Curves at each point for each stratum, ordered by point, then stratum (statistics.md 2.5). */
export function coxCurves(
  model: CoxModel,
  points: readonly CurvePoint[],
  partial: Partial<CurveOptions> = {},
): CoxCurve[][] {
  const options = { ...CURVE_DEFAULTS, ...partial }
  const tables = timeTables(model)
  const sums = meanSums(model)
  return points.map((point) => {
    checkPoint(model, point)
    return tables.map((table) => curveAt(model, table, sums, point, options))
  })
}

/** The curve of R's `survfit(fit)`: a pseudo-subject at the means. Not a curve of any person: ask for covariates instead. */
export function coxCurveAtMeans(model: CoxModel, partial: Partial<CurveOptions> = {}): CoxCurve[] {
  return coxCurves(model, [{ x: Array.from(model.fit.means) }], partial)[0]!
}

/** Cumulative baseline hazard at covariates 0 and offset 0 (R: `basehaz(centered = FALSE)`). */
export function baselineHazard(model: CoxModel): CoxCurve[] {
  const point: CurvePoint = {
    x: Array.from(model.fit.means, () => 0),
    offset: model.data.offset ? model.plan.offsetMean : 0,
  }
  return coxCurves(model, [point])[0]!
}

/**
 * The curve of somebody whose covariates change: increments are summed along the path (R: `survfit(newdata, id=)`).
 * Pieces must be in order and not overlap. Conditional on being alive at the first start.
 */
export function coxPathCurve(
  model: CoxModel,
  pieces: readonly PathPiece[],
  partial: Partial<CurveOptions> = {},
): CoxCurve {
  const options = { ...CURVE_DEFAULTS, ...partial }
  const tables = timeTables(model)
  const sums = meanSums(model)
  const p = model.plan.covariateCount
  const time: number[] = []
  const atRisk: number[] = []
  const events: number[] = []
  const censored: number[] = []
  const hazard: number[] = []
  const stdErr: number[] = []
  const q = new Float64Array(p)
  let total = 0
  let square = 0
  let last = -Infinity
  for (const piece of pieces) {
    checkPoint(model, piece)
    if (!(piece.stop > piece.start) || piece.start < last) {
      throw new StatsFailure({
        code: 'bad-option',
        option: 'path',
        value: `(${piece.start}, ${piece.stop}]`,
        allowed: 'pieces in order',
      })
    }
    last = piece.stop
    const table = tables[piece.stratum ?? 0]
    if (!table)
      throw new StatsFailure({
        code: 'bad-option',
        option: 'stratum',
        value: String(piece.stratum),
        allowed: '',
      })
    const risk = relativeRisk(model, table.stratum, piece)
    let previous = -1
    for (let i = 0; i < table.time.length; i++) {
      const slot = table.slot[i]!
      if (table.time[i]! <= piece.start) {
        previous = slot
        continue
      }
      if (table.time[i]! > piece.stop) break
      const from = previous < 0 ? model.plan.stratumStart[table.stratum]! : previous
      previous = slot
      const increment = hazardBetween(model, from, slot)
      total += risk * increment
      square += risk * risk * (sums.square[slot]! - sums.square[from]!)
      for (let j = 0; j < p; j++) {
        const z = (piece.x[j]! - model.plan.centres[j]![table.stratum]!) * model.plan.scale[j]!
        q[j] = q[j]! + risk * (z * increment - (sums.mean[j]![slot]! - sums.mean[j]![from]!))
      }
      time.push(table.time[i]!)
      atRisk.push(table.atRisk[i]!)
      events.push(table.events[i]!)
      censored.push(table.censored[i]!)
      hazard.push(total)
      stdErr.push(Math.sqrt(square + scaledForm(model, q)))
    }
  }
  const cumulativeHazard = Float64Array.from(hazard)
  const survival = cumulativeHazard.map((h) => exp(-h))
  const errors = Float64Array.from(stdErr)
  return {
    stratum: pieces[0]?.stratum ?? 0,
    time: Float64Array.from(time),
    atRisk: Float64Array.from(atRisk),
    events: Float64Array.from(events),
    censored: Float64Array.from(censored),
    survival,
    cumulativeHazard,
    stdErr: errors,
    ...survivalLimits(survival, errors, options.confidence, options.level),
  }
}

/** Expected events of a row over its own interval (R: `predict(type = "expected")` with new data). */
export function expectedEvents(
  model: CoxModel,
  row: { start: number | null; stop: number; x: readonly number[]; offset?: number; stratum?: number },
): number {
  checkPoint(model, row)
  const s = row.stratum ?? 0
  const at = (t: number): number => {
    let slot = model.plan.stratumStart[s]!
    while (slot + 1 < model.plan.stratumStart[s + 1]! && model.plan.slotTime[slot + 1]! <= t) slot++
    return slot
  }
  const from = row.start === null ? model.plan.stratumStart[s]! : at(row.start)
  return relativeRisk(model, s, row) * hazardBetween(model, from, at(row.stop))
}

/** Linear predictor of a point: centred at the sample means, or uncentred (`zero`). */
export function predictLinear(
  model: CoxModel,
  point: CurvePoint,
  reference: 'sample' | 'zero' = 'sample',
): number {
  checkPoint(model, point)
  const { beta, means } = model.fit
  let eta = 0
  for (let j = 0; j < beta.length; j++)
    eta += beta[j]! * (point.x[j]! - (reference === 'sample' ? means[j]! : 0))
  if (point.offset !== undefined) eta += point.offset - model.plan.offsetMean
  return eta
}

function checkPoint(model: CoxModel, point: CurvePoint): void {
  const expected = model.plan.covariateCount
  if (point.x.length !== expected) {
    throw new StatsFailure({ code: 'shape-mismatch', what: 'covariates', expected, found: point.x.length })
  }
}

/** exp of the point's linear predictor relative to the centre that the plan's sums use in a stratum. */
function relativeRisk(model: CoxModel, stratum: number, point: CurvePoint): number {
  const { plan, fit, state } = model
  let eta = -state.shift[0]!
  for (let j = 0; j < plan.covariateCount; j++)
    eta += fit.beta[j]! * (point.x[j]! - plan.centres[j]![stratum]!)
  eta += (point.offset ?? defaultOffset(model)) - plan.offsetMean
  return exp(eta)
}

function defaultOffset(model: CoxModel): number {
  const { offset, weights } = model.data
  if (!offset || !weights) return model.plan.offsetMean
  let sum = 0
  let total = 0
  for (let i = 0; i < offset.length; i++) {
    sum += weights[i]! * offset[i]!
    total += weights[i]!
  }
  return sum / total
}

function hazardBetween(model: CoxModel, from: number, to: number): number {
  const { cumulative, cumulativeLow } = model.state
  return cumulative[to]! - cumulative[from]! + (cumulativeLow[to]! - cumulativeLow[from]!)
}

/** Running sums over slots of Σ xbar/den (per scaled covariate) and of Σ 1/den². */
function meanSums(model: CoxModel): { mean: Float64Array[]; square: Float64Array } {
  const { plan, state } = model
  const square = new Float64Array(plan.slotCount)
  const mean = state.sums.slice(1).map((s1, j) => {
    const d1 = plan.isEfron ? state.deathSums[j + 1]! : null
    const out = new Float64Array(plan.slotCount)
    for (let s = 0; s < plan.stratumCount; s++) {
      let sum = 0
      for (let k = plan.stratumStart[s]! + 1; k < plan.stratumStart[s + 1]!; k++) {
        sum += s1[k]! * state.alpha[k]! - (d1 ? d1[k]! * state.betaTerm[k]! : 0)
        out[k] = sum
      }
    }
    return out
  })
  for (let s = 0; s < plan.stratumCount; s++) {
    let sum = 0
    for (let k = plan.stratumStart[s]! + 1; k < plan.stratumStart[s + 1]!; k++) {
      sum += state.alpha[k]!
      square[k] = sum
    }
  }
  return { mean, square }
}

/** q'Vq for q on scaled columns and the fit's (robust, if so) variance. */
function scaledForm(model: CoxModel, q: Float64Array): number {
  const { plan, fit } = model
  const p = plan.covariateCount
  let sum = 0
  for (let j = 0; j < p; j++) {
    if (plan.scale[j] === 0) continue
    for (let k = 0; k < p; k++) {
      if (plan.scale[k] === 0) continue
      sum += ((q[j]! / plan.scale[j]!) * fit.variance[j * p + k]! * q[k]!) / plan.scale[k]!
    }
  }
  return sum
}

function curveAt(
  model: CoxModel,
  table: Table,
  sums: { mean: Float64Array[]; square: Float64Array },
  point: CurvePoint,
  options: CurveOptions,
): CoxCurve {
  const { plan } = model
  const p = plan.covariateCount
  const base = plan.stratumStart[table.stratum]!
  const risk = relativeRisk(model, table.stratum, point)
  const count = table.time.length
  const cumulativeHazard = new Float64Array(count)
  const stdErr = new Float64Array(count)
  const survival = new Float64Array(count)
  const product = options.survivalType === 1 ? productForm(model, table.stratum, risk) : null
  const q = new Float64Array(p)
  for (let i = 0; i < count; i++) {
    const slot = table.slot[i]!
    const hazard = hazardBetween(model, base, slot)
    for (let j = 0; j < p; j++) {
      const z = (point.x[j]! - plan.centres[j]![table.stratum]!) * plan.scale[j]!
      q[j] = risk * (z * hazard - sums.mean[j]![slot]!)
    }
    cumulativeHazard[i] = risk * hazard
    const own = product ? product.variance[slot - base]! : risk * risk * sums.square[slot]!
    stdErr[i] = Math.sqrt(own + scaledForm(model, q))
    survival[i] = product ? product.survival[slot - base]! : exp(-cumulativeHazard[i]!)
  }
  return {
    stratum: table.stratum,
    time: table.time,
    atRisk: table.atRisk,
    events: table.events,
    censored: table.censored,
    survival,
    cumulativeHazard,
    stdErr,
    ...survivalLimits(survival, stdErr, options.confidence, options.level),
  }
}

/**
 * Kalbfleisch and Prentice's product of alpha_k^(risk), where Σ_deaths w·r/(1 - alpha^r) = Σ_at-risk w·r, with
 * Greenwood's variance term; risks relative to the point.
 */
function productForm(
  model: CoxModel,
  stratum: number,
  pointRisk: number,
): { survival: Float64Array; variance: Float64Array } {
  const { plan, state } = model
  const base = plan.stratumStart[stratum]!
  const count = plan.stratumStart[stratum + 1]! - base
  const survival = new Float64Array(count).fill(1)
  const variance = new Float64Array(count)
  let logProduct = 0
  let greenwood = 0
  for (let k = 1; k < count; k++) {
    const slot = base + k
    const from = plan.deathStart[slot]!
    const to = plan.deathStart[slot + 1]!
    const total = state.sums[0]![slot]! / pointRisk
    const deaths = plan.deathWeight[slot]! * (to - from)
    greenwood += deaths / (total * (deaths >= total ? total : total - deaths))
    if (to - from === 1) {
      const q = plan.deathRows[from]!
      const w = plan.weight ? plan.weight[q]! : 1
      const r = state.risk[q]! / w / pointRisk
      logProduct += w * r >= total ? -Infinity : log1p((-w * r) / total) / r
    } else {
      // Bisection on log alpha: the left side falls from total at -∞ … to ∞ at 0.
      let low = -745
      let high = -1e-300
      for (let i = 0; i < 200; i++) {
        const middle = 0.5 * (low + high)
        if (middle === low || middle === high) break
        let sum = 0
        for (let t = from; t < to; t++) {
          const q = plan.deathRows[t]!
          const w = plan.weight ? plan.weight[q]! : 1
          const r = state.risk[q]! / w / pointRisk
          sum += (w * r) / (1 - exp(middle * r))
        }
        if (sum < total) low = middle
        else high = middle
      }
      logProduct += 0.5 * (low + high)
    }
    survival[k] = exp(logProduct)
    variance[k] = greenwood
  }
  return { survival, variance }
}

/** Distinct stop times of each stratum with weighted counts, all rows taken. */
function timeTables(model: CoxModel): Table[] {
  const { data, plan } = model
  const n = data.stop.length
  const rowsOf: number[][] = Array.from({ length: plan.stratumCount }, () => [])
  for (let i = 0; i < n; i++) rowsOf[data.strata ? data.strata[i]! : 0]!.push(i)
  const weightOf = (i: number): number => (data.weights ? data.weights[i]! : 1)
  return rowsOf.map((rows, stratum) => {
    const stops = Float64Array.from(rows, (i) => data.stop[i]!).sort()
    let count = 0
    for (let i = 0; i < stops.length; i++)
      if (i === 0 || stops[i] !== stops[count - 1]) stops[count++] = stops[i]!
    const time = stops.slice(0, count)
    const find = (t: number): number => {
      let low = 0
      let high = count
      while (low < high) {
        const middle = (low + high) >>> 1
        if (time[middle]! < t) low = middle + 1
        else high = middle
      }
      return low
    }
    const atRisk = new Float64Array(count + 1)
    const events = new Float64Array(count)
    const censored = new Float64Array(count)
    for (const i of rows) {
      const w = weightOf(i)
      const at = find(data.stop[i]!)
      atRisk[at] = atRisk[at]! + w
      if (data.start) {
        // At risk from the first listed time after the start.
        let first = find(data.start[i]!)
        if (first < count && time[first] === data.start[i]) first++
        if (first > 0) atRisk[first - 1] = atRisk[first - 1]! - w
      }
      if (data.event[i] === 1) events[at] = events[at]! + w
      else censored[at] = censored[at]! + w
    }
    for (let i = count - 2; i >= 0; i--) atRisk[i] = atRisk[i]! + atRisk[i + 1]!
    const slot = new Int32Array(count)
    let k = plan.stratumStart[stratum]!
    for (let i = 0; i < count; i++) {
      while (k + 1 < plan.stratumStart[stratum + 1]! && plan.slotTime[k + 1]! <= time[i]!) k++
      slot[i] = k
    }
    return { stratum, time, atRisk: atRisk.slice(0, count), events, censored, slot }
  })
}

/** Log of the survival of a curve at a time: 0 before its first. */
export function logSurvivalAt(curve: CoxCurve, t: number): number {
  let value = 1
  for (let i = 0; i < curve.time.length && curve.time[i]! <= t; i++) value = curve.survival[i]!
  return log(value)
}
