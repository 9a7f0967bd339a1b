import { quantile, restrictedCubicSpline } from '../regression/splines.ts'

/** Of the natural spline, its constant counted. */
const FREEDOM = 4
/** Places that R puts beside the data before it takes quantiles for its knots. */
const PLACES = 40
/** What is left of a column that the ones before it say already, against its length. */
const DEPENDENT = 1e-7

export interface ResidualSmooth {
  /** At each place asked for. */
  readonly estimate: Float64Array
  /** Standard error of it for residuals of variance 1. */
  readonly unitError: Float64Array
}

/**
 * Least squares of y on a natural cubic spline of x with 4 degrees of freedom, as R draws through scaled Schoenfeld residuals
 * (`plot.cox.zph`: `ns(c(pred.x, x), df = 4, intercept = TRUE)`, knots at thirds, boundaries at the ends).
 *
 * @param all x of all events, whose range and quantiles place the knots
 * @param x, y of those that take part, in the same order
 * @returns null where the events are too few or too alike
 */
export function smoothResiduals(
  all: Float64Array,
  x: Float64Array,
  y: Float64Array,
  at: Float64Array,
): ResidualSmooth | null {
  let least = Infinity
  let most = -Infinity
  for (const value of all) {
    if (value < least) least = value
    if (value > most) most = value
  }
  if (!(most > least) || x.length < FREEDOM) return null
  const width = most - least
  const scaled = (values: Float64Array): Float64Array => values.map((value) => (value - least) / width)
  const places = Float64Array.from({ length: PLACES }, (_, i) => i / (PLACES - 1))
  const beside = new Float64Array(PLACES + all.length)
  beside.set(places)
  beside.set(scaled(all), PLACES)
  const knots = Float64Array.of(0, quantile(beside, 1 / 3), quantile(beside, 2 / 3), 1)
  for (let k = 1; k < knots.length; k++) if (!(knots[k]! > knots[k - 1]!)) return null
  const basisAt = (values: Float64Array): Float64Array[] => [
    new Float64Array(values.length).fill(1),
    ...restrictedCubicSpline(scaled(values), knots),
  ]

  // Gram-Schmidt, each column twice: four columns, and places get what the columns got.
  const columns = basisAt(x)
  const asked = basisAt(at)
  const estimate = new Float64Array(at.length)
  const unitError = new Float64Array(at.length)
  for (let j = 0; j < FREEDOM; j++) {
    const column = columns[j]!
    const place = asked[j]!
    const before = lengthOf(column)
    for (let again = 0; again < 2; again++)
      for (let k = 0; k < j; k++) {
        const share = dot(column, columns[k]!)
        subtract(column, columns[k]!, share)
        subtract(place, asked[k]!, share)
      }
    const length = lengthOf(column)
    if (!(length > DEPENDENT * before)) return null
    for (let i = 0; i < column.length; i++) column[i] = column[i]! / length
    for (let i = 0; i < place.length; i++) place[i] = place[i]! / length
    const weight = dot(column, y)
    for (let i = 0; i < place.length; i++) {
      estimate[i] = estimate[i]! + weight * place[i]!
      unitError[i] = unitError[i]! + place[i]! * place[i]!
    }
  }
  return { estimate, unitError: unitError.map((square) => Math.sqrt(square)) }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const lengthOf = (a: Float64Array): number => Math.sqrt(dot(a, a))

function subtract(from: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] = from[i]! - times * what[i]!
}
