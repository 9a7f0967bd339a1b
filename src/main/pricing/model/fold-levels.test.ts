import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitFrequency, fitPurePremium, fitSeverity } from './fit-rates.ts'
import { foldedLevels, foldsOf } from './fold-levels.ts'
import { productOf } from './rating.ts'
import { relativityTable } from './relativities.ts'
import { tariffTable, type Factor, type TariffTable } from './tariff-table.ts'

const AGES: Factor = { name: 'ageBand', levels: ['0-17', '18-34', '35-49', '50-64', '65+'], isOrdered: true }
const SEXES: Factor = { name: 'sex', levels: ['female', 'male', 'other', 'unknown'], isOrdered: false }
const NOISE = { exposure: 0, claims: 400, cost: 4e8 }

/** Claims by age and by sex: 100 a member-year each, 1,000 a claim, unless it is said otherwise. */
function table(
  claims: (age: number, sex: number) => number,
  { exposure = () => 100, noise = NOISE as typeof NOISE | null, cost = 1_000 } = {} as {
    exposure?: (age: number, sex: number) => number
    noise?: typeof NOISE | null
    cost?: number
  },
): TariffTable {
  return tariffTable(
    [AGES, SEXES],
    AGES.levels.flatMap((age, a) =>
      SEXES.levels.map((sex, s) => ({
        levels: [age, sex],
        exposure: exposure(a, s),
        claims: claims(a, s),
        cost: cost * claims(a, s),
        ...(noise === null ? {} : { noise }),
      })),
    ),
  )
}
const named = (of: TariffTable) => foldsOf(of, ['ageBand', 'sex'])

describe('foldedLevels', () => {
  it('leaves every level alone that stands for something, and every one of an exact table', () => {
    expect(named(table(() => 100))).toEqual([])
    const exact = table((a) => (a === 2 ? 0 : 100), { noise: null })
    expect(named(exact)).toEqual([])
  })
  it('joins an age band that noise pushed to nothing with its less exposed neighbour', () => {
    const exposure = (a: number) => [100, 90, 100, 80, 100][a]!
    expect(named(table((a) => (a === 2 ? -5 : 100), { exposure }))).toEqual([
      { factor: 'ageBand', levels: ['35-49', '50-64'] },
    ])
    expect(named(table((a) => (a === 4 ? 2 : 100), { exposure }))).toEqual([
      { factor: 'ageBand', levels: ['50-64', '65+'] },
    ])
  })
  it('goes on until what is joined stands for something', () => {
    // Four cells of variance 400: a sum of 66 is beyond noise.
    expect(named(table((a) => [10, 10, 100, 100, 100][a]!))).toEqual([
      { factor: 'ageBand', levels: ['0-17', '18-34', '35-49'] },
    ])
  })
  it('puts sexes that say nothing together, and with the most exposed one where that is too little', () => {
    const exposure = (_: number, s: number) => [120, 100, 10, 10][s]!
    expect(named(table((_, s) => [100, 100, 12, 12][s]!, { exposure }))).toEqual([
      { factor: 'sex', levels: ['other', 'unknown'] },
    ])
    expect(named(table((_, s) => [100, 100, 2, -3][s]!, { exposure }))).toEqual([
      { factor: 'sex', levels: ['female', 'other', 'unknown'] },
    ])
  })
  it('takes one more of the exposed ones where weak levels pull the first below nothing', () => {
    // 79 claims of women stand for something, and with the men's and the unknown's do not any more.
    const cells = [
      [120, 0, 120, 0],
      [0, -1, 0, -2],
      [19, -50, 0, -29],
      [-60, 0, 0, 0],
      [0, 0, 0, 0],
    ]
    const of = table((a, s) => cells[a]![s]!)
    expect(named(of)).toContainEqual({ factor: 'sex', levels: ['female', 'male', 'other', 'unknown'] })
  })
  it('has one group where nothing stands for anything', () => {
    const nothing = table(() => 1)
    expect(new Set(foldedLevels(nothing, 0))).toEqual(new Set([0]))
    expect(new Set(foldedLevels(nothing, 1))).toEqual(new Set([0]))
  })
})

describe('relativities of a noisy table', () => {
  const ratesOf = (of: TariffTable) => {
    const frequency = fitFrequency(of, 'quasipoisson')
    const severity = fitSeverity(of)
    return [
      { rating: frequency.rating, measure: 'frequency' as const },
      { rating: severity.rating, measure: 'severity' as const },
      { rating: fitPurePremium(of, 1.5).rating, measure: 'pure-premium' as const },
      { rating: productOf(frequency.rating, severity.rating), measure: 'pure-premium' as const },
    ]
  }
  it('are one for levels that are joined, with one error, and no other level is moved by their names', () => {
    const of = table((a) => [100, 120, -5, 140, 160][a]!)
    for (const { rating, measure } of ratesOf(of)) {
      const [ages] = relativityTable(rating, of, measure)
      const row = (level: string) => ages!.rows.find((each) => each.level === level)!
      const [joined] = named(of)
      const [one, other] = joined!.levels.map(row)
      expect(one!.relativity).toBe(other!.relativity)
      expect(one!.stdErr).toBe(other!.stdErr)
      expect(ages!.rows.filter(({ isBase }) => isBase)).toHaveLength(1)
    }
  })
  it('are finite and above 0, also of levels that nobody has a claim in, whatever the noise', () => {
    const effect = fc.constantFrom(0, 0, 0.1, 1, 2)
    fc.assert(
      fc.property(
        fc.array(effect, { minLength: 4, maxLength: 4 }),
        fc.array(effect, { minLength: 3, maxLength: 3 }),
        // Within three standard errors of a cell's noise.
        fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 20, maxLength: 20 }),
        (ages, sexes, noise) => {
          const claims = (a: number, s: number) =>
            Math.round(120 * [1, ...ages][a]! * [1, ...sexes][s]!) + noise[4 * a + s]!
          const of = table(claims)
          for (const { rating, measure } of ratesOf(of))
            for (const { rows } of relativityTable(rating, of, measure))
              for (const { relativity, stdErr, level } of rows) {
                expect(relativity, `${measure} ${level}`).toBeGreaterThan(0.001)
                expect(relativity, `${measure} ${level}`).toBeLessThan(1_000)
                // Where no cell is left over nothing says how rates spread.
                if (stdErr === stdErr) expect(stdErr, `${measure} ${level}`).toBeGreaterThanOrEqual(0)
              }
        },
      ),
      { numRuns: 60 },
    )
  })
})
