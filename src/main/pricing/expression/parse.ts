/**
 * Words to a tree, by recursive descent that counts its depth and its nodes: a source of any kind ends in a tree or in one problem
 * with its place. No eval, no Function.
 *
 *     program    = { "let" name "=" expr ("in" | ";") } expr
 *     expr       = "if" expr "then" expr "else" expr | or
 *     or         = and { "or" and }            and = not { "and" not }          not = "not" not | comparison
 *     comparison = sum [ ("<" | "<=" | ">" | ">=" | "=" | "!=") sum ]
 *     sum        = product { ("+" | "-") product }        product = unary { ("*" | "/") unary }
 *     unary      = "-" unary | power                      power = atom [ "^" unary ]
 *     atom       = number | text | name | function "(" expr { "," expr } ")"
 *                | "lookup" "(" table "," expr [ "," expr ] ")" | "(" program ")"
 */
import { DEPTH_MAX, LETS_MAX, NODES_MAX, SOURCE_LENGTH_MAX } from './limits.ts'
import {
  type ChainOperator,
  type Comparison,
  type ExpressionProblem,
  type FunctionName,
  FUNCTIONS,
  type Hint,
  KEYWORDS,
  type Node,
  placeOf,
  problemAt,
  type Span,
} from './syntax.ts'
import { nearest } from './nearest.ts'
import { type Token, tokensOf } from './tokens.ts'
import { WRITTEN_OUT, WRITTEN_OUT_DEPTH, writeOut, type WrittenOutName } from './written-out.ts'

export type Parsed =
  | { readonly kind: 'parsed'; readonly node: Node; readonly nodeCount: number }
  | { readonly kind: 'problem'; readonly problem: ExpressionProblem }

/** @param taken names of columns: no let that a function is written out with may hide one */
export function parseExpression(source: string, taken: readonly string[] = []): Parsed {
  if (source.length > SOURCE_LENGTH_MAX) {
    return {
      kind: 'problem',
      problem: problemAt(source, { offset: SOURCE_LENGTH_MAX, length: 1 }, { code: 'too-long' }),
    }
  }
  const scanned = tokensOf(source)
  if (scanned.kind === 'problem') return scanned
  const parser = new Parser(source, scanned.tokens, taken)
  try {
    const node = parser.whole()
    return { kind: 'parsed', node, nodeCount: parser.nodeCount }
  } catch (error) {
    if (error instanceof Stop) return { kind: 'problem', problem: error.problem }
    throw error
  }
}

/** Leaves the descent with what was found; never leaves this module. */
class Stop extends Error {
  readonly problem: ExpressionProblem
  constructor(problem: ExpressionProblem) {
    super(problem.code)
    this.problem = problem
  }
}

const BEGINS = ['a number', 'a column', 'a function', '(', '-', 'not', 'if', 'let']
const COMPARISONS = ['<', '<=', '>', '>=', '=', '!=']
const GOES_ON = ['an operator', 'the end']

class Parser {
  nodeCount = 0
  private readonly source: string
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0
  private lets = 0
  private readonly taken: Set<string>

  constructor(source: string, tokens: readonly Token[], taken: readonly string[]) {
    this.source = source
    this.tokens = tokens
    this.taken = new Set(taken)
    for (const token of tokens) if (token.kind === 'word') this.taken.add(token.word)
  }

  whole(): Node {
    const node = this.program()
    const { next } = this
    if (next.kind !== 'end') {
      // 1,5 is how half of the world writes one and a half.
      const isComma = next.kind === 'sign' && next.sign === ','
      const isOpen = next.kind === 'word' && this.tokens[this.at + 1]?.kind === 'sign'
      this.stop(
        'unexpected',
        next.span,
        GOES_ON,
        isComma ? { kind: 'decimal-point' } : isOpen ? this.likeKeyword(next) : null,
      )
    }
    return node
  }

  private program(): Node {
    if (!this.isWord('let')) return this.expression()
    const begin = this.next.span
    const bindings: { name: string; value: Node; span: Span }[] = []
    while (this.isWord('let')) {
      const { span } = this.take()
      this.countLet(span)
      const nameSpan = this.next.span
      const name = this.name()
      this.expectSign('=')
      const value = this.expression()
      if (this.isWord('in') || this.isSign(';')) this.take()
      else this.stop('unexpected', this.next.span, ['in', ';', 'an operator'])
      bindings.push({ name, value, span: nameSpan })
    }
    const body = this.expression()
    return this.node({ kind: 'let', bindings, body, span: this.from(begin) })
  }

  private expression(): Node {
    return this.deeper(() => {
      if (this.isWord('let')) return this.program()
      if (!this.isWord('if')) return this.or()
      const { span } = this.take()
      const test = this.expression()
      this.expectWord('then')
      const then = this.expression()
      if (!this.isWord('else')) {
        const hint: Hint | null = this.next.kind === 'end' ? { kind: 'needs-else' } : null
        this.stop('unexpected', this.next.span, ['else', 'an operator'], hint)
      }
      this.take()
      const otherwise = this.expression()
      return this.node({ kind: 'if', test, then, otherwise, span: this.from(span) })
    })
  }

  private or(): Node {
    return this.chain(['or'], () => this.chain(['and'], () => this.not()))
  }

  private not(): Node {
    if (!this.isWord('not')) return this.comparison()
    const { span } = this.take()
    const of = this.deeper(() => this.not())
    return this.node({ kind: 'not', of, span: this.from(span) })
  }

  private comparison(): Node {
    const left = this.sum()
    if (this.next.kind !== 'sign' || !COMPARISONS.includes(this.next.sign)) return left
    const operator = this.take().sign as Comparison
    const right = this.sum()
    const node = this.node({ kind: 'comparison', operator, left, right, span: this.from(left.span) })
    if (this.next.kind === 'sign' && COMPARISONS.includes(this.next.sign))
      this.stop('unexpected', this.next.span, ['and', 'or', 'then', 'the end'], {
        kind: 'write-instead',
        text: 'a < b and b < c',
      })
    return node
  }

  private sum(): Node {
    return this.chain(['+', '-'], () => this.chain(['*', '/'], () => this.unary()))
  }

  private unary(): Node {
    if (!this.isSign('-')) return this.power()
    const { span } = this.take()
    const of = this.deeper(() => this.unary())
    return this.node({ kind: 'negate', of, span: this.from(span) })
  }

  private power(): Node {
    const left = this.atom()
    if (!this.isSign('^')) return left
    this.take()
    const right = this.deeper(() => this.unary())
    return this.node({ kind: 'power', base: left, exponent: right, span: this.from(left.span) })
  }

  private atom(): Node {
    const { next } = this
    switch (next.kind) {
      case 'number':
        this.take()
        return this.node({ kind: 'number', value: next.value, span: next.span })
      case 'text':
        this.take()
        return this.node({ kind: 'text', value: next.value, span: next.span })
      case 'word':
        return this.word(next.word, next.span)
      case 'sign':
      case 'end':
        if (!this.isSign('(')) return this.stop('unexpected', next.span, BEGINS)
        return this.deeper(() => {
          const { span } = this.take()
          const node = this.program()
          this.close(span)
          return node
        })
    }
  }

  private word(word: string, span: Span): Node {
    if (word === 'lookup') return this.lookup()
    if ((KEYWORDS as readonly string[]).includes(word)) this.stop('unexpected', span, BEGINS)
    this.take()
    if (!this.isSign('(')) return this.node({ kind: 'name', name: word, span })
    if (Object.hasOwn(WRITTEN_OUT, word)) return this.writtenOut(word as WrittenOutName, span)
    if (!Object.hasOwn(FUNCTIONS, word)) {
      const known = [...Object.keys(FUNCTIONS), ...Object.keys(WRITTEN_OUT), 'lookup']
      const name = nearest(word, known)
      this.stop('unknown-function', span, known, name === null ? null : { kind: 'did-you-mean', name })
    }
    const name = word as FunctionName
    const args = this.arguments(span, FUNCTIONS[name])
    return this.node({ kind: 'call', name, args, span: this.from(span) })
  }

  private writtenOut(name: WrittenOutName, span: Span): Node {
    const args = this.deeper(() => this.arguments(span, WRITTEN_OUT[name]), WRITTEN_OUT_DEPTH)
    return writeOut(name, args, this.from(span), {
      node: (node) => this.node(node),
      freshName: (at) => this.freshName(at),
      stop: (code, at, expected) => this.stop(code, at, expected),
    })
  }

  /** The shortest of x1, x2, … that neither the source nor a column has. */
  private freshName(span: Span): string {
    this.countLet(span)
    let n = 1
    while (this.taken.has(`x${n}`)) n++
    this.taken.add(`x${n}`)
    return `x${n}`
  }

  private arguments(span: Span, { least, most }: { least: number; most: number }): Node[] {
    const opened = this.take().span
    const args: Node[] = []
    do {
      if (args.length > 0) this.take()
      if (args.length === most) this.stop('wrong-number-of-arguments', this.next.span, countsOf(least, most))
      args.push(this.program())
    } while (this.isSign(','))
    this.close(opened)
    if (args.length < least) this.stop('wrong-number-of-arguments', this.from(span), countsOf(least, most))
    return args
  }

  private lookup(): Node {
    const { span } = this.take()
    const opened = this.expectSign('(')
    const table = this.name()
    this.expectSign(',')
    const key = this.program()
    let otherwise: Node | null = null
    if (this.isSign(',')) {
      this.take()
      otherwise = this.program()
    }
    this.close(opened)
    return this.node({ kind: 'lookup', table, key, otherwise, span: this.from(span) })
  }

  /** Operators of one strength, from the left. */
  private chain(operators: readonly ChainOperator[], part: () => Node): Node {
    const first = part()
    const rest: { operator: ChainOperator; of: Node }[] = []
    for (;;) {
      const { next } = this
      const text = next.kind === 'sign' ? next.sign : next.kind === 'word' ? next.word : ''
      const operator = operators.find((each) => each === text)
      if (operator === undefined) break
      this.take()
      rest.push({ operator, of: part() })
    }
    return rest.length === 0 ? first : this.node({ kind: 'chain', first, rest, span: this.from(first.span) })
  }

  private deeper<T>(inner: () => T, by = 1): T {
    this.depth += by
    if (this.depth > DEPTH_MAX) this.stop('too-deep', this.next.span, [], { kind: 'split-up' })
    const result = inner()
    this.depth -= by
    return result
  }

  private countLet(span: Span): void {
    if (++this.lets > LETS_MAX) this.stop('too-many-lets', span, [])
  }

  private node(node: Node): Node {
    if (++this.nodeCount > NODES_MAX) this.stop('too-many-nodes', node.span, [], { kind: 'split-up' })
    return node
  }

  private name(): string {
    const { next } = this
    if (next.kind !== 'word' || (KEYWORDS as readonly string[]).includes(next.word))
      return this.stop('unexpected', next.span, ['a name'])
    this.take()
    return next.word
  }

  private close(opened: Span): void {
    if (this.isSign(')')) {
      this.take()
      return
    }
    const place = placeOf(this.source, opened.offset)
    this.stop('unexpected', this.next.span, [')', ',', 'an operator'], {
      kind: 'close-parenthesis',
      ...place,
    })
  }

  private expectSign(sign: string): Span {
    if (!this.isSign(sign)) this.stop('unexpected', this.next.span, [sign])
    return this.take().span
  }

  private expectWord(word: string): void {
    if (!this.isWord(word))
      this.stop('unexpected', this.next.span, [word, 'an operator'], this.likeKeyword(this.next))
    this.take()
  }

  private likeKeyword(token: Token): Hint | null {
    const name = token.kind === 'word' ? nearest(token.word.toLowerCase(), [...KEYWORDS]) : null
    return name === null ? null : { kind: 'did-you-mean', name }
  }

  private get next(): Token {
    return this.tokens[this.at]!
  }

  private take(): { span: Span; sign: string } {
    const token = this.next
    // The last word is the end, and stays.
    if (token.kind !== 'end') this.at++
    return { span: token.span, sign: token.kind === 'sign' ? token.sign : '' }
  }

  private isSign(sign: string): boolean {
    return this.next.kind === 'sign' && this.next.sign === sign
  }

  private isWord(word: string): boolean {
    return this.next.kind === 'word' && this.next.word === word
  }

  /** From a beginning to the end of what was taken last. */
  private from(begin: Span): Span {
    const last = this.tokens[this.at - 1]!.span
    return { offset: begin.offset, length: last.offset + last.length - begin.offset }
  }

  private stop(
    code: ExpressionProblem['code'],
    span: Span,
    expected: readonly string[],
    hint: Hint | null = null,
  ): never {
    throw new Stop(problemAt(this.source, span, { code, expected, hint }))
  }
}

function countsOf(least: number, most: number): string[] {
  return [least === most ? `${least} arguments` : `${least} to ${most} arguments`]
}
