/**
 * What R5 asks of a model beside its counts, of the very columns that are fitted: those of a spline, an interaction and a factor too
 * (docs/spec/release-rules.md section 1). Pure.
 */
import { assert } from '../../../shared/std/assert.ts'
import type { ColumnCarriers, LevelFacts } from '../../privacy/rules/models.ts'
import { ldl, ldlSolve } from '../../stats/linalg/cholesky.ts'
import type { Term } from '../../stats/model/design.ts'
import type { ModelFrame } from '../../stats/model/model-frame.ts'
import type { IntervalRows } from '../intervals/interval-table.ts'

export interface DesignFacts {
  /**
   * Ratio of the largest and the smallest singular value of the columns at length 1, the constant among them (Belsley, Kuh and Welsch
   * 1980, section 3.2). Infinity where columns say the same.
   */
  readonly condition: number
  /**
   * The largest share that one patient's rows have in the design: the trace of their block of X(X'X)⁻¹X', a constant of each stratum
   * among the columns.
   */
  readonly leverage: number
  /** Of each column, whole patients. */
  readonly carriers: readonly ColumnCarriers[]
  /** The fewest that carry what the model says of one patient; Infinity where it cannot be fewer than was asked for. */
  readonly fittedBy: number
  /** Levels of labels and strata, cells of interactions of them, and who is off the usual value of every other column. */
  readonly levels: readonly LevelFacts[]
  /** Of the variable, or of the strata together, that has most. */
  readonly mostLevels: number
}

/** A pivot below this share of the largest is a column that others make up. */
const TOLERANCE = 1e-12
/** A column that varies by less than this share of its length within strata is a constant. */
const CONSTANT = 1e-9
const SWEEPS_MAX = 60

/**
 * @param frame the design that was fitted to `rows`
 * @param carriersLeast whatever fewer patients than this carry is looked for
 */
export function designFacts(rows: IntervalRows, frame: ModelFrame, carriersLeast: number): DesignFacts {
  const condition = conditionOf([new Float64Array(frame.n).fill(1), ...frame.x])
  const people = peopleIn(rows, frame)
  return { condition, ...carryingFacts(frame, people, carriersLeast), ...levelFacts(frame, people) }
}

/** Of each row of the frame, whose it is and whether the event ends it; persons stand together. */
interface People {
  readonly person: Int32Array
  readonly hasEvent: Uint8Array
}

function peopleIn({ id, event }: IntervalRows, { rows }: ModelFrame): People {
  return { person: rows.map((row) => id[row]!), hasEvent: Uint8Array.from(rows, (row) => event[row]!) }
}

function conditionOf(columns: readonly Float64Array[]): number {
  const size = columns.length
  const cross = crossOf(columns)
  const lengths = columns.map((_, c) => Math.sqrt(cross[c * size + c]!))
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) {
      const length = lengths[a]! * lengths[b]!
      if (length > 0) cross[a * size + b] = cross[a * size + b]! / length
    }
  const { rank, isNegative } = ldl(cross, size, TOLERANCE)
  if (rank < size || isNegative) return Infinity
  const values = eigenvalues(cross, size)
  const least = Math.min(...values)
  return least > 0 ? Math.sqrt(Math.max(...values) / least) : Infinity
}

/**
 * A patient's part in a coefficient is the sum of squares of what the other columns do not explain of its column, in the patient's rows. Their
 * effective number (Kish 1965: (Σs)²/Σs²) is that of patients with equal parts who would carry the column alike: of a level with a few
 * patients about these, of a number by which one patient stands out about one. The same is asked of what the model says of a patient, which
 * is a sum of coefficients and may hang on few where none of these does. No part is larger than its patient's leverage, so nothing hangs on
 * fewer than 1/leverage.
 */
function carryingFacts(
  frame: ModelFrame,
  people: People,
  carriersLeast: number,
): Pick<DesignFacts, 'leverage' | 'carriers' | 'fittedBy'> {
  const codes = frame.strata?.codes ?? new Int32Array(frame.n)
  const rowCounts = new Float64Array(frame.strata?.labels.length ?? 1)
  for (const code of codes) rowCounts[code] = rowCounts[code]! + 1
  const scaled = frame.x.map((column) => centred(column, codes, rowCounts))
  let isConstant = false
  for (const [c, column] of scaled.entries()) {
    const length = lengthOf(column)
    if (length <= CONSTANT * lengthOf(frame.x[c]!)) isConstant = true
    else for (let row = 0; row < column.length; row++) column[row] = column[row]! / length
  }
  const size = scaled.length
  const decomposition = ldl(crossOf(scaled), size, TOLERANCE)
  if (isConstant || decomposition.rank < size || decomposition.isNegative)
    return { leverage: 1, carriers: [{ patients: 0, events: 0, withoutEvent: 0 }], fittedBy: 0 }
  const sums = scaled.map(() => ({ all: new Parts(), withEvent: new Parts(), without: new Parts() }))
  const directions: Float64Array[] = []
  let leverage = 0
  for (const { first, after, event } of personsOf(people)) {
    const parts = new Float64Array(size)
    let [ofPerson, ofRow] = [0, 0]
    let direction: Float64Array = parts
    for (let row = first; row < after; row++) {
      const solved = ldlSolve(
        decomposition,
        Float64Array.from(scaled, (column) => column[row]!),
      )
      const own = fittedAt(scaled, solved, row)
      ofPerson += own + 1 / rowCounts[codes[row]!]!
      if (own > ofRow) [ofRow, direction] = [own, solved]
      for (const [c, value] of solved.entries()) parts[c] = parts[c]! + value * value
    }
    if (ofPerson > leverage) leverage = ofPerson
    if (ofPerson * carriersLeast > 1 && ofRow > 0) directions.push(direction)
    for (const [c, { all, withEvent, without }] of sums.entries()) {
      all.add(parts[c]!)
      ;(event ? withEvent : without).add(parts[c]!)
    }
  }
  const carriers = sums.map(({ all, withEvent, without }) => ({
    patients: all.effective(),
    events: withEvent.effective(),
    withoutEvent: without.effective(),
  }))
  const fittedBy = directions.reduce(
    (fewest, direction) => Math.min(fewest, carriersOf(direction, scaled, people)),
    Infinity,
  )
  return { leverage, carriers, fittedBy }
}

/** What the model says in this row, in the units of a coefficient vector. */
function fittedAt(columns: readonly Float64Array[], direction: Float64Array, row: number): number {
  let sum = 0
  for (let c = 0; c < columns.length; c++) sum += columns[c]![row]! * direction[c]!
  return sum
}

function carriersOf(direction: Float64Array, columns: readonly Float64Array[], people: People): number {
  const parts = new Parts()
  for (const { first, after } of personsOf(people)) {
    let part = 0
    for (let row = first; row < after; row++) part += fittedAt(columns, direction, row) ** 2
    parts.add(part)
  }
  return parts.effective()
}

function* personsOf({
  person,
  hasEvent,
}: People): Generator<{ first: number; after: number; event: boolean }> {
  for (let first = 0, after = 0; first < person.length; first = after) {
    let event = false
    for (; after < person.length && person[after] === person[first]; after++)
      if (hasEvent[after] === 1) event = true
    yield { first, after, event }
  }
}

class Parts {
  private sum = 0
  private squares = 0
  add(part: number): void {
    this.sum += part
    this.squares += part * part
  }
  /** Whole patients: the fraction is of no use to who reads it. */
  effective(): number {
    return this.squares > 0 ? Math.floor((this.sum * this.sum) / this.squares) : 0
  }
}

/** Less its mean in each stratum. */
function centred(column: Float64Array, codes: Int32Array, rowCounts: Float64Array): Float64Array {
  const sums = new Float64Array(rowCounts.length)
  for (const [row, value] of column.entries()) sums[codes[row]!] = sums[codes[row]!]! + value
  return column.map((value, row) => value - sums[codes[row]!]! / rowCounts[codes[row]!]!)
}

function lengthOf(column: Float64Array): number {
  let square = 0
  for (const value of column) square += value * value
  return Math.sqrt(square)
}

/** X'X, row-major. */
function crossOf(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length
  const cross = new Float64Array(size * size)
  for (const [a, left] of columns.entries())
    for (let b = 0; b <= a; b++) {
      const right = columns[b]!
      let sum = 0
      for (let r = 0; r < left.length; r++) sum += left[r]! * right[r]!
      cross[a * size + b] = sum
      cross[b * size + a] = sum
    }
  return cross
}

/** Rows by the level that they have of a variable. */
interface Grouped {
  readonly codes: Int32Array
  readonly count: number
}

function levelFacts(frame: ModelFrame, people: People): Pick<DesignFacts, 'levels' | 'mostLevels'> {
  const { x, terms, strata } = frame
  const levels: LevelFacts[] = []
  let mostLevels = 0
  const take = (grouped: Grouped): void => {
    const found = countLevels(grouped, people).filter(isHad)
    levels.push(...found)
    mostLevels = Math.max(mostLevels, found.length)
  }
  const groups = terms.map((term) => groupsOf(term, x))
  for (const [t, term] of terms.entries()) {
    const grouped = groups[t]!
    if (grouped !== null) take(grouped)
    else if (term.of.kind === 'product') {
      const [a, b] = term.of.factors.map((factor) => groups[factor]!) as [Grouped | null, Grouped | null]
      if (a !== null && b !== null) levels.push(...countLevels(cellsOf(a, b), people).filter(isHad))
      else for (const column of term.columns) levels.push(offUsual(x[column]!, people))
    } else for (const column of term.columns) levels.push(offUsual(x[column]!, people))
  }
  if (strata !== null) take({ codes: strata.codes, count: strata.labels.length })
  return { levels, mostLevels }
}

/** Null for what has no levels: a number of more than two values, a spline, a product. */
function groupsOf({ of, columns }: Term, x: readonly Float64Array[]): Grouped | null {
  if (of.kind === 'factor') {
    const codes = new Int32Array(x[columns[0]!]!.length)
    for (const [level, column] of columns.entries())
      for (const [row, value] of x[column]!.entries()) if (value === 1) codes[row] = level + 1
    return { codes, count: of.levels.length }
  }
  if (of.kind !== 'number') return null
  const values = x[columns[0]!]!
  const first = values[0]!
  const other = values.find((value) => value !== first)
  if (values.some((value) => value !== first && value !== other)) return null
  return { codes: Int32Array.from(values, (value) => (value === first ? 0 : 1)), count: 2 }
}

function cellsOf(a: Grouped, b: Grouped): Grouped {
  return { codes: a.codes.map((code, row) => code * b.count + b.codes[row]!), count: a.count * b.count }
}

/** Patients and those with the event of each level. */
function countLevels({ codes, count }: Grouped, { person, hasEvent }: People): LevelFacts[] {
  const [patients, events] = [new Int32Array(count), new Int32Array(count)]
  const [lastPerson, lastEvent] = [new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)]
  for (const [row, code] of codes.entries()) {
    const who = person[row]!
    assert(who >= 0, 'persons are numbered from 0')
    if (lastPerson[code] !== who) patients[code] = patients[code]! + 1
    lastPerson[code] = who
    if (hasEvent[row] !== 1 || lastEvent[code] === who) continue
    events[code] = events[code]! + 1
    lastEvent[code] = who
  }
  return Array.from(patients, (of, level) => ({ patients: of, events: events[level]! }))
}

/** Who has another value than most rows have: whom the column sets apart. */
function offUsual(column: Float64Array, people: People): LevelFacts {
  const rowCounts = new Map<number, number>()
  for (const value of column) rowCounts.set(value, (rowCounts.get(value) ?? 0) + 1)
  let [usual, most] = [0, 0]
  for (const [value, count] of rowCounts) if (count > most) [usual, most] = [value, count]
  const codes = Int32Array.from(column, (value) => (value === usual ? 0 : 1))
  return countLevels({ codes, count: 2 }, people)[1]!
}

const isHad = ({ patients }: LevelFacts): boolean => patients > 0

/** Of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, section 8.5). */
export function eigenvalues(matrix: Float64Array, size: number): number[] {
  const a = matrix.slice()
  const at = (i: number, j: number) => a[i * size + j]!
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let off = 0
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) off += at(i, j) * at(i, j)
    if (off < 1e-28) break
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        const apq = at(p, q)
        if (apq === 0) continue
        const theta = (at(q, q) - at(p, p)) / (2 * apq)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let k = 0; k < size; k++) {
          const [kp, kq] = [at(k, p), at(k, q)]
          a[k * size + p] = c * kp - s * kq
          a[k * size + q] = s * kp + c * kq
        }
        for (let k = 0; k < size; k++) {
          const [pk, qk] = [at(p, k), at(q, k)]
          a[p * size + k] = c * pk - s * qk
          a[q * size + k] = s * pk + c * qk
        }
      }
  }
  return Array.from({ length: size }, (_, i) => at(i, i))
}
