/** Which cells of a monitoring table are shown (docs/spec/privacy.md G11): whole groups first, then cells, by noisy numbers alone. */
import { assert, present } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { marketCells } from './market.ts'
import { sumOf, threshold, type NoisyTable } from './noisy-tables.ts'
import type { ReleasePolicy } from './answer-policy.ts'
import { WITHHELD, type Release } from './release.ts'

/** The first table counts persons by group and stratum; where plans are asked, another one counts them by plan. */
export function releaseMonitor(
  tables: readonly NoisyTable[],
  policy: ReleasePolicy,
  benchmarkFrom: string | null,
): Release {
  const [persons] = tables
  assert(persons?.part.name === 'count', 'persons come first')
  const of = (name: NoisyTable['part']['name']) => tables.find(({ part }) => part.name === name)
  const byMonth = present(of('patients-by-month'))
  const ofPlans = of('plan-count')
  if (sumOf(persons.cells) < threshold(policy.cohortLeast, persons.variance, persons.cells.length))
    return WITHHELD
  const isGroupShown = groupsShown(persons, policy)
  const isPlanShown = ofPlans === undefined ? [] : groupsShown(ofPlans, policy)
  const inShownGroup = ({ cells, part }: NoisyTable, i: number): boolean => {
    const [{ variable }] = part.axes as readonly [(typeof part.axes)[number]]
    const shown =
      variable === 'watched-group' ? isGroupShown : variable === 'watched-plan' ? isPlanShown : null
    return shown === null || shown[Math.floor(i / (cells.length / shown.length))]!
  }
  const isEnough = (table: NoisyTable, patientsLeast: number, i: number): boolean => {
    const { part, cells, variance } = table
    // Nobody adds more than that to a cell, so so many times over there are so many patients.
    const least = patientsLeast * Number(part.perCellMost)
    return cells[i]! >= threshold(least, variance)
  }
  const isInMarket = marketCells(tables, policy, benchmarkFrom)
  const isShown = (table: NoisyTable, i: number): boolean => {
    if (!inShownGroup(table, i)) return false
    switch (table.part.name) {
      case 'visits':
      case 'claims':
      case 'cost':
        // By the persons of the same cells, whose noise is another: a number that decided over itself would be shown where it is too high.
        return isEnough(persons, policy.smallestCount, i)
      case 'claims-by-month':
        return isEnough(byMonth, policy.smallestCount, i)
      case 'plan-visits':
      case 'plan-claims':
      case 'plan-cost':
        return isEnough(present(ofPlans), policy.smallestCount, i)
      case 'plan-claims-by-month':
        return isEnough(present(of('plan-patients-by-month')), policy.smallestCount, i)
      case 'count':
      case 'charlson':
      case 'conditions':
      case 'patients-by-month':
      case 'reporting':
      case 'plan-count':
      case 'plan-charlson':
      case 'plan-conditions':
      case 'plan-patients-by-month':
        return isEnough(table, policy.smallestCount, i)
      case 'market-months':
      case 'market-claims-by-month':
        return isInMarket(i)
      // By insurer: they decide and are nobody's to see.
      case 'market-persons':
      case 'market-claims':
      case 'expected':
      case 'sum':
      case 'squares':
      case 'exposure':
      case 'tested':
      case 'written':
      case 'cleaned':
      case 'units':
      case 'seen':
      case 'known':
      case 'reasons':
      case 'transitions':
      case 'waits':
        return false
      default:
        return unreachable(table.part.name)
    }
  }
  return {
    kind: 'monitor',
    tables: tables.map((table) => table.cells.map((cell, i) => (isShown(table, i) ? cell : null))),
  }
}

/** By their persons in all strata, in the order of the axis, “not known” last. */
function groupsShown({ cells, part, variance }: NoisyTable, { groupLeast }: ReleasePolicy): boolean[] {
  const count = part.axes[0]!.labels!.length + 1
  const strata = cells.length / count
  const least = threshold(groupLeast, variance, strata)
  return Array.from({ length: count }, (_, g) => sumOf(cells.slice(g * strata, (g + 1) * strata)) >= least)
}
