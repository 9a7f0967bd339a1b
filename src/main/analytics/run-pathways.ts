/** The persons of a cohort out of the warehouse, cleaned where steps are given, and followed through time. What comes back is said already. */
import type { CleaningPipeline } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { PathwaysDefinition } from '../../shared/domain/pathways.ts'
import { cleanMembers, type CleaningLimits } from './clean-members.ts'
import { cleanedFacts } from './cleaning/cleaned.ts'
import { membersOf, type RunControl } from './members-of.ts'
import { createTraversal, type Traversal } from './pathways/traverse.ts'
import { indexedPeople } from './study/indexed-people.ts'
import type { SnapshotScope, Warehouse } from './warehouse/warehouse.ts'

export interface AskedPathways {
  readonly scope: SnapshotScope
  readonly cohort: CohortDefinition
  /** Null: the records as they were written. */
  readonly cleaning: CleaningPipeline | null
  readonly definition: PathwaysDefinition
}

/** @throws {StatsFailure} `cancelled` */
export async function runPathways(
  warehouse: Warehouse,
  { scope, cohort, cleaning, definition }: AskedPathways,
  control: RunControl & CleaningLimits,
): Promise<Traversal> {
  const snapshot = await warehouse.snapshot(scope)
  const traversal = createTraversal(definition, snapshot.lastDay ?? 0)
  if (cleaning === null)
    for await (const members of membersOf(warehouse, snapshot, cohort, control)) traversal.add(members)
  else
    await cleanMembers(
      warehouse,
      {
        snapshot,
        cohort,
        pipeline: cleaning,
        event: { event: cohort.entry.event, codeSets: cohort.codeSets },
        onCleaned: (persons, members) => traversal.add(indexedPeople(members, cleanedFacts(persons))),
      },
      control,
    )
  return traversal.finish()
}
