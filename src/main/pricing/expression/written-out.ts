/**
 * Functions that are shorter ways to write what the language has: the parser puts what they stand for in their place. So the canonical text, what a
 * gateway takes and what a row costs know nothing of them, and a program that never heard of them reads what they became.
 *
 *     pow(x, y)                  x ^ y
 *     band(x, c1, c2, …)         how many of the rising cuts x has reached: 0 below the first, their number from the last on
 *     rcs(x, j, k1, …, km)       term j, 1 … m-1, of a restricted cubic spline with m rising knots, in Harrell's basis (docs/spec/statistics.md)
 */
import type { ExpressionProblem, Node, Span } from './syntax.ts'

export const WRITTEN_OUT = {
  pow: { least: 2, most: 2 },
  band: { least: 2, most: 50 },
  /** A spline of two knots is a line. */
  rcs: { least: 5, most: 50 },
} as const
export type WrittenOutName = keyof typeof WRITTEN_OUT

/** What stands in their place nests by so many levels at most, so that the canonical text is never deeper than its source was taken for. */
export const WRITTEN_OUT_DEPTH = 5

/** The parser's: everything made is counted by it, and a wrong argument stops it. */
export interface Maker {
  node(node: Node): Node
  /** A name for a let that nothing else has. */
  freshName(span: Span): string
  stop(code: ExpressionProblem['code'], span: Span, expected: readonly string[]): never
}

export function writeOut(name: WrittenOutName, args: readonly Node[], span: Span, maker: Maker): Node {
  const [x, second] = args as [Node, Node, ...Node[]]
  switch (name) {
    case 'pow':
      return maker.node({ kind: 'power', base: x, exponent: second, span })
    case 'band': {
      const cuts = risingNumbers(args.slice(1), maker)
      return once(x, span, maker, (value) => reached(value, cuts, span, maker))
    }
    case 'rcs': {
      const knots = risingNumbers(args.slice(2), maker)
      const term = writtenNumber(second, maker)
      if (!Number.isInteger(term) || term < 1 || term >= knots.length)
        maker.stop('unexpected', second.span, [`a whole number from 1 to ${knots.length - 1}`])
      return term === 1 ? x : once(x, span, maker, (value) => splineTerm(value, term - 2, knots, span, maker))
    }
  }
}

/** One comparison for each cut, added up: as flat as a sum, however many there are. */
function reached(value: () => Node, cuts: readonly number[], span: Span, maker: Maker): Node {
  const parts = cuts.map((cut) => {
    const test = maker.node({
      kind: 'comparison',
      operator: '>=',
      left: value(),
      right: number(cut, span, maker),
      span,
    })
    return maker.node({
      kind: 'if',
      test,
      then: number(1, span, maker),
      otherwise: number(0, span, maker),
      span,
    })
  })
  return chain(parts, '+', span, maker)
}

/** In the order of operations of `stats/regression/splines.ts`, so that both have the same bits. */
function splineTerm(value: () => Node, j: number, knots: readonly number[], span: Span, maker: Maker): Node {
  const at = knots[j]!
  const [before, last] = [knots[knots.length - 2]!, knots[knots.length - 1]!]
  const norm = (last - knots[0]!) * (last - knots[0]!)
  if (norm === Infinity) maker.stop('unexpected', span, ['knots less far apart'])
  if (norm === 0) maker.stop('unexpected', span, ['knots further apart'])
  const bindings: { name: string; value: Node; span: Span }[] = []
  const beyond = (knot: number): (() => Node) => {
    const name = maker.freshName(span)
    const away = chain([value(), number(knot, span, maker)], '-', span, maker)
    const positive = maker.node({
      kind: 'call',
      name: 'max',
      args: [away, number(0, span, maker)],
      span,
    })
    bindings.push({ name, value: positive, span })
    return () => maker.node({ kind: 'name', name, span })
  }
  const [a, b, c] = [beyond(at), beyond(before), beyond(last)]
  const cube = (of: () => Node): Node[] => [of(), of(), of()]
  const share = (of: () => Node, times: number): Node =>
    maker.node({
      kind: 'chain',
      first: of(),
      rest: [
        { operator: '*', of: of() },
        { operator: '*', of: of() },
        { operator: '*', of: number(times, span, maker) },
        { operator: '/', of: number(last - before, span, maker) },
      ],
      span,
    })
  const bent = maker.node({
    kind: 'chain',
    first: chain(cube(a), '*', span, maker),
    rest: [
      { operator: '-', of: share(b, last - at) },
      { operator: '+', of: share(c, before - at) },
    ],
    span,
  })
  const body = chain([bent, number(norm, span, maker)], '/', span, maker)
  return maker.node({ kind: 'let', bindings, body, span })
}

/** Runs x once for each row, however often it is named: a name or a number stands for itself. */
function once(x: Node, span: Span, maker: Maker, body: (value: () => Node) => Node): Node {
  if (x.kind === 'name' || x.kind === 'number') return body(() => maker.node({ ...x }))
  const name = maker.freshName(span)
  const inner = body(() => maker.node({ kind: 'name', name, span: x.span }))
  return maker.node({ kind: 'let', bindings: [{ name, value: x, span: x.span }], body: inner, span })
}

function chain(parts: readonly Node[], operator: '+' | '-' | '*' | '/', span: Span, maker: Maker): Node {
  const [first, ...rest] = parts as [Node, ...Node[]]
  if (rest.length === 0) return first
  return maker.node({ kind: 'chain', first, rest: rest.map((of) => ({ operator, of })), span })
}

/** As the language writes it: it has no negative numbers, but a minus before one. */
function number(value: number, span: Span, maker: Maker): Node {
  if (value >= 0) return maker.node({ kind: 'number', value: value + 0, span })
  return maker.node({ kind: 'negate', of: maker.node({ kind: 'number', value: -value, span }), span })
}

function writtenNumber(node: Node, maker: Maker): number {
  if (node.kind === 'number') return node.value
  if (node.kind === 'negate' && node.of.kind === 'number') return 0 - node.of.value
  return maker.stop('wrong-type', node.span, ['a number, written out'])
}

function risingNumbers(nodes: readonly Node[], maker: Maker): number[] {
  const numbers: number[] = []
  for (const node of nodes) {
    const value = writtenNumber(node, maker)
    const before = numbers.at(-1)
    if (before !== undefined && !(value > before))
      maker.stop('unexpected', node.span, [`a number above ${before}`])
    numbers.push(value)
  }
  return numbers
}
