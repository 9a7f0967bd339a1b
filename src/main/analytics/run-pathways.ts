/** The persons of a cohort out of the warehouse, cleaned where steps are given, and followed through time. What comes back is said already. */
import type { CleaningPipeline } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { PathwaysDefinition } from '../../shared/domain/pathways.ts'
import { StatsFailure } from '../stats/failure.ts'
import { clean } from './cleaning/clean.ts'
import { cleanedFacts } from './cleaning/cleaned.ts'
import { FACT_TABLE_NAMES } from './facts/fact-tables.ts'
import { SMALL } from './pathways/protect.ts'
import { createTraversal, type Traversal } from './pathways/traverse.ts'
import { indexedPeople } from './study/indexed-people.ts'
import { CLEANING_ROWS_MAX } from './study/preview-cleaning.ts'
import type { CohortMember } from './warehouse/persons-out.ts'
import type { Snapshot, SnapshotScope, Warehouse } from './warehouse/warehouse.ts'

/** Persons that are objects at one time. */
const BATCH_PERSONS = 2_000

export interface AskedPathways {
  readonly scope: SnapshotScope
  readonly cohort: CohortDefinition
  /** Null: the records as they were written. */
  readonly cleaning: CleaningPipeline | null
  readonly definition: PathwaysDefinition
}

export interface RunControl {
  isCancelled(): boolean
  /** Persons that were read. */
  onPersons?(done: number, total: number): void
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

/** The cohort's persons, some at a time, in the order of their numbers. @throws {StatsFailure} `cancelled` */
export async function* membersOf(
  warehouse: Warehouse,
  snapshot: Snapshot,
  cohort: CohortDefinition,
  control: RunControl,
): AsyncGenerator<CohortMember[]> {
  const { steps, afterWashout } = await warehouse.attrition(snapshot, cohort)
  const total = steps.at(-1) ?? afterWashout
  for (let from = 0; from < total; from += BATCH_PERSONS) {
    stopIf(control)
    // Of fewer than 11 not even the progress says how many.
    if (total >= SMALL) control.onPersons?.(from, total)
    yield await warehouse.personFacts(snapshot, cohort, { from, to: from + BATCH_PERSONS })
  }
  stopIf(control)
  if (total >= SMALL) control.onPersons?.(total, total)
}

function stopIf({ isCancelled }: RunControl): void {
  if (isCancelled()) throw new StatsFailure({ code: 'cancelled' })
}
