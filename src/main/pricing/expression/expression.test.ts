import { describe, expect, it } from 'vitest'
import { compileExpression, type Scope } from './compile.ts'
import { evaluateExpression, evaluateRow, type Row } from './evaluate.ts'
import { parseExpression } from './parse.ts'
import { printExpression } from './print.ts'
import type { ExpressionProblem } from './syntax.ts'

const SCOPE: Scope = {
  columns: [
    { name: 'age', kind: 'number' },
    { name: 'sex', kind: 'text' },
    { name: 'visits', kind: 'number' },
  ],
  tables: {
    area: {
      key: 'text',
      rows: [
        ['north', 1.1],
        ['south', 0.9],
      ],
    },
    band: {
      key: 'number',
      rows: [
        [1, 0.8],
        [2, 1.3],
      ],
    },
  },
}
const ROW: Row = [42, 'F', 3]

function valueOf(source: string, row: Row = ROW): number | string {
  const compiled = compileExpression(source, SCOPE)
  if (compiled.kind === 'problem') return problemText(compiled.problem)
  const result = evaluateRow(compiled.expression, row)
  return result.kind === 'value' ? result.value : result.reason
}

const problemText = ({ code, line, column, found }: ExpressionProblem): string =>
  `${code} ${line}:${column} ${found}`

function problemOf(source: string): ExpressionProblem {
  const compiled = compileExpression(source, SCOPE)
  if (compiled.kind !== 'problem') throw new Error(`${source} compiles`)
  return compiled.problem
}

describe('expressions', () => {
  it.each<[string, number | string]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['(-2) ^ 2', 4],
    ['2 ^ -1', 0.5],
    ['10 - 4 - 3', 3],
    ['12 / 4 / 3', 1],
    ['1e3 + .5 + 2.5E-1', 1000.75],
    ['age / 10', 4.2],
    ['if age >= 40 and sex = "F" then 2 else 1', 2],
    ['if not (age < 40 or visits > 5) then 2 else 1', 2],
    ['if age < 30 then 1 else if age < 40 then 2 else 3', 3],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['clamp(age, 18, 40)', 40],
    ['round(2.5) + round(-2.5) * 10 + round(17, 5)', -12],
    ['abs(-3) + sqrt(16) + exp(0) + log(1)', 8],
    ['let r = age / 10; let s = r * r in s + r', 17.64 + 4.2],
    ['let old = age > 40 in if old = (sex = "F") then 1 else 0', 1],
    ['(let x = 2 in x * x) + 1', 5],
    ['lookup(area, "north")', 1.1],
    ['lookup(area, sex, 0.5)', 0.5],
    ['lookup(band, 1 + 1)', 1.3],
    ['# the base\nage # in years', 42],
    // No number.
    ['1 / (visits - 3)', 'division-by-zero'],
    ['log(0)', 'log-of-nothing'],
    ['sqrt(0 - 1)', 'root-of-negative'],
    ['(0 - 8) ^ 0.5', 'bad-power'],
    ['exp(1000)', 'too-large'],
    ['1e308 * 10', 'too-large'],
    ['lookup(area, "east")', 'no-such-key'],
    ['clamp(1, 3, 2)', 'bad-limits'],
    ['round(1, 0)', 'bad-limits'],
  ])('%s is %s', (source, expected) => {
    const value = valueOf(source)
    if (typeof expected === 'number') expect(value).toBeCloseTo(expected, 12)
    else expect(value).toBe(expected)
  })

  it.each<[string, string, Partial<ExpressionProblem>]>([
    ['1 +', 'unexpected 1:4 ', { expected: expect.arrayContaining(['a number']) }],
    ['1 + * 2', 'unexpected 1:5 *', {}],
    ['(1 + 2', 'unexpected 1:7 ', { hint: { kind: 'close-parenthesis', line: 1, column: 1 } }],
    ['1,5', 'unexpected 1:2 ,', { hint: { kind: 'decimal-point' } }],
    ['if age > 40 then 1', 'unexpected 1:19 ', { hint: { kind: 'needs-else' } }],
    ['if age > 40 them 1 else 2', 'unexpected 1:13 them', { hint: { kind: 'did-you-mean', name: 'then' } }],
    ['age && visits', 'bad-character 1:5 &&', { hint: { kind: 'write-instead', text: 'and' } }],
    ['age == 3', 'bad-character 1:5 ==', { hint: { kind: 'write-instead', text: '=' } }],
    ['age ** 2', 'bad-character 1:5 **', { hint: { kind: 'write-instead', text: '^' } }],
    ["sex = 'F'", "bad-character 1:7 '", { hint: { kind: 'write-instead', text: '"' } }],
    ['agee * 2', 'unknown-name 1:1 agee', { hint: { kind: 'did-you-mean', name: 'age' } }],
    ['1 +\n  cap(age)', 'unknown-function 2:3 cap', {}],
    ['sqr(4)', 'unknown-function 1:1 sqr', { hint: { kind: 'did-you-mean', name: 'sqrt' } }],
    [
      'lookup(areas, sex)',
      'unknown-table 1:1 lookup(areas, sex)',
      { hint: { kind: 'did-you-mean', name: 'area' } },
    ],
    ['lookup(area, age)', 'wrong-type 1:14 age', { expected: ['a text'] }],
    ['age + sex', 'wrong-type 1:7 sex', { expected: ['a number'] }],
    ['age > 3', 'wrong-type 1:1 age > 3', {}],
    ['if age then 1 else 2', 'wrong-type 1:4 age', { expected: ['a comparison'] }],
    ['"F"', 'wrong-type 1:1 "F"', {}],
    ['sex < "M"', 'wrong-type 1:1 sex', {}],
    ['1 < age < 3', 'unexpected 1:9 <', {}],
    ['clamp(1, 2)', 'wrong-number-of-arguments 1:1 clamp(1, 2)', { expected: ['3 arguments'] }],
    ['exp(1, 2)', 'wrong-number-of-arguments 1:8 2', {}],
    ['let age = 3 in age', 'name-taken 1:5 age', {}],
    ['1.2.3', 'bad-number 1:1 1.2', {}],
    ['2x', 'bad-number 1:1 2x', {}],
    ['sex = "F', 'open-text 1:7 "F', {}],
    ['年齡', 'bad-character 1:1 年', {}],
  ])('%s is refused where it goes wrong', (source, text, rest) => {
    const problem = problemOf(source)
    expect(problemText(problem)).toBe(text)
    expect(problem).toMatchObject(rest)
  })

  it('reaches nothing but its columns, tables and functions', () => {
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'globalThis',
      'process',
      'this',
      'eval',
      'hasOwnProperty',
    ]
    for (const name of names) {
      expect(problemOf(name).code).toBe('unknown-name')
      expect(problemOf(`${name}(1)`).code).toBe('unknown-function')
      expect(problemOf(`lookup(${name}, "north")`).code).toBe('unknown-table')
      expect(valueOf(`lookup(area, "${name}")`)).toBe('no-such-key')
    }
    for (const source of ['age.constructor', 'age[0]', 'age["x"]', '`age`', 'age => 1', '{age}', '\\u0061ge'])
      expect(compileExpression(source, SCOPE).kind).toBe('problem')
    // A row with more than was declared gives nothing of it.
    expect(valueOf('age', [1, 'F', 2, 99, 100])).toBe(1)
  })

  it('bounds its length, nesting and nodes, and says so', () => {
    expect(problemOf('1'.padEnd(20_001)).code).toBe('too-long')
    expect(problemOf('('.repeat(100) + '1' + ')'.repeat(100)).code).toBe('too-deep')
    expect(problemOf('-'.repeat(500) + '1').code).toBe('too-deep')
    expect(problemOf('2^'.repeat(500) + '1').code).toBe('too-deep')
    expect(problemOf('if 1 < 2 then 1 else '.repeat(100) + '1')).toMatchObject({
      code: 'too-deep',
      hint: { kind: 'split-up' },
    })
    expect(problemOf('-1+'.repeat(6_000) + '1').code).toBe('too-many-nodes')
    // Long is not deep: a sum of thousands of terms has one node for each, and one for the sum.
    const long = compileExpression(Array.from({ length: 9_000 }, () => '1').join('+'), SCOPE)
    expect(long.kind === 'compiled' && evaluateRow(long.expression, ROW)).toMatchObject({
      value: 9_000,
      steps: 9_001,
    })
  })

  it('counts rows without a value, with the place and the first of them', () => {
    const compiled = compileExpression('age /\n visits', SCOPE)
    if (compiled.kind === 'problem') throw new Error('must compile')
    const result = evaluateExpression(compiled.expression, [ROW, [1, 'M', 0], [null, 'M', 1], [2, 'M', 0]])
    expect([...result.values]).toEqual([14, NaN, NaN, NaN])
    expect(result.noValue).toEqual([
      { reason: 'division-by-zero', line: 1, column: 1, count: 2, firstRow: 1 },
      { reason: 'missing', line: 1, column: 1, count: 1, firstRow: 2 },
    ])
    expect(compiled.expression.columns).toEqual(['age', 'visits'])
  })

  it('prints one text for one tree', () => {
    const texts: [string, string][] = [
      ['((1+2))*3', '(1 + 2) * 3'],
      ['1+(2+3)', '1 + (2 + 3)'],
      ['a-(b-c)-d', 'a - (b - c) - d'],
      ['-(2^3)', '-2 ^ 3'],
      ['(-2)^3', '(-2) ^ 3'],
      ['not(a=b)or c<1 and(d>2 or e>3)', 'not a = b or c < 1 and (d > 2 or e > 3)'],
      ['if a<b then(if c<d then 1 else 2)else 3', 'if a < b then if c < d then 1 else 2 else 3'],
      ['let x=1;let y=x;x*y', 'let x = 1 in let y = x in x * y'],
      ['2*(let x=1 in x)', '2 * (let x = 1 in x)'],
      ['lookup( t , "k" ,1.50)', 'lookup(t, "k", 1.5)'],
    ]
    for (const [source, text] of texts) {
      const parsed = parseExpression(source)
      if (parsed.kind === 'problem') throw new Error(`${source}: ${problemText(parsed.problem)}`)
      expect(printExpression(parsed.node)).toBe(text)
    }
  })
})
