import { chiSquared } from '../det/distributions.ts'
import { log } from '../det/log.ts'
import { StatsFailure } from '../failure.ts'
import { solveGeneral } from '../linalg/matrix.ts'
import { weightedMoments } from './cox-pass.ts'
import { schoenfeldResiduals } from './cox-residuals.ts'
import { rankOf, rankTable } from './cox-plan.ts'
import type { CoxModel } from './cox.ts'

export type ZphTransform = 'km' | 'rank' | 'identity' | 'log'

export interface ZphTest {
  /** One per term (or coefficient), in order, aliased ones left out. */
  rows: { name: string; columns: number[]; chisq: number; df: number; p: number }[]
  global: { chisq: number; df: number; p: number }
  transform: ZphTransform
  /** Per death, ordered as R does: transformed time and time. */
  x: Float64Array
  time: Float64Array
  /** Per death: its row of the data. */
  row: Int32Array
  /** Row-major deaths×rows: beta(t) estimates to plot against x. NaN where a stratum cannot tell. */
  y: Float64Array
  /** Row-major rows×rows. */
  variance: Float64Array
}

/**
 * Score test of proportional hazards against beta(t) = beta + theta·g(t) (R: `cox.zph` of survival >= 3.0,
 * statistics.md 2.7).
 *
 * @param terms groups of columns that are tested together, such as the dummies of a factor; null: each by itself
 */
export function coxZph(
  model: CoxModel,
  transform: ZphTransform = 'km',
  terms: readonly { name: string; columns: readonly number[] }[] | null = null,
): ZphTest {
  const { plan, state, fit, data } = model
  const all = plan.covariateCount
  const kept: number[] = []
  for (let j = 0; j < all; j++) if (!fit.aliased.includes(j)) kept.push(j)
  const p = kept.length
  if (p === 0) throw new StatsFailure({ code: 'all-covariates-aliased' })
  const groups = (terms ?? Array.from({ length: all }, (_, j) => ({ name: fit.names[j]!, columns: [j] })))
    .map((t) => ({ name: t.name, columns: t.columns.map((j) => kept.indexOf(j)).filter((j) => j >= 0) }))
    .filter((t) => t.columns.length > 0)

  const g = transformedSlotTimes(model, transform)
  let sum = 0
  let events = 0
  for (let k = 0; k < plan.slotCount; k++) {
    const deaths = plan.deathStart[k + 1]! - plan.deathStart[k]!
    if (deaths === 0) continue
    sum += g[k]! * deaths
    events += deaths
  }
  const mean = sum / events
  const centred = new Float64Array(plan.slotCount)
  const squared = new Float64Array(plan.slotCount)
  for (let k = 0; k < plan.slotCount; k++) {
    if (plan.deathStart[k + 1] === plan.deathStart[k]) continue
    centred[k] = g[k]! - mean
    squared[k] = centred[k]! * centred[k]!
  }
  const first = weightedMoments(plan, state, centred, model.run)
  const second = weightedMoments(plan, state, squared, model.run)

  const pick = (m: Float64Array, i: number, j: number): number => m[kept[i]! * all + kept[j]!]!
  const test = (columns: readonly number[]): number => {
    const size = p + columns.length
    const matrix = new Float64Array(size * size)
    const u = new Float64Array(size)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) matrix[i * size + j] = pick(model.information, i, j)
    columns.forEach((c, i) => {
      u[p + i] = first.gradient[kept[c]!]!
      for (let j = 0; j < p; j++) {
        const v = pick(first.information, c, j)
        matrix[(p + i) * size + j] = v
        matrix[j * size + p + i] = v
      }
      columns.forEach((d, j) => {
        matrix[(p + i) * size + p + j] = pick(second.information, c, d)
      })
    })
    const solved = solveGeneral(matrix, size, u)
    if (!solved) return NaN
    let value = 0
    for (let i = 0; i < size; i++) value += u[i]! * solved[i]!
    return value
  }
  const rows = groups.map(({ name, columns }) => {
    const chisq = test(columns)
    const df = columns.length
    return { name, columns: columns.map((c) => kept[c]!), chisq, df, p: chiSquared(chisq, df).upper }
  })
  const chisq = test(Array.from({ length: p }, (_, j) => j))
  const global = { chisq, df: p, p: chiSquared(chisq, p).upper }
  return {
    rows,
    global,
    transform,
    ...plotResiduals(model, g, kept, groups, model.information, data.start !== null),
  }
}

/** g of each slot's time, not yet centred. */
function transformedSlotTimes(model: CoxModel, transform: ZphTransform): Float64Array {
  const { plan, data } = model
  const out = new Float64Array(plan.slotCount)
  const each = (f: (time: number) => number): Float64Array => {
    for (let k = 0; k < plan.slotCount; k++) {
      if (plan.deathStart[k + 1]! > plan.deathStart[k]!) out[k] = f(plan.slotTime[k]!)
    }
    return out
  }
  switch (transform) {
    case 'identity':
      return each((t) => t)
    case 'log':
      return each((t) => {
        if (!(t > 0)) {
          throw new StatsFailure({
            code: 'bad-option',
            option: 'transform',
            value: 'log',
            allowed: 'positive times',
          })
        }
        return log(t)
      })
    case 'rank': {
      const sorted = data.stop.slice().sort()
      return each((t) => {
        const below = countBelow(sorted, t, false)
        const upTo = countBelow(sorted, t, true)
        return 0.5 * (below + 1 + upTo)
      })
    }
    case 'km': {
      const { times, survivalBefore } = pooledKaplanMeier(model)
      return each((t) => 1 - survivalBefore[countBelow(times, t, false)]!)
    }
  }
}

/** The Kaplan-Meier of all strata together, unweighted, just before each distinct event time. */
function pooledKaplanMeier(model: CoxModel): { times: Float64Array; survivalBefore: Float64Array } {
  const { start, stop, event } = model.data
  const all: number[] = []
  for (let k = 0; k < model.plan.slotCount; k++) {
    if (model.plan.deathStart[k + 1]! > model.plan.deathStart[k]!) all.push(model.plan.slotTime[k]!)
  }
  const sorted = Float64Array.from(all).sort()
  let count = 0
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!
  const times = sorted.slice(0, count)
  const table = rankTable(times)
  // A row counts at the event times in (start, stop]: those of rank start+1 … stop.
  const atRisk = new Float64Array(count + 1)
  const dead = new Float64Array(count + 1)
  for (let i = 0; i < stop.length; i++) {
    const high = rankOf(table, stop[i]!)
    atRisk[high] = atRisk[high]! + 1
    if (start) {
      const low = rankOf(table, start[i]!)
      atRisk[low] = atRisk[low]! - 1
    }
    if (event[i] === 1) dead[high] = dead[high]! + 1
  }
  for (let k = count - 1; k >= 1; k--) atRisk[k] = atRisk[k]! + atRisk[k + 1]!
  const survivalBefore = new Float64Array(count)
  let survival = 1
  for (let k = 0; k < count; k++) {
    survivalBefore[k] = survival
    const n = atRisk[k + 1]!
    const d = dead[k + 1]!
    survival = d === n ? 0 : survival * ((n - d) / n)
  }
  return { times, survivalBefore }
}

/** How many sorted values are < t, or <= t. */
function countBelow(sorted: Float64Array, t: number, orEqual: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (orEqual ? sorted[middle]! <= t : sorted[middle]! < t) low = middle + 1
    else high = middle
  }
  return low
}

/** Scaled Schoenfeld residuals per term, with the information averaged over the deaths that can inform it. */
function plotResiduals(
  model: CoxModel,
  g: Float64Array,
  kept: readonly number[],
  groups: readonly { name: string; columns: number[] }[],
  information: Float64Array,
  isCounting: boolean,
): Pick<ZphTest, 'x' | 'time' | 'row' | 'y' | 'variance'> {
  const { plan, fit } = model
  const all = plan.covariateCount
  const p = kept.length
  const residuals = schoenfeldResiduals(model)
  const rows = residuals.rows
  const terms = groups.length

  // In a stratum where a column does not vary, its deaths say nothing about it.
  const deathsOf = new Int32Array(plan.stratumCount)
  for (let t = 0; t < rows; t++) deathsOf[residuals.stratum[t]!]!++
  const used: boolean[][] = Array.from({ length: plan.stratumCount }, () => kept.map(() => false))
  kept.forEach((j, i) => {
    const z = plan.columns[j]!
    const first = new Float64Array(plan.stratumCount).fill(NaN)
    for (let q = 0; q < plan.keptCount; q++) {
      const s = plan.stratum ? plan.stratum[q]! : 0
      if (first[s] !== first[s]) first[s] = z[q]!
      else if (first[s] !== z[q]) used[s]![i] = true
    }
  })
  for (const columns of groups.map((t) => t.columns).filter((c) => c.length > 1)) {
    for (const flags of used) {
      const any = columns.some((c) => flags[c])
      for (const c of columns) flags[c] = any
    }
  }
  const mean = new Float64Array(p * p)
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      let weight = 0
      for (let s = 0; s < plan.stratumCount; s++) if (used[s]![i] && used[s]![j]) weight += deathsOf[s]!
      const scale = plan.scale[kept[i]!]! * plan.scale[kept[j]!]!
      mean[i * p + j] = information[kept[i]! * all + kept[j]!]! / (weight === 0 ? 1 : weight) / scale
    }
  }
  // Columns of a term are weighed together by their coefficients.
  const into = new Float64Array(p * terms)
  groups.forEach((term, t) => {
    for (const c of term.columns) into[c * terms + t] = term.columns.length === 1 ? 1 : fit.beta[kept[c]!]!
  })
  const termMean = new Float64Array(terms * terms)
  for (let a = 0; a < terms; a++) {
    for (let b = 0; b < terms; b++) {
      let sum = 0
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) sum += into[i * terms + a]! * mean[i * p + j]! * into[j * terms + b]!
      }
      termMean[a * terms + b] = sum
    }
  }
  const y = new Float64Array(rows * terms)
  const x = new Float64Array(rows)
  const time = new Float64Array(rows)
  const row = new Int32Array(rows)
  const order = Array.from({ length: rows }, (_, t) => t)
  // R lists the deaths of counting-process data with ties in reverse row order.
  if (isCounting) order.sort((a, b) => residuals.slot[a]! - residuals.slot[b]! || b - a)
  order.forEach((t, at) => {
    x[at] = g[residuals.slot[t]!]!
    time[at] = residuals.time[t]!
    row[at] = residuals.row[t]!
    const flags = used[residuals.stratum[t]!]!
    const usable: number[] = []
    for (let a = 0; a < terms; a++) if (flags[groups[a]!.columns[0]!]) usable.push(a)
    for (let a = 0; a < terms; a++) y[at * terms + a] = NaN
    if (usable.length === 0) return
    const right = Float64Array.from(usable, (a) => {
      let sum = 0
      for (let i = 0; i < p; i++) sum += residuals.values[t * all + kept[i]!]! * into[i * terms + a]!
      return sum
    })
    const part = new Float64Array(usable.length * usable.length)
    usable.forEach((a, i) =>
      usable.forEach((b, j) => {
        part[i * usable.length + j] = termMean[a * terms + b]!
      }),
    )
    const solved = solveGeneral(part, usable.length, right)
    usable.forEach((a, i) => {
      const columns = groups[a]!.columns
      y[at * terms + a] =
        (solved ? solved[i]! : NaN) + (columns.length === 1 ? fit.beta[kept[columns[0]!]!]! : 1)
    })
  })
  const variance = new Float64Array(terms * terms)
  for (let a = 0; a < terms; a++) {
    const unit = new Float64Array(terms)
    unit[a] = 1
    const column = solveGeneral(termMean, terms, unit)
    for (let b = 0; b < terms; b++) variance[b * terms + a] = column ? column[b]! : NaN
  }
  return { x, time, row, y, variance }
}
