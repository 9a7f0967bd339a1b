/**
 * Multiple imputation of rows that belong to persons: chained equations with predictive mean matching (van Buuren and Groothuis-Oudshoorn,
 * J Stat Softw 2011;45(3)), in which what stays the same for a person is filled in once for the person, and what changes row by row. Pure.
 */
import { StatsFailure } from '../failure.ts'
import { ldl, ldlSolve } from '../linalg/cholesky.ts'
import { addCrossVector, addWeightedCross, unpackSymmetric } from '../linalg/cross.ts'
import { drawDonors, standardised, type ImputationOptions, type Uniform } from './predictive-mean-matching.ts'

export type Variable = {
  readonly name: string
  /** The same in all rows of a person, gaps too. */
  readonly isOfPerson: boolean
} & (
  | { readonly kind: 'number'; /** Missing: NaN. */ readonly values: Float64Array }
  | {
      readonly kind: 'label'
      /** Missing: -1. */
      readonly codes: Int32Array
      readonly levelCount: number
    }
)

/** What is known in all rows and predicts what is not. */
export interface KnownColumn {
  readonly values: Float64Array
  /** How the row ends: it says nothing of a person as a whole. */
  readonly isOfRowAlone: boolean
}

export interface RowsToImpute {
  /** Number of the person of each row; rows of one person stand together. */
  readonly person: Int32Array
  readonly variables: readonly Variable[]
  readonly known: readonly KnownColumn[]
}

/** Of each variable in its order: values, or codes of labels; no gap. */
export type CompletedRows = readonly Float64Array[]

/** A variable while it is being filled in. */
interface Filling {
  readonly variable: Variable
  /** Values or codes; a gap is NaN. */
  readonly original: Float64Array
  readonly filled: Float64Array
  /** Places among the rows, or among the persons where it stays the same for a person. */
  readonly missing: Int32Array
}

/**
 * One completed set of rows.
 *
 * @param uniform a stream of its own for each set
 * @param onRound after each column of each round; false ends the work
 * @throws {StatsFailure} `constant-covariate` for a column with fewer than two known values, `cancelled`
 */
export function imputeRows(
  { person, variables, known }: RowsToImpute,
  uniform: Uniform,
  { rounds, donors }: Pick<ImputationOptions, 'rounds' | 'donors'>,
  onRound: () => boolean = () => true,
): CompletedRows {
  const n = person.length
  if (n === 0) throw new StatsFailure({ code: 'no-rows' })
  const firsts = firstRows(person)
  const everyRow = Int32Array.from({ length: n }, (_, row) => row)
  const placesOf = ({ isOfPerson }: Variable): Int32Array => (isOfPerson ? firsts : everyRow)
  const fillings = variables.map((variable): Filling => {
    const original =
      variable.kind === 'number'
        ? variable.values
        : Float64Array.from(variable.codes, (code) => (code < 0 ? NaN : code))
    const places = placesOf(variable)
    const missing: number[] = []
    for (const [place, row] of places.entries()) if (original[row] !== original[row]) missing.push(place)
    return { variable, original, filled: original.slice(), missing: Int32Array.from(missing) }
  })
  // The columns with the fewest gaps first, so that the worst lean on the best.
  const order = fillings
    .map((_, v) => v)
    .filter((v) => fillings[v]!.missing.length > 0)
    .sort((a, b) => fillings[a]!.missing.length - fillings[b]!.missing.length || a - b)
  const rowsOfPlace = (place: number): readonly [number, number] => [firsts[place]!, firsts[place + 1] ?? n]
  const fill = ({ variable, filled }: Filling, place: number, value: number): void => {
    if (!variable.isOfPerson) filled[place] = value
    else filled.fill(value, ...rowsOfPlace(place))
  }
  for (const v of order) {
    const filling = fillings[v]!
    const { variable, original, missing } = filling
    const places = placesOf(variable)
    const there = Array.from(places).filter((row) => original[row] === original[row])
    if (there.length < 2) throw new StatsFailure({ code: 'constant-covariate', column: variable.name })
    for (const place of missing) fill(filling, place, original[there[Math.floor(uniform() * there.length)]!]!)
  }
  for (let round = 0; round < rounds; round++)
    for (const v of order) {
      const filling = fillings[v]!
      const { variable, original, missing } = filling
      const places = placesOf(variable)
      const at = (values: Float64Array): Float64Array =>
        variable.isOfPerson ? Float64Array.from(places, (row) => values[row]!) : values
      const of = (values: Float64Array): Float64Array[] =>
        variable.isOfPerson ? ofPersons(values, firsts) : [values]
      const predictors = [
        ...known.flatMap(({ values, isOfRowAlone }) =>
          isOfRowAlone && variable.isOfPerson ? [] : of(values),
        ),
        ...fillings.flatMap((other, o) => (o === v ? [] : columnsOf(other).flatMap(of))),
      ]
      const response =
        variable.kind === 'label' ? quantified(at(original), variable.levelCount, predictors) : at(original)
      const from = drawDonors(predictors, response, missing, uniform, donors)
      missing.forEach((place, k) => fill(filling, place, original[places[from[k]!]!]!))
      if (!onRound()) throw new StatsFailure({ code: 'cancelled' })
    }
  return fillings.map(({ filled }) => filled)
}

/** Where each person begins. */
export function firstRows(person: Int32Array): Int32Array {
  const firsts: number[] = []
  for (let row = 0; row < person.length; row++)
    if (row === 0 || person[row] !== person[row - 1]) firsts.push(row)
  return Int32Array.from(firsts)
}

/** Of each person what a column says at first, and where it changes its mean over the rows too: what came later says something of the person. */
function ofPersons(values: Float64Array, firsts: Int32Array): Float64Array[] {
  let doesChange = false
  const means = Float64Array.from(firsts, (from, p) => {
    const to = firsts[p + 1] ?? values.length
    let sum = 0
    for (let row = from; row < to; row++) {
      sum += values[row]!
      if (values[row] !== values[from]) doesChange = true
    }
    return sum / (to - from)
  })
  const first = Float64Array.from(firsts, (row) => values[row]!)
  return doesChange ? [first, means] : [first]
}

/** A label is one column of 0 and 1 for each level but the first. */
function columnsOf({ variable, filled }: Filling): Float64Array[] {
  if (variable.kind === 'number') return [filled]
  return Array.from({ length: variable.levelCount - 1 }, (_, l) =>
    filled.map((code) => Number(code === l + 1)),
  )
}

const QUANTIFYING_ROUNDS = 30

/**
 * Labels as the numbers that the predictors tell apart best: the first canonical variate, by alternating least squares. Of two levels any
 * two numbers are as good.
 */
function quantified(
  codes: Float64Array,
  levelCount: number,
  predictors: readonly Float64Array[],
): Float64Array {
  if (levelCount <= 2) return codes
  const n = codes.length
  const columns = [new Float64Array(n).fill(1), ...predictors.map(standardised)]
  const p = columns.length
  const isKnown = Float64Array.from(codes, (code) => Number(code === code))
  const packed = new Float64Array((p * (p + 1)) / 2)
  addWeightedCross(columns, isKnown, 0, n, packed)
  const cross = unpackSymmetric(packed, p)
  for (let j = 0; j < p; j++) cross[j * p + j] = cross[j * p + j]! * (1 + 1e-5)
  const decomposition = ldl(cross, p, 1e-12)
  // Of each level its sums of the predictors; the first of them is how many rows have it.
  const sums = Array.from({ length: levelCount }, (_, level) => {
    const sum = new Float64Array(p)
    addCrossVector(
      columns,
      codes.map((code) => Number(code === level)),
      0,
      n,
      sum,
    )
    return sum
  })
  const scores = Float64Array.from({ length: levelCount }, (_, level) => level)
  standardise(scores, sums)
  for (let round = 0; round < QUANTIFYING_ROUNDS; round++) {
    const right = new Float64Array(p)
    for (const [level, sum] of sums.entries())
      for (let j = 0; j < p; j++) right[j] = right[j]! + scores[level]! * sum[j]!
    const b = ldlSolve(decomposition, right)
    const next = Float64Array.from(sums, (sum, level) => {
      let mean = 0
      for (let j = 0; j < p; j++) mean += sum[j]! * b[j]!
      return sum[0]! > 0 ? mean / sum[0]! : scores[level]!
    })
    if (!standardise(next, sums)) break
    scores.set(next)
  }
  return codes.map((code) => (code === code ? scores[code]! : NaN))
}

/** Mean 0 and variance 1 over the rows. @returns false where all are the same: the predictors tell nothing apart */
function standardise(scores: Float64Array, sums: readonly Float64Array[]): boolean {
  let rows = 0
  let mean = 0
  for (const [level, sum] of sums.entries()) {
    rows += sum[0]!
    mean += sum[0]! * scores[level]!
  }
  mean /= rows
  let square = 0
  for (const [level, sum] of sums.entries())
    square += sum[0]! * (scores[level]! - mean) * (scores[level]! - mean)
  const spread = Math.sqrt(square / rows)
  if (!(spread > 1e-12)) return false
  for (let level = 0; level < scores.length; level++) scores[level] = (scores[level]! - mean) / spread
  return true
}
