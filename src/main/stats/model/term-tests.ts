/**
 * What is asked of a model's terms beyond single coefficients: Wald tests of splines and interactions, and how a spline bends, as
 * the ratio against a reference value. Pure.
 */
import { chiSquared, normalQuantile } from '../det/distributions.ts'
import { quadraticForm } from '../linalg/cholesky.ts'
import { quantile, restrictedCubicSpline } from '../regression/splines.ts'
import type { Design, Term } from './design.ts'
import type { ModelSpec } from './model-spec.ts'

export interface WaldTest {
  readonly chisq: number | null
  readonly df: number
  readonly p: number | null
}

interface SplineRecord {
  readonly covariate: string
  readonly knots: readonly number[]
  /** All columns of the covariate, those of its interactions too. */
  readonly test: WaldTest
  /** Those of them that a straight line does not have. */
  readonly nonlinear: WaldTest
  readonly reference: number
  /** On the scale of the linear predictor, against the reference; null where the effect is not one curve: it interacts. */
  readonly effect: {
    readonly at: readonly number[]
    readonly estimate: readonly number[]
    readonly lower: readonly number[]
    readonly upper: readonly number[]
  } | null
}

interface InteractionRecord {
  readonly of: readonly [string, string]
  readonly test: WaldTest
}

export interface Estimates {
  /** As the design has its columns; NaN: not estimable. */
  readonly coefficients: ArrayLike<number>
  /** Row-major. */
  readonly variance: ArrayLike<number>
}

/** Points of a drawn effect. */
const EFFECT_POINTS = 101
/** A tail further out belongs to single rows: it is not drawn. */
const TAIL = 0.025
/** Of pivots, as in the Wald tests of whole models. */
const TOLERANCE = 1.818989403545856e-12

/** A test of columns of the design being 0 together. */
export type TestOfColumns = (columns: readonly number[], estimates: Estimates) => WaldTest

/**
 * Tests and curves of splines and interactions, where a model has them and its family a variance.
 * @param result the answer of the family: `names`, `coefficients` and `variance` of it
 * @param testOf Wald's; of estimates that were combined, the test that was combined
 */
export function termRecords(
  design: Pick<Design, 'terms' | 'names'>,
  model: ModelSpec,
  { names, coefficients, variance }: Record<string, unknown>,
  testOf: TestOfColumns = waldOf,
): Record<string, unknown> {
  if ((model.splines.length === 0 && model.interactions.length === 0) || variance === undefined) return {}
  // Without the intercept, which stands first.
  const shift = (names as string[]).length - design.names.length
  const numbers = (list: readonly (number | null)[]): number[] => list.slice(shift).map((each) => each ?? NaN)
  const estimates = {
    coefficients: numbers(coefficients as (number | null)[]),
    variance: (variance as (number | null)[][]).slice(shift).flatMap(numbers),
  }
  return {
    ...(model.splines.length > 0 ? { splines: splineRecords(design, model, estimates, testOf) } : {}),
    ...(model.interactions.length > 0 ? { interactions: interactionRecords(design, estimates, testOf) } : {}),
  }
}

function splineRecords(
  { terms }: Pick<Design, 'terms'>,
  { splines, conf }: Pick<ModelSpec, 'splines' | 'conf'>,
  estimates: Estimates,
  testOf: TestOfColumns,
): SplineRecord[] {
  return terms.flatMap((term, t) => {
    const { of, name, columns } = term
    if (of.kind !== 'spline') return []
    const products = terms.flatMap((other) =>
      other.of.kind === 'product' && other.of.factors.includes(t) ? [other] : [],
    )
    const straight = columns[0]!
    const bent = [
      ...columns.filter((column) => column !== straight),
      ...products.flatMap((product) => bentOf(product, t, terms)),
    ]
    const reference =
      splines.find(({ covariate }) => covariate === name)?.reference ?? quantile(of.values, 0.5)
    return [
      {
        covariate: name,
        knots: [...of.knots],
        test: testOf([...columns, ...products.flatMap((product) => product.columns)], estimates),
        nonlinear: testOf(bent, estimates),
        reference,
        effect: products.length > 0 ? null : effectOf(of, columns, reference, conf, estimates),
      },
    ]
  })
}

function interactionRecords(
  { terms }: Pick<Design, 'terms'>,
  estimates: Estimates,
  testOf: TestOfColumns,
): InteractionRecord[] {
  return terms.flatMap(({ of, columns }) =>
    of.kind === 'product'
      ? [
          {
            of: [terms[of.factors[0]]!.name, terms[of.factors[1]]!.name] as const,
            test: testOf(columns, estimates),
          },
        ]
      : [],
  )
}

/** Columns of a product in which a spline enters by more than its straight part. */
function bentOf(product: Term, spline: number, terms: readonly Term[]): number[] {
  const { factors } = product.of as Extract<Term['of'], { kind: 'product' }>
  const leftCount = terms[factors[0]]!.columns.length
  const isLeft = factors[0] === spline
  return product.columns.filter((_, c) => (isLeft ? c % leftCount : Math.floor(c / leftCount)) > 0)
}

/** Columns that are not estimable take no part and no degree of freedom. */
function waldOf(columns: readonly number[], { coefficients, variance }: Estimates): WaldTest {
  const size = coefficients.length
  const kept = columns.filter((column) => coefficients[column]! - coefficients[column]! === 0)
  if (kept.length === 0) return { chisq: null, df: 0, p: null }
  const matrix = Float64Array.from(kept.flatMap((i) => kept.map((j) => variance[i * size + j]!)))
  const { value, rank } = quadraticForm(
    matrix,
    kept.length,
    Float64Array.from(kept, (column) => coefficients[column]!),
    TOLERANCE,
  )
  return { chisq: finite(value), df: rank, p: rank === 0 ? null : finite(chiSquared(value, rank).upper) }
}

function effectOf(
  { knots, values }: Extract<Term['of'], { kind: 'spline' }>,
  columns: readonly number[],
  reference: number,
  level: number,
  { coefficients, variance }: Estimates,
): SplineRecord['effect'] {
  const size = coefficients.length
  const beta = columns.map((column) => coefficients[column]!)
  if (!beta.every((each) => each - each === 0)) return null
  const [least, most] = [quantile(values, TAIL), quantile(values, 1 - TAIL)]
  const at = Float64Array.from(
    { length: EFFECT_POINTS },
    (_, i) => least + ((most - least) * i) / (EFFECT_POINTS - 1),
  )
  const basis = restrictedCubicSpline(at, knots)
  const origin = restrictedCubicSpline(Float64Array.of(reference), knots).map((column) => column[0]!)
  const z = normalQuantile(1 - (1 - level) / 2)
  const effect = { at: [...at], estimate: [] as number[], lower: [] as number[], upper: [] as number[] }
  for (let i = 0; i < EFFECT_POINTS; i++) {
    const away = basis.map((column, c) => column[i]! - origin[c]!)
    let estimate = 0
    let square = 0
    for (let a = 0; a < away.length; a++) {
      estimate += away[a]! * beta[a]!
      for (let b = 0; b < away.length; b++)
        square += away[a]! * away[b]! * variance[columns[a]! * size + columns[b]!]!
    }
    const error = Math.sqrt(Math.max(0, square))
    effect.estimate.push(estimate)
    effect.lower.push(estimate - z * error)
    effect.upper.push(estimate + z * error)
  }
  return effect
}

function finite(value: number): number | null {
  return value - value === 0 ? value : null
}
