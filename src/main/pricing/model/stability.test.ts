import { describe, expect, it } from 'vitest'
import { stream } from '../../stats/fixtures/random.test-kit.ts'
import { fitFrequency } from './fit-rates.ts'
import { relativityStability } from './stability.ts'
import { type Factor, tariffTable } from './tariff-table.ts'

const FACTORS: readonly Factor[] = [
  { name: 'age', levels: ['young', 'middle', 'old'], isOrdered: true },
  { name: 'group', levels: ['a', 'b'], isOrdered: false },
]
const RATES: Readonly<Record<string, number>> = { young: 0.2, middle: 0.3, old: 0.6, a: 1, b: 1.4 }

/** Claims of a year by Poisson; exposures and so the base levels differ from year to year. */
function yearOf(next: () => number, exposureOf: (level: string) => number, change = 1) {
  const records = FACTORS[0]!.levels.flatMap((age) =>
    FACTORS[1]!.levels.map((group) => {
      const exposure = exposureOf(age)
      const mean = exposure * RATES[age]! * RATES[group]! * (age === 'old' ? change : 1)
      const claims = poisson(mean, next)
      return { levels: [age, group], exposure, claims, cost: 1000 * claims }
    }),
  )
  return tariffTable(FACTORS, records)
}

/** By its exponential gaps. */
function poisson(mean: number, next: () => number): number {
  let count = -1
  for (let time = 0; time < mean; count++) time -= Math.log(next())
  return count
}

describe('relativityStability', () => {
  const compared = (seed: number, change: number) => {
    const next = stream(seed)
    const before = yearOf(next, (age) => (age === 'middle' ? 900 : 600))
    const after = yearOf(next, (age) => (age === 'old' ? 900 : 500), change)
    const [one, other] = [before, after].map((table) => fitFrequency(table, 'poisson').rating)
    return relativityStability(one!, before, other!, after)
  }
  it('calls as many levels of a stable product changed as its p says', () => {
    let [levels, called] = [0, 0]
    for (let seed = 1; seed <= 400; seed++)
      for (const { levels: rows } of compared(seed, 1))
        for (const { isBase, p } of rows) {
          if (isBase) continue
          levels++
          if (p < 0.05) called++
        }
    // Two of the ages and one of the groups.
    expect(levels).toBe(3 * 400)
    expect(called / levels).toBeGreaterThan(0.035)
    expect(called / levels).toBeLessThan(0.065)
  })
  it('finds the level that moved, relative to the same level in both', () => {
    const [age] = compared(7, 2)
    const [young, middle, old] = age!.levels
    expect(middle!.isBase).toBe(true)
    expect(middle!.z).toBeNaN()
    expect(old!.z).toBeGreaterThan(4)
    expect(Math.abs(young!.z)).toBeLessThan(3)
    expect(old!.later.ratio / old!.priced.ratio).toBeGreaterThan(1.5)
  })
  it('says nothing of a level that the later result does not have', () => {
    const next = stream(3)
    const before = yearOf(next, () => 600)
    const full = yearOf(next, () => 600)
    const after = tariffTable(
      [{ ...FACTORS[0]!, levels: ['young', 'middle'] }, FACTORS[1]!],
      FACTORS[0]!.levels.slice(0, 2).flatMap((age, k) =>
        FACTORS[1]!.levels.map((group, g) => ({
          levels: [age, group],
          exposure: 600,
          claims: full.claims[2 * k + g]!,
          cost: full.cost[2 * k + g]!,
        })),
      ),
    )
    const [one, other] = [before, after].map((table) => fitFrequency(table, 'poisson').rating)
    const [age] = relativityStability(one!, before, other!, after)
    const old = age!.levels.find(({ level }) => level === 'old')!
    expect(old.priced.ratio).toBeGreaterThan(1)
    expect([old.later.ratio, old.z, old.p]).toEqual([NaN, NaN, NaN])
    expect(age!.levels.filter(({ isBase }) => isBase)).toHaveLength(1)
  })
})
