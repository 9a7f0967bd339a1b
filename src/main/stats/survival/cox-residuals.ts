import { log } from '../det/log.ts'
import { addCrossVector, addWeightedCross, unpackSymmetric } from '../linalg/cross.ts'
import type { CoxModel } from './cox.ts'
import type { CoxState } from './cox-pass.ts'
import type { CoxPlan, SurvivalData } from './cox-plan.ts'

/*
 * Residuals of a Cox model in O(n·p): running sums over the slots replace the loop over risk sets
 * (statistics.md 2.6 and 3, item 5). A state must be at the coefficients asked about.
 */

/** M = event - expected events, in the order of the data; rows that span no event time have 0. */
export function martingaleResiduals(plan: CoxPlan, state: CoxState, data: SurvivalData): Float64Array {
  const out = new Float64Array(plan.rowCount)
  const { risk, cumulative, cumulativeLow, b } = state
  const { low, high, order, isDeath, weight } = plan
  for (let q = 0; q < plan.keptCount; q++) {
    const h = high[q]!
    const l = low[q]!
    const last = isDeath[q] === 1 ? h - 1 : h
    let sum = cumulative[last]! - cumulative[l]! + (cumulativeLow[last]! - cumulativeLow[l]!)
    if (isDeath[q] === 1) sum += b[h]!
    const r = weight ? risk[q]! / weight[q]! : risk[q]!
    const i = order[q]!
    out[i] = data.event[i]! - r * sum
  }
  return out
}

/** sign(M)·sqrt(-2(M + event·log(event - M))). */
export function devianceResiduals(model: CoxModel): Float64Array {
  const { martingale } = model.fit
  const out = new Float64Array(martingale.length)
  for (let i = 0; i < out.length; i++) {
    const m = martingale[i]!
    const event = model.data.event[i]!
    const inside = event === 1 ? m + log(1 - m) : m
    const size = Math.sqrt(Math.max(0, -2 * inside))
    out[i] = m < 0 ? -size : size
  }
  return out
}

interface ScoreTables {
  /** Per covariate and slot: Σ over deaths' steps of xbar/den, running within the stratum. */
  cumulative: Float64Array[]
  /** Per covariate and slot: Σ (1-f) xbar/den, a death's own share of its slot. */
  own: Float64Array[]
  /** Per covariate and slot: the mean of the risk set as the deaths of the slot see it. */
  mean: Float64Array[]
}

/** Tables that turn every score residual into a lookup (scaled columns). */
function scoreTables(plan: CoxPlan, state: CoxState): ScoreTables {
  const { slotCount, deathStart, deathWeight, stratumStart, isEfron } = plan
  const { a, b, alpha, betaTerm, gamma } = state
  const cumulative: Float64Array[] = []
  const own: Float64Array[] = []
  const mean: Float64Array[] = []
  for (let j = 0; j < plan.covariateCount; j++) {
    const s1 = state.sums[j + 1]!
    const d1 = isEfron ? state.deathSums[j + 1]! : null
    const running = new Float64Array(slotCount)
    const share = new Float64Array(slotCount)
    const average = new Float64Array(slotCount)
    for (let s = 0; s < plan.stratumCount; s++) {
      let sum = 0
      let lost = 0
      for (let k = stratumStart[s]!; k < stratumStart[s + 1]!; k++) {
        const deaths = deathStart[k + 1]! - deathStart[k]!
        if (deaths > 0) {
          const dk = d1 ? d1[k]! : 0
          const term = s1[k]! * alpha[k]! - dk * betaTerm[k]!
          const next = sum + term
          lost += (sum < 0 ? -sum : sum) >= (term < 0 ? -term : term) ? sum - next + term : term - next + sum
          sum = next
          const isShared = isEfron && deaths > 1
          share[k] = isShared ? s1[k]! * (alpha[k]! - betaTerm[k]!) - dk * (betaTerm[k]! - gamma[k]!) : term
          average[k] = (s1[k]! * a[k]! - (isShared ? dk * (a[k]! - b[k]!) : 0)) / (deathWeight[k]! * deaths)
        }
        running[k] = sum + lost
      }
    }
    cumulative.push(running)
    own.push(share)
    mean.push(average)
  }
  return { cumulative, own, mean }
}

/**
 * Score residuals of the kept rows q0 … q1-1 for all covariates, row-major into `out`, times the weights, on scaled
 * columns: z·M + r·(what the running means leave), and for a death its own distance from the mean.
 */
function scoreBlock(
  plan: CoxPlan,
  state: CoxState,
  tables: ScoreTables,
  q0: number,
  q1: number,
  out: Float64Array,
): void {
  const p = plan.covariateCount
  const { low, high, isDeath, weight, columns } = plan
  const { risk, cumulative, cumulativeLow, b } = state
  const count = q1 - q0
  for (let i = 0, q = q0; i < count; i++, q++) {
    const h = high[q]!
    const l = low[q]!
    if (isDeath[q] === 1) {
      const hazard = cumulative[h - 1]! - cumulative[l]! + (cumulativeLow[h - 1]! - cumulativeLow[l]!) + b[h]!
      MARTINGALE[i] = (weight ? weight[q]! : 1) - risk[q]! * hazard
    } else {
      MARTINGALE[i] = -risk[q]! * (cumulative[h]! - cumulative[l]! + (cumulativeLow[h]! - cumulativeLow[l]!))
    }
  }
  for (let j = 0; j < p; j++) {
    const z = columns[j]!
    const running = tables.cumulative[j]!
    for (let i = 0, q = q0, at = j; i < count; i++, q++, at += p) {
      out[at] = z[q]! * MARTINGALE[i]! + risk[q]! * (running[high[q]!]! - running[low[q]!]!)
    }
  }
  for (let i = 0, q = q0; i < count; i++, q++) {
    if (isDeath[q] !== 1) continue
    const h = high[q]!
    const w = weight ? weight[q]! : 1
    for (let j = 0; j < p; j++) {
      const running = tables.cumulative[j]!
      const own = tables.own[j]![h]! - (running[h]! - running[h - 1]!)
      out[i * p + j] = out[i * p + j]! + risk[q]! * own - w * tables.mean[j]![h]!
    }
  }
}

const BLOCK = 256
const MARTINGALE = new Float64Array(BLOCK)

/**
 * C'C for the sums C of weighted score residuals over clusters (scaled columns), and the total of C's rows. Without
 * codes each row is its own cluster. The state must come from a whole evaluation: its hazards per row are read.
 */
export function clusterMeat(
  plan: CoxPlan,
  state: CoxState,
  codes: Int32Array | null,
): { matrix: Float64Array; total: Float64Array; clusterCount: number } {
  const p = plan.covariateCount
  const tables = scoreTables(plan, state)
  let clusterCount = plan.rowCount
  if (codes) {
    clusterCount = 0
    for (let i = 0; i < codes.length; i++) if (codes[i]! >= clusterCount) clusterCount = codes[i]! + 1
  }
  const packed = new Float64Array((p * (p + 1)) / 2)
  const total = new Float64Array(p)
  const { low, high, isDeath, weight, order, keptCount, deathRows } = plan
  const { risk, hazard } = state
  const clusterOf = codes ? (keptCount === codes.length ? codes : order.map((row) => codes[row]!)) : null
  const martingale = new Float64Array(Math.min(keptCount, codes ? keptCount : BLOCK))
  const ones = new Float64Array(codes ? clusterCount : BLOCK).fill(1)
  const step = codes ? Math.max(1, keptCount) : BLOCK
  const sums = Array.from({ length: p }, () => new Float64Array(codes ? clusterCount : BLOCK))
  for (let q0 = 0; q0 < keptCount; q0 += step) {
    const q1 = Math.min(keptCount, q0 + step)
    for (let q = q0; q < q1; q++) {
      martingale[q - q0] = (isDeath[q] === 1 ? (weight ? weight[q]! : 1) : 0) - hazard[q]!
    }
    for (let j = 0; j + 1 < p && clusterOf; j += 2) {
      // Two columns at a time share the look-ups of a row.
      const z0 = plan.columns[j]!
      const z1 = plan.columns[j + 1]!
      const sum0 = sums[j]!
      const sum1 = sums[j + 1]!
      const both = interleave(tables.cumulative[j]!, tables.cumulative[j + 1]!)
      for (let q = 0; q < keptCount; q++) {
        const at = clusterOf[q]!
        const h = 2 * high[q]!
        const l = 2 * low[q]!
        const m = martingale[q]!
        const r = risk[q]!
        sum0[at] = sum0[at]! + (z0[q]! * m + r * (both[h]! - both[l]!))
        sum1[at] = sum1[at]! + (z1[q]! * m + r * (both[h + 1]! - both[l + 1]!))
      }
    }
    for (let j = 0; j < p; j++) {
      const z = plan.columns[j]!
      const running = tables.cumulative[j]!
      const own = tables.own[j]!
      const mean = tables.mean[j]!
      const sum = sums[j]!
      if (clusterOf && j === p - 1 && p % 2 === 1) {
        for (let q = 0; q < keptCount; q++) {
          const at = clusterOf[q]!
          sum[at] = sum[at]! + (z[q]! * martingale[q]! + risk[q]! * (running[high[q]!]! - running[low[q]!]!))
        }
      } else if (!clusterOf) {
        for (let q = q0; q < q1; q++) {
          sum[q - q0] = z[q]! * martingale[q - q0]! + risk[q]! * (running[high[q]!]! - running[low[q]!]!)
        }
      }
      // A death sees its own share of its slot, and its distance from the mean.
      const last = clusterOf ? deathRows.length : q1
      for (let t = clusterOf ? 0 : q0; t < last; t++) {
        const q = clusterOf ? deathRows[t]! : t
        if (isDeath[q] !== 1) continue
        const h = high[q]!
        const share = own[h]! - (running[h]! - running[h - 1]!)
        const at = clusterOf ? clusterOf[q]! : q - q0
        sum[at] = sum[at]! + (risk[q]! * share - (weight ? weight[q]! : 1) * mean[h]!)
      }
    }
    if (!codes) addCross(sums, ones, q1 - q0, packed, total)
  }
  if (codes) addCross(sums, ones, clusterCount, packed, total)
  return { matrix: unpackSymmetric(packed, p), total, clusterCount }
}

function interleave(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(2 * a.length)
  for (let k = 0; k < a.length; k++) {
    out[2 * k] = a[k]!
    out[2 * k + 1] = b[k]!
  }
  return out
}

function addCross(
  columns: readonly Float64Array[],
  ones: Float64Array,
  length: number,
  packed: Float64Array,
  total: Float64Array,
): void {
  addWeightedCross(columns, ones, 0, length, packed)
  addCrossVector(columns, ones, 0, length, total)
}

/** A residual matrix, row-major n×p, in the order of the data. */
export interface ResidualMatrix {
  rows: number
  columns: number
  values: Float64Array
}

/** Score residuals in the units of the data, unweighted. */
export function scoreResiduals(model: CoxModel): ResidualMatrix {
  const { plan, state } = model
  const p = plan.covariateCount
  const values = new Float64Array(plan.rowCount * p)
  const tables = scoreTables(plan, state)
  const block = new Float64Array(BLOCK * p)
  for (let q0 = 0; q0 < plan.keptCount; q0 += BLOCK) {
    const q1 = Math.min(plan.keptCount, q0 + BLOCK)
    scoreBlock(plan, state, tables, q0, q1, block)
    for (let q = q0; q < q1; q++) {
      const at = plan.order[q]! * p
      const w = plan.weight ? plan.weight[q]! : 1
      for (let j = 0; j < p; j++) {
        values[at + j] = plan.scale[j] === 0 ? 0 : block[(q - q0) * p + j]! / plan.scale[j]! / w
      }
    }
  }
  return { rows: plan.rowCount, columns: p, values }
}

/** The change of each coefficient when a row leaves, to first order: w·L·V with the model-based V (R weights them). */
export function dfbeta(
  model: CoxModel,
  options: { weighted?: boolean; standardised?: boolean } = {},
): ResidualMatrix {
  const { weighted = true, standardised = false } = options
  const { fit, data } = model
  const score = scoreResiduals(model)
  const p = score.columns
  const naive = fit.naiveVariance ?? fit.variance
  const values = new Float64Array(score.values.length)
  const error = new Float64Array(p)
  for (let j = 0; j < p; j++) error[j] = standardised ? Math.sqrt(naive[j * p + j]!) : 1
  for (let i = 0; i < score.rows; i++) {
    const w = weighted && data.weights ? data.weights[i]! : 1
    for (let j = 0; j < p; j++) {
      let sum = 0
      for (let k = 0; k < p; k++) sum += score.values[i * p + k]! * naive[k * p + j]!
      values[i * p + j] = (w * sum) / error[j]!
    }
  }
  return { rows: score.rows, columns: p, values }
}

/**
 * Scaled dfbetas of whole subjects: the change of each coefficient in its own errors when all rows of a subject leave, to first
 * order (R: `residuals(fit, "dfbetas", collapse = id)`). In one sweep, without a matrix of all rows.
 *
 * @param codes subjects 0 … count-1 in the order of the data; null: each row is one
 */
export function subjectDfbetas(model: CoxModel, codes: Int32Array | null, count: number): ResidualMatrix {
  const { plan, state, fit } = model
  const p = plan.covariateCount
  const sums = new Float64Array(count * p)
  const tables = scoreTables(plan, state)
  const block = new Float64Array(BLOCK * p)
  for (let q0 = 0; q0 < plan.keptCount; q0 += BLOCK) {
    const q1 = Math.min(plan.keptCount, q0 + BLOCK)
    scoreBlock(plan, state, tables, q0, q1, block)
    for (let q = q0; q < q1; q++) {
      const row = plan.order[q]!
      const at = (codes ? codes[row]! : row) * p
      for (let j = 0; j < p; j++) sums[at + j] = sums[at + j]! + block[(q - q0) * p + j]!
    }
  }
  const naive = fit.naiveVariance ?? fit.variance
  const into = new Float64Array(p * p)
  for (let k = 0; k < p; k++)
    for (let j = 0; j < p; j++)
      into[k * p + j] =
        plan.scale[k] === 0 ? 0 : naive[k * p + j]! / Math.sqrt(naive[j * p + j]!) / plan.scale[k]!
  const values = new Float64Array(count * p)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < p; j++) {
      let sum = 0
      for (let k = 0; k < p; k++) sum += sums[i * p + k]! * into[k * p + j]!
      values[i * p + j] = sum
    }
  return { rows: count, columns: p, values }
}

/** Sums rows that belong to one subject or cluster (codes 0 … count-1). */
export function collapseResiduals(residuals: ResidualMatrix, codes: Int32Array): ResidualMatrix {
  let count = 0
  for (let i = 0; i < codes.length; i++) if (codes[i]! >= count) count = codes[i]! + 1
  const p = residuals.columns
  const values = new Float64Array(count * p)
  for (let i = 0; i < residuals.rows; i++) {
    for (let j = 0; j < p; j++) {
      values[codes[i]! * p + j] = values[codes[i]! * p + j]! + residuals.values[i * p + j]!
    }
  }
  return { rows: count, columns: p, values }
}

export interface SchoenfeldResiduals extends ResidualMatrix {
  /** Event time of each row; rows are ordered by stratum, time and original row. */
  time: Float64Array
  stratum: Int32Array
  /** Original row of each death. */
  row: Int32Array
  /** Slot of the plan. */
  slot: Int32Array
}

/** x minus the mean of the risk set, one row per death. */
export function schoenfeldResiduals(model: CoxModel): SchoenfeldResiduals {
  const { plan, state } = model
  const p = plan.covariateCount
  const tables = scoreTables(plan, state)
  const rows = plan.deathRows.length
  const values = new Float64Array(rows * p)
  const time = new Float64Array(rows)
  const stratum = new Int32Array(rows)
  const row = new Int32Array(rows)
  const slot = new Int32Array(rows)
  let s = 0
  for (let t = 0; t < rows; t++) {
    const q = plan.deathRows[t]!
    const k = plan.high[q]!
    while (k >= plan.stratumStart[s + 1]!) s++
    time[t] = plan.slotTime[k]!
    stratum[t] = s
    row[t] = plan.order[q]!
    slot[t] = k
    for (let j = 0; j < p; j++) {
      const difference = plan.columns[j]![q]! - tables.mean[j]![k]!
      values[t * p + j] = plan.scale[j] === 0 ? 0 : difference / plan.scale[j]!
    }
  }
  return { rows, columns: p, values, time, stratum, row, slot }
}

/** Schoenfeld residuals scaled to the coefficients: S·V·(events) + b. */
export function scaledSchoenfeldResiduals(model: CoxModel): SchoenfeldResiduals {
  const residuals = schoenfeldResiduals(model)
  const { fit } = model
  const p = residuals.columns
  const naive = fit.naiveVariance ?? fit.variance
  const values = new Float64Array(residuals.values.length)
  for (let t = 0; t < residuals.rows; t++) {
    for (let j = 0; j < p; j++) {
      let sum = 0
      for (let k = 0; k < p; k++) sum += residuals.values[t * p + k]! * naive[k * p + j]!
      values[t * p + j] = sum * residuals.rows + fit.beta[j]!
    }
  }
  return { ...residuals, values }
}
