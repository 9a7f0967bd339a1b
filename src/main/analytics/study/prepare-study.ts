/** A study up to the table that its models are fitted to: who is in, how the records are cleaned, how people are followed. */
import { canonicalCleaning, type CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import { canonicalCohort } from '../../../shared/domain/cohort.ts'
import { canonicalIntervals } from '../../../shared/domain/intervals.ts'
import type { StudyDocument, StudySnapshot } from '../../../shared/domain/study.ts'
import { present } from '../../../shared/std/assert.ts'
import { StatsFailure } from '../../stats/failure.ts'
import type { FitHooks } from '../../stats/model/fit-model.ts'
import { clean } from '../cleaning/clean.ts'
import { cleanedFacts } from '../cleaning/cleaned.ts'
import { FACT_TABLE_NAMES } from '../facts/fact-tables.ts'
import { createIntervals, type IntervalBuilder, type IntervalReport } from '../intervals/build-intervals.ts'
import type { IntervalRows } from '../intervals/interval-table.ts'
import { daysOfEvent } from '../persons/event-days.ts'
import { SMALL } from '../pathways/protect.ts'
import type { CohortMember } from '../warehouse/persons-out.ts'
import type { Attrition, Snapshot, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'
import { indexedPeople } from './indexed-people.ts'
import { CLEANING_ROWS_MAX } from './preview-cleaning.ts'

/** Persons that are objects at one time, beside what is kept of them. */
const BATCH_PERSONS = 2_000

/** A study that names the state that it is asked at. */
export type PinnedStudy = StudyDocument & { readonly snapshot: StudySnapshot; readonly engine: string }

export type SamePerson = SnapshotScope['samePerson']

/** A study with its name, and what the chain says of who is who at its snapshot. */
export interface AskedStudy {
  readonly study: PinnedStudy
  /** Names the study (`canonicalStudy`). */
  readonly hash: string
  readonly samePerson: SamePerson
  /** Whose records at which state, where that is more than the study's own snapshot says: gateways ask all hospitals'. */
  readonly scope?: SnapshotScope
}

export interface StudyControl {
  readonly hooks: FitHooks
  /** Rows that may be objects at one time for the cleaning; `CLEANING_ROWS_MAX` where absent. */
  readonly rowsMost?: number
  /** The table that was made last: another model on the same people begins with it. */
  readonly memory?: StudyMemory
  isCancelled(): boolean
  /** Persons of the cohort that were read. */
  onPersons?(done: number, total: number): void
  /** As they were read, before the cleaning, in order. */
  onMembers?(members: readonly CohortMember[]): void
}

export interface StudyMemory {
  last: PreparedStudy | null
}

export interface PreparedStudy {
  readonly kind: 'prepared'
  /** What it was made from. */
  readonly key: string
  readonly snapshot: Snapshot
  readonly attrition: Attrition
  /** What the steps did; null without a cleaning. */
  readonly cleaning: unknown
  readonly rows: IntervalRows
  readonly report: IntervalReport
  readonly warnings: readonly EntryGone[]
}

/** A cleaning of more rows than can be objects at one time. */
export interface TooManyRows {
  readonly kind: 'too-many-rows'
  readonly rowsMost: number
}

/**
 * Who is in, and from which day on, is decided on the records as they were written: so many have no entry event on their index day
 * any more after the cleaning, and stay in.
 */
interface EntryGone {
  readonly kind: 'entry-gone'
  readonly persons: number
}

export const scopeOf = ({ upTo, hospitals }: StudySnapshot, samePerson: SamePerson): SnapshotScope => ({
  upTo,
  hospitals,
  samePerson,
})

/** @throws {StatsFailure} `cancelled` */
export async function prepareStudy(
  warehouse: Warehouse,
  { study, samePerson, scope = scopeOf(study.snapshot, samePerson) }: AskedStudy,
  control: StudyControl,
): Promise<PreparedStudy | TooManyRows> {
  const snapshot = await warehouse.snapshot(scope)
  const { cohort, cleaning, intervals } = study
  const key = JSON.stringify([
    snapshot.name,
    canonicalCohort(cohort),
    cleaning === null ? null : canonicalCleaning(cleaning),
    canonicalIntervals(intervals),
  ])
  if (control.memory?.last?.key === key) return control.memory.last
  const attrition = await warehouse.attrition(snapshot, cohort)
  const total = attrition.steps.at(-1) ?? attrition.afterWashout
  const lastDay = snapshot.lastDay ?? 0
  const plain = cleaning === null ? createIntervals(intervals, { lastDay, oldestDays: {} }) : null
  const toClean: CohortMember[] = []
  let rowCount = 0
  for (let from = 0; from < total; from += BATCH_PERSONS) {
    if (control.isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    // Of fewer than 11 not even the progress says how many.
    if (total >= SMALL) control.onPersons?.(from, total)
    const range = { from, to: from + BATCH_PERSONS }
    const members = await warehouse.personFacts(snapshot, cohort, range)
    control.onMembers?.(members)
    if (plain === null) {
      for (const member of members) {
        toClean.push(member)
        for (const each of FACT_TABLE_NAMES) rowCount += member.facts[each].length
      }
      const { rowsMost = CLEANING_ROWS_MAX } = control
      if (rowCount > rowsMost) return { kind: 'too-many-rows', rowsMost }
    } else plain.add(members)
  }
  if (total >= SMALL) control.onPersons?.(total, total)
  const cleaned = cleaning === null ? null : cleanMembers(toClean, study, cleaning, control)
  const { rows, report } = present(plain ?? cleaned?.builder(lastDay)).finish()
  const prepared: PreparedStudy = {
    kind: 'prepared',
    key,
    snapshot,
    attrition,
    cleaning: cleaned?.report ?? null,
    rows,
    report,
    warnings: cleaned?.warnings ?? [],
  }
  if (control.memory !== undefined) control.memory.last = prepared
  return prepared
}

/**
 * Steps of the cleaning see all persons at once: some compare persons with each other, or a value with those of all. The
 * report holds counts and reasons; rows and samples of changes stay here.
 */
function cleanMembers(
  members: readonly CohortMember[],
  { cohort, intervals }: StudyDocument,
  pipeline: CleaningPipeline,
  control: StudyControl,
): { report: unknown; warnings: readonly EntryGone[]; builder(lastDay: number): IntervalBuilder } {
  const event = { event: intervals.followUp.event, codeSets: intervals.codeSets }
  const { start, steps, persons, handedOn } = clean(
    members.map(({ facts }) => facts),
    pipeline,
    {
      event,
      beforeStep() {
        if (control.isCancelled()) throw new StatsFailure({ code: 'cancelled' })
      },
    },
  )
  const people = indexedPeople(members, cleanedFacts(persons))
  const entryDays = daysOfEvent(cohort.entry.event, cohort.codeSets)
  const gone = people.filter(({ facts, index }) => !entryDays(facts).includes(index)).length
  return {
    warnings: gone === 0 ? [] : [{ kind: 'entry-gone', persons: gone }],
    report: {
      start,
      steps: steps.map(({ step, rowsIn, rowsOut, rowsChanged, rowsFlagged, reasons, left }) => ({
        step,
        rowsIn,
        rowsOut,
        rowsChanged,
        rowsFlagged,
        reasons,
        left,
      })),
    },
    builder(lastDay) {
      const builder = createIntervals(intervals, { lastDay, oldestDays: handedOn.maxGapDays })
      builder.add(people)
      return builder
    },
  }
}
