/**
 * The exposure file of an insurer of the synthetic consortium: member-months and premiums from the roll, also of those whom no hospital ever sees
 * (docs/spec/pricing.md M2). Pure.
 */
import { civilOfDay, dayOfCivil } from '../../shared/domain/dates.ts'
import { generateLives, type GenerateOptions } from './generate-patients.ts'
import { insurerOfLife, type InsurerShare } from './insured-with.ts'
import { employerGroups, enrolmentOf } from './plans.ts'

const BANDS = [
  [0, '0-34'],
  [35, '35-49'],
  [50, '50-64'],
  [65, '65+'],
] as const
/** National insurance has no plans. */
const NO_PLAN = 'NHI'

/**
 * @param lastMonth `YYYY-MM`; the file has so many months up to it
 * @param insurers that people are insured with
 * @param own whose file it is
 */
export function exposureFile(
  options: GenerateOptions,
  lastMonth: string,
  months: number,
  insurers: readonly [InsurerShare, ...InsurerShare[]],
  own: InsurerShare = insurers[0],
): string {
  const groups = employerGroups(options.seed)
  const newest = Number(lastMonth.slice(0, 4)) * 12 + Number(lastMonth.slice(5)) - 1
  const cells = new Map<string, { memberMonths: number; premium: number }>()
  for (const life of generateLives(options)) {
    if (insurerOfLife(options.seed, life.course.index, insurers).name !== own.name) continue
    for (const row of enrolmentOf(options.seed, life.course, life.membership, groups))
      for (let index = newest - months + 1; index <= newest; index++) {
        const [year, month] = [Math.floor(index / 12), (index % 12) + 1]
        const from = dayOfCivil(year, month, 1)
        const next = dayOfCivil(Math.floor((index + 1) / 12), ((index + 1) % 12) + 1, 1)
        const insured = Math.min(row.toDay + 1, next) - Math.max(row.fromDay, from)
        if (insured <= 0) continue
        const age = Math.max(0, civilOfDay(from).year - row.birthYear)
        const band = BANDS.findLast(([least]) => age >= least)![1]
        const share = insured / (next - from)
        const name = `${year}-${String(month).padStart(2, '0')},${row.plan || NO_PLAN},${row.group},${band},${row.sex}`
        const cell = cells.get(name) ?? { memberMonths: 0, premium: 0 }
        cells.set(name, {
          memberMonths: cell.memberMonths + share,
          premium: cell.premium + share * row.premiumMonthly,
        })
      }
  }
  const lines = [...cells]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { memberMonths, premium }]) => {
      const [month, plan, group, band, sex] = name.split(',')
      return `${plan},${group},${band},${sex},${month},${Math.round(memberMonths * 1_000) / 1_000},${Math.round(premium)}\n`
    })
  return `plan,group,ageBand,sex,month,memberMonths,premium\n${lines.join('')}`
}
