/**
 * What a fitted model looks like beside its own data, in numbers of which each is of eleven subjects or more: a smooth of scaled Schoenfeld
 * residuals, influence, calibration. Residuals of rows do not leave this file (docs/spec/statistics.md S11). Pure.
 */
import type {
  CalibrationGroup,
  Diagnostics,
  InfluenceTerm,
  ProportionalTerm,
} from '../../../shared/domain/model-diagnostics.ts'
import { exactProportion, standardisedRatio } from '../actuarial/monitoring.ts'
import { normalQuantile } from '../det/distributions.ts'
import { exp } from '../det/exp.ts'
import type { GlmFit } from '../regression/glm.ts'
import { subjectDfbetas } from '../survival/cox-residuals.ts'
import type { CoxModel } from '../survival/cox.ts'
import type { ZphTest } from '../survival/cox-zph.ts'
import { smoothResiduals } from '../survival/residual-smooth.ts'
import type { ModelFrame } from './model-frame.ts'

/** No number is of fewer subjects than this: the least count of the rules of release (docs/spec/release-rules.md). */
const LEAST = 11
/** Groups of events along time, at most. */
const BINS_MOST = 20
/** Fewer groups carry no smooth of four degrees of freedom. */
const BINS_LEAST = 4
/** Places of the drawn smooth. */
const SMOOTH_POINTS = 20
/** Borders of the bins of influence, in multiples of 2/√n (Belsley, Kuh and Welsch 1980). */
const INFLUENCE_BORDERS = [0, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10] as const
/** An average that is one subject's number (half of it, or four fifths of it two subjects') is none (release-rules: dominance). */
const DOMINATES = 0.5
const TWO_DOMINATE = 0.8
const TENTHS = 10
/** Below so many expected events a ratio says nothing. */
const EXPECTED_LEAST = 5

/** Who counts as one: the subject, the cluster where a model names only that, or the row. */
interface Subjects {
  readonly codes: Int32Array | null
  readonly count: number
}

function subjectsOf(frame: ModelFrame): Subjects {
  const named = frame.id ?? frame.cluster
  return named ? { codes: named.codes, count: named.labels.length } : { codes: null, count: frame.n }
}

const subjectWord = (frame: ModelFrame): 'subject' | 'row' =>
  frame.id !== null || frame.cluster !== null ? 'subject' : 'row'

/** Distinct subjects, group after group, in one array. */
function counterOf({ codes, count }: Subjects): { next(): void; add(row: number): boolean } {
  const seen = new Int32Array(count)
  let group = 0
  return {
    next: () => void group++,
    add(row) {
      const subject = codes ? codes[row]! : row
      if (seen[subject] === group) return false
      seen[subject] = group
      return true
    },
  }
}

/**
 * Diagnostics of a Cox model.
 * @param zph its test of proportional hazards; null where there is none
 * @param isExact ties by the exact likelihood: its score residuals are not defined, so influence is not said (as in R)
 */
export function coxDiagnostics(
  frame: ModelFrame,
  model: CoxModel,
  zph: ZphTest | null,
  { level, isExact }: { readonly level: number; readonly isExact: boolean },
): Diagnostics {
  const subjects = subjectsOf(frame)
  const isWeighted = frame.weights !== null
  return {
    level,
    of: subjectWord(frame),
    proportional: zph === null ? null : proportionalRecord(zph, model, subjects, level),
    influence: isExact ? null : influenceRecord(model, subjects),
    // Sums of weights are no counts, and have no exact limits.
    calibration: isWeighted ? null : coxCalibration(model, subjects, level),
  }
}

function proportionalRecord(
  zph: ZphTest,
  { fit }: CoxModel,
  subjects: Subjects,
  level: number,
): Diagnostics['proportional'] {
  const z = normalQuantile(1 - (1 - level) / 2)
  const deaths = zph.x.length
  const width = zph.rows.length
  const order = Uint32Array.from({ length: deaths }, (_, t) => t).sort(
    (a, b) => zph.x[a]! - zph.x[b]! || zph.row[a]! - zph.row[b]!,
  )
  const terms: ProportionalTerm[] = []
  for (const [term, { name, columns }] of zph.rows.entries()) {
    const kept = order.filter((t) => {
      const value = zph.y[t * width + term]!
      return value - value === 0
    })
    const bins = eventBins(kept, zph, subjects)
    if (bins.length < BINS_LEAST) continue
    const yOf = (t: number): number => zph.y[t * width + term]!
    const means = bins.map((bin) => ({
      events: bin.length,
      at: meanOf(bin, (t) => zph.x[t]!),
      time: meanOf(bin, (t) => zph.time[t]!),
      mean: meanOf(bin, yOf),
    }))
    // From the first group's middle to the last one's: its ends are nobody's day.
    const [first, last] = [means[0]!.at, means.at(-1)!.at]
    const at = Float64Array.from(
      { length: SMOOTH_POINTS },
      (_, i) => first + ((last - first) * i) / (SMOOTH_POINTS - 1),
    )
    const places = Float64Array.from([...at, ...means.map((each) => each.at)])
    const x = Float64Array.from(kept, (t) => zph.x[t]!)
    const smooth = smoothResiduals(zph.x, x, Float64Array.from(kept, yOf), places)
    if (smooth === null) continue
    const scale = Math.sqrt(zph.variance[term * width + term]!)
    const band = (from: number, to: number) => {
      const estimate = smooth.estimate.subarray(from, to)
      const errors = smooth.unitError.subarray(from, to)
      return {
        estimate: list(estimate),
        lower: list(estimate.map((value, i) => value - z * scale * errors[i]!)),
        upper: list(estimate.map((value, i) => value + z * scale * errors[i]!)),
      }
    }
    terms.push({
      name,
      fitted: columns.length === 1 ? finite(fit.beta[columns[0]!]!) : 1,
      isWeight: columns.length > 1,
      at: [...at],
      time: [...at].map((value) => timeAt(value, means)),
      ...band(0, SMOOTH_POINTS),
      bins: {
        events: means.map(({ events }) => events),
        at: means.map((each) => each.at),
        time: means.map(({ time }) => time),
        mean: list(means.map(({ mean }) => mean)),
        ...band(SMOOTH_POINTS, places.length),
      },
    })
  }
  return terms.length === 0 ? null : { transform: zph.transform, terms }
}

/** Events in order of time, in groups of at least eleven subjects; those of one time stay together. */
function eventBins(kept: Uint32Array, { x, row }: ZphTest, subjects: Subjects): Uint32Array[] {
  const perBin = kept.length / BINS_MOST
  const counter = counterOf(subjects)
  const bins: Uint32Array[] = []
  let from = 0
  let inside = 0
  counter.next()
  for (let i = 0; i < kept.length; i++) {
    if (counter.add(row[kept[i]!]!)) inside++
    const isTied = i + 1 < kept.length && x[kept[i + 1]!] === x[kept[i]!]
    if (isTied || inside < LEAST || i + 1 - from < perBin) continue
    bins.push(kept.subarray(from, i + 1))
    from = i + 1
    inside = 0
    counter.next()
  }
  // What is left over is too few: it belongs to the group before.
  const before = bins.pop()
  if (before !== undefined) bins.push(kept.subarray(before.byteOffset / 4 - kept.byteOffset / 4))
  return bins
}

function meanOf(bin: Uint32Array, value: (t: number) => number): number {
  let sum = 0
  for (const t of bin) sum += value(t)
  return sum / bin.length
}

/** Between the means of two groups, which no single event's time is. */
function timeAt(value: number, means: readonly { readonly at: number; readonly time: number }[]): number {
  let k = 1
  while (k < means.length - 1 && means[k]!.at < value) k++
  const [a, b] = [means[k - 1]!, means[k]!]
  return a.time + ((b.time - a.time) * (value - a.at)) / (b.at - a.at)
}

function influenceRecord(model: CoxModel, subjects: Subjects): Diagnostics['influence'] {
  const { count } = subjects
  if (count < 2 * LEAST) return null
  const { fit } = model
  const { values, columns } = subjectDfbetas(model, subjects.codes, count)
  const threshold = 2 / Math.sqrt(count)
  const naive = fit.naiveVariance ?? fit.variance
  const terms: InfluenceTerm[] = []
  for (let j = 0; j < columns; j++) {
    if (fit.aliased.includes(j)) continue
    const own = Float64Array.from({ length: count }, (_, i) => values[i * columns + j]!)
    if (!own.every((value) => value - value === 0)) continue
    const sorted = own.slice().sort()
    const sizes = own.map((value) => (value < 0 ? -value : value)).sort()
    const error = Math.sqrt(naive[j * columns + j]!)
    const without = (pull: Float64Array): number | null =>
      isDominated(pull) ? null : finite(fit.beta[j]! - error * sumOf(pull))
    const most = sizes.subarray(count - LEAST)
    terms.push({
      name: fit.names[j]!,
      bins: influenceBins(sizes, threshold),
      largestMean: isDominated(most) ? null : sumOf(most) / LEAST,
      withoutUpper: without(sorted.subarray(count - LEAST)),
      withoutLower: without(sorted.subarray(0, LEAST)),
    })
  }
  return terms.length === 0 ? null : { count, threshold, terms }
}

/** Merged from above until every bin holds eleven subjects. */
function influenceBins(sizes: Float64Array, threshold: number): InfluenceTerm['bins'] {
  const bins: { from: number; to: number | null; subjects: number }[] = []
  let to: number | null = null
  let above = sizes.length
  for (const border of INFLUENCE_BORDERS.toReversed()) {
    const from = border * threshold
    const below = from === 0 ? 0 : countBelow(sizes, from)
    const isLast = border === 0
    if (above - below < LEAST && !isLast) continue
    if (above - below >= LEAST) {
      bins.push({ from, to, subjects: above - below })
      ;[to, above] = [from, below]
    } else {
      // Too few at the lower end: they go with those above them.
      const next = bins.pop()
      bins.push({ from: 0, to: next?.to ?? null, subjects: above + (next?.subjects ?? 0) })
    }
  }
  return bins.toReversed()
}

function countBelow(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function isDominated(values: Float64Array): boolean {
  const sizes = values.map((value) => (value < 0 ? -value : value)).sort()
  const sum = sumOf(sizes)
  const [second, first] = [sizes.at(-2) ?? 0, sizes.at(-1) ?? 0]
  return first >= DOMINATES * sum || first + second >= TWO_DOMINATE * sum
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** Rows of a model as calibration sees them. */
interface Judged {
  /** What orders them: linear predictors. */
  readonly score: Float64Array
  readonly observed: ArrayLike<number>
  readonly expected: Float64Array
  /** Time at risk; null: all rows alike. */
  readonly length: Float64Array | null
  /** Rows are trials: limits are those of a proportion. */
  readonly isTrial: boolean
}

function coxCalibration(
  { fit, data }: CoxModel,
  subjects: Subjects,
  level: number,
): Diagnostics['calibration'] {
  const expected = new Float64Array(fit.n)
  const { start } = data
  for (let i = 0; i < fit.n; i++) expected[i] = data.event[i]! - fit.martingale[i]!
  return calibrationRecord(
    {
      score: fit.linearPredictors,
      observed: data.event,
      expected,
      length: start === null || start === undefined ? null : data.stop.map((stop, i) => stop - start[i]!),
      isTrial: false,
    },
    subjects,
    level,
  )
}

/**
 * Observed against fitted events by tenths of the fitted probability, or rate, where responses are whole numbers and rows have no weights.
 * @param fit fitted values and linear predictors; an offset is the logarithm of the time at risk
 */
export function glmDiagnostics(
  frame: ModelFrame,
  observed: Float64Array,
  { fitted, eta }: Pick<GlmFit, 'fitted' | 'eta'>,
  { level, isTrial }: { readonly level: number; readonly isTrial: boolean },
): Diagnostics {
  const areCounts = observed.every((value) => Math.floor(value) === value)
  const { offset, weights } = frame
  const calibration =
    weights !== null || !areCounts
      ? null
      : calibrationRecord(
          {
            score: offset ? eta.map((value, i) => value - offset[i]!) : eta,
            observed,
            expected: fitted,
            length: offset && !isTrial ? offset.map((value) => exp(value)) : null,
            isTrial,
          },
          subjectsOf(frame),
          level,
        )
  return { level, of: subjectWord(frame), calibration }
}

/**
 * Tenths of predicted risk: every subject counts as one, shared among their rows by time, so that of one row each they are tenths of
 * subjects. Equal predictions stay together; neighbours are merged until each group has eleven subjects with an event, and five expected events.
 */
function calibrationRecord(
  { score, observed, expected, length, isTrial }: Judged,
  subjects: Subjects,
  level: number,
): Diagnostics['calibration'] {
  const n = score.length
  for (let i = 0; i < n; i++) if (!(score[i]! - score[i]! === 0 && expected[i]! >= 0)) return null
  const { codes, count } = subjects
  const shares = new Float64Array(count)
  const lengthOf = (i: number): number => (length ? length[i]! : 1)
  for (let i = 0; i < n; i++) {
    const subject = codes ? codes[i]! : i
    shares[subject] = shares[subject]! + lengthOf(i)
  }
  const values = distinctOf(score)
  const weight = new Float64Array(values.length)
  const place = new Int32Array(n)
  let whole = 0
  for (let i = 0; i < n; i++) {
    const at = countBelow(values, score[i]!)
    place[i] = at
    const share = lengthOf(i) / shares[codes ? codes[i]! : i]!
    weight[at] = weight[at]! + share
    whole += share
  }
  const tenthOf = new Int32Array(values.length)
  let before = 0
  for (const [v, each] of weight.entries()) {
    tenthOf[v] = Math.min(TENTHS - 1, Math.floor((TENTHS * (before + each / 2)) / whole))
    before += each
  }
  const groups = mergedTenths(
    Int32Array.from({ length: n }, (_, i) => tenthOf[place[i]!]!),
    { observed, expected, isTrial },
    subjects,
  )
  if (groups.length < 2) return null
  return {
    groups: groups.map((group): CalibrationGroup => {
      const ratio = group.observed / group.expected
      const proportion = isTrial ? exactProportion(group.observed, group.rows, level) : null
      const exact = standardisedRatio(group.observed, group.expected, level)
      return {
        ...group,
        ratio,
        lower: proportion === null ? exact.lower : (proportion.lower * group.rows) / group.expected,
        upper: proportion === null ? exact.upper : (proportion.upper * group.rows) / group.expected,
      }
    }),
  }
}

type Totals = Pick<CalibrationGroup, 'subjects' | 'rows' | 'observed' | 'expected'>

function mergedTenths(
  tenth: Int32Array,
  { observed, expected, isTrial }: Pick<Judged, 'observed' | 'expected' | 'isTrial'>,
  subjects: Subjects,
): Totals[] {
  const rowsOf: number[][] = Array.from({ length: TENTHS }, () => [])
  for (let i = 0; i < tenth.length; i++) rowsOf[tenth[i]!]!.push(i)
  const inside = counterOf(subjects)
  const having = counterOf(subjects)
  const totalsOf = (from: number, to: number): { sums: Totals; isEnough: boolean } => {
    const sums = { subjects: 0, rows: 0, observed: 0, expected: 0 }
    let withEvent = 0
    inside.next()
    having.next()
    for (let t = from; t < to; t++)
      for (const row of rowsOf[t]!) {
        if (inside.add(row)) sums.subjects++
        if (observed[row]! > 0 && having.add(row)) withEvent++
        sums.rows++
        sums.observed += observed[row]!
        sums.expected += expected[row]!
      }
    const areOthersEnough = !isTrial || sums.rows - sums.observed >= LEAST
    return { sums, isEnough: withEvent >= LEAST && sums.expected >= EXPECTED_LEAST && areOthersEnough }
  }
  const borders = [0]
  for (let t = 1; t <= TENTHS; t++) if (totalsOf(borders.at(-1)!, t).isEnough) borders.push(t)
  // Too few above the last border: they belong to the group below it.
  if (borders.length > 1) borders[borders.length - 1] = TENTHS
  return borders.slice(1).map((to, g) => totalsOf(borders[g]!, to).sums)
}

function distinctOf(values: Float64Array): Float64Array {
  const sorted = values.slice().sort()
  let count = 0
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!
  return sorted.slice(0, count)
}

function finite(value: number): number | null {
  return value - value === 0 ? value : null
}

function list(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, finite)
}
