/** The persons of a cohort out of the warehouse, cleaned where steps are given, and followed through time. What comes back is said already. */
import type { CleaningPipeline } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { PathwaysDefinition } from '../../shared/domain/pathways.ts'
import { clean } from './cleaning/clean.ts'
import { cleanedFacts } from './cleaning/cleaned.ts'
import { FACT_TABLE_NAMES } from './facts/fact-tables.ts'
import { membersOf, stopIf, type RunControl } from './members-of.ts'
import { createTraversal, type Traversal } from './pathways/traverse.ts'
import { indexedPeople } from './study/indexed-people.ts'
import { CLEANING_ROWS_MAX } from './study/preview-cleaning.ts'
import type { CohortMember } from './warehouse/persons-out.ts'
import type { SnapshotScope, Warehouse } from './warehouse/warehouse.ts'

export interface AskedPathways {
  readonly scope: SnapshotScope
  readonly cohort: CohortDefinition
  /** Null: the records as they were written. */
  readonly cleaning: CleaningPipeline | null
  readonly definition: PathwaysDefinition
}

export type PathwaysRun =
  | { readonly kind: 'ran'; readonly traversal: Traversal }
  /** More rows than the steps of a cleaning can look at at once. */
  | { readonly kind: 'too-many-rows'; readonly rowsMost: number }

/** @throws {StatsFailure} `cancelled` */
export async function runPathways(
  warehouse: Warehouse,
  { scope, cohort, cleaning, definition }: AskedPathways,
  control: RunControl & { readonly rowsMost?: number },
): Promise<PathwaysRun> {
  const snapshot = await warehouse.snapshot(scope)
  const traversal = createTraversal(definition, snapshot.lastDay ?? 0)
  const toClean: CohortMember[] = []
  const { rowsMost = CLEANING_ROWS_MAX } = control
  let rowCount = 0
  for await (const members of membersOf(warehouse, snapshot, cohort, control)) {
    if (cleaning === null) {
      traversal.add(members)
      continue
    }
    for (const member of members) {
      toClean.push(member)
      for (const table of FACT_TABLE_NAMES) rowCount += member.facts[table].length
    }
    if (rowCount > rowsMost) return { kind: 'too-many-rows', rowsMost }
  }
  if (cleaning !== null) {
    const { persons } = clean(
      toClean.map(({ facts }) => facts),
      cleaning,
      {
        event: { event: cohort.entry.event, codeSets: cohort.codeSets },
        beforeStep: () => stopIf(control),
      },
    )
    traversal.add(indexedPeople(toClean, cleanedFacts(persons)))
  }
  return { kind: 'ran', traversal: traversal.finish() }
}
