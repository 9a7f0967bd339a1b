/**
 * A tree beside what it may use: names are resolved to places, kinds are checked (numbers, truths, texts), and whatever is not declared is
 * refused with its place. What comes out can only read the row that it is given.
 */
import { PricingFailure } from '../failure.ts'
import { COLUMNS_MAX, TABLE_ROWS_MAX, TABLES_MAX } from './limits.ts'
import { nearest } from './nearest.ts'
import { parseExpression } from './parse.ts'
import {
  type ChainOperator,
  type Comparison,
  type ExpressionProblem,
  type FunctionName,
  type Hint,
  type Node,
  problemAt,
  type Span,
} from './syntax.ts'

export type ColumnKind = 'number' | 'text'
export type Kind = ColumnKind | 'truth'

export interface LookupTable {
  readonly key: ColumnKind
  readonly rows: readonly (readonly [key: string | number, value: number])[]
}

export interface Scope {
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[]
  readonly tables: Readonly<Record<string, LookupTable>>
}

/** Resolved: columns and lets by their place, texts only where they are compared or looked up. */
export type Code =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'column'; readonly index: number; readonly span: Span }
  | { readonly kind: 'slot'; readonly slot: number }
  | { readonly kind: 'negate' | 'not'; readonly of: Code }
  | {
      readonly kind: 'chain'
      readonly first: Code
      readonly rest: readonly { readonly operator: ChainOperator; readonly of: Code }[]
      readonly span: Span
    }
  | { readonly kind: 'power'; readonly base: Code; readonly exponent: Code; readonly span: Span }
  | {
      readonly kind: 'comparison'
      readonly operator: Comparison
      /** Of what kind both sides are. */
      readonly sides: Kind
      readonly left: Code
      readonly right: Code
    }
  | { readonly kind: 'if'; readonly test: Code; readonly then: Code; readonly otherwise: Code }
  | {
      readonly kind: 'let'
      readonly bindings: readonly { readonly slot: number; readonly isTruth: boolean; readonly value: Code }[]
      readonly body: Code
    }
  | {
      readonly kind: 'call'
      readonly name: FunctionName
      readonly args: readonly Code[]
      readonly span: Span
    }
  | {
      readonly kind: 'lookup'
      readonly rows: ReadonlyMap<string | number, number>
      readonly key: Code
      readonly otherwise: Code | null
      readonly span: Span
    }

export interface Expression {
  readonly source: string
  readonly node: Node
  readonly code: Code
  /** Columns and tables that it reads, in order of their names. */
  readonly columns: readonly string[]
  readonly tables: readonly string[]
  readonly scope: Scope
  readonly slotCount: number
  /** Steps that one row takes at most: one for each node. */
  readonly stepsMost: number
}

export type Compiled =
  | { readonly kind: 'compiled'; readonly expression: Expression }
  | { readonly kind: 'problem'; readonly problem: ExpressionProblem }

/** @throws {PricingFailure} for a scope beyond its limits; what is wrong with the source is an answer */
export function compileExpression(source: string, scope: Scope): Compiled {
  checkScope(scope)
  const parsed = parseExpression(
    source,
    scope.columns.map(({ name }) => name),
  )
  if (parsed.kind === 'problem') return parsed
  const resolver = new Resolver(source, scope)
  const result = resolver.resolve(parsed.node, new Map())
  if (result.kind === 'problem') return result
  if (result.type !== 'number')
    return {
      kind: 'problem',
      problem: problemAt(source, parsed.node.span, { code: 'wrong-type', expected: ['a number'] }),
    }
  return {
    kind: 'compiled',
    expression: {
      source,
      node: parsed.node,
      code: result.code,
      columns: [...resolver.columns].sort(byCodeUnits),
      tables: [...resolver.tables].sort(byCodeUnits),
      scope,
      slotCount: resolver.slotCount,
      stepsMost: parsed.nodeCount,
    },
  }
}

type Resolved =
  | { readonly kind: 'resolved'; readonly type: Kind; readonly code: Code }
  | { readonly kind: 'problem'; readonly problem: ExpressionProblem }

type Names = ReadonlyMap<string, { readonly slot: number; readonly type: Kind }>

class Resolver {
  readonly columns = new Set<string>()
  readonly tables = new Set<string>()
  slotCount = 0
  private readonly source: string
  private readonly scope: Scope
  private readonly columnIndex: ReadonlyMap<string, number>
  private readonly rowsOf = new Map<string, ReadonlyMap<string | number, number>>()

  constructor(source: string, scope: Scope) {
    this.source = source
    this.scope = scope
    this.columnIndex = new Map(scope.columns.map(({ name }, index) => [name, index]))
  }

  resolve(node: Node, names: Names): Resolved {
    switch (node.kind) {
      case 'number':
        return found('number', { kind: 'number', value: node.value })
      case 'text':
        return found('text', { kind: 'text', value: node.value })
      case 'name':
        return this.name(node.name, node.span, names)
      case 'negate':
        return this.of(node.of, names, 'number', (of) => found('number', { kind: 'negate', of }))
      case 'not':
        return this.of(node.of, names, 'truth', (of) => found('truth', { kind: 'not', of }))
      case 'chain':
        return this.chain(node, names)
      case 'power':
        return this.of(node.base, names, 'number', (base) =>
          this.of(node.exponent, names, 'number', (exponent) =>
            found('number', { kind: 'power', base, exponent, span: node.span }),
          ),
        )
      case 'comparison':
        return this.comparison(node, names)
      case 'if':
        return this.of(node.test, names, 'truth', (test) => {
          const then = this.resolve(node.then, names)
          if (then.kind === 'problem') return then
          if (then.type === 'text') return this.wrong(node.then.span, ['a number', 'a comparison'])
          return this.of(node.otherwise, names, then.type, (otherwise) =>
            found(then.type, { kind: 'if', test, then: then.code, otherwise }),
          )
        })
      case 'let':
        return this.let(node, names)
      case 'call': {
        const args: Code[] = []
        for (const arg of node.args) {
          const one = this.of(arg, names, 'number', (code) => found('number', code))
          if (one.kind === 'problem') return one
          args.push(one.code)
        }
        return found('number', { kind: 'call', name: node.name, args, span: node.span })
      }
      case 'lookup':
        return this.lookup(node, names)
    }
  }

  private name(name: string, span: Span, names: Names): Resolved {
    const local = names.get(name)
    if (local !== undefined) return found(local.type, { kind: 'slot', slot: local.slot })
    const index = this.columnIndex.get(name)
    if (index === undefined) {
      const known = [...names.keys(), ...this.scope.columns.map((column) => column.name)]
      const near = nearest(name, known)
      const hint: Hint | null = near === null ? null : { kind: 'did-you-mean', name: near }
      return this.problem(span, { code: 'unknown-name', expected: known.slice(0, 20), hint })
    }
    this.columns.add(name)
    return found(this.scope.columns[index]!.kind, { kind: 'column', index, span })
  }

  private let(node: Extract<Node, { kind: 'let' }>, names: Names): Resolved {
    const inner = new Map(names)
    const bindings: { slot: number; isTruth: boolean; value: Code }[] = []
    for (const { name, value, span } of node.bindings) {
      if (this.columnIndex.has(name) || inner.has(name))
        return this.problem(span, { code: 'name-taken', expected: ['another name'] })
      const part = this.resolve(value, inner)
      if (part.kind === 'problem') return part
      if (part.type === 'text') return this.wrong(value.span, ['a number', 'a comparison'])
      const slot = this.slotCount++
      bindings.push({ slot, isTruth: part.type === 'truth', value: part.code })
      inner.set(name, { slot, type: part.type })
    }
    const body = this.resolve(node.body, inner)
    if (body.kind === 'problem') return body
    return found(body.type, { kind: 'let', bindings, body: body.code })
  }

  private chain(node: Extract<Node, { kind: 'chain' }>, names: Names): Resolved {
    const { operator } = node.rest[0]!
    const type = operator === 'and' || operator === 'or' ? 'truth' : 'number'
    return this.of(node.first, names, type, (first) => {
      const rest: { operator: ChainOperator; of: Code }[] = []
      for (const link of node.rest) {
        const part = this.of(link.of, names, type, (code) => found(type, code))
        if (part.kind === 'problem') return part
        rest.push({ operator: link.operator, of: part.code })
      }
      return found(type, { kind: 'chain', first, rest, span: node.span })
    })
  }

  private comparison(node: Extract<Node, { kind: 'comparison' }>, names: Names): Resolved {
    const { operator } = node
    const first = this.resolve(node.left, names)
    if (first.kind === 'problem') return first
    const isEquality = operator === '=' || operator === '!='
    if (!isEquality && first.type !== 'number') return this.wrong(node.left.span, [WORDS.number])
    return this.of(node.right, names, first.type, (right) =>
      found('truth', { kind: 'comparison', operator, sides: first.type, left: first.code, right }),
    )
  }

  private lookup(node: Extract<Node, { kind: 'lookup' }>, names: Names): Resolved {
    const { table: name, span } = node
    const table = Object.hasOwn(this.scope.tables, name) ? this.scope.tables[name] : undefined
    if (table === undefined) {
      const known = Object.keys(this.scope.tables)
      const near = nearest(name, known)
      const hint: Hint | null = near === null ? null : { kind: 'did-you-mean', name: near }
      return this.problem(span, { code: 'unknown-table', expected: known.slice(0, 20), hint })
    }
    this.tables.add(name)
    return this.of(node.key, names, table.key, (key) => {
      const rows = this.rowsOf.get(name) ?? new Map(table.rows)
      this.rowsOf.set(name, rows)
      if (node.otherwise === null)
        return found('number', { kind: 'lookup', rows, key, otherwise: null, span })
      return this.of(node.otherwise, names, 'number', (otherwise) =>
        found('number', { kind: 'lookup', rows, key, otherwise, span }),
      )
    })
  }

  /** A part that must be of a kind. */
  private of(node: Node, names: Names, type: Kind, then: (code: Code) => Resolved): Resolved {
    const part = this.resolve(node, names)
    if (part.kind === 'problem') return part
    if (part.type !== type) return this.wrong(node.span, [WORDS[type]])
    return then(part.code)
  }

  private wrong(span: Span, expected: readonly string[]): Resolved {
    return this.problem(span, { code: 'wrong-type', expected })
  }

  private problem(
    span: Span,
    problem: Pick<ExpressionProblem, 'code'> & Partial<Pick<ExpressionProblem, 'expected' | 'hint'>>,
  ): Resolved {
    return { kind: 'problem', problem: problemAt(this.source, span, problem) }
  }
}

const WORDS: Record<Kind, string> = { number: 'a number', truth: 'a comparison', text: 'a text' }

function found(type: Kind, code: Code): Extract<Resolved, { kind: 'resolved' }> {
  return { kind: 'resolved', type, code }
}

function checkScope({ columns, tables }: Scope): void {
  const check = (what: string, count: number, most: number): void => {
    if (count > most) throw new PricingFailure({ code: 'too-many', what, count, most })
  }
  check('columns', columns.length, COLUMNS_MAX)
  check('tables', Object.keys(tables).length, TABLES_MAX)
  for (const [name, { rows }] of Object.entries(tables)) {
    check(`rows of ${name}`, rows.length, TABLE_ROWS_MAX)
    if (new Set(rows.map(([key]) => key)).size < rows.length)
      throw new PricingFailure({ code: 'double-name', what: 'key of the table', name })
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
