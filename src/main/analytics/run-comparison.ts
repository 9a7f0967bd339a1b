/** Two cohorts out of the warehouse, one after the other, and what may be said of both. */
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { compareCohorts, type Comparison } from './comparison/compare.ts'
import { createProfile, type Profile } from './comparison/profile.ts'
import { membersOf, type RunControl } from './members-of.ts'
import type { SnapshotScope, Warehouse } from './warehouse/warehouse.ts'

export interface AskedComparison {
  readonly scope: SnapshotScope
  readonly cohorts: readonly [CohortDefinition, CohortDefinition]
}

/** @throws {StatsFailure} `cancelled` */
export async function runComparison(
  warehouse: Warehouse,
  { scope, cohorts }: AskedComparison,
  control: RunControl,
): Promise<Comparison> {
  const snapshot = await warehouse.snapshot(scope)
  const profiles: Profile[] = []
  let before = 0
  for (const cohort of cohorts) {
    const profile = createProfile()
    let last = 0
    const own: RunControl = {
      isCancelled: control.isCancelled,
      onPersons(done, total) {
        last = total
        control.onPersons?.(before + done, before + total)
      },
    }
    for await (const members of membersOf(warehouse, snapshot, cohort, own)) profile.add(members)
    before += last
    profiles.push(profile.finish())
  }
  return compareCohorts(profiles[0]!, profiles[1]!)
}
