/**
 * An expression over rows. Every node takes one step, nothing is walked twice in a row, and the steps are counted against
 * the bound that the compiler gave: an expression cannot hang. What has no value (0 / 0, log of -1, a key that the table lacks) is counted
 * with its place, never passed on as a number.
 */
import { assert } from '../../../shared/std/assert.ts'
import { exp } from '../../stats/det/exp.ts'
import { log } from '../../stats/det/log.ts'
import { pow } from '../../stats/det/pow.ts'
import type { Code, Expression, Kind } from './compile.ts'
import { placeOf, type Span } from './syntax.ts'

export type NoValue =
  | 'division-by-zero'
  | 'log-of-nothing'
  | 'root-of-negative'
  | 'bad-power'
  | 'too-large'
  | 'no-such-key'
  | 'missing'
  | 'bad-limits'

export type RowResult =
  | { readonly kind: 'value'; readonly value: number; readonly steps: number }
  | { readonly kind: 'no-value'; readonly reason: NoValue; readonly span: Span; readonly steps: number }

/** One value for each declared column, in their order; null or NaN is missing. */
export type Row = readonly (number | string | null)[]

export function evaluateRow(expression: Expression, row: Row): RowResult {
  const machine = new Machine(row, expression.slotCount, expression.stepsMost)
  const value = machine.number(expression.code)
  const { steps, reason, span } = machine
  if (reason !== null) return { kind: 'no-value', reason, span: span!, steps }
  // A number that is none has a reason; an infinite one has none of its own.
  if (value - value !== 0) return { kind: 'no-value', reason: 'too-large', span: expression.node.span, steps }
  // One zero, whichever sign it was reached with.
  return { kind: 'value', value: value + 0, steps }
}

export interface ExpressionResult {
  /** NaN where a row has no value. */
  readonly values: Float64Array
  readonly noValue: readonly {
    readonly reason: NoValue
    readonly line: number
    readonly column: number
    readonly count: number
    /** The first row of them, from 0. */
    readonly firstRow: number
  }[]
}

export function evaluateExpression(expression: Expression, rows: readonly Row[]): ExpressionResult {
  const values = new Float64Array(rows.length)
  const counts = new Map<string, { reason: NoValue; span: Span; count: number; firstRow: number }>()
  rows.forEach((row, index) => {
    const result = evaluateRow(expression, row)
    if (result.kind === 'value') {
      values[index] = result.value
      return
    }
    values[index] = NaN
    const key = `${result.reason} ${result.span.offset}`
    const known = counts.get(key)
    if (known === undefined)
      counts.set(key, { reason: result.reason, span: result.span, count: 1, firstRow: index })
    else known.count++
  })
  return {
    values,
    noValue: [...counts.values()].map(({ reason, span, count, firstRow }) => ({
      reason,
      ...placeOf(expression.source, span.offset),
      count,
      firstRow,
    })),
  }
}

class Machine {
  steps = 0
  reason: NoValue | null = null
  span: Span | null = null
  private readonly row: Row
  private readonly slots: (number | boolean)[]
  private readonly stepsMost: number

  constructor(row: Row, slotCount: number, stepsMost: number) {
    this.row = row
    this.slots = new Array<number | boolean>(slotCount).fill(0)
    this.stepsMost = stepsMost
  }

  number(code: Code): number {
    this.step()
    switch (code.kind) {
      case 'number':
        return code.value
      case 'column': {
        const value = this.row[code.index]
        return typeof value === 'number' && value - value === 0 ? value : this.none('missing', code.span)
      }
      case 'slot':
        return this.slots[code.slot] as number
      case 'negate':
        return -this.number(code.of)
      case 'chain':
        return this.sum(code)
      case 'power': {
        const base = this.number(code.base)
        const value = pow(base, this.number(code.exponent))
        return value === value ? this.finite(value, code.span) : this.none('bad-power', code.span)
      }
      case 'if':
        return this.number(this.truth(code.test) ? code.then : code.otherwise)
      case 'let':
        this.bind(code)
        return this.number(code.body)
      case 'call':
        return this.call(code)
      case 'lookup': {
        const value = code.rows.get(this.key(code.key))
        if (value !== undefined) return value
        return code.otherwise === null ? this.none('no-such-key', code.span) : this.number(code.otherwise)
      }
      case 'text':
      case 'not':
      case 'comparison':
        return this.never()
    }
  }

  truth(code: Code): boolean {
    this.step()
    switch (code.kind) {
      case 'slot':
        return this.slots[code.slot] as boolean
      case 'not':
        return !this.truth(code.of)
      case 'if':
        return this.truth(this.truth(code.test) ? code.then : code.otherwise)
      case 'let':
        this.bind(code)
        return this.truth(code.body)
      case 'comparison':
        return this.comparison(code)
      case 'chain':
        return this.both(code)
      case 'power':
      case 'number':
      case 'text':
      case 'column':
      case 'negate':
      case 'call':
      case 'lookup':
        return this.never()
    }
  }

  /** Sides that are not needed are not looked at. */
  private both({ first, rest }: Extract<Code, { kind: 'chain' }>): boolean {
    let value = this.truth(first)
    for (const { operator, of } of rest) {
      if (value === (operator === 'or')) return value
      value = this.truth(of)
    }
    return value
  }

  private sum({ first, rest, span }: Extract<Code, { kind: 'chain' }>): number {
    let value = this.number(first)
    for (const { operator, of } of rest) {
      const next = this.number(of)
      if (operator === '/' && next === 0) value = this.none('division-by-zero', span)
      else if (operator === '+') value += next
      else if (operator === '-') value -= next
      else if (operator === '*') value *= next
      else value /= next
    }
    return this.finite(value, span)
  }

  private comparison({ operator, sides, left, right }: Extract<Code, { kind: 'comparison' }>): boolean {
    const a = this.side(left, sides)
    const b = this.side(right, sides)
    switch (operator) {
      case '=':
        return a === b
      case '!=':
        return a !== b
      case '<':
        return a < b
      case '<=':
        return a <= b
      case '>':
        return a > b
      case '>=':
        return a >= b
    }
  }

  private side(code: Code, kind: Kind): number | string | boolean {
    return kind === 'text' ? this.key(code) : kind === 'truth' ? this.truth(code) : this.number(code)
  }

  private key(code: Code): string | number {
    if (code.kind === 'text') {
      this.step()
      return code.value
    }
    if (code.kind === 'column') {
      this.step()
      const value = this.row[code.index]
      if (value === null || value === undefined || value !== value) {
        this.none('missing', code.span)
        return NaN
      }
      return value
    }
    return this.number(code)
  }

  private bind({ bindings }: Extract<Code, { kind: 'let' }>): void {
    for (const { slot, isTruth, value } of bindings)
      this.slots[slot] = isTruth ? this.truth(value) : this.number(value)
  }

  private call({ name, args, span }: Extract<Code, { kind: 'call' }>): number {
    const values = args.map((arg) => this.number(arg))
    const x = values[0]!
    switch (name) {
      case 'min':
        return values.reduce((a, b) => (b < a ? b : a))
      case 'max':
        return values.reduce((a, b) => (b > a ? b : a))
      case 'exp':
        return this.finite(exp(x), span)
      case 'log':
        return x > 0 ? log(x) : this.none('log-of-nothing', span)
      case 'sqrt':
        return x >= 0 ? Math.sqrt(x) : this.none('root-of-negative', span)
      case 'abs':
        return Math.abs(x)
      case 'round': {
        const unit = values[1] ?? 1
        if (!(unit > 0)) return this.none('bad-limits', span)
        const size = Math.floor(Math.abs(x) / unit + 0.5) * unit
        return this.finite(x < 0 ? -size : size, span)
      }
      case 'clamp': {
        const low = values[1]!
        const high = values[2]!
        if (!(low <= high)) return this.none('bad-limits', span)
        return x < low ? low : x > high ? high : x
      }
    }
  }

  private finite(value: number, span: Span): number {
    return value - value === 0 ? value : this.none('too-large', span)
  }

  /** The first reason counts; what follows from it is no further one. */
  private none(reason: NoValue, span: Span): number {
    if (this.reason === null) {
      this.reason = reason
      this.span = span
    }
    return NaN
  }

  private step(): void {
    this.steps++
    assert(this.steps <= this.stepsMost, 'an expression takes one step for each node at most')
  }

  private never(): never {
    assert(false, 'kinds were checked when the expression was compiled')
  }
}
