/**
 * The columns that a covariate becomes: itself, the contrasts of a factor, the basis of a spline, or the products of two of them.
 * One place for the rows of a table and for a point at which a curve is drawn. Pure.
 */
import { StatsFailure } from '../failure.ts'
import { knotsOf, restrictedCubicSpline } from '../regression/splines.ts'
import type { ModelSpec } from './model-spec.ts'

export interface Term {
  /** A covariate, or `a:b`. */
  readonly name: string
  /** Its columns of the design. */
  readonly columns: readonly number[]
  readonly of:
    | { readonly kind: 'number' }
    /** Treatment contrasts: the first level is the reference. */
    | { readonly kind: 'factor'; readonly levels: readonly string[] }
    | { readonly kind: 'spline'; readonly knots: Float64Array; readonly values: Float64Array }
    /** Terms of the design whose columns are multiplied. */
    | { readonly kind: 'product'; readonly factors: readonly [number, number] }
}

export interface Design {
  readonly x: Float64Array[]
  readonly names: string[]
  readonly terms: Term[]
}

export type Covariate =
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array }
  | {
      readonly name: string
      readonly kind: 'factor'
      readonly codes: Int32Array
      readonly levels: readonly string[]
    }

/**
 * The design of covariates in their order, then of the interactions in theirs. Columns of a spline are named as those of Harrell's
 * package (`age`, `age'`, `age''`), products as R names them (`sexM:age'`), the left one running fastest.
 *
 * @throws {StatsFailure} `bad-option` for a spline or an interaction of what is no covariate; `knots-coincide`, `constant-covariate`
 */
export function designOf(
  covariates: readonly Covariate[],
  { splines, interactions }: Pick<ModelSpec, 'splines' | 'interactions'>,
): Design {
  const design: Design = { x: [], names: [], terms: [] }
  const add = (
    name: string,
    of: Term['of'],
    columns: readonly { readonly name: string; readonly x: Float64Array }[],
  ): void => {
    design.terms.push({ name, of, columns: columns.map((_, c) => design.x.length + c) })
    for (const column of columns) {
      design.names.push(column.name)
      design.x.push(column.x)
    }
  }
  checkSplines(covariates, splines)
  for (const each of covariates) {
    const { name } = each
    if (each.kind === 'factor') {
      const { codes, levels } = each
      if (levels.length < 2) throw new StatsFailure({ code: 'constant-covariate', column: name })
      const dummies = levels.slice(1).map((level, l) => ({
        name: `${name}${level}`,
        x: Float64Array.from(codes, (code) => (code === l + 1 ? 1 : 0)),
      }))
      add(name, { kind: 'factor', levels }, dummies)
      continue
    }
    const spline = splines.find(({ covariate }) => covariate === name)
    if (spline === undefined) {
      add(name, { kind: 'number' }, [{ name, x: each.values }])
      continue
    }
    const knots =
      typeof spline.knots === 'number'
        ? knotsOf(each.values, spline.knots, name)
        : Float64Array.from(spline.knots)
    const basis = restrictedCubicSpline(each.values, knots)
    add(
      name,
      { kind: 'spline', knots, values: each.values },
      basis.map((x, c) => ({ name: `${name}${"'".repeat(c)}`, x })),
    )
  }
  const seen = new Set<string>()
  for (const [left, right] of interactions) {
    const a = design.terms.findIndex(({ name }) => name === left)
    const b = design.terms.findIndex(({ name }) => name === right)
    const pair = [left, right].sort((p, q) => (p < q ? -1 : 1)).join(':')
    if (a < 0 || b < 0 || a === b || seen.has(pair))
      throw new StatsFailure({
        code: 'bad-option',
        option: 'interactions',
        value: `${left}:${right}`,
        allowed: 'two different covariates, each pair once',
      })
    seen.add(pair)
    const { x, names, terms } = design
    const products = terms[b]!.columns.flatMap((q) =>
      terms[a]!.columns.map((p) => ({
        name: `${names[p]!}:${names[q]!}`,
        x: x[p]!.map((value, row) => value * x[q]![row]!),
      })),
    )
    add(`${left}:${right}`, { kind: 'product', factors: [a, b] }, products)
  }
  return design
}

/**
 * The row of the design at a point.
 * @throws {StatsFailure} `bad-option` for a covariate that the point leaves open
 */
export function designAt(
  { x, terms }: Pick<Design, 'x' | 'terms'>,
  point: Readonly<Record<string, number | string>>,
): number[] {
  const row = new Array<number>(x.length).fill(0)
  for (const { name, columns, of } of terms) {
    if (of.kind === 'product') {
      const [left, right] = of.factors.map((factor) => terms[factor]!.columns) as [number[], number[]]
      const products = right.flatMap((q) => left.map((p) => row[p]! * row[q]!))
      for (const [c, product] of products.entries()) row[columns[c]!] = product
      continue
    }
    const value = point[name]
    if (of.kind === 'factor') {
      const level = of.levels.indexOf(String(value))
      if (value === undefined || level < 0) throw openPoint(name, value)
      if (level > 0) row[columns[level - 1]!] = 1
      continue
    }
    if (typeof value !== 'number') throw openPoint(name, value)
    if (of.kind === 'number') row[columns[0]!] = value
    else
      for (const [c, column] of restrictedCubicSpline(Float64Array.of(value), of.knots).entries())
        row[columns[c]!] = column[0]!
  }
  return row
}

function checkSplines(covariates: readonly Covariate[], splines: ModelSpec['splines']): void {
  const seen = new Set<string>()
  for (const { covariate } of splines) {
    const isNumber = covariates.some(({ name, kind }) => name === covariate && kind === 'number')
    if (!isNumber || seen.has(covariate))
      throw new StatsFailure({
        code: 'bad-option',
        option: 'splines',
        value: covariate,
        allowed: 'covariates that are numbers, each once',
      })
    seen.add(covariate)
  }
}

function openPoint(name: string, value: string | number | undefined): StatsFailure {
  return new StatsFailure({
    code: 'bad-option',
    option: 'at',
    value: `${name}: ${value === undefined ? 'missing' : String(value)}`,
    allowed: 'a value for every covariate',
  })
}
