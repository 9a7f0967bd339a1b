/**
 * What a pipeline would do to the persons of a cohort: counts, reasons and profiles. Rows, and the samples of changes that name
 * patients, stay where the records are.
 */
import { createHash } from 'node:crypto'
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { clean, type Cleaning, type StepReport } from '../cleaning/clean.ts'
import { cleaningLines } from '../cleaning/cleaning-text.ts'
import { FACT_TABLE_NAMES } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { membersOf, stopIf, type RunControl } from '../members-of.ts'
import type { Snapshot, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'

/** Rows that are objects at one time: steps compare persons with each other, so all of them are. About a gigabyte. */
export const CLEANING_ROWS_MAX = 2_000_000

export type CleaningCountsAnswer =
  | ({
      readonly kind: 'cleaned'
      readonly snapshot: Snapshot
      readonly resultHash: string
      readonly steps: readonly Omit<StepReport, 'sample'>[]
    } & Pick<Cleaning, 'start' | 'before' | 'after'>)
  | { readonly kind: 'too-many'; readonly rowsMost: number }

export interface AskedCleaning {
  readonly scope: SnapshotScope
  readonly cohort: CohortDefinition
  readonly pipeline: CleaningPipeline
}

/** @throws {StatsFailure} `cancelled` */
export async function previewCleaning(
  warehouse: Warehouse,
  { scope, cohort, pipeline }: AskedCleaning,
  control: RunControl & { readonly rowsMost?: number },
): Promise<CleaningCountsAnswer> {
  const { rowsMost = CLEANING_ROWS_MAX } = control
  const snapshot = await warehouse.snapshot(scope)
  const facts: PersonFacts[] = []
  let rows = 0
  for await (const members of membersOf(warehouse, snapshot, cohort, control)) {
    for (const { facts: person } of members) {
      facts.push(person)
      for (const table of FACT_TABLE_NAMES) rows += person[table].length
    }
    if (rows > rowsMost) return { kind: 'too-many', rowsMost }
  }
  const event = { event: cohort.entry.event, codeSets: cohort.codeSets }
  const cleaning = clean(facts, pipeline, {
    event,
    beforeStep: () => stopIf(control),
  })
  const hash = createHash('sha256')
  for (const line of cleaningLines(cleaning)) hash.update(`${line}\n`)
  const { start, steps, before, after } = cleaning
  return {
    kind: 'cleaned',
    snapshot,
    resultHash: hash.digest('hex'),
    start,
    steps: steps.map(({ sample: _, ...counted }) => counted),
    before,
    after,
  }
}
