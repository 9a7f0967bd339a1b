import { StatsFailure } from '../failure.ts'
import type { CompetingData } from './aalen-johansen.ts'
import { type CoxModel, type CoxOptions, fitCox } from './cox.ts'
import { checkSurvivalData } from './cox-plan.ts'
import { fixTimes } from './time-fix.ts'

/** Rows of the weighted data set on which a Cox fit is the Fine-Gray model of one kind of event. */
export interface FineGrayRows {
  start: Float64Array
  stop: Float64Array
  event: Uint8Array
  weight: Float64Array
  /** Row of the input that each came from. */
  row: Int32Array
}

/**
 * Numbers that the expansion may hold, about a gigabyte; more are refused rather than begun, since the fit holds as much again. A row has its
 * columns, start, stop, weight, and its row and kind together.
 */
const CELLS_MAX = 120_000_000
const OWN_COLUMNS = 4
/** So often it is asked whether somebody still waits for it. */
const ROWS_AT_ONCE = 1 << 16

export function fineGrayRowsMost(columns: number): number {
  return Math.floor(CELLS_MAX / (columns + OWN_COLUMNS))
}

/**
 * Weighted rows for the subdistribution hazard of kind `cause` (R: `finegray`): who had another event stays at risk with
 * weight G(t-)/G(T-), G the Kaplan-Meier of censoring, cut at the censoring times between which an event happens.
 * Right-censored data, one row per subject. `columns` are those that will be held beside; `goesOn` is asked now and then.
 *
 * @throws {StatsFailure} `too-many-rows`, before any of them is made; `cancelled`
 */
export function fineGrayRows(
  data: CompetingData,
  cause: number,
  strata: Int32Array | null = null,
  { columns = 0, goesOn = () => true }: { columns?: number; goesOn?: () => boolean } = {},
): FineGrayRows {
  const n = data.stop.length
  if (data.start) throw new StatsFailure({ code: 'not-supported', what: 'Fine-Gray with (start, stop] data' })
  const stop = fixTimes(null, data.stop).stop
  let stratumCount = 1
  if (strata) for (let i = 0; i < n; i++) if (strata[i]! >= stratumCount) stratumCount = strata[i]! + 1
  const pieces = Array.from({ length: stratumCount }, (_, s) => {
    const rows: number[] = []
    for (let i = 0; i < n; i++) if (!strata || strata[i] === s) rows.push(i)
    return { rows, ...censoringSteps(stop, data, rows, cause) }
  })
  let least = Infinity
  for (let i = 0; i < n; i++) least = Math.min(least, stop[i]!)
  const zero = least > 0 ? 0 : 2 * least - 1

  const total = expandedCount(pieces, stop, data, cause)
  const rowsMost = fineGrayRowsMost(columns)
  if (total > rowsMost) throw new StatsFailure({ code: 'too-many-rows', rows: total, rowsMost })
  const each = (
    visit: (row: number, start: number, stop: number, event: number, weight: number) => void,
  ): void => {
    const order: { row: number; s: number }[] = []
    pieces.forEach((piece, s) => piece.rows.forEach((row) => order.push({ row, s })))
    for (const { row, s } of order) {
      const { cuts, level, hasEvent } = pieces[s]!
      const t = stop[row]!
      const kind = data.state[row]!
      if (kind === 0 || kind === cause) {
        visit(row, zero, t, kind === cause ? 1 : 0, 1)
        continue
      }
      let k = lowerBound(cuts, t)
      if (k >= cuts.length) k = cuts.length - 1
      const base = level[k]!
      visit(row, zero, Math.max(t, cuts[k]!), 0, 1)
      for (let j = k + 1; j < cuts.length; j++) {
        if (hasEvent[j] === 1) visit(row, cuts[j - 1]!, cuts[j]!, 0, level[j]! / base)
      }
    }
  }
  const out: FineGrayRows = {
    start: new Float64Array(total),
    stop: new Float64Array(total),
    event: new Uint8Array(total),
    weight: new Float64Array(total),
    row: new Int32Array(total),
  }
  let at = 0
  each((row, start, end, event, weight) => {
    if (at % ROWS_AT_ONCE === 0) mustGoOn(goesOn)
    out.start[at] = start
    out.stop[at] = end
    out.event[at] = event
    out.weight[at] = weight * (data.weights ? data.weights[row]! : 1)
    out.row[at] = row
    at++
  })
  return out
}

/** Rows that will be made: counted without walking them, of which there may be billions. */
function expandedCount(
  pieces: readonly { rows: readonly number[]; cuts: Float64Array; hasEvent: Uint8Array }[],
  stop: Float64Array,
  { state }: CompetingData,
  cause: number,
): number {
  let total = 0
  for (const { rows, cuts, hasEvent } of pieces) {
    // Intervals with an event after each cut.
    const later = new Float64Array(cuts.length)
    for (let k = cuts.length - 2; k >= 0; k--) later[k] = later[k + 1]! + hasEvent[k + 1]!
    for (const row of rows) {
      total++
      if (state[row] === 0 || state[row] === cause) continue
      total += later[Math.min(lowerBound(cuts, stop[row]!), cuts.length - 1)]!
    }
  }
  return total
}

function mustGoOn(goesOn: () => boolean): void {
  if (!goesOn()) throw new StatsFailure({ code: 'cancelled' })
}

/** First position whose value is >= t. */
function lowerBound(sorted: Float64Array, t: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < t) low = middle + 1
    else high = middle
  }
  return low
}

/** Times at which G falls, the level of G before each, and which of the intervals they end contain an event. */
function censoringSteps(
  stop: Float64Array,
  data: CompetingData,
  rows: readonly number[],
  cause: number,
): { cuts: Float64Array; level: Float64Array; hasEvent: Uint8Array } {
  const byStop = rows.slice().sort((a, b) => stop[a]! - stop[b]!)
  let atRisk = byStop.length
  let g = 1
  const cuts: number[] = []
  const level: number[] = [1]
  const eventTimes: number[] = []
  for (let from = 0; from < byStop.length;) {
    const t = stop[byStop[from]!]!
    let censored = 0
    let dead = 0
    let to = from
    for (; to < byStop.length && stop[byStop[to]!] === t; to++) {
      const kind = data.state[byStop[to]!]!
      if (kind === 0) censored++
      else dead++
      if (kind === cause && eventTimes[eventTimes.length - 1] !== t) eventTimes.push(t)
    }
    if (censored > 0) {
      // Events at t have left before the censoring at t. User weights do not take part in G, as in R.
      const n = atRisk - dead
      g *= (n - censored) / n
      cuts.push(t)
      level.push(g)
    }
    atRisk -= to - from
    from = to
  }
  cuts.push(stop[byStop[byStop.length - 1]!]!)
  const cutArray = Float64Array.from(cuts)
  const hasEvent = new Uint8Array(cuts.length)
  for (const t of eventTimes) {
    const k = lowerBound(cutArray, t)
    if (k < cuts.length) hasEvent[k] = 1
  }
  return { cuts: cutArray, level: Float64Array.from(level), hasEvent }
}

/**
 * Fine-Gray model: a weighted Cox fit with Breslow ties on the expanded rows. The variance is robust over subjects;
 * `naiveVariance` is the model-based one.
 */
export function fitFineGray(
  data: CompetingData & {
    x: readonly Float64Array[]
    names?: readonly string[]
    strata?: Int32Array | null
    cluster?: Int32Array | null
  },
  cause: number,
  options: Partial<CoxOptions> = {},
): CoxModel {
  const n = data.stop.length
  checkSurvivalData(
    {
      start: null,
      stop: data.stop,
      event: new Uint8Array(n),
      x: data.x,
      names: data.names,
      weights: data.weights ?? null,
    },
    false,
  )
  const goesOn = (): boolean => options.onProgress?.(0) !== false
  const rows = fineGrayRows(data, cause, data.strata ?? null, { columns: data.x.length, goesOn })
  const pick = (values: Int32Array): Int32Array => rows.row.map((i) => values[i]!)
  return fitCox(
    {
      start: rows.start,
      stop: rows.stop,
      event: rows.event,
      weights: rows.weight,
      x: data.x.map((column) => {
        mustGoOn(goesOn)
        const out = new Float64Array(rows.row.length)
        for (let k = 0; k < out.length; k++) out[k] = column[rows.row[k]!]!
        return out
      }),
      names: data.names ?? [],
      strata: data.strata ? pick(data.strata) : null,
      cluster: data.cluster ? pick(data.cluster) : rows.row,
    },
    { ...options, ties: 'breslow', timefix: false, robust: options.robust ?? true },
  )
}
