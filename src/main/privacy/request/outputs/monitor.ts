/** Tables of one insurer's own groups (docs/spec/privacy.md Q7), where it is asked with plans and a benchmark beside them. */
import type { Cbor } from '../../../node/chain/codec.ts'
import { asArray, asList } from '../../../node/chain/ids.ts'
import type { Axis } from '../axis.ts'
import {
  canonicalMonitor,
  CLAIMS_MOST,
  CLAIMS_PER_MONTH_MOST,
  CONDITIONS_PER_PERSON,
  INSURERS_MAX,
  isMonitorInForm,
  MONITOR_CODES_MAX,
  MONITOR_GROUPS_MAX,
  MONITOR_PLANS_MAX,
  monitorAxes,
  PLAN_CELLS_MAX,
  planCellCount,
  type MonitorGroup,
  type MonitorOutput,
} from '../monitor-output.ts'
import type { OutputForm, RequestProblem } from '../output-form.ts'
import type { Measure, PartName, Share } from '../part.ts'
import { integersFromCbor } from '../slots.ts'

export const monitor: OutputForm<MonitorOutput> = {
  kind: 'monitor',
  charged: { registered: 'registered-model', other: 'table' },
  levels: 'dictionary',
  peopleIn: ['count'],
  axesOf: (output) => {
    // The largest of its tables; the others have axes of their own.
    const { group, age, sex } = monitorAxes(output)
    return [group, age, sex]
  },
  sumsOf: () => [],
  problemsOf: (output, isCleaned) => {
    const problems: RequestProblem[] = []
    if (!isMonitorInForm(output)) problems.push('groups')
    else if (planCellCount(output) > PLAN_CELLS_MAX) problems.push('too-many-cells')
    // One table for one snapshot: of everybody, as recorded.
    if (isCleaned) problems.push('groups')
    return problems
  },
  canonical: canonicalMonitor,
  toCbor: ({ organisation, groups, plans, ageEdges, lastMonth, months, costMost, insurers }) => {
    const named = (each: readonly MonitorGroup[]) => each.map(({ label, codes }): Cbor => [label, codes])
    const fixed: Cbor[] = [organisation, named(groups), ageEdges, lastMonth, months, costMost]
    if (plans !== null) return [...fixed, insurers, named(plans)]
    // Without plans, and without a benchmark, it is the form that there was before there were any.
    return insurers === null ? fixed : [...fixed, insurers]
  },
  fromCbor,
  sharesOf: monitorShares,
}

function fromCbor(slots: readonly Cbor[]): MonitorOutput | null {
  const [organisation, named, edges, lastMonth, months, costMost, listed, ofPlans] = slots
  const ageEdges = integersFromCbor(edges)
  const groups = groupsFromCbor(named, MONITOR_GROUPS_MAX)
  const plans = ofPlans === undefined ? null : groupsFromCbor(ofPlans, MONITOR_PLANS_MAX)
  if (typeof organisation !== 'string' || typeof lastMonth !== 'string' || ageEdges === null) return null
  if (typeof months !== 'number' || typeof costMost !== 'number') return null
  if (groups === null || (ofPlans !== undefined && plans === null)) return null
  const isListed = listed !== undefined && listed !== null
  const insurers = isListed ? asList(listed, INSURERS_MAX) : null
  if (isListed && insurers === null) return null
  if (insurers !== null && !insurers.every((name) => typeof name === 'string')) return null
  return { kind: 'monitor', organisation, groups, plans, ageEdges, lastMonth, months, costMost, insurers }
}

function groupsFromCbor(value: Cbor | undefined, most: number): readonly MonitorGroup[] | null {
  const groups = asList(value, most)?.map(groupFromCbor) ?? null
  return groups !== null && groups.every((group) => group !== null) ? groups : null
}

function groupFromCbor(value: Cbor): MonitorGroup | null {
  const [label, list] = asArray(value, 2) ?? []
  const codes = asList(list, MONITOR_CODES_MAX)
  if (typeof label !== 'string' || codes === null) return null
  return codes.every((code) => typeof code === 'string') ? { label, codes } : null
}

/** Of what is paid, tables of groups and months have twice the part that they have to each other: plans are few and large, and bear more noise. */
const BESIDE_PLANS = 2

/**
 * Tables of a monitoring request (Q7). Persons decide which groups and cells are shown, so that no noise decides over its own number; visits,
 * claims and cost are those of the cell in which a patient is first; in a month a patient counts with at most two claims.
 */
function monitorShares(output: MonitorOutput): readonly Share[] {
  const { group, age, sex, month, delay, charlson, condition } = monitorAxes(output)
  const strata = [group, age, sex]
  const scale = output.plans === null ? 1 : BESIDE_PLANS
  const one: Measure = { kind: 'one' }
  const sum = (variable: string, most: number): Measure => ({ kind: 'sum', variable, most })
  const perMonth = CLAIMS_PER_MONTH_MOST
  const share: ShareOf = (weight, name, axes, needs, [measure, cellsMost, perCellMost]) => ({
    weight,
    part: { name, axes, measure, rows: 'all', needs, cellsMost, perCellMost: BigInt(perCellMost) },
  })
  const of: ShareOf = (weight, ...rest) => share(scale * weight, ...rest)
  return [
    of(1, 'count', strata, ['claims'], [one, 1, 1]),
    of(1, 'charlson', [group, charlson], ['charlson'], [one, 1, 1]),
    of(1, 'conditions', [group, condition], ['watched-condition'], [one, CONDITIONS_PER_PERSON, 1]),
    of(2, 'visits', strata, ['claims'], [one, 1, CLAIMS_MOST]),
    of(4, 'claims', strata, ['claims'], [sum('claims', CLAIMS_MOST), 1, CLAIMS_MOST]),
    of(4, 'cost', strata, ['cost-minor'], [sum('cost-minor', output.costMost), 1, output.costMost]),
    of(2, 'patients-by-month', [group, month], ['claims'], [one, output.months, 1]),
    of(4, 'claims-by-month', [group, month], ['claims'], [sum('claims', perMonth), output.months, perMonth]),
    of(
      1,
      'reporting',
      [month, delay],
      ['claims', 'watched-delay'],
      [sum('claims', perMonth), output.months, perMonth],
    ),
    ...(output.insurers === null ? [] : marketShares(output, of)),
    ...(output.plans === null ? [] : planShares(output, share)),
  ]
}

/** The tables of groups once more, by plan: what one patient may add to them is the same. */
function planShares(output: MonitorOutput, of: ShareOf): readonly Share[] {
  const { plan, age, sex, month, charlson, condition } = monitorAxes(output)
  const strata = [plan, age, sex]
  const one: Measure = { kind: 'one' }
  const sum = (variable: string, most: number): Measure => ({ kind: 'sum', variable, most })
  const perMonth = CLAIMS_PER_MONTH_MOST
  return [
    of(1, 'plan-count', strata, ['claims'], [one, 1, 1]),
    of(1, 'plan-charlson', [plan, charlson], ['charlson'], [one, 1, 1]),
    of(1, 'plan-conditions', [plan, condition], ['watched-condition'], [one, CONDITIONS_PER_PERSON, 1]),
    of(1, 'plan-visits', strata, ['claims'], [one, 1, CLAIMS_MOST]),
    of(2, 'plan-claims', strata, ['claims'], [sum('claims', CLAIMS_MOST), 1, CLAIMS_MOST]),
    of(2, 'plan-cost', strata, ['cost-minor'], [sum('cost-minor', output.costMost), 1, output.costMost]),
    of(1, 'plan-patients-by-month', [plan, month], ['claims'], [one, output.months, 1]),
    of(
      2,
      'plan-claims-by-month',
      [plan, month],
      ['claims'],
      [sum('claims', perMonth), output.months, perMonth],
    ),
  ]
}

type ShareOf = (
  weight: number,
  name: PartName,
  axes: readonly Axis[],
  needs: readonly string[],
  bounds: readonly [Measure, number, number],
) => Share

/**
 * The benchmark (ADR 0027): persons and claims by month and insurer decide which months it has and are never shown; persons and claims of a month stand
 * in two parts, one's own and that of all others together. A person is with one insurer in a month, and may be with another in the next.
 */
function marketShares(output: MonitorOutput, of: ShareOf): readonly Share[] {
  const { insurer, part, marketMonth } = monitorAxes(output)
  const claims = (most: number): Measure => ({ kind: 'sum', variable: 'market-claims', most })
  const perMonth = CLAIMS_PER_MONTH_MOST
  const needs = ['market-claims']
  return [
    of(1, 'market-persons', [marketMonth, insurer], needs, [{ kind: 'one' }, output.months, 1]),
    of(2, 'market-claims', [marketMonth, insurer], needs, [claims(perMonth), output.months, perMonth]),
    of(1, 'market-months', [part, marketMonth], needs, [{ kind: 'one' }, output.months, 1]),
    of(2, 'market-claims-by-month', [part, marketMonth], needs, [claims(perMonth), output.months, perMonth]),
  ]
}
