/** The generator's patients as tariff cells, with the true expected cost beside them. */
import { lifeOf } from '../../generator/generate-patients.ts'
import { employerGroups } from '../../generator/plans.ts'
import { ageInYears } from '../../../shared/domain/dates.ts'
import { ageBandNames, ageBandOf, exposureOfSpell } from './exposure.ts'
import { fitFrequency, fitPurePremium, fitSeverity } from './fit-rates.ts'
import { priceGroup } from './price-group.ts'
import { productOf, type Rating } from './rating.ts'
import { type CellRecord, type Factor, type TariffTable, tariffTable, total } from './tariff-table.ts'

const BANDS = { edges: [0, 50, 60, 70] }
const FACTORS: Factor[] = [
  { name: 'age', levels: ageBandNames(BANDS), isOrdered: true },
  { name: 'sex', levels: ['female', 'male'], isOrdered: false },
]

export interface GeneratedPortfolio {
  readonly table: TariffTable
  /** For each cell the expected billed amount, given the visits that happened. */
  readonly expected: Float64Array
}

/** Observation from entry to end as exposure, visits that were not taken back as claims, billed amounts as cost. */
export function generatedPortfolio(seed: string, patients: number): GeneratedPortfolio {
  const groups = employerGroups(seed)
  const records: CellRecord[] = []
  const truths: CellRecord[] = []
  for (let index = 0; index < patients; index++) {
    const { course, visits } = lifeOf({ seed, patients }, index, groups)
    const sex = course.male === 1 ? 'male' : 'female'
    const spell = { fromDay: course.entryDay, toDay: course.entryDay + course.end, birthDay: course.birthDay }
    for (const { ageBand, exposure } of exposureOfSpell(spell, BANDS, 'year'))
      records.push({ levels: [ageBand, sex], exposure, claims: 0, cost: 0 })
    for (const visit of visits) {
      if (visit.isRetracted) continue
      const levels = [ageBandOf(BANDS, ageInYears(course.birthDay, visit.day)), sex]
      const cost = visit.claims.reduce((sum, { billed }) => sum + billed, 0)
      records.push({ levels, exposure: 0, claims: 1, cost })
      truths.push({ levels, exposure: 0, claims: 1, cost: visit.expectedBilled })
    }
  }
  return { table: tariffTable(FACTORS, records), expected: tariffTable(FACTORS, truths).cost }
}

export interface Recovered {
  /** z-free: whether the truth lies in the 95 % interval, for the whole and for each cell. */
  readonly isTotalCovered: boolean
  readonly cellsCovered: number
  readonly cells: number
  /** Estimated over true cost per patient-year, less 1. */
  readonly gap: number
}

export function recoverCost(seed: string, patients: number, kind: 'product' | 'tweedie'): Recovered {
  const { table, expected } = generatedPortfolio(seed, patients)
  const rating: Rating =
    kind === 'tweedie'
      ? fitPurePremium(table, 1.5).rating
      : productOf(fitFrequency(table, 'quasipoisson').rating, fitSeverity(table).rating)
  const priced = (cells: readonly number[]): ReturnType<typeof priceGroup> =>
    priceGroup(
      cells.map((i) => ({
        levels: Object.fromEntries(
          FACTORS.map(({ name, levels }, f) => [name, levels[table.codes[f]![i]!]!]),
        ),
        exposure: table.exposure[i]!,
      })),
      { rating, steps: [], process: null, own: null },
    )
  const all = Array.from(table.exposure, (_, i) => i)
  const whole = priced(all)
  const truth = total(expected) / total(table.exposure)
  const isIn = ({ lower, upper }: { lower: number; upper: number }, value: number): boolean =>
    lower <= value && value <= upper
  return {
    isTotalCovered: isIn(whole.interval, truth),
    cellsCovered: all.filter((i) => isIn(priced([i]).interval, expected[i]! / table.exposure[i]!)).length,
    cells: all.length,
    gap: whole.gross / truth - 1,
  }
}
