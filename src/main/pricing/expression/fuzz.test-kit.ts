/** Sources that nobody would write, and whether the language keeps its promises on each. */
import { compileExpression, type Scope } from './compile.ts'
import { evaluateRow, type Row } from './evaluate.ts'
import { DEPTH_MAX, NODES_MAX } from './limits.ts'
import { parseExpression } from './parse.ts'
import { printExpression } from './print.ts'
import { tokensOf } from './tokens.ts'

export const FUZZ_SCOPE: Scope = {
  columns: [
    { name: 'a', kind: 'number' },
    { name: 'b', kind: 'number' },
    { name: 's', kind: 'text' },
  ],
  tables: {
    t: {
      key: 'text',
      rows: [
        ['x', 1],
        ['y', 2],
      ],
    },
    n: {
      key: 'number',
      rows: [
        [0, 5],
        [1, 6],
      ],
    },
  },
}
const PIECES = (
  '1 2.5 0 1e300 1e-320 a b s t n x "x" "y" "" ( ) ( ) , ; + - * / ^ < <= > >= = != and or not if then else let in let x = ' +
  'min( max( exp( log( sqrt( abs( round( clamp( band( rcs( pow( band(a, rcs(b, lookup(t, lookup(n, #\n && ** == . .. 1.2.3 \u0000 \ud800 年 __proto__ constructor \n'
).split(' ')

/** One fuzzed source: soup of pieces, raw characters, a nested tree, or a mutation of one. */
export function fuzzedSource(uniform: () => number): string {
  const pick = (count: number): number => Math.floor(uniform() * count)
  const kind = pick(4)
  if (kind === 0)
    return Array.from({ length: pick(60) }, () => PIECES[pick(PIECES.length)]!).join(pick(2) === 0 ? ' ' : '')
  if (kind === 1)
    return String.fromCharCode(
      ...Array.from({ length: pick(80) }, () => (pick(20) === 0 ? pick(65536) : 32 + pick(95))),
    )
  const tree = treeOf(pick, pick(6))
  if (kind === 2) return tree
  const at = pick(tree.length + 1)
  const cut = pick(5)
  return tree.slice(0, at) + (PIECES[pick(PIECES.length)] ?? '') + tree.slice(at + cut)
}

function treeOf(pick: (count: number) => number, depth: number): string {
  const part = (): string => treeOf(pick, depth - 1)
  if (depth <= 0) return ['a', 'b', '1', '0.5', 'lookup(t, s, 3)', 'lookup(n, a, 1)'][pick(6)]!
  const test = (): string =>
    [`${part()} < ${part()}`, `s = "x"`, `not (${part()} = ${part()})`, `a > 1 or b != 0`][pick(4)]!
  switch (pick(12)) {
    case 0:
      return `${part()} + ${part()} - ${part()}`
    case 1:
      return `(${part()}) * (${part()})`
    case 2:
      return `(${part()}) / (${part()})`
    case 3:
      return `(${part()}) ^ (${part()})`
    case 4:
      return `if ${test()} then ${part()} else ${part()}`
    case 5:
      return `(let v${depth}${pick(1000)} = ${part()} in ${part()})`
    case 6:
      return `${['exp', 'log', 'sqrt', 'abs', 'round'][pick(5)]!}(${part()})`
    case 7:
      return `${['min', 'max'][pick(2)]!}(${part()}, ${part()})`
    case 8:
      return `band(${part()}, -1, 0.5${pick(2) === 0 ? '' : ', 2'})`
    case 9:
      return `rcs(${part()}, ${1 + pick(3)}, -1, 0, 1, 2.5)`
    case 10:
      return `pow(${part()}, ${part()})`
    default:
      return `-(${part()})`
  }
}

const ROWS: readonly Row[] = [
  [1, 2, 'x'],
  [0, -1, 'z'],
  [null, 1e308, null],
]

/** What was wrong, or null. Work is bounded by steps, not by a clock: one for each node of the tree. */
export function fuzzProblem(source: string): string | null {
  const parsed = parseExpression(source)
  if (parsed.kind === 'problem') {
    const { line, column, offset, length } = parsed.problem
    if (line < 1 || column < 1 || offset < 0 || offset > source.length || length < 0)
      return 'a problem without a place'
  } else {
    const scanned = tokensOf(source)
    const tokenCount = scanned.kind === 'tokens' ? scanned.tokens.length : 0
    // Each word makes a node or two at most, and four where a function is written out: the descent is linear.
    if (parsed.nodeCount > Math.min(NODES_MAX, 4 * tokenCount)) return 'more nodes than words'
    const text = printExpression(parsed.node)
    const again = parseExpression(text)
    // What prints with more parentheses than its source had may be too deep.
    if (again.kind === 'problem') {
      if (again.problem.code !== 'too-deep' || DEPTH_MAX > 64) return `prints what does not parse: ${text}`
    } else if (printExpression(again.node) !== text) return `prints another text: ${text}`
  }
  const compiled = compileExpression(source, FUZZ_SCOPE)
  if (compiled.kind === 'problem') return null
  for (const row of ROWS) {
    const result = evaluateRow(compiled.expression, row)
    if (result.steps > compiled.expression.stepsMost) return 'more steps than nodes'
    if (result.kind === 'value' && !Number.isFinite(result.value)) return 'a value that is no number'
  }
  return null
}
