import { StatsFailure } from '../failure.ts'
import { rankOf, rankTable } from './cox-plan.ts'
import type { CoxModel } from './cox.ts'

export type TimeWeight = 'n' | 'S' | 'S/G' | 'n/G2'

export interface Concordance {
  concordance: number
  /** Infinitesimal-jackknife standard error. */
  std: number
  concordant: number
  discordant: number
  tiedX: number
  tiedY: number
  tiedXY: number
  /** Counts of each stratum, in the order of the codes. */
  byStratum: [number, number, number, number, number][]
}

export interface ConcordanceData {
  start: Float64Array | null
  stop: Float64Array
  event: Uint8Array
  weights?: Float64Array | null
  strata?: Int32Array | null
  cluster?: Int32Array | null
}

/** Concordance of a Cox model's linear predictor with survival, as `coxph` prints it. */
export function coxConcordance(model: CoxModel, timeWeight: TimeWeight = 'n'): Concordance {
  const { data, fit } = model
  return concordance({ ...data, cluster: data.cluster ?? null }, fit.linearPredictors, timeWeight)
}

/**
 * Agreement of a risk score with survival: of two subjects of a stratum who can be compared, did the one with the
 * larger score have the event first? O(n log n) by two Fenwick trees over the ranks of the score, walking back in time
 * (statistics.md 2.8). Times are taken as they are (no timefix).
 */
export function concordance(
  data: ConcordanceData,
  score: Float64Array,
  timeWeight: TimeWeight = 'n',
): Concordance {
  const n = data.stop.length
  if (score.length !== n) {
    throw new StatsFailure({ code: 'shape-mismatch', what: 'score', expected: n, found: score.length })
  }
  if (data.start && (timeWeight === 'S/G' || timeWeight === 'n/G2')) {
    throw new StatsFailure({ code: 'not-supported', what: `${timeWeight} with (start, stop] data` })
  }
  const strata = data.strata ?? null
  let stratumCount = 1
  if (strata) for (let i = 0; i < n; i++) if (strata[i]! >= stratumCount) stratumCount = strata[i]! + 1
  const sizes = new Int32Array(stratumCount + 1)
  for (let i = 0; i < n; i++) sizes[(strata ? strata[i]! : 0) + 1]!++
  for (let s = 0; s < stratumCount; s++) sizes[s + 1] = sizes[s + 1]! + sizes[s]!
  const rows = new Int32Array(n)
  const next = sizes.slice(0, stratumCount)
  for (let i = 0; i < n; i++) {
    const s = strata ? strata[i]! : 0
    rows[next[s]!] = i
    next[s] = next[s]! + 1
  }
  // Per row: weight of concordant minus discordant partners, and of all partners with unequal times.
  const net = new Float64Array(n)
  const pairs = new Float64Array(n)
  const byStratum: [number, number, number, number, number][] = []
  for (let s = 0; s < stratumCount; s++) {
    byStratum.push(countStratum(data, score, rows.subarray(sizes[s]!, sizes[s + 1]!), timeWeight, net, pairs))
  }
  const total: [number, number, number, number, number] = [0, 0, 0, 0, 0]
  for (const counts of byStratum) for (let i = 0; i < 5; i++) total[i] = total[i]! + counts[i]!
  const comparable = total[0] + total[1] + total[2]
  const somers = (total[0] - total[1]) / comparable
  let clusters = n
  const cluster = data.cluster ?? null
  if (cluster) {
    clusters = 0
    for (let i = 0; i < n; i++) if (cluster[i]! >= clusters) clusters = cluster[i]! + 1
  }
  const influence = new Float64Array(clusters)
  for (let i = 0; i < n; i++) {
    const w = data.weights ? data.weights[i]! : 1
    const c = cluster ? cluster[i]! : i
    influence[c] = influence[c]! + (w * (net[i]! - somers * pairs[i]!)) / comparable
  }
  let variance = 0
  for (let c = 0; c < clusters; c++) variance += influence[c]! * influence[c]!
  return {
    concordance: (somers + 1) / 2,
    std: Math.sqrt(variance / 4),
    concordant: total[0],
    discordant: total[1],
    tiedX: total[2],
    tiedY: total[3],
    tiedXY: total[4],
    byStratum,
  }
}

function countStratum(
  data: ConcordanceData,
  score: Float64Array,
  rows: Int32Array,
  timeWeight: TimeWeight,
  net: Float64Array,
  pairs: Float64Array,
): [number, number, number, number, number] {
  const { stop, event } = data
  const weights = data.weights ?? null
  const rank = levelsOf(score, rows, event)
  const levels = rank.levels
  const risk = riskAmongDeaths(data, rows)
  const deathTimes = risk.times
  const factors = timeWeight === 'n' ? null : timeFactors(data, rows, sortedBy(rows, stop), timeWeight)

  const atRisk = new Float64Array(levels + 1)
  const died = new Float64Array(levels + 1)
  let atRiskTotal = 0
  let diedTotal = 0
  const prefix = (tree: Float64Array, level: number): number => {
    let sum = 0
    for (let i = level; i > 0; i &= i - 1) sum += tree[i]!
    return sum
  }
  const add = (tree: Float64Array, level: number, amount: number): void => {
    for (let i = level; i <= levels; i += i & -i) tree[i] = tree[i]! + amount
  }
  // A row that is at risk for a death above its score adds a concordant pair, below it a discordant one: what there is
  // of either when it leaves, less what there was when it came.
  const visit = (local: number, sign: number): void => {
    const i = rows[local]!
    const level = rank.of[local]!
    const below = prefix(died, level - 1)
    // Nobody who died has an odd level.
    const above = diedTotal - (level & 1 ? below : prefix(died, level))
    net[i] = net[i]! + sign * (above - below)
    pairs[i] = pairs[i]! + sign * diedTotal
  }
  const move = (local: number, sign: number): void => {
    const w = weights ? weights[rows[local]!]! : 1
    add(atRisk, rank.of[local]!, sign * w)
    atRiskTotal += sign * w
    visit(local, -sign)
  }

  let concordant = 0
  let discordant = 0
  let tiedX = 0
  let tiedY = 0
  let tiedXY = 0
  for (let d = deathTimes.length; d > 0; d--) {
    for (const local of risk.leaving.at(d)) move(local, -1)
    for (const local of risk.entering.at(d)) move(local, 1)
    const deaths = risk.deaths.at(d)
    const factor = factors ? (factors.get(deathTimes[d - 1]!) ?? 1) : 1
    let deathWeight = 0
    let deathSquare = 0
    for (const local of deaths) {
      const i = rows[local]!
      const w = weights ? weights[i]! : 1
      const level = rank.of[local]!
      const below = prefix(atRisk, level - 1)
      const upTo = prefix(atRisk, level)
      const above = atRiskTotal - upTo
      concordant += w * factor * below
      discordant += w * factor * above
      tiedX += w * factor * (upTo - below)
      net[i] = net[i]! + factor * (below - above)
      pairs[i] = pairs[i]! + factor * atRiskTotal
      deathWeight += w
      deathSquare += w * w
    }
    // Pairs of deaths at one time, split by equal score.
    let sameScore = 0
    if (deaths.length > 1) {
      const seen = new Map<number, number>()
      for (const local of deaths) {
        const w = weights ? weights[rows[local]!]! : 1
        const before = seen.get(rank.of[local]!) ?? 0
        sameScore += w * before
        seen.set(rank.of[local]!, before + w)
      }
    }
    tiedXY += factor * sameScore
    tiedY += factor * ((deathWeight * deathWeight - deathSquare) / 2 - sameScore)
    for (const local of deaths) {
      const w = (weights ? weights[rows[local]!]! : 1) * factor
      add(died, rank.of[local]!, w)
      diedTotal += w
    }
    // Whoever dies now is at risk of the deaths before.
    for (const local of deaths) if (risk.first[local]! < d - 1) move(local, 1)
  }
  for (const local of risk.leaving.at(0)) visit(local, 1)
  return [concordant, discordant, tiedX, tiedY, tiedXY]
}

/** Positions of rows in buckets, one after the other. */
interface Buckets {
  at(bucket: number): Int32Array
}

/**
 * When each row comes and goes, walking back through the distinct times of death (numbered from 1): that is all the order
 * of times that counts. Rows that see no death but perhaps their own are in neither `entering` nor `leaving`.
 */
function riskAmongDeaths(
  { start, stop, event }: ConcordanceData,
  rows: Int32Array,
): {
  times: Float64Array
  /** Deaths that lie at or before the row's start. */
  first: Int32Array
  deaths: Buckets
  entering: Buckets
  leaving: Buckets
} {
  const times = distinctOf(rows, stop, event)
  const table = rankTable(times)
  const first = new Int32Array(rows.length)
  const last = new Int32Array(rows.length)
  const isSeen = new Uint8Array(rows.length)
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k]!
    if (start) first[k] = rankOf(table, start[i]!)
    last[k] = rankOf(table, stop[i]!)
    if (first[k]! < last[k]! - event[i]!) isSeen[k] = 1
  }
  const buckets = (of: Int32Array, isIn: (k: number) => boolean): Buckets => {
    const from = new Int32Array(times.length + 2)
    for (let k = 0; k < of.length; k++) if (isIn(k)) from[of[k]! + 1]!++
    for (let b = 1; b < from.length; b++) from[b] = from[b]! + from[b - 1]!
    const order = new Int32Array(from.at(-1)!)
    const next = from.slice()
    for (let k = 0; k < of.length; k++) if (isIn(k)) order[next[of[k]!]!++] = k
    return { at: (bucket) => order.subarray(from[bucket]!, from[bucket + 1]!) }
  }
  return {
    times,
    first,
    deaths: buckets(last, (k) => event[rows[k]!] === 1),
    entering: buckets(last, (k) => isSeen[k] === 1 && event[rows[k]!] !== 1),
    leaving: buckets(first, (k) => isSeen[k] === 1),
  }
}

/** Distinct values of the rows with an event, ascending. */
function distinctOf(rows: Int32Array, values: Float64Array, event: Uint8Array): Float64Array {
  let deaths = 0
  for (let k = 0; k < rows.length; k++) deaths += event[rows[k]!]!
  const sorted = new Float64Array(deaths)
  deaths = 0
  for (let k = 0; k < rows.length; k++) if (event[rows[k]!] === 1) sorted[deaths++] = values[rows[k]!]!
  sorted.sort()
  let distinct = 0
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[distinct - 1]) sorted[distinct++] = sorted[i]!
  return sorted.subarray(0, distinct)
}

/**
 * Positions of scores among those of the deaths: even where equal to one, odd between two. Every pair has a death in it,
 * so this is all the order that counts, and the trees stay small.
 */
function levelsOf(
  score: Float64Array,
  rows: Int32Array,
  event: Uint8Array,
): { of: Int32Array; levels: number } {
  const sorted = distinctOf(rows, score, event)
  const table = rankTable(sorted)
  const of = new Int32Array(rows.length)
  for (let k = 0; k < rows.length; k++) {
    const s = score[rows[k]!]!
    const upTo = rankOf(table, s)
    of[k] = upTo > 0 && sorted[upTo - 1] === s ? 2 * upTo : 2 * upTo + 1
  }
  return { of, levels: 2 * sorted.length + 1 }
}

/** Dense ranks (from 1) of the values of some rows. */
function ranksOf(score: Float64Array, rows: Int32Array): { of: Int32Array; levels: number } {
  const sorted = Float64Array.from(rows, (i) => score[i]!).sort()
  let levels = 0
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[levels - 1]) sorted[levels++] = sorted[i]!
  }
  const of = new Int32Array(rows.length)
  const table = rankTable(sorted.subarray(0, levels))
  for (let k = 0; k < rows.length; k++) of[k] = rankOf(table, score[rows[k]!]!)
  return { of, levels }
}

/** Positions in `rows`, ascending by value, then by position. */
function sortedBy(rows: Int32Array, values: Float64Array): Int32Array {
  const { of, levels } = ranksOf(values, rows)
  const start = new Int32Array(levels + 2)
  for (let k = 0; k < of.length; k++) start[of[k]! + 1]!++
  for (let l = 1; l <= levels + 1; l++) start[l] = start[l]! + start[l - 1]!
  const out = new Int32Array(rows.length)
  for (let k = 0; k < of.length; k++) {
    const at = start[of[k]!]!
    out[at] = k
    start[of[k]!] = at + 1
  }
  return out
}

/**
 * Factor of each event time: W·S(t-)/n(t) (S), W·S(t-)/(G(t-)·n(t)) (S/G), 1/G(t-)² (n/G2), with Kaplan-Meier S of the
 * events, G of the censoring (after events at the same time) and n(t) the weight at risk.
 */
function timeFactors(
  data: ConcordanceData,
  rows: Int32Array,
  byStop: Int32Array,
  timeWeight: TimeWeight,
): Map<number, number> {
  const { start, stop, event } = data
  const weightOf = (local: number): number => (data.weights ? data.weights[rows[local]!]! : 1)
  const out = new Map<number, number>()
  let total = 0
  let events = 0
  for (let k = 0; k < rows.length; k++) {
    total += weightOf(k)
    events += event[rows[k]!]!
  }
  const byStart = start ? sortedBy(rows, start) : null
  let atRisk = start ? 0 : total
  let entering = 0
  let s = 1
  let g = 1
  for (let from = 0; from < byStop.length;) {
    const t = stop[rows[byStop[from]!]!]!
    if (byStart && start) {
      while (entering < byStart.length && start[rows[byStart[entering]!]!]! < t) {
        atRisk += weightOf(byStart[entering++]!)
      }
    }
    let dead = 0
    let censored = 0
    let to = from
    for (; to < byStop.length && stop[rows[byStop[to]!]!] === t; to++) {
      if (event[rows[byStop[to]!]!] === 1) dead += weightOf(byStop[to]!)
      else censored += weightOf(byStop[to]!)
    }
    if (dead > 0) {
      const factor =
        timeWeight === 'S'
          ? (total * s) / atRisk
          : timeWeight === 'S/G'
            ? (total * s) / (g * atRisk)
            : 1 / (g * g)
      out.set(t, events < 2 ? 1 : factor)
      s *= (atRisk - dead) / atRisk
    }
    const afterDeaths = atRisk - dead
    if (censored > 0 && afterDeaths > 0) g *= (afterDeaths - censored) / afterDeaths
    atRisk -= dead + censored
    from = to
  }
  return out
}
