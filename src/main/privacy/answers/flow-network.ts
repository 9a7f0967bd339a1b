/**
 * Noisy numbers of a network made consistent: as much goes into each place as goes out of it (docs/spec/privacy.md G15). Least squares, weighted by the
 * noise, in whole numbers and fractions of them alone; then every number becomes one of its two whole neighbours, and the sums still hold. Pure.
 */
import { assert, present } from '../../../shared/std/assert.ts'
import { rational, type Rational } from '../noise/rational.ts'

/** What lies outside: where everything comes from and goes to, so nothing is asked of it. */
export const OUTSIDE = 0

/** From a place to a place. */
export interface Edge {
  readonly tail: number
  readonly head: number
  /** Null: not measured, its number follows from the others. */
  readonly measured: {
    readonly value: bigint
    /** Of the noise, in units that all edges share. */
    readonly variance: bigint
  } | null
}

export interface Flow {
  readonly value: bigint
  /** Of the value before it became whole, in those units; less than 1 is added by that. */
  readonly variance: Rational
}

/**
 * The flow of each edge. An edge that is not measured must be the only one of its kind between what it joins: its number is that of the
 * edges into its tail, so one end of it has to be reached by measured edges.
 * @param placeCount places are numbered from `OUTSIDE` on
 */
export function consistentFlows(placeCount: number, edges: readonly Edge[]): readonly Flow[] {
  const joined = joinedPlaces(placeCount, edges)
  const places = [...new Set(joined)].filter((place) => place !== joined[OUTSIDE])
  const rowOf = new Map(places.map((place, row) => [place, row]))
  /** Row of a place's rule; undefined outside. */
  const row = (place: number): number | undefined => rowOf.get(joined[place]!)
  const size = places.length
  const matrix = Array.from({ length: size }, () => new Array<bigint>(size).fill(0n))
  const surplus = new Array<bigint>(size).fill(0n)
  for (const { tail, head, measured } of edges) {
    if (measured === null) continue
    const [from, to] = [row(tail), row(head)]
    if (from === to) continue
    const { value, variance } = measured
    if (from !== undefined) {
      matrix[from]![from]! += variance
      surplus[from]! -= value
    }
    if (to !== undefined) {
      matrix[to]![to]! += variance
      surplus[to]! += value
    }
    if (from !== undefined && to !== undefined) {
      matrix[from]![to]! -= variance
      matrix[to]![from]! -= variance
    }
  }
  const { adjugate, determinant } = adjugateOf(matrix)
  const shift = adjugate.map((line) => line.reduce((sum, each, i) => sum + each * surplus[i]!, 0n))
  const at = (of: readonly bigint[], place: number): bigint => {
    const found = row(place)
    return found === undefined ? 0n : of[found]!
  }
  // In units of 1 / determinant.
  const scaled = edges.map(({ tail, head, measured }) =>
    measured === null
      ? null
      : measured.value * determinant - measured.variance * (at(shift, head) - at(shift, tail)),
  )
  const into = (place: number): readonly number[] =>
    edges.flatMap(({ head }, i) => (head === place ? [i] : []))
  const outOf = (place: number): readonly number[] =>
    edges.flatMap(({ tail }, i) => (tail === place ? [i] : []))
  /** Measured edges that add up to it. */
  const partsOf = (i: number): readonly number[] => {
    const { tail, head, measured } = edges[i]!
    if (measured !== null) return [i]
    const parts = tail === OUTSIDE ? outOf(head) : into(tail)
    assert(
      parts.every((part) => edges[part]!.measured !== null),
      'what is not measured is beside what is',
    )
    return parts
  }
  const whole = edges.map((_, i) => partsOf(i).reduce((sum, part) => sum + scaled[part]!, 0n))
  const values = roundedFlows(placeCount, edges, whole, determinant)
  return edges.map((_, i) => {
    const parts = partsOf(i)
    // Var = Σv - gᵀ (C V Cᵀ)⁻¹ g, where g is what the sum moves each rule by.
    let variance = 0n
    const moved = new Map<number, bigint>()
    const move = (place: number, by: bigint): void => {
      const found = row(place)
      if (found !== undefined) moved.set(found, (moved.get(found) ?? 0n) + by)
    }
    for (const part of parts) {
      const { tail, head, measured } = edges[part]!
      const own = present(measured, 'a part is measured').variance
      variance += own
      move(head, own)
      move(tail, -own)
    }
    let known = 0n
    for (const [a, x] of moved) for (const [b, y] of moved) known += x * y * adjugate[a]![b]!
    return { value: values[i]!, variance: rational(variance * determinant - known, determinant) }
  })
}

/** Places that an unmeasured edge joins are one to the rules: its number can be any. */
function joinedPlaces(placeCount: number, edges: readonly Edge[]): readonly number[] {
  const joined = Array.from({ length: placeCount }, (_, place) => place)
  for (const { tail, head, measured } of edges) {
    if (measured !== null) continue
    const [from, to] = [joined[tail]!, joined[head]!]
    for (const [place, of] of joined.entries())
      if (of === from || of === to) joined[place] = Math.min(from, to)
  }
  return joined
}

/** Of a symmetric matrix of whole numbers that is positive definite: without fractions, after Bareiss. */
function adjugateOf(matrix: readonly (readonly bigint[])[]): {
  readonly adjugate: readonly (readonly bigint[])[]
  readonly determinant: bigint
} {
  const size = matrix.length
  const rows = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1n : 0n))])
  let before = 1n
  for (let k = 0; k < size; k++) {
    const pivot = rows[k]!
    const by = pivot[k]!
    assert(by > 0n, 'every place is reached by a measured edge')
    for (const [i, line] of rows.entries()) {
      const factor = line[k]!
      if (i === k) continue
      for (let j = 0; j < 2 * size; j++) line[j] = (by * line[j]! - factor * pivot[j]!) / before
    }
    before = by
  }
  return { adjugate: rows.map((line) => line.slice(size)), determinant: before }
}

/**
 * Each number becomes the whole one below or above it, so that all sums still hold. Edges that are not whole yet make a circle (a place
 * has none of them or two at least): along it one is raised as another is lowered, until one more is whole.
 */
function roundedFlows(
  placeCount: number,
  edges: readonly Edge[],
  scaled: readonly bigint[],
  unit: bigint,
): readonly bigint[] {
  const rest = scaled.map((each) => ((each % unit) + unit) % unit)
  const values = scaled.map((each, i) => (each - rest[i]!) / unit)
  const near: number[][] = Array.from({ length: placeCount }, () => [])
  for (const [i, { tail, head }] of edges.entries()) {
    near[tail]!.push(i)
    if (head !== tail) near[head]!.push(i)
  }
  for (;;) {
    const start = rest.findIndex((each) => each > 0n)
    if (start < 0) return values
    const circle = circleFrom(edges[start]!.tail, edges, near, rest)
    const step = circle
      .map(({ edge, isForth }) => (isForth ? unit - rest[edge]! : rest[edge]!))
      .reduce((least, each) => (each < least ? each : least))
    for (const { edge, isForth } of circle) {
      rest[edge]! += isForth ? step : -step
      if (rest[edge] !== unit) continue
      rest[edge] = 0n
      values[edge]! += 1n
    }
  }
}

interface Turn {
  readonly edge: number
  /** Along the edge's own direction. */
  readonly isForth: boolean
}

function circleFrom(
  start: number,
  edges: readonly Edge[],
  near: readonly (readonly number[])[],
  rest: readonly bigint[],
): readonly Turn[] {
  const seen = new Map([[start, 0]])
  const way: Turn[] = []
  for (let place = start; ;) {
    const last = way.at(-1)?.edge
    const edge = present(
      near[place]!.find((each) => each !== last && rest[each]! > 0n),
      'no place has one such edge alone',
    )
    const { tail, head } = edges[edge]!
    const isForth = tail === place
    way.push({ edge, isForth })
    place = isForth ? head : tail
    const first = seen.get(place)
    if (first !== undefined) return way.slice(first)
    seen.set(place, way.length)
  }
}
