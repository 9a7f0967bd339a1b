import { describe, expect, it } from 'vitest'
import { encodeRelease, WITHHELD, type Decimal, type Release } from '../privacy/answers/release.ts'
import { encodeByRule, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import type { ByRuleFinding } from '../../shared/domain/by-rule-answer.ts'
import { cellsCode, differingCells, encodeDiffers, readDiffers } from './differing-cells.ts'

const whole = (value: bigint) => ({ value, halfWidth: 5n })
const table = (cells: readonly (bigint | null)[]): Release => ({
  kind: 'table',
  cells,
  halfWidth: 5n,
  margins: [cells.map((cell) => whole(cell ?? 0n))],
  total: whole(cells.reduce<bigint>((sum, cell) => sum + (cell ?? 0n), 0n)),
})
const quartile = (perMille: string, value: string): ByRuleFinding => ({
  name: 'baseline/age',
  kind: 'quantile',
  perMille,
  value,
})
const model = (error: string): ByRuleFinding => ({
  name: 'model/0',
  kind: 'model',
  patients: '400',
  events: '200',
  coefficients: ['age', 'sexmale'].map((term) => ({
    term,
    coefficient: '0.5',
    error: term === 'age' ? '0.1' : error,
    low: '0.3',
    high: '0.7',
  })),
})

describe('numbers that come out otherwise', () => {
  it('have names in a curve that is all but down, too', () => {
    const curve = (low: Decimal): Uint8Array => {
      const survival = { value: [8_279, -7], low, high: [9_314, -4] } as const
      const steps = [{ untilDay: 240, survival, atRisk: 106n }]
      return encodeRelease({ kind: 'curves', curves: [{ level: null, steps }] })
    }
    expect(differingCells(curve([1_238, -311]), curve([1_239, -311]))).toEqual([
      'curves/0/steps/0/survival/low/0',
    ])
  })
  it('have names and no values, in both lanes', () => {
    expect(
      differingCells(encodeRelease(table([20n, 30n, null])), encodeRelease(table([20n, 31n, null]))),
    ).toEqual(['cells/1', 'margins/0/1/value', 'total/value'])
    expect(differingCells(encodeRelease(table([20n, null])), encodeRelease(table([20n, 12n])))).toContain(
      'cells/1',
    )
    const before = [model('0.2'), quartile('250', '40'), quartile('500', '60')]
    const after = [model('0.21'), quartile('250', '40'), quartile('500', '61')]
    expect(differingCells(encodeByRule(before), encodeByRule(after))).toEqual([
      'findings/model/0/coefficients/sexmale/error',
      'findings/baseline/age/500/value',
    ])
  })
  it('are the whole answer where it is of another kind', () => {
    const recorded = encodeRelease(table([20n, 30n]))
    for (const again of [encodeRelease(WITHHELD), encodeByRule([model('0.2')]), REFUSED_ANSWER])
      expect(differingCells(recorded, again)).toEqual(['answer'])
    expect(differingCells(REFUSED_ANSWER, REFUSED_ANSWER)).toEqual(['answer'])
  })
  it('are read back, and so are no other bytes', () => {
    const cells = ['cells/1', 'total/value']
    expect(readDiffers(encodeDiffers(cells))).toEqual(cells)
    for (const bytes of [
      encodeDiffers([]),
      REFUSED_ANSWER,
      encodeDiffers(['x'.repeat(301)]),
      new Uint8Array(3),
    ])
      expect(readDiffers(bytes)).toBeNull()
  })
  it('are a code where text has no place', () => {
    expect(cellsCode(['findings/baseline/hospital A/3', 'total/value'])).toBe(
      'findings.baseline.hospital-A.3+total.value',
    )
    expect(cellsCode(Array.from({ length: 50 }, (_, i) => `cells/${String(i)}`)).length).toBeLessThanOrEqual(
      300,
    )
  })
})
