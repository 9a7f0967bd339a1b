/**
 * What a pipeline would do to the persons of a cohort: counts, reasons and profiles. Rows, and the samples of changes that name
 * patients, stay where the records are.
 */
import { createHash } from 'node:crypto'
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { clean, type Cleaning, type StepReport } from '../cleaning/clean.ts'
import { cleaningLines } from '../cleaning/cleaning-text.ts'
import { FACT_TABLE_NAMES } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import type { Snapshot, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'

/** Persons that are read at one time. */
const BATCH_PERSONS = 2_000
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

/** @throws {StatsFailure} `cancelled` */
export async function previewCleaning(
  warehouse: Warehouse,
  scope: SnapshotScope,
  cohort: CohortDefinition,
  pipeline: CleaningPipeline,
  { isCancelled, rowsMost = CLEANING_ROWS_MAX }: { isCancelled(): boolean; rowsMost?: number },
): Promise<CleaningCountsAnswer> {
  const snapshot = await warehouse.snapshot(scope)
  const facts: PersonFacts[] = []
  let rows = 0
  for (let from = 0; ; from += BATCH_PERSONS) {
    if (isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    const members = await warehouse.personFacts(snapshot, cohort, { from, to: from + BATCH_PERSONS })
    for (const { facts: person } of members) {
      facts.push(person)
      for (const table of FACT_TABLE_NAMES) rows += person[table].length
    }
    if (rows > rowsMost) return { kind: 'too-many', rowsMost }
    if (members.length < BATCH_PERSONS) break
  }
  const event = { event: cohort.entry.event, codeSets: cohort.codeSets }
  const cleaning = clean(facts, pipeline, {
    event,
    beforeStep() {
      if (isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    },
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
