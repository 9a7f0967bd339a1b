import { describe, expect, it } from 'vitest'
import { loadFixture } from '../../stats/fixtures/fixture.test-kit.ts'
import { pow } from '../../stats/det/pow.ts'
import { restrictedCubicSpline } from '../../stats/regression/splines.ts'
import { compileExpression, type Scope } from './compile.ts'
import { evaluateRow } from './evaluate.ts'
import { DEPTH_MAX } from './limits.ts'
import { parseExpression } from './parse.ts'
import { printExpression } from './print.ts'

const SCOPE: Scope = {
  columns: [
    { name: 'age', kind: 'number' },
    { name: 'sex', kind: 'text' },
  ],
  tables: {},
}

function compiled(source: string, scope = SCOPE) {
  const result = compileExpression(source, scope)
  if (result.kind === 'problem')
    throw new Error(`${source}: ${result.problem.code} ${result.problem.found} ${result.problem.expected}`)
  return result.expression
}

function valueOf(source: string, age: number | null): number | string {
  const result = evaluateRow(compiled(source), [age, 'F'])
  return result.kind === 'value' ? result.value : result.reason
}

const textOf = (source: string, scope = SCOPE): string => printExpression(compiled(source, scope).node)

describe('functions that are written out', () => {
  it('count the cuts that were reached', () => {
    const ages = [17.999, 18, 30, 64, 65, 90]
    expect(ages.map((age) => valueOf('band(age, 18, 30, 65)', age))).toEqual([0, 1, 2, 2, 3, 3])
    expect([-6, -5, 0].map((age) => valueOf('band(age, -5, 0)', age))).toEqual([0, 1, 2])
    expect(valueOf('band(age, 18)', null)).toBe('missing')
    expect(valueOf('10 * band(2 * age, 18, 30) ^ 2', 15)).toBe(40)
  })

  it('are the terms of a restricted cubic spline, to the bit as the engine has them, and as R', () => {
    const { data, expected } = loadFixture('rcs_lung_age')
    const ages = Float64Array.from(data.x as number[])
    const knots = Float64Array.from(expected.knots as number[])
    const basis = restrictedCubicSpline(ages, knots)
    const ofR = (expected.basis as { first: number[][] }).first
    basis.forEach((column, j) => {
      const expression = compiled(`rcs(age, ${j + 1}, ${[...knots].join(', ')})`)
      ages.forEach((age, i) => {
        const result = evaluateRow(expression, [age, 'F'])
        expect(result.kind === 'value' && result.value).toBe(column[i])
        if (i < ofR.length) expect(column[i]).toBeCloseTo(ofR[i]![j]!, 8)
      })
    })
    const [around] = restrictedCubicSpline(Float64Array.of(0.5), Float64Array.of(-2, -1, 0, 3)).slice(2)
    expect(valueOf('rcs(age - 1, 3, -2, -1, 0, 3)', 1.5)).toBe(around![0])
    expect(valueOf('rcs(age, 2, 20, 40, 60)', null)).toBe('missing')
  })

  it('raise to a power', () => {
    expect(valueOf('pow(age + 1, 1.5)', 3)).toBe(pow(4, 1.5))
    expect(textOf('pow(age + 1, -2)')).toBe('(age + 1) ^ -2')
    expect(textOf('pow(pow(age, 2), 3)')).toBe('(age ^ 2) ^ 3')
  })

  it('leave a text of the language without them, which stays as it is', () => {
    const texts: [string, string][] = [
      ['band(age, 18, 65)', '(if age >= 18 then 1 else 0) + (if age >= 65 then 1 else 0)'],
      ['band(age, 18)', 'if age >= 18 then 1 else 0'],
      ['2 * band(age + 1, 18)', '2 * (let x1 = age + 1 in if x1 >= 18 then 1 else 0)'],
      ['rcs(age, 1, 20, 40, 60)', 'age'],
      [
        'rcs(age, 2, 20, 40, 60)',
        'let x1 = max(age - 20, 0) in let x2 = max(age - 40, 0) in let x3 = max(age - 60, 0) in (x1 * x1 * x1 - x2 * x2 * x2 * 40 / 20 + x3 * x3 * x3 * 20 / 20) / 1600',
      ],
    ]
    for (const [source, text] of texts) {
      expect(textOf(source)).toBe(text)
      const again = parseExpression(text)
      expect(again.kind === 'parsed' && printExpression(again.node)).toBe(text)
    }
  })

  it('take no name that a column or the source has', () => {
    const scope: Scope = { columns: [...SCOPE.columns, { name: 'x1', kind: 'number' }], tables: {} }
    expect(textOf('band(age + 1, 18)', scope)).toContain('let x2 = age + 1')
    expect(textOf('let x1 = age in band(x1 + 1, 18) + band(x1 + 2, 18)')).toBe(
      'let x1 = age in (let x2 = x1 + 1 in if x2 >= 18 then 1 else 0) + (let x3 = x1 + 2 in if x3 >= 18 then 1 else 0)',
    )
    expect(valueOf('band(band(age + 1, 18, 30) * 20, 18, 30)', 40)).toBe(2)
  })

  it('look at x once for each row', () => {
    const long = compiled('band(exp(age) + exp(age) + exp(age), 1, 2, 3, 4)')
    const short = compiled('band(age, 1, 2, 3, 4)')
    const steps = (expression: typeof long): number => evaluateRow(expression, [1, 'F']).steps
    // The sum of three exponentials has seven nodes, and the let one.
    expect(steps(long) - steps(short)).toBe(8)
    expect(steps(long)).toBeLessThanOrEqual(long.stepsMost)
  })

  it.each<[string, string, string[]]>([
    ['band(age)', 'wrong-number-of-arguments 1 band(age)', ['2 to 50 arguments']],
    ['pow(age)', 'wrong-number-of-arguments 1 pow(age)', ['2 arguments']],
    ['band(age, 18, 18)', 'unexpected 15 18', ['a number above 18']],
    ['band(age, 18, -18)', 'unexpected 15 -18', ['a number above 18']],
    ['band(age, 18, age)', 'wrong-type 15 age', ['a number, written out']],
    ['band(sex, 18)', 'wrong-type 6 sex', ['a number']],
    ['band(age > 3, 18)', 'wrong-type 6 age > 3', ['a number']],
    ['rcs(age, 2, 20, 40)', 'wrong-number-of-arguments 1 rcs(age, 2, 20, 40)', ['5 to 50 arguments']],
    ['rcs(age, 3, 20, 40, 60)', 'unexpected 10 3', ['a whole number from 1 to 2']],
    ['rcs(age, 1.5, 20, 40, 60)', 'unexpected 10 1.5', ['a whole number from 1 to 2']],
    ['rcs(age, 2, 20, 60, 40)', 'unexpected 21 40', ['a number above 60']],
    ['rcs(age, 2, -1e300, 0, 1e300)', 'unexpected 1 rcs(age, 2, -1e300, 0, 1e300)', ['knots less far apart']],
    [
      'rcs(age, 2, 1e-300, 2e-300, 3e-300)',
      'unexpected 1 rcs(age, 2, 1e-300, 2e-300, 3e-300)',
      ['knots further apart'],
    ],
  ])('%s is refused where it goes wrong', (source, text, expected) => {
    const result = compileExpression(source, SCOPE)
    if (result.kind === 'compiled') throw new Error('compiles')
    const { code, column, found } = result.problem
    expect(`${code} ${column} ${found}`).toBe(text)
    expect(result.problem.expected).toEqual(expected)
  })

  it('are meant where they are mistyped', () => {
    const result = compileExpression('bandd(age, 18)', SCOPE)
    expect(result.kind === 'problem' && result.problem.hint).toEqual({ kind: 'did-you-mean', name: 'band' })
  })

  it('count their lets and levels as what is written out has them', () => {
    const many = Array.from({ length: 501 }, () => 'band(age + 1, 1)').join(' + ')
    const tooMany = compileExpression(many, SCOPE)
    expect(tooMany.kind === 'problem' && tooMany.problem.code).toBe('too-many-lets')
    // However deep: what is taken comes back from its own text.
    for (const [open, close] of [
      ['band(1 + ', ', 1, 2)'],
      ['2 * band(1 + ', ', 1)'],
      ['2 ^ rcs(1 + ', ', 2, 1, 2, 3)'],
      ['1 - pow(1 + ', ', 2)'],
      ['pow(2, 1 + ', ')'],
    ] as const) {
      const lost: string[] = []
      let taken = 0
      for (let n = 1; n < DEPTH_MAX; n++)
        for (let minus = 0; minus < DEPTH_MAX; minus++) {
          const source = '-'.repeat(minus) + open.repeat(n) + 'age' + close.repeat(n)
          const parsed = parseExpression(source)
          if (parsed.kind === 'problem') break
          taken++
          if (parseExpression(printExpression(parsed.node)).kind === 'problem') lost.push(source)
        }
      expect(lost).toEqual([])
      expect(taken).toBeGreaterThan(100)
    }
  })
})
