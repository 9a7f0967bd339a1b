import { StatsFailure } from '../failure.ts'

/*
 * From chronological visits to (start, stop] rows (R: `tmerge`, `survSplit`, `survcheck`; statistics.md 2.12). A value
 * known at t is used after t only: it belongs to intervals that start at t or later.
 */

/** Rows of all subjects, by subject, then time. Missing values are NaN. */
export interface IntervalTable {
  /** 0-based codes of the subjects. */
  id: Int32Array
  start: Float64Array
  stop: Float64Array
  columns: ReadonlyMap<string, IntervalColumn>
  /** How each merged record fell: the report of the data's cleaning. */
  counts: readonly MergeCount[]
}

export interface IntervalColumn {
  /** A covariate holds over the whole interval, an event happens at its end. */
  kind: 'covariate' | 'event'
  values: Float64Array
}

/** Where the records of a merge fell relative to the intervals that were there. */
export interface MergeCount {
  name: string
  /** Before the first interval of the subject. */
  early: number
  /** After the last. */
  late: number
  gap: number
  /** Inside an interval, which is split there. */
  within: number
  /** Between two intervals that touch. */
  boundary: number
  /** At the very start of the first, or at the very end of the last. */
  leading: number
  trailing: number
  /** Records with the same subject and time as one before them. */
  tied: number
  /** Of a subject that is not in the table. */
  missId: number
}

/** Dated values of subjects; a record with a missing time is left out. */
export interface DatedRecords {
  id: Int32Array
  time: Float64Array
  /** One per record; absent: 1 each. */
  value?: Float64Array | null
}

export type MergeKind =
  /** The latest value known at the start of the interval; of several on one day the last row wins. */
  | { kind: 'tdc'; initial?: number; keepMissing?: boolean; maxAge?: number | null }
  /** The sum of the values up to the start of the interval. */
  | { kind: 'cumtdc'; initial?: number }
  /** The value at the end of the interval, 0 elsewhere. */
  | { kind: 'event' }
  /** The running number of events at the end of the interval, 0 where none happens. */
  | { kind: 'cumevent' }

/** One interval per subject to begin with. @throws {StatsFailure} `stop-not-after-start` */
export function startIntervals(id: Int32Array, start: Float64Array, stop: Float64Array): IntervalTable {
  const order = Array.from({ length: id.length }, (_, i) => i).sort(
    (a, b) => id[a]! - id[b]! || start[a]! - start[b]!,
  )
  for (const i of order) {
    if (!(stop[i]! > start[i]!)) {
      throw new StatsFailure({ code: 'stop-not-after-start', row: i, subject: String(id[i]), count: 1 })
    }
  }
  return {
    id: Int32Array.from(order, (i) => id[i]!),
    start: Float64Array.from(order, (i) => start[i]!),
    stop: Float64Array.from(order, (i) => stop[i]!),
    columns: new Map(),
    counts: [],
  }
}

/** Adds a column of dated records to the table, splitting intervals where a record falls inside. */
export function mergeRecords(
  table: IntervalTable,
  name: string,
  records: DatedRecords,
  how: MergeKind,
): IntervalTable {
  const dropsMissing = how.kind !== 'tdc' || how.keepMissing !== true
  const bySubject = groupRecords(records, dropsMissing)
  const count: MergeCount = {
    name,
    early: 0,
    late: 0,
    gap: 0,
    within: 0,
    boundary: 0,
    leading: 0,
    trailing: 0,
    tied: 0,
    missId: 0,
  }
  const subjects = rowsOfSubjects(table)
  for (const [id, list] of bySubject) {
    if (!subjects.has(id)) count.missId += list.length
  }
  const out = emptyLike(table)
  const values: number[] = []
  for (const [id, [from, to]] of subjects) {
    const list = bySubject.get(id) ?? []
    classify(table, from, to, list, count)
    const cuts = cutTimes(list, how)
    const merged = how.kind === 'tdc' && how.maxAge ? withExpiry(list, how.maxAge) : list
    const rowsFrom = out.start.length
    for (let r = from; r < to; r++) splitRow(table, r, cuts, out)
    fillColumn(out, rowsFrom, merged, how, values)
  }
  const columns = new Map<string, IntervalColumn>()
  for (const [key, column] of table.columns) {
    columns.set(key, { kind: column.kind, values: Float64Array.from(out.columns.get(key)!) })
  }
  columns.set(name, {
    kind: how.kind === 'event' || how.kind === 'cumevent' ? 'event' : 'covariate',
    values: Float64Array.from(values),
  })
  return {
    id: Int32Array.from(out.id),
    start: Float64Array.from(out.start),
    stop: Float64Array.from(out.stop),
    columns,
    counts: [...table.counts, count],
  }
}

interface Dated {
  time: number
  value: number
}

/** Records per subject in order of time; rows of one time keep their order. */
function groupRecords(records: DatedRecords, dropsMissing: boolean): Map<number, Dated[]> {
  const out = new Map<number, Dated[]>()
  for (let i = 0; i < records.id.length; i++) {
    const time = records.time[i]!
    const value = records.value ? records.value[i]! : 1
    if (time !== time || (dropsMissing && value !== value)) continue
    const list = out.get(records.id[i]!)
    if (list) list.push({ time, value })
    else out.set(records.id[i]!, [{ time, value }])
  }
  for (const list of out.values()) list.sort((a, b) => a.time - b.time)
  return out
}

function rowsOfSubjects(table: IntervalTable): Map<number, [number, number]> {
  const out = new Map<number, [number, number]>()
  for (let r = 0; r < table.id.length;) {
    const id = table.id[r]!
    let to = r
    while (to < table.id.length && table.id[to] === id) to++
    out.set(id, [r, to])
    r = to
  }
  return out
}

function classify(
  table: IntervalTable,
  from: number,
  to: number,
  list: readonly Dated[],
  count: MergeCount,
): void {
  const first = table.start[from]!
  const last = table.stop[to - 1]!
  list.forEach(({ time }, i) => {
    if (i > 0 && list[i - 1]!.time === time) count.tied++
    if (time < first) count.early++
    else if (time > last) count.late++
    else if (time === first) count.leading++
    else if (time === last) count.trailing++
    else {
      let r = from
      while (r + 1 < to && table.stop[r]! < time) r++
      if (time > table.start[r]! && time < table.stop[r]!) count.within++
      else if (time === table.stop[r] && r + 1 < to && table.start[r + 1] === time) count.boundary++
      else if (time === table.stop[r] || time === table.start[r]) count.boundary++
      else count.gap++
    }
  })
}

function cutTimes(list: readonly Dated[], how: MergeKind): number[] {
  const out = list.map((d) => d.time)
  if (how.kind === 'tdc' && how.maxAge) for (const d of withExpiry(list, how.maxAge)) out.push(d.time)
  return out.sort((a, b) => a - b)
}

/** Adds a missing value where a value has grown too old and none newer has come. */
function withExpiry(list: readonly Dated[], maxAge: number): Dated[] {
  const out: Dated[] = []
  list.forEach((d, i) => {
    out.push(d)
    const next = list[i + 1]
    if (d.value === d.value && (!next || next.time > d.time + maxAge)) {
      out.push({ time: d.time + maxAge, value: NaN })
    }
  })
  return out
}

interface Growing {
  id: number[]
  start: number[]
  stop: number[]
  columns: Map<string, number[]>
}

function emptyLike(table: IntervalTable): Growing {
  const columns = new Map<string, number[]>()
  for (const key of table.columns.keys()) columns.set(key, [])
  return { id: [], start: [], stop: [], columns }
}

function splitRow(table: IntervalTable, r: number, cuts: readonly number[], out: Growing): void {
  const stop = table.stop[r]!
  let start = table.start[r]!
  const push = (to: number): void => {
    out.id.push(table.id[r]!)
    out.start.push(start)
    out.stop.push(to)
    for (const [key, column] of table.columns) {
      // An event stays at the end of what was the interval.
      out.columns.get(key)!.push(column.kind === 'event' && to !== stop ? 0 : column.values[r]!)
    }
    start = to
  }
  for (const cut of cuts) {
    if (cut <= start) continue
    if (cut >= stop) break
    push(cut)
  }
  push(stop)
}

function fillColumn(
  out: Growing,
  from: number,
  list: readonly Dated[],
  how: MergeKind,
  values: number[],
): void {
  let at = 0
  switch (how.kind) {
    case 'tdc': {
      let value = how.initial ?? NaN
      for (let r = from; r < out.start.length; r++) {
        while (at < list.length && list[at]!.time <= out.start[r]!) value = list[at++]!.value
        values.push(value)
      }
      return
    }
    case 'cumtdc': {
      let sum = how.initial ?? 0
      for (let r = from; r < out.start.length; r++) {
        while (at < list.length && list[at]!.time <= out.start[r]!) sum += list[at++]!.value
        values.push(sum)
      }
      return
    }
    case 'event':
    case 'cumevent': {
      let sum = 0
      for (let r = from; r < out.start.length; r++) {
        while (at < list.length && list[at]!.time <= out.start[r]!) at++
        let value = 0
        while (at < list.length && list[at]!.time <= out.stop[r]!) {
          if (list[at]!.time === out.stop[r])
            value = how.kind === 'event' ? list[at]!.value : value + list[at]!.value
          at++
        }
        sum += value
        values.push(how.kind === 'event' ? value : value === 0 ? 0 : sum)
      }
      return
    }
  }
}

/** Rows cut at fixed times, with the number of the piece (R: `survSplit`): for effects that change with time. */
export function splitAtTimes(
  data: { start: Float64Array | null; stop: Float64Array; event: Uint8Array },
  cuts: readonly number[],
): { row: Int32Array; start: Float64Array; stop: Float64Array; event: Uint8Array; episode: Int32Array } {
  const sorted = cuts.slice().sort((a, b) => a - b)
  const row: number[] = []
  const start: number[] = []
  const stop: number[] = []
  const event: number[] = []
  const episode: number[] = []
  for (let i = 0; i < data.stop.length; i++) {
    const end = data.stop[i]!
    let from = data.start ? data.start[i]! : Math.min(0, end)
    let k = 0
    while (k < sorted.length && sorted[k]! <= from) k++
    for (; k < sorted.length && sorted[k]! < end; k++) {
      row.push(i)
      start.push(from)
      stop.push(sorted[k]!)
      event.push(0)
      episode.push(k + 1)
      from = sorted[k]!
    }
    row.push(i)
    start.push(from)
    stop.push(end)
    event.push(data.event[i]!)
    episode.push(k + 1)
  }
  return {
    row: Int32Array.from(row),
    start: Float64Array.from(start),
    stop: Float64Array.from(stop),
    event: Uint8Array.from(event),
    episode: Int32Array.from(episode),
  }
}

export interface IntervalCheck {
  /** Rows that begin before the row before them of the same subject has ended. */
  overlaps: { row: number; id: number }[]
  /** Rows that begin later than the row before them has ended. */
  gaps: { row: number; id: number }[]
  /** Rows of a subject after its (terminal) event, when asked for. */
  afterEvent: { row: number; id: number }[]
}

/** What may be wrong with the intervals of subjects (R: `survcheck`). */
export function checkIntervals(
  id: Int32Array,
  start: Float64Array,
  stop: Float64Array,
  terminalEvent: Uint8Array | null = null,
): IntervalCheck {
  const order = new Int32Array(id.length)
    .map((_, i) => i)
    .sort((a, b) => id[a]! - id[b]! || start[a]! - start[b]! || stop[a]! - stop[b]!)
  const out: IntervalCheck = { overlaps: [], gaps: [], afterEvent: [] }
  let end = -Infinity
  let isDead = false
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const isSame = k > 0 && id[order[k - 1]!] === id[i]
    if (!isSame) {
      end = -Infinity
      isDead = false
    } else {
      if (start[i]! < end) out.overlaps.push({ row: i, id: id[i]! })
      else if (start[i]! > end) out.gaps.push({ row: i, id: id[i]! })
      if (isDead) out.afterEvent.push({ row: i, id: id[i]! })
    }
    if (stop[i]! > end) end = stop[i]!
    if (terminalEvent && terminalEvent[i] === 1) isDead = true
  }
  return out
}

/** How recurrent events become rows of a Cox model. */
export type RecurrentForm =
  /** Andersen-Gill: one clock, all events alike; cluster by subject. */
  | 'andersen-gill'
  /** Prentice-Williams-Peterson in total time: strata are the number of the event waited for. */
  | 'pwp-total'
  /** The same in gap time: the clock restarts after each event. */
  | 'pwp-gap'
  /** Wei-Lin-Weissfeld: everybody is at risk of each event number from the beginning. */
  | 'wlw'

export interface RecurrentRows {
  /** Row of the input whose covariates hold. */
  row: Int32Array
  start: Float64Array | null
  stop: Float64Array
  event: Uint8Array
  strata: Int32Array | null
  /** Subject codes for the robust variance. */
  cluster: Int32Array
}

/**
 * The rows of a model of recurrent events from (start, stop] rows of subjects in order of time. Event numbers above
 * `maxNumber` share the last stratum (PWP) or are left out (WLW).
 */
export function recurrentRows(
  id: Int32Array,
  start: Float64Array,
  stop: Float64Array,
  event: Uint8Array,
  form: RecurrentForm,
  maxNumber = 4,
): RecurrentRows {
  const order = Array.from({ length: id.length }, (_, i) => i).sort(
    (a, b) => id[a]! - id[b]! || start[a]! - start[b]!,
  )
  const row: number[] = []
  const from: number[] = []
  const to: number[] = []
  const events: number[] = []
  const strata: number[] = []
  const cluster: number[] = []
  if (form !== 'wlw') {
    let number = 0
    let origin = 0
    order.forEach((i, k) => {
      if (k === 0 || id[order[k - 1]!] !== id[i]) {
        number = 0
        origin = start[i]!
      }
      row.push(i)
      const shift = form === 'pwp-gap' ? origin : 0
      from.push(start[i]! - shift)
      to.push(stop[i]! - shift)
      events.push(event[i]!)
      strata.push(Math.min(number, maxNumber - 1))
      cluster.push(id[i]!)
      if (event[i] === 1) {
        number++
        origin = stop[i]!
      }
    })
  } else {
    for (let k = 0; k < order.length;) {
      let last = k
      while (last + 1 < order.length && id[order[last + 1]!] === id[order[k]!]) last++
      const mine = order.slice(k, last + 1)
      const times = mine.filter((i) => event[i] === 1).map((i) => stop[i]!)
      const end = stop[order[last]!]!
      for (let number = 0; number < maxNumber; number++) {
        row.push(order[k]!)
        from.push(start[order[k]!]!)
        to.push(times[number] ?? end)
        events.push(number < times.length ? 1 : 0)
        strata.push(number)
        cluster.push(id[order[k]!]!)
      }
      k = last + 1
    }
  }
  return {
    row: Int32Array.from(row),
    start: Float64Array.from(from),
    stop: Float64Array.from(to),
    event: Uint8Array.from(events),
    strata: form === 'andersen-gill' ? null : Int32Array.from(strata),
    cluster: Int32Array.from(cluster),
  }
}
