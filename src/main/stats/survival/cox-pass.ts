import { exp } from '../det/exp.ts'
import { log } from '../det/log.ts'
import { type Allocate, allocateHere, type CoxPlan, SHARD_ROWS } from './cox-plan.ts'

/**
 * One evaluation of the partial likelihood, its gradient and its information at a given beta (statistics.md 2.2 and 3).
 *
 * The work is cut into stages. A stage is either elementwise, or one column, or one shard of a fixed number of rows at a
 * time, and shards are added up in their order: so any number of threads gives the same bits as one.
 */
export interface CoxState {
  /** Coefficients of the scaled columns. */
  beta: Float64Array
  /** Per kept row: w·exp(eta - shift). */
  risk: Float64Array
  /** Per kept row: expected events times weight, risk·(cumulative hazard over its slots). */
  hazard: Float64Array
  shardTop: Float64Array
  /** Subtracted from every eta before exp; 0 unless eta is very large. */
  shift: Float64Array
  /** Column c = 0 is S0, c = j+1 is S1 of covariate j: sums over those at risk in a slot, then over its deaths. */
  sums: Float64Array[]
  deathSums: Float64Array[]
  /** Per slot, times the mean death weight: Σ 1/den, Σ (1-f)/den, Σ 1/den², Σ f/den², Σ f²/den². */
  a: Float64Array
  b: Float64Array
  alpha: Float64Array
  betaTerm: Float64Array
  gamma: Float64Array
  /** Running sum of a over the slots of a stratum, in two parts. */
  cumulative: Float64Array
  cumulativeLow: Float64Array
  /** A factor per slot for weighted sums (cox.zph), or all 1. */
  slotFactor: Float64Array
  /** Per shard: p entries of the gradient and p(p+1)/2 of the cross products. */
  shardSums: Float64Array
  /** The part of the information that comes from the means, lower triangle. */
  outer: Float64Array
}

export type CoxStage = 'risk' | 'sums' | 'cross' | 'outer'

/** Performs a stage completely; the threaded runner shares it out and returns when all parts are done. */
export type CoxRunner = (stage: CoxStage) => void

export interface CoxEvaluation {
  logLikelihood: number
  gradient: Float64Array
  /** Row-major p×p, symmetric. */
  information: Float64Array
}

export function createCoxState(plan: CoxPlan, allocate: Allocate = allocateHere): CoxState {
  const floats = (count: number): Float64Array => {
    const { buffer, byteOffset } = allocate(count * 8)
    return new Float64Array(buffer, byteOffset, count)
  }
  const p = plan.covariateCount
  const slots = plan.slotCount
  const perSlot = (): Float64Array => floats(slots)
  const state: CoxState = {
    beta: floats(p),
    risk: floats(plan.keptCount),
    hazard: floats(plan.keptCount),
    shardTop: floats(plan.shardCount),
    shift: floats(1),
    sums: Array.from({ length: p + 1 }, perSlot),
    deathSums: Array.from({ length: p + 1 }, perSlot),
    a: perSlot(),
    b: perSlot(),
    alpha: perSlot(),
    betaTerm: perSlot(),
    gamma: perSlot(),
    cumulative: perSlot(),
    cumulativeLow: perSlot(),
    slotFactor: perSlot(),
    shardSums: floats(plan.shardCount * (p + (p * (p + 1)) / 2)),
    outer: floats((p * (p + 1)) / 2),
  }
  state.slotFactor.fill(1)
  return state
}

/**
 * The inner loops in a faster form (WebAssembly), working on the memory that plan and state were allocated from. Bit for
 * bit what the plain loops give.
 */
export interface CoxKernel {
  /** Scratch of one tile, in that memory. */
  tile: Float64Array
  residual: Float64Array
  /** Scratch of one entry per slot. */
  leaving: Float64Array
  /** Gradient and cross products of the rows q0 … q0+length-1, added to shardSums from entry `at` on. */
  cross(q0: number, length: number, at: number): void
  /** Adds risk·column c-1 to sums[c] by slot of the end, and to `leaving` by slot of the start. */
  scatter(c: number): void
}

/** Runs every stage here. */
export function localRunner(plan: CoxPlan, state: CoxState, kernel: CoxKernel | null = null): CoxRunner {
  return (stage) => runCoxStage(plan, state, stage, 0, 1, kernel)
}

/** The share of a stage that falls to one of `members`. */
export function runCoxStage(
  plan: CoxPlan,
  state: CoxState,
  stage: CoxStage,
  member: number,
  members: number,
  kernel: CoxKernel | null = null,
): void {
  const p = plan.covariateCount
  switch (stage) {
    case 'risk':
      for (let s = member; s < plan.shardCount; s += members) riskOfShard(plan, state, s)
      return
    case 'sums':
      for (let c = member; c <= p; c += members) sumColumn(plan, state, c, kernel)
      return
    case 'cross':
      for (let s = member; s < plan.shardCount; s += members) crossShard(plan, state, s, kernel)
      return
    case 'outer':
      for (let j = member; j < p; j += members) outerRow(plan, state, j)
      return
  }
}

/** Above this an eta is shifted, so that exp neither overflows nor loses the others. */
const TOP_ETA = 300

/** Log partial likelihood, gradient and information at `beta` (in scaled columns). */
export function evaluateCox(
  plan: CoxPlan,
  state: CoxState,
  beta: Float64Array,
  run: CoxRunner,
): CoxEvaluation {
  prepareSlots(plan, state, beta, run)
  const logLikelihood = slotHazards(plan, state)
  const { gradient, information } = accumulate(plan, state, run)
  return { logLikelihood, gradient, information }
}

/** Everything up to the hazards of the slots; enough for residuals and curves. Returns the log partial likelihood. */
export function evaluateHazards(plan: CoxPlan, state: CoxState, beta: Float64Array, run: CoxRunner): number {
  prepareSlots(plan, state, beta, run)
  return slotHazards(plan, state)
}

/** Gradient and information with each slot's terms multiplied by a factor; the state must be at its beta already. */
export function weightedMoments(
  plan: CoxPlan,
  state: CoxState,
  factor: Float64Array,
  run: CoxRunner,
): { gradient: Float64Array; information: Float64Array } {
  state.slotFactor.set(factor)
  scaleHazards(plan, state)
  const moments = accumulate(plan, state, run)
  state.slotFactor.fill(1)
  slotHazards(plan, state)
  return moments
}

function prepareSlots(plan: CoxPlan, state: CoxState, beta: Float64Array, run: CoxRunner): void {
  state.beta.set(beta)
  state.shift[0] = 0
  run('risk')
  let top = -Infinity
  for (let s = 0; s < plan.shardCount; s++) top = Math.max(top, state.shardTop[s]!)
  if (top > TOP_ETA) {
    state.shift[0] = top - TOP_ETA
    run('risk')
  }
  run('sums')
}

function accumulate(
  plan: CoxPlan,
  state: CoxState,
  run: CoxRunner,
): { gradient: Float64Array; information: Float64Array } {
  const p = plan.covariateCount
  run('cross')
  run('outer')
  const gradient = new Float64Array(p)
  const information = new Float64Array(p * p)
  const width = p + (p * (p + 1)) / 2
  for (let s = 0; s < plan.shardCount; s++) {
    const at = s * width
    for (let j = 0; j < p; j++) gradient[j] = gradient[j]! + state.shardSums[at + j]!
  }
  let t = 0
  for (let j = 0; j < p; j++) {
    for (let k = 0; k <= j; k++, t++) {
      let sum = 0
      for (let s = 0; s < plan.shardCount; s++) sum += state.shardSums[s * width + p + t]!
      const value = sum - state.outer[t]!
      information[j * p + k] = value
      information[k * p + j] = value
    }
  }
  return { gradient, information }
}

/** eta, then w·exp(eta) of one shard. */
function riskOfShard(plan: CoxPlan, state: CoxState, shard: number): void {
  const from = shard * SHARD_ROWS
  const to = Math.min(plan.keptCount, from + SHARD_ROWS)
  const { risk, beta } = state
  const p = plan.covariateCount
  const shift = state.shift[0]!
  if (plan.offset) {
    const { offset } = plan
    for (let q = from; q < to; q++) risk[q] = offset[q]! - shift
  } else {
    for (let q = from; q < to; q++) risk[q] = -shift
  }
  let j = 0
  for (; j + 1 < p; j += 2) {
    const z0 = plan.columns[j]!
    const z1 = plan.columns[j + 1]!
    const b0 = beta[j]!
    const b1 = beta[j + 1]!
    if (b0 === 0 && b1 === 0) continue
    for (let q = from; q < to; q++) risk[q] = risk[q]! + (b0 * z0[q]! + b1 * z1[q]!)
  }
  if (j < p && beta[j] !== 0) {
    const z = plan.columns[j]!
    const b = beta[j]!
    for (let q = from; q < to; q++) risk[q] = risk[q]! + b * z[q]!
  }
  let top = -Infinity
  for (let q = from; q < to; q++) {
    const eta = risk[q]!
    if (!(eta <= top)) top = eta
    risk[q] = exp(eta)
  }
  state.shardTop[shard] = top + shift
  const weight = plan.weight
  if (weight) for (let q = from; q < to; q++) risk[q] = risk[q]! * weight[q]!
}

/** Sums over the risk sets and over the deaths of every slot, of risk (c = 0) or risk times covariate c - 1. */
function sumColumn(plan: CoxPlan, state: CoxState, c: number, kernel: CoxKernel | null): void {
  const { low, high, stratumStart, deathRows, deathStart, slotCount, keptCount } = plan
  const { risk } = state
  const sums = state.sums[c]!
  const z = c === 0 ? null : plan.columns[c - 1]!
  const leaving = plan.hasLateEntry ? (kernel ? kernel.leaving.fill(0) : new Float64Array(slotCount)) : null
  sums.fill(0)
  if (z && leaving && kernel) {
    kernel.scatter(c)
  } else if (z && leaving) {
    for (let q = 0; q < keptCount; q++) {
      const v = risk[q]! * z[q]!
      const h = high[q]!
      const l = low[q]!
      sums[h] = sums[h]! + v
      leaving[l] = leaving[l]! + v
    }
  } else if (z) {
    for (let q = 0; q < keptCount; q++) {
      const h = high[q]!
      sums[h] = sums[h]! + risk[q]! * z[q]!
    }
  } else {
    for (let q = 0; q < keptCount; q++) {
      const v = risk[q]!
      const h = high[q]!
      sums[h] = sums[h]! + v
      if (leaving) {
        const l = low[q]!
        leaving[l] = leaving[l]! + v
      }
    }
  }
  // Towards earlier times the risk set gains those whose interval ends here and loses those whose interval has not
  // begun; Neumaier's compensation keeps what cancels.
  for (let s = 0; s < plan.stratumCount; s++) {
    const first = stratumStart[s]!
    let sum = 0
    let lost = 0
    for (let k = stratumStart[s + 1]! - 1; k > first; k--) {
      const enter = sums[k]!
      let next = sum + enter
      lost += (sum < 0 ? -sum : sum) >= (enter < 0 ? -enter : enter) ? sum - next + enter : enter - next + sum
      sum = next
      if (leaving) {
        const leave = -leaving[k]!
        next = sum + leave
        lost +=
          (sum < 0 ? -sum : sum) >= (leave < 0 ? -leave : leave) ? sum - next + leave : leave - next + sum
        sum = next
        if (plan.atRiskCount[k] === 0) {
          sum = 0
          lost = 0
        }
      }
      sums[k] = sum + lost
    }
    sums[first] = 0
  }
  if (!plan.isEfron && c > 0) return
  const deaths = state.deathSums[c]!
  for (let k = 0; k < slotCount; k++) {
    const to = deathStart[k + 1]!
    let sum = 0
    for (let t = deathStart[k]!; t < to; t++) {
      const q = deathRows[t]!
      sum += z ? risk[q]! * z[q]! : risk[q]!
    }
    deaths[k] = sum
  }
}

/** Hazard increments and Efron's terms of every slot; returns the log partial likelihood. */
function slotHazards(plan: CoxPlan, state: CoxState): number {
  const { deathStart, deathRows, deathWeight, slotCount, weight, isEfron, columns, offset } = plan
  const { a, b, alpha, betaTerm, gamma, beta } = state
  const s0 = state.sums[0]!
  const s0d = state.deathSums[0]!
  const p = plan.covariateCount
  const shift = state.shift[0]!
  let logLikelihood = 0
  let lost = 0
  const add = (term: number): void => {
    const next = logLikelihood + term
    const big = logLikelihood < 0 ? -logLikelihood : logLikelihood
    lost += big >= (term < 0 ? -term : term) ? logLikelihood - next + term : term - next + logLikelihood
    logLikelihood = next
  }
  for (let k = 0; k < slotCount; k++) {
    const from = deathStart[k]!
    const count = deathStart[k + 1]! - from
    if (count === 0) {
      a[k] = 0
      b[k] = 0
      alpha[k] = 0
      betaTerm[k] = 0
      gamma[k] = 0
      continue
    }
    for (let t = from; t < from + count; t++) {
      const q = deathRows[t]!
      let eta = -shift
      if (offset) eta += offset[q]!
      for (let j = 0; j < p; j++) eta += beta[j]! * columns[j]![q]!
      add(weight ? weight[q]! * eta : eta)
    }
    const w = deathWeight[k]!
    if (!isEfron || count === 1) {
      const inverse = 1 / s0[k]!
      add(-w * count * log(s0[k]!))
      a[k] = w * count * inverse
      b[k] = a[k]!
      alpha[k] = w * count * inverse * inverse
      betaTerm[k] = 0
      gamma[k] = 0
      continue
    }
    let sa = 0
    let sb = 0
    let sAlpha = 0
    let sBeta = 0
    let sGamma = 0
    for (let l = 0; l < count; l++) {
      const f = l / count
      const den = s0[k]! - f * s0d[k]!
      add(-w * log(den))
      const inverse = 1 / den
      const square = inverse * inverse
      sa += inverse
      sb += (1 - f) * inverse
      sAlpha += square
      sBeta += f * square
      sGamma += f * f * square
    }
    a[k] = w * sa
    b[k] = w * sb
    alpha[k] = w * sAlpha
    betaTerm[k] = w * sBeta
    gamma[k] = w * sGamma
  }
  cumulateHazards(plan, state)
  return logLikelihood + lost
}

/** Multiplies the terms of each slot by its factor, for weighted moments. */
function scaleHazards(plan: CoxPlan, state: CoxState): void {
  const { a, b, alpha, betaTerm, gamma, slotFactor } = state
  for (let k = 0; k < plan.slotCount; k++) {
    const g = slotFactor[k]!
    a[k] = a[k]! * g
    b[k] = b[k]! * g
    alpha[k] = alpha[k]! * g
    betaTerm[k] = betaTerm[k]! * g
    gamma[k] = gamma[k]! * g
  }
  cumulateHazards(plan, state)
}

function cumulateHazards(plan: CoxPlan, state: CoxState): void {
  const { a, cumulative, cumulativeLow } = state
  for (let s = 0; s < plan.stratumCount; s++) {
    let sum = 0
    let lost = 0
    for (let k = plan.stratumStart[s]!; k < plan.stratumStart[s + 1]!; k++) {
      const term = a[k]!
      const next = sum + term
      lost += (sum < 0 ? -sum : sum) >= (term < 0 ? -term : term) ? sum - next + term : term - next + sum
      sum = next
      cumulative[k] = sum
      cumulativeLow[k] = lost
    }
  }
}

const TILE_ROWS = 512
const LOCAL_TILE = new Float64Array(TILE_ROWS)
const LOCAL_RESIDUAL = new Float64Array(TILE_ROWS)

/** Expected events of the rows of one shard, their part of the gradient and of X' diag(hazard) X. */
function crossShard(plan: CoxPlan, state: CoxState, shard: number, kernel: CoxKernel | null): void {
  const tile = kernel ? kernel.tile : LOCAL_TILE
  const residual = kernel ? kernel.residual : LOCAL_RESIDUAL
  const p = plan.covariateCount
  const { columns, low, high, isDeath, weight } = plan
  const { risk, hazard, cumulative, cumulativeLow, b, shardSums, slotFactor } = state
  const from = shard * SHARD_ROWS
  const to = Math.min(plan.keptCount, from + SHARD_ROWS)
  const width = p + (p * (p + 1)) / 2
  const at = shard * width
  shardSums.fill(0, at, at + width)
  for (let q0 = from; q0 < to; q0 += TILE_ROWS) {
    const q1 = Math.min(to, q0 + TILE_ROWS)
    const length = q1 - q0
    // What the gradient needs of a row: w·delta - hazard.
    for (let q = q0; q < q1; q++) {
      const h = high[q]!
      const l = low[q]!
      let v: number
      if (isDeath[q] === 1) {
        v =
          risk[q]! *
          (cumulative[h - 1]! - cumulative[l]! + (cumulativeLow[h - 1]! - cumulativeLow[l]!) + b[h]!)
        residual[q - q0] = (weight ? weight[q]! * slotFactor[h]! : slotFactor[h]!) - v
      } else {
        v = risk[q]! * (cumulative[h]! - cumulative[l]! + (cumulativeLow[h]! - cumulativeLow[l]!))
        residual[q - q0] = -v
      }
      hazard[q] = v
    }
    if (kernel) {
      kernel.cross(q0, length, at)
      continue
    }
    let t = at + p
    for (let j = 0; j < p; j++) {
      const z = columns[j]!
      let even = 0
      let odd = 0
      const pairs = length & ~1
      for (let i = 0, q = q0; i < pairs; i += 2, q += 2) {
        const x0 = z[q]!
        const x1 = z[q + 1]!
        even += residual[i]! * x0
        odd += residual[i + 1]! * x1
        tile[i] = hazard[q]! * x0
        tile[i + 1] = hazard[q + 1]! * x1
      }
      if (pairs < length) {
        const x = z[q0 + pairs]!
        even += residual[pairs]! * x
        tile[pairs] = hazard[q0 + pairs]! * x
      }
      shardSums[at + j] = shardSums[at + j]! + (even + odd)
      t = crossRow(columns, tile, j, q0, length, shardSums, t)
    }
  }
}

/**
 * Adds tile · column k to the accumulators of row j, k = 0 … j. Even and odd rows are summed apart and then together, as
 * the two lanes of a vector unit do, so that the WebAssembly kernel gives the same bits.
 */
function crossRow(
  columns: readonly Float64Array[],
  tile: Float64Array,
  j: number,
  q0: number,
  length: number,
  out: Float64Array,
  t: number,
): number {
  const pairs = length & ~1
  let k = 0
  for (; k + 1 <= j; k += 2) {
    const y0 = columns[k]!
    const y1 = columns[k + 1]!
    let even0 = 0
    let odd0 = 0
    let even1 = 0
    let odd1 = 0
    for (let i = 0, q = q0; i < pairs; i += 2, q += 2) {
      const v0 = tile[i]!
      const v1 = tile[i + 1]!
      even0 += v0 * y0[q]!
      odd0 += v1 * y0[q + 1]!
      even1 += v0 * y1[q]!
      odd1 += v1 * y1[q + 1]!
    }
    if (pairs < length) {
      even0 += tile[pairs]! * y0[q0 + pairs]!
      even1 += tile[pairs]! * y1[q0 + pairs]!
    }
    out[t] = out[t]! + (even0 + odd0)
    out[t + 1] = out[t + 1]! + (even1 + odd1)
    t += 2
  }
  if (k <= j) {
    const y = columns[k]!
    let even = 0
    let odd = 0
    for (let i = 0, q = q0; i < pairs; i += 2, q += 2) {
      even += tile[i]! * y[q]!
      odd += tile[i + 1]! * y[q + 1]!
    }
    if (pairs < length) even += tile[pairs]! * y[q0 + pairs]!
    out[t] = out[t]! + (even + odd)
    t++
  }
  return t
}

/** Row j of Σ_k [alpha S1 S1' - beta (S1 S1d' + S1d S1') + gamma S1d S1d'], lower triangle. */
function outerRow(plan: CoxPlan, state: CoxState, j: number): void {
  const { alpha, betaTerm, gamma, outer } = state
  const slots = plan.slotCount
  const sj = state.sums[j + 1]!
  const dj = state.deathSums[j + 1]!
  let t = (j * (j + 1)) / 2
  const left = new Float64Array(slots)
  const leftDeaths = plan.isEfron ? new Float64Array(slots) : null
  for (let k = 0; k < slots; k++) {
    if (leftDeaths) {
      left[k] = alpha[k]! * sj[k]! - betaTerm[k]! * dj[k]!
      leftDeaths[k] = gamma[k]! * dj[k]! - betaTerm[k]! * sj[k]!
    } else {
      left[k] = alpha[k]! * sj[k]!
    }
  }
  for (let i = 0; i <= j; i++, t++) {
    const si = state.sums[i + 1]!
    let sum = 0
    if (leftDeaths) {
      const di = state.deathSums[i + 1]!
      for (let k = 0; k < slots; k++) sum += left[k]! * si[k]! + leftDeaths[k]! * di[k]!
    } else {
      for (let k = 0; k < slots; k++) sum += left[k]! * si[k]!
    }
    outer[t] = sum
  }
}
