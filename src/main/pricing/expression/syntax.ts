/**
 * The words of the language of customised models (docs/spec/pricing.md section 4): numbers and columns in, one number for each row out.
 * There is no loop, no text that leaves, and no name but the declared columns, tables and the functions below.
 */

/** Where in the source: 0-based offset and length; line and column are counted from 1 for people. */
export interface Span {
  readonly offset: number
  readonly length: number
}

export const FUNCTIONS = {
  min: { least: 1, most: 50 },
  max: { least: 1, most: 50 },
  exp: { least: 1, most: 1 },
  log: { least: 1, most: 1 },
  sqrt: { least: 1, most: 1 },
  abs: { least: 1, most: 1 },
  /** To the nearest whole number or multiple; halves go away from 0. */
  round: { least: 1, most: 2 },
  /** clamp(x, least, most) */
  clamp: { least: 3, most: 3 },
} as const
export type FunctionName = keyof typeof FUNCTIONS

export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!='
/** Operators that follow each other from the left, all of one strength in a chain. */
export type ChainOperator = '+' | '-' | '*' | '/' | 'and' | 'or'

export type Node =
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'text'; readonly value: string; readonly span: Span }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'negate'; readonly of: Node; readonly span: Span }
  | { readonly kind: 'not'; readonly of: Node; readonly span: Span }
  /** One node however long: whoever walks the tree goes no deeper than its parentheses. */
  | {
      readonly kind: 'chain'
      readonly first: Node
      readonly rest: readonly { readonly operator: ChainOperator; readonly of: Node }[]
      readonly span: Span
    }
  | { readonly kind: 'power'; readonly base: Node; readonly exponent: Node; readonly span: Span }
  | {
      readonly kind: 'comparison'
      readonly operator: Comparison
      readonly left: Node
      readonly right: Node
      readonly span: Span
    }
  | {
      readonly kind: 'if'
      readonly test: Node
      readonly then: Node
      readonly otherwise: Node
      readonly span: Span
    }
  | {
      readonly kind: 'let'
      readonly bindings: readonly { readonly name: string; readonly value: Node; readonly span: Span }[]
      readonly body: Node
      readonly span: Span
    }
  | {
      readonly kind: 'call'
      readonly name: FunctionName
      readonly args: readonly Node[]
      readonly span: Span
    }
  | {
      readonly kind: 'lookup'
      readonly table: string
      readonly key: Node
      /** For a key that the table lacks; without it such a row has no value. */
      readonly otherwise: Node | null
      readonly span: Span
    }

/** Words that are no names. */
export const KEYWORDS = ['let', 'in', 'if', 'then', 'else', 'and', 'or', 'not', 'lookup'] as const

export interface ExpressionProblem {
  readonly code:
    | 'unexpected'
    | 'bad-character'
    | 'bad-number'
    | 'open-text'
    | 'too-long'
    | 'too-deep'
    | 'too-many-nodes'
    | 'too-many-lets'
    | 'unknown-name'
    | 'unknown-function'
    | 'unknown-table'
    | 'wrong-number-of-arguments'
    | 'wrong-type'
    | 'name-taken'
  /** Line and column from 1, offset from 0, in UTF-16 units; length of what is wrong. */
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly length: number
  /** What stands there, cut to a readable length; empty at the end. */
  readonly found: string
  /** What could have stood there. */
  readonly expected: readonly string[]
  readonly hint: Hint | null
}

/** Advice as data, so that the window says it in its language. */
export type Hint =
  | { readonly kind: 'did-you-mean'; readonly name: string }
  | { readonly kind: 'write-instead'; readonly text: string }
  | { readonly kind: 'needs-else' }
  | { readonly kind: 'close-parenthesis'; readonly line: number; readonly column: number }
  | { readonly kind: 'decimal-point' }
  | { readonly kind: 'split-up' }
  | { readonly kind: 'no-column-of-that-kind' }

export function problemAt(
  source: string,
  span: Span,
  problem: Pick<ExpressionProblem, 'code'> & Partial<Pick<ExpressionProblem, 'expected' | 'hint'>>,
): ExpressionProblem {
  const { line, column } = placeOf(source, span.offset)
  return {
    code: problem.code,
    line,
    column,
    offset: span.offset,
    length: span.length,
    found: source.slice(span.offset, span.offset + Math.min(span.length, 40)),
    expected: problem.expected ?? [],
    hint: problem.hint ?? null,
  }
}

export function placeOf(source: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let i = 0; i < offset && i < source.length; i++) {
    if (source.charCodeAt(i) === 10) {
      line++
      start = i + 1
    }
  }
  return { line, column: offset - start + 1 }
}
