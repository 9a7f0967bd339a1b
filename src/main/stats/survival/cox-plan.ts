import { StatsFailure } from '../failure.ts'
import { fixTimes } from './time-fix.ts'

/**
 * Rows of a survival model as columns. Every array has one entry per row.
 * A row is at risk at t when start < t <= stop; without `start` from the beginning on.
 */
export interface SurvivalData {
  start: Float64Array | null
  stop: Float64Array
  /** 1 = event at `stop`, 0 = censored after it. */
  event: Uint8Array
  /** Covariates, one array each. */
  x: readonly Float64Array[]
  /** 0-based codes; one partial likelihood each. */
  strata?: Int32Array | null
  /** Case weights > 0. */
  weights?: Float64Array | null
  offset?: Float64Array | null
  /** 0-based codes of the clusters of a robust variance. */
  cluster?: Int32Array | null
  /** 0-based codes of subjects. */
  id?: Int32Array | null
  names?: readonly string[]
  /** The label of a subject code, for messages. */
  subjectLabel?: (code: number) => string
}

/** Rows per shard: a fixed number, because the order of summation is part of the result's bits. */
export const SHARD_ROWS = 8192

/**
 * What the passes need, prepared once. Only typed arrays over buffers from `allocate`, so that threads can share it.
 * Slots number the event times: stratum s owns slots `stratumStart[s] … stratumStart[s+1]-1`, the first of which stands
 * for "before its first event". A row is at risk in the slots low+1 … high.
 */
export interface CoxPlan {
  rowCount: number
  covariateCount: number
  stratumCount: number
  slotCount: number
  keptCount: number
  shardCount: number
  /** 1 when some row enters after the first event time of its stratum. */
  hasLateEntry: boolean
  isEfron: boolean
  /** Original row of each kept row, ascending. */
  order: Int32Array
  /** Stratum of each kept row; null when there is one. */
  stratum: Int32Array | null
  low: Int32Array
  high: Int32Array
  isDeath: Uint8Array
  weight: Float64Array | null
  /** Offset minus its unweighted mean. */
  offset: Float64Array | null
  offsetMean: number
  /** (x - centre of its stratum)·scale. */
  columns: Float64Array[]
  scale: Float64Array
  /** Per column, the centre of each stratum. */
  centres: Float64Array[]
  slotTime: Float64Array
  stratumStart: Int32Array
  /** Kept rows that are deaths, by slot and original row; those of a slot: deathStart[slot] … deathStart[slot+1]-1. */
  deathRows: Int32Array
  deathStart: Int32Array
  /** Mean weight of the deaths of a slot. */
  deathWeight: Float64Array
  atRiskCount: Int32Array
}

export interface PlanOptions {
  ties: 'efron' | 'breslow'
  timefix: boolean
  allocate?: Allocate
}

/** Gives zeroed memory at a multiple of 16 bytes; threads and kernels bring their own. */
export type Allocate = (bytes: number) => { buffer: ArrayBufferLike; byteOffset: number }

export const allocateHere: Allocate = (bytes) => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 })

/** Times after `timefix`, codes and weights checked, shapes equal. Shared by every survival estimator. */
export function checkSurvivalData(data: SurvivalData, timefix: boolean): SurvivalData {
  const n = data.stop.length
  const names = data.names ?? data.x.map((_, j) => `x${j + 1}`)
  const subjectOf = (row: number): string | null =>
    data.id ? (data.subjectLabel?.(data.id[row]!) ?? String(data.id[row]!)) : null
  const sameLength = (what: string, array: { length: number } | null | undefined): void => {
    if (array && array.length !== n) {
      throw new StatsFailure({ code: 'shape-mismatch', what, expected: n, found: array.length })
    }
  }
  if (n === 0) throw new StatsFailure({ code: 'no-rows' })
  sameLength('start', data.start)
  sameLength('event', data.event)
  sameLength('strata', data.strata)
  sameLength('weights', data.weights)
  sameLength('offset', data.offset)
  sameLength('cluster', data.cluster)
  sameLength('id', data.id)
  data.x.forEach((column, j) => sameLength(names[j] ?? `x${j + 1}`, column))
  const finite = (what: string, array: Float64Array): void => {
    for (let i = 0; i < n; i++) {
      const v = array[i]!
      if (v - v !== 0) throw new StatsFailure({ code: 'not-finite', column: what, row: i, value: String(v) })
    }
  }
  finite('stop', data.stop)
  if (data.start) finite('start', data.start)
  data.x.forEach((column, j) => finite(names[j] ?? `x${j + 1}`, column))
  if (data.offset) finite('offset', data.offset)
  for (let i = 0; i < n; i++) {
    if (data.event[i]! > 1) {
      throw new StatsFailure({ code: 'bad-event', column: 'event', row: i, value: String(data.event[i]) })
    }
  }
  if (data.weights) {
    for (let i = 0; i < n; i++) {
      const w = data.weights[i]!
      if (!(w > 0) || w === Infinity) {
        throw new StatsFailure({ code: 'bad-weight', column: 'weights', row: i, value: String(w) })
      }
    }
  }
  if (data.start) {
    let first = -1
    let count = 0
    for (let i = 0; i < n; i++) {
      if (!(data.stop[i]! > data.start[i]!)) {
        if (first < 0) first = i
        count++
      }
    }
    if (first >= 0) {
      throw new StatsFailure({ code: 'stop-not-after-start', row: first, subject: subjectOf(first), count })
    }
  }
  if (!timefix) return { ...data, names }
  return { ...data, names, ...fixTimes(data.start, data.stop, subjectOf) }
}

/**
 * Sorts and codes checked rows for the passes (statistics.md 3, item 1).
 *
 * @throws {StatsFailure} `no-events`
 */
export function planCox(data: SurvivalData, options: PlanOptions): CoxPlan {
  const allocate = options.allocate ?? allocateHere
  const floats = (count: number): Float64Array => {
    const { buffer, byteOffset } = allocate(count * 8)
    return new Float64Array(buffer, byteOffset, count)
  }
  const ints = (count: number): Int32Array => {
    const { buffer, byteOffset } = allocate(count * 4)
    return new Int32Array(buffer, byteOffset, count)
  }
  const n = data.stop.length
  const p = data.x.length
  const { start, stop, event } = data
  const strata = data.strata ?? null
  let stratumCount = 1
  if (strata) for (let i = 0; i < n; i++) if (strata[i]! >= stratumCount) stratumCount = strata[i]! + 1

  // Unique event times per stratum.
  const eventsOf = new Int32Array(stratumCount + 1)
  let eventCount = 0
  for (let i = 0; i < n; i++) {
    if (event[i] === 1) {
      eventCount++
      eventsOf[(strata ? strata[i]! : 0) + 1]!++
    }
  }
  if (eventCount === 0) throw new StatsFailure({ code: 'no-events' })
  for (let s = 0; s < stratumCount; s++) eventsOf[s + 1] = eventsOf[s + 1]! + eventsOf[s]!
  const eventTimes = new Float64Array(eventCount)
  const fill = eventsOf.slice(0, stratumCount)
  for (let i = 0; i < n; i++) {
    if (event[i] === 1) {
      const s = strata ? strata[i]! : 0
      eventTimes[fill[s]!] = stop[i]!
      fill[s] = fill[s]! + 1
    }
  }
  const stratumStart = ints(stratumCount + 1)
  const slotTimes: Float64Array[] = []
  let slotCount = 0
  for (let s = 0; s < stratumCount; s++) {
    const times = eventTimes.subarray(eventsOf[s]!, eventsOf[s + 1]!).sort()
    let unique = 0
    for (let i = 0; i < times.length; i++) {
      if (i === 0 || times[i] !== times[unique - 1]) times[unique++] = times[i]!
    }
    slotTimes.push(times.subarray(0, unique))
    stratumStart[s] = slotCount
    slotCount += unique + 1
  }
  stratumStart[stratumCount] = slotCount
  const slotTime = floats(slotCount)
  for (let s = 0; s < stratumCount; s++) {
    slotTime[stratumStart[s]!] = NaN
    slotTime.set(slotTimes[s]!, stratumStart[s]! + 1)
  }

  // Slots of each row's ends; rows that span no event time are left out. The rows keep their order: scattering into
  // a few thousand slots is far cheaper than gathering a million rows in another order.
  const ranks = slotTimes.map(rankTable)
  const lowAll = new Int32Array(n)
  const highAll = new Int32Array(n)
  let kept = 0
  let hasLateEntry = false
  for (let i = 0; i < n; i++) {
    const s = strata ? strata[i]! : 0
    const table = ranks[s]!
    const base = stratumStart[s]!
    const high = base + rankOf(table, stop[i]!)
    const low = start ? base + rankOf(table, start[i]!) : base
    if (low === high) {
      highAll[i] = -1
      continue
    }
    if (low > base) hasLateEntry = true
    lowAll[i] = low
    highAll[i] = high
    kept++
  }
  const order = ints(kept)
  const low = ints(kept)
  const high = ints(kept)
  const deathMemory = allocate(kept)
  const isDeath = new Uint8Array(deathMemory.buffer, deathMemory.byteOffset, kept)
  const stratum = stratumCount > 1 ? ints(kept) : null
  for (let i = 0, q = 0; i < n; i++) {
    const h = highAll[i]!
    if (h < 0) continue
    order[q] = i
    low[q] = lowAll[i]!
    high[q] = h
    isDeath[q] = event[i]!
    if (stratum) stratum[q] = strata![i]!
    q++
  }

  const weight = data.weights ? floats(kept) : null
  if (weight) for (let q = 0; q < kept; q++) weight[q] = data.weights![order[q]!]!
  let offset: Float64Array | null = null
  let offsetMean = 0
  if (data.offset) {
    for (let i = 0; i < n; i++) offsetMean += data.offset[i]!
    offsetMean /= n
    offset = floats(kept)
    for (let q = 0; q < kept; q++) offset[q] = data.offset[order[q]!]! - offsetMean
  }

  const deathStart = ints(slotCount + 1)
  for (let q = 0; q < kept; q++) if (isDeath[q] === 1) deathStart[high[q]! + 1]!++
  for (let k = 0; k < slotCount; k++) deathStart[k + 1] = deathStart[k + 1]! + deathStart[k]!
  const deathRows = ints(eventCount)
  const deathWeight = floats(slotCount)
  const nextDeath = deathStart.slice(0, slotCount)
  for (let q = 0; q < kept; q++) {
    if (isDeath[q] !== 1) continue
    const k = high[q]!
    const at = nextDeath[k]!
    deathRows[at] = q
    nextDeath[k] = at + 1
    deathWeight[k] = deathWeight[k]! + (weight ? weight[q]! : 1)
  }
  for (let k = 0; k < slotCount; k++) {
    const count = deathStart[k + 1]! - deathStart[k]!
    if (count > 0) deathWeight[k] = deathWeight[k]! / count
  }

  const atRiskCount = ints(slotCount)
  for (let q = 0; q < kept; q++) {
    atRiskCount[high[q]!]!++
    atRiskCount[low[q]!]!--
  }
  for (let s = 0; s < stratumCount; s++) {
    for (let k = stratumStart[s + 1]! - 2; k > stratumStart[s]!; k--) {
      atRiskCount[k] = atRiskCount[k]! + atRiskCount[k + 1]!
    }
  }

  const columns: Float64Array[] = []
  const centres: Float64Array[] = []
  const scale = floats(p)
  for (let j = 0; j < p; j++) {
    const column = floats(kept)
    const centre = floats(stratumCount)
    scale[j] = centreColumn(data.x[j]!, order, stratum, weight, column, centre)
    columns.push(column)
    centres.push(centre)
  }
  return {
    rowCount: n,
    covariateCount: p,
    stratumCount,
    slotCount,
    keptCount: kept,
    shardCount: Math.max(1, Math.ceil(kept / SHARD_ROWS)),
    hasLateEntry,
    isEfron: options.ties === 'efron',
    order,
    stratum,
    low,
    high,
    isDeath,
    weight,
    offset,
    offsetMean,
    columns,
    scale,
    centres,
    slotTime,
    stratumStart,
    deathRows,
    deathStart,
    deathWeight,
    atRiskCount,
  }
}

/**
 * Gathers a column in plan order, subtracts the weighted mean of each stratum (the partial likelihood does not see it,
 * and it keeps the cross products from cancelling) and scales by the mean distance from the overall mean; columns of
 * -1, 0 and 1 only keep their scale. Returns the factor; 0 when the column is constant.
 */
function centreColumn(
  x: Float64Array,
  order: Int32Array,
  stratum: Int32Array | null,
  weight: Float64Array | null,
  column: Float64Array,
  centre: Float64Array,
): number {
  const kept = order.length
  const origin = kept > 0 ? x[order[0]!]! : 0
  let isIndicator = true
  let isConstant = true
  let sum = 0
  let total = 0
  if (kept === x.length) column.set(x)
  else for (let q = 0; q < kept; q++) column[q] = x[order[q]!]!
  for (let q = 0; q < kept; q++) {
    const v = column[q]!
    if (isIndicator && v !== 0 && v !== 1 && v !== -1) isIndicator = false
    if (v !== origin) isConstant = false
    sum += v - origin
  }
  total = kept
  if (weight) {
    sum = 0
    total = 0
    for (let q = 0; q < kept; q++) {
      const w = weight[q]!
      sum += w * (column[q]! - origin)
      total += w
    }
  }
  if (isConstant) {
    column.fill(0)
    centre.fill(origin)
    return 0
  }
  const mean = origin + sum / total
  let scale = 1
  if (!isIndicator) {
    let spread = 0
    if (weight) {
      for (let q = 0; q < kept; q++) spread += weight[q]! * Math.abs(column[q]! - mean)
    } else {
      for (let q = 0; q < kept; q++) spread += Math.abs(column[q]! - mean)
    }
    scale = total / spread
    if (!(scale < 1e300)) scale = 1
  }
  if (!stratum) {
    centre[0] = mean
    for (let q = 0; q < kept; q++) column[q] = (column[q]! - mean) * scale
    return scale
  }
  const parts = new Float64Array(centre.length)
  for (let q = 0; q < kept; q++) {
    const s = stratum[q]!
    const w = weight ? weight[q]! : 1
    centre[s] = centre[s]! + w * (column[q]! - origin)
    parts[s] = parts[s]! + w
  }
  for (let s = 0; s < centre.length; s++) centre[s] = parts[s] === 0 ? mean : origin + centre[s]! / parts[s]!
  for (let q = 0; q < kept; q++) column[q] = (column[q]! - centre[stratum[q]!]!) * scale
  return scale
}

/** A sorted list of times with a grid over it: the rank of a value is found in about one step. */
export interface RankTable {
  times: Float64Array
  first: Int32Array
  origin: number
  factor: number
}

/** A table over sorted distinct times. */
export function rankTable(times: Float64Array): RankTable {
  const count = times.length
  const cells = Math.max(1, 2 * count)
  const first = new Int32Array(cells + 1)
  if (count === 0) return { times, first, origin: 0, factor: 0 }
  const origin = times[0]!
  const width = times[count - 1]! - origin
  const factor = width > 0 ? cells / width : 0
  let k = 0
  for (let cell = 0; cell < cells; cell++) {
    while (k < count && Math.floor((times[k]! - origin) * factor) < cell) k++
    first[cell] = k
  }
  first[cells] = count
  return { times, first, origin, factor }
}

/** How many of the times are <= v. */
export function rankOf(table: RankTable, v: number): number {
  const { times, first } = table
  const position = (v - table.origin) * table.factor
  if (!(v >= table.origin)) return 0
  const last = first.length - 2
  const cell = position < last ? Math.floor(position) : last
  let from = first[cell]!
  let to = first[cell + 1]!
  while (from < to) {
    const middle = (from + to) >>> 1
    if (times[middle]! <= v) from = middle + 1
    else to = middle
  }
  return from
}
