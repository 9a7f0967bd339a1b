import { describe, expect, it } from 'vitest'
import { derivedTest } from '../../../shared/domain/asked-tests.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { estimatedFiltration } from '../../../shared/domain/units.ts'
import { personWith } from '../cleaning/cleaning.test-kit.ts'
import { factCode } from '../facts/fact-tables.ts'
import { derivedValue } from './derived-results.ts'
import { resultsOfTest } from './event-days.ts'

const egfr = derivedTest('egfrCreat')!
const birth = parseDay('1970-06-15')!
const female = factCode('sex', 'female')
const male = factCode('sex', 'male')
const of = (canonical: number | null, day: string, sex: number | null, comparator: number | null = null) =>
  derivedValue(egfr, { canonical, comparator }, parseDay(day)!, { birth, sex })

describe('filtration that follows from creatinine', () => {
  it('is what the calculator of the National Kidney Foundation says', () => {
    // CKD-EPI 2021: at 50 years and 1.0 mg/dL 69 for a woman and 92 for a man; at 0.6 mg/dL 109 and 118.
    const said = [1, 0.6].map((mg) => [of(mg, '2020-06-15', female), of(mg, '2020-06-15', male)])
    expect(said.map((pair) => pair.map((value) => Math.round(value!)))).toEqual([
      [69, 92],
      [109, 118],
    ])
  })

  it('is the formula of the checks at entry, in completed years, on either side of its bend', () => {
    for (const sex of [female, male])
      for (const mg of [0.4, 0.7, 0.9, 0.91, 1.3, 8])
        for (const [day, years] of [
          ['2019-06-14', 48],
          ['2019-06-15', 49],
          ['2060-01-01', 89],
        ] as const) {
          const expected = estimatedFiltration(mg, years, sex === female)
          expect(Math.abs(of(mg, day, sex)! / expected - 1)).toBeLessThan(1e-13)
        }
  })

  it('follows from nothing that it is not made for', () => {
    expect(of(1, '1988-06-14', female)).toBeNull()
    expect(of(1, '1988-06-15', female)).not.toBeNull()
    expect(of(1, '2020-01-01', factCode('sex', 'other'))).toBeNull()
    expect(of(1, '2020-01-01', null)).toBeNull()
    expect(of(0, '2020-01-01', female)).toBeNull()
    expect(of(null, '2020-01-01', female)).toBeNull()
    expect(of(1, '2020-01-01', female, factCode('comparator', '<'))).toBeNull()
    expect(
      derivedValue(egfr, { canonical: 1, comparator: null }, 20_000, { birth: null, sex: female }),
    ).toBeNull()
  })

  it('takes creatinine in either unit, and sex and birth as most visits say them', () => {
    const visit = { birth, sex: female }
    const person = personWith([
      { visit, results: [['creat', 1]] },
      { visit, results: [['creat', 88.4, 'umol/L']] },
      { visit: { birth, sex: male }, results: [['creat', 1]] },
    ])
    const values = resultsOfTest('egfrCreat')(person).map(({ value }) => value)
    expect(values).toHaveLength(3)
    expect(Math.abs(values[1]! / values[0]! - 1)).toBeLessThan(1e-4)
    expect(values[2]).toBe(values[0])
  })
})
