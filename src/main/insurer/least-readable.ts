/** How small a group or a plan may be and still be read at a price, before anybody pays it: by the gateways' own thresholds. Pure. */
import { threshold } from '../privacy/answers/noisy-tables.ts'
import type { ReleasePolicy } from '../privacy/answers/answer-policy.ts'
import { varianceOf } from '../privacy/request/part.ts'
import { planOf } from '../privacy/request/plan.ts'
import { levelCount } from '../privacy/request/axis.ts'
import type { MonitorOutput } from '../privacy/request/monitor-output.ts'
import { present } from '../../shared/std/assert.ts'
import type { WatchLevel } from '../../shared/domain/group-alert.ts'

/** Actual to expected is called known when its limits are within a quarter. */
const WISHED_HALF_WIDTH = 0.25
const Z = 1.959963984540054

export interface LeastReadable {
  /** Patients that the noisy count of a group must reach for anything to be shown of it. */
  readonly persons: number
  /** Claims in all months from which actual to expected is known to a quarter. */
  readonly claims: number
}

/** @param of plans only of a table that has them */
export function leastReadable(
  output: MonitorOutput,
  microRho: number,
  policy: ReleasePolicy,
  of: WatchLevel = 'group',
): LeastReadable {
  const parts = planOf({ output, microRho })
  const before = of === 'plan' ? 'plan-' : ''
  const persons = present(parts.find(({ name }) => name === `${before}count`))
  const byMonth = present(parts.find(({ name }) => name === `${before}claims-by-month`))
  const strata = persons.axes.slice(1).reduce((product, axis) => product * levelCount(axis), 1)
  const { numerator, denominator } = varianceOf(byMonth)
  const noise = (output.months * Number(numerator)) / Number(denominator)
  // claims · w = z √(claims + noise), for the claims.
  const square = (Z / WISHED_HALF_WIDTH) ** 2
  const claims = (square + Math.sqrt(square * square + 4 * square * noise)) / 2
  return {
    persons: Number(threshold(policy.groupLeast, varianceOf(persons), strata)),
    claims: Math.ceil(claims),
  }
}
