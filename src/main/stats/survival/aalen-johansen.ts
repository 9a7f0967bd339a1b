import { normalQuantile } from '../det/distributions.ts'
import { exp } from '../det/exp.ts'
import { log } from '../det/log.ts'
import { StatsFailure } from '../failure.ts'
import { checkSurvivalData } from './cox-plan.ts'

/** Rows with competing events: `state` 0 = censored, 1 … K = kind of event at `stop`. */
export interface CompetingData {
  start: Float64Array | null
  stop: Float64Array
  state: Int32Array
  weights?: Float64Array | null
  group?: Int32Array | null
  /** Rows of one subject count together in the standard errors. */
  id?: Int32Array | null
}

/** Probabilities of one group; matrices have a column for "no event yet" and one per kind, row-major. */
export interface StateCurve {
  group: number
  stateCount: number
  time: Float64Array
  atRisk: Float64Array
  /** times × K */
  events: Float64Array
  /** times × (K+1) */
  probability: Float64Array
  stdErr: Float64Array
  lower: Float64Array
  upper: Float64Array
  /** times × K */
  cumulativeHazard: Float64Array
}

/**
 * Aalen-Johansen probabilities of competing events with infinitesimal-jackknife standard errors (R: `survfit` with a
 * factor event). One sweep: a row's influence is an affine function of three running quantities, so that the sum of
 * squares over subjects needs only what changes.
 */
export function aalenJohansen(input: CompetingData, level = 0.95, timefix = true): StateCurve[] {
  const n = input.stop.length
  if (input.state.length !== n) {
    throw new StatsFailure({ code: 'shape-mismatch', what: 'state', expected: n, found: input.state.length })
  }
  let kinds = 0
  for (let i = 0; i < n; i++) {
    const s = input.state[i]!
    if (s < 0) throw new StatsFailure({ code: 'bad-event', column: 'state', row: i, value: String(s) })
    if (s > kinds) kinds = s
  }
  if (kinds === 0) throw new StatsFailure({ code: 'no-events' })
  const data = checkSurvivalData(
    { start: input.start, stop: input.stop, event: new Uint8Array(n), x: [], weights: input.weights ?? null },
    timefix,
  )
  const group = input.group ?? null
  let groups = 1
  if (group) for (let i = 0; i < n; i++) if (group[i]! >= groups) groups = group[i]! + 1
  const rowsOf: number[][] = Array.from({ length: groups }, () => [])
  for (let i = 0; i < n; i++) rowsOf[group ? group[i]! : 0]!.push(i)
  return rowsOf.map((rows, g) =>
    groupCurve(
      data.start,
      data.stop,
      input.state,
      data.weights ?? null,
      input.id ?? null,
      rows,
      g,
      kinds,
      level,
    ),
  )
}

/** Σ over clusters of (a + b·P + c·Q)², kept as its six products. */
class InfluenceSums {
  private readonly of = new Map<number, [number, number, number]>()
  private aa = 0
  private ab = 0
  private ac = 0
  private bb = 0
  private bc = 0
  private cc = 0

  add(cluster: number, a: number, b: number, c: number): void {
    const old = this.of.get(cluster) ?? [0, 0, 0]
    const next: [number, number, number] = [old[0] + a, old[1] + b, old[2] + c]
    this.aa += next[0] * next[0] - old[0] * old[0]
    this.ab += next[0] * next[1] - old[0] * old[1]
    this.ac += next[0] * next[2] - old[0] * old[2]
    this.bb += next[1] * next[1] - old[1] * old[1]
    this.bc += next[1] * next[2] - old[1] * old[2]
    this.cc += next[2] * next[2] - old[2] * old[2]
    this.of.set(cluster, next)
  }

  squares(p: number, q: number): number {
    const value =
      this.aa + 2 * this.ab * p + 2 * this.ac * q + this.bb * p * p + 2 * this.bc * p * q + this.cc * q * q
    return value > 0 ? value : 0
  }
}

function groupCurve(
  start: Float64Array | null,
  stop: Float64Array,
  state: Int32Array,
  weights: Float64Array | null,
  id: Int32Array | null,
  rows: readonly number[],
  group: number,
  kinds: number,
  level: number,
): StateCurve {
  const weightOf = (i: number): number => (weights ? weights[i]! : 1)
  const clusterOf = (i: number): number => (id ? id[i]! : i)
  const byStop = rows.slice().sort((a, b) => stop[a]! - stop[b]! || a - b)
  const byStart = start ? rows.slice().sort((a, b) => start[a]! - start[b]! || a - b) : null
  const times: number[] = []
  for (const i of byStop) if (times.length === 0 || times[times.length - 1] !== stop[i]) times.push(stop[i]!)
  const count = times.length
  const width = kinds + 1
  const atRisk = new Float64Array(count)
  const events = new Float64Array(count * kinds)
  const probability = new Float64Array(count * width)
  const stdErr = new Float64Array(count * width)
  const cumulativeHazard = new Float64Array(count * kinds)

  // The risk set from the end, so that nothing cancels at the tail.
  let total = 0
  let right = byStop.length - 1
  let left = byStart ? byStart.length - 1 : -1
  for (let k = count - 1; k >= 0; k--) {
    while (right >= 0 && stop[byStop[right]!] === times[k]) total += weightOf(byStop[right--]!)
    if (byStart && start)
      while (left >= 0 && start[byStart[left]!]! >= times[k]!) total -= weightOf(byStart[left--]!)
    atRisk[k] = total
  }

  const survivalSums = new InfluenceSums()
  const stateSums = Array.from({ length: kinds }, () => new InfluenceSums())
  // What each row had at its entry: G, and per kind P and Q.
  const entryG = new Map<number, number>()
  const entryP = new Map<number, Float64Array>()
  let survival = 1
  let g = 0
  const p = new Float64Array(kinds)
  const q = new Float64Array(kinds)
  const hazard = new Float64Array(kinds)
  const none = new Float64Array(2 * kinds)
  const enter = (i: number): void => {
    const w = weightOf(i)
    const c = clusterOf(i)
    entryG.set(i, g)
    if (byStart) {
      const at = new Float64Array(2 * kinds)
      at.set(p)
      at.set(q, kinds)
      entryP.set(i, at)
    } else {
      entryP.set(i, none)
    }
    survivalSums.add(c, -w * g, w, 0)
    for (let m = 0; m < kinds; m++) stateSums[m]!.add(c, w * (-q[m]! + g * p[m]!), -w * g, w)
  }
  let entering = 0
  let leaving = 0
  if (!byStart) for (const i of rows) enter(i)
  for (let k = 0; k < count; k++) {
    if (byStart && start) {
      while (entering < byStart.length && start[byStart[entering]!]! < times[k]!) enter(byStart[entering++]!)
    }
    const n = atRisk[k]!
    let to = leaving
    let dead = 0
    for (; to < byStop.length && stop[byStop[to]!] === times[k]; to++) {
      const s = state[byStop[to]!]!
      if (s > 0) {
        events[k * kinds + s - 1] = events[k * kinds + s - 1]! + weightOf(byStop[to]!)
        dead += weightOf(byStop[to]!)
      }
    }
    const before = survival
    const beforeG = g
    const isSpent = dead > 0 && !(n - dead > n * 1e-14)
    if (dead > 0) {
      for (let m = 0; m < kinds; m++) {
        const h = events[k * kinds + m]! / n
        hazard[m] = hazard[m]! + h
        p[m] = p[m]! + before * h
        q[m] = q[m]! + before * h * (beforeG - 1 / n)
      }
      survival = isSpent ? 0 : before * ((n - dead) / n)
      if (!isSpent) g += dead / (n * (n - dead))
    }
    for (; leaving < to; leaving++) {
      const i = byStop[leaving]!
      const w = weightOf(i)
      const c = clusterOf(i)
      const atEntry = entryG.get(i)!
      const origin = entryP.get(i)!
      const s = state[i]!
      const after = isSpent ? 0 : g - atEntry - (s > 0 ? 1 / (n - dead) : 0)
      // From (G - entryG) to a constant; per kind from the running form to a multiple of P.
      survivalSums.add(c, w * (after + atEntry), -w, 0)
      for (let m = 0; m < kinds; m++) {
        const value =
          q[m]! - origin[kinds + m]! - atEntry * (p[m]! - origin[m]!) + (s === m + 1 ? before / n : 0)
        const runningConstant = -origin[kinds + m]! + atEntry * origin[m]!
        stateSums[m]!.add(c, w * (value - after * p[m]! - runningConstant), w * (after + atEntry), -w)
      }
      entryG.delete(i)
      entryP.delete(i)
    }
    probability[k * width] = survival
    stdErr[k * width] = survival * Math.sqrt(survivalSums.squares(g, 0))
    for (let m = 0; m < kinds; m++) {
      probability[k * width + m + 1] = p[m]!
      stdErr[k * width + m + 1] = Math.sqrt(stateSums[m]!.squares(p[m]!, q[m]!))
      cumulativeHazard[k * kinds + m] = hazard[m]!
    }
  }
  const z = normalQuantile(1 - (1 - level) / 2)
  const lower = new Float64Array(count * width)
  const upper = new Float64Array(count * width)
  for (let t = 0; t < lower.length; t++) {
    const v = probability[t]!
    lower[t] = v === 0 ? NaN : exp(log(v) - (z * stdErr[t]!) / v)
    upper[t] = v === 0 ? NaN : Math.min(1, exp(log(v) + (z * stdErr[t]!) / v))
  }
  return {
    group,
    stateCount: width,
    time: Float64Array.from(times),
    atRisk,
    events,
    probability,
    stdErr,
    lower,
    upper,
    cumulativeHazard,
  }
}
