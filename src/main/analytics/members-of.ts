/** The persons of a cohort out of the warehouse, some at a time: how many were read is told, and a cancel is heard between them. */
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { StatsFailure } from '../stats/failure.ts'
import { SMALL } from './pathways/protect.ts'
import type { CohortMember } from './warehouse/persons-out.ts'
import type { Snapshot, Warehouse } from './warehouse/warehouse.ts'

/** Persons that are objects at one time. */
const BATCH_PERSONS = 2_000

export interface RunControl {
  isCancelled(): boolean
  /** Persons that were read. */
  onPersons?(done: number, total: number): void
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

/** @throws {StatsFailure} `cancelled` */
export function stopIf({ isCancelled }: RunControl): void {
  if (isCancelled()) throw new StatsFailure({ code: 'cancelled' })
}
