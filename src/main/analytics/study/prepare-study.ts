/** A study up to the table that its models are fitted to: who is in, how the records are cleaned, how people are followed. */
import { canonicalCleaning, type CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import { canonicalCohort, type CohortDefinition } from '../../../shared/domain/cohort.ts'
import { canonicalIntervals } from '../../../shared/domain/intervals.ts'
import type { StudyDocument, StudySnapshot } from '../../../shared/domain/study.ts'
import type { FitHooks } from '../../stats/model/fit-model.ts'
import { cleanMembers, type CleaningLimits } from '../clean-members.ts'
import { maxGapDaysOf } from '../cleaning/carry-forward.ts'
import { cleanedFacts } from '../cleaning/cleaned.ts'
import {
  createIntervals,
  type IndexedPerson,
  type IntervalBuilder,
  type IntervalReport,
} from '../intervals/build-intervals.ts'
import type { IntervalRows } from '../intervals/interval-table.ts'
import { cohortToRead } from '../persons/cohort-candidates.ts'
import { membersOf } from '../members-of.ts'
import { daysOfEvent } from '../persons/event-days.ts'
import { judgeCohort } from '../persons/judge-cohort.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import type { CohortMember } from '../warehouse/persons-out.ts'
import type { Attrition, Snapshot, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'
import { indexedPeople } from './indexed-people.ts'

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

export interface StudyControl extends CleaningLimits {
  readonly hooks: FitHooks
  /** The table that was made last: another model on the same people begins with it. */
  readonly memory?: StudyMemory
  isCancelled(): boolean
  /** Persons of the cohort that were read. */
  onPersons?(done: number, total: number): void
  /** Who is in: as they were read, before the cleaning, in order; where that is judged after the steps, as those left them. */
  onMembers?(members: readonly CohortMember[]): void
}

export interface StudyMemory {
  last: PreparedStudy | null
}

export interface PreparedStudy {
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
): Promise<PreparedStudy> {
  const snapshot = await warehouse.snapshot(scope)
  const { cohort, cohortOn, cleaning, intervals } = study
  const key = JSON.stringify([
    snapshot.name,
    canonicalCohort(cohort),
    cleaning === null ? null : canonicalCleaning(cleaning),
    canonicalIntervals(intervals),
    cohortOn ?? null,
  ])
  if (control.memory?.last?.key === key) return control.memory.last
  const readCohort = cohortToRead(cohort, study)
  const read = await warehouse.attrition(snapshot, readCohort)
  const followed =
    cleaning === null
      ? await followAsWritten(warehouse, snapshot, study, control)
      : await followCleaned(warehouse, snapshot, { ...study, cleaning }, control)
  const prepared: PreparedStudy = {
    key,
    snapshot,
    attrition: { ...read, ...followed.attrition },
    cleaning: followed.cleaning,
    ...followed.builder.finish(),
    warnings: followed.warnings,
  }
  if (control.memory !== undefined) control.memory.last = prepared
  return prepared
}

interface Followed {
  readonly builder: IntervalBuilder
  readonly cleaning: unknown
  readonly warnings: readonly EntryGone[]
  /** Null where who is in was judged before. */
  readonly attrition: Omit<Attrition, 'persons'> | null
}

async function followAsWritten(
  warehouse: Warehouse,
  snapshot: Snapshot,
  { cohort, intervals }: StudyDocument,
  control: StudyControl,
): Promise<Followed> {
  const builder = createIntervals(intervals, { lastDay: snapshot.lastDay ?? 0, oldestDays: {} })
  for await (const members of membersOf(warehouse, snapshot, cohort, control)) {
    control.onMembers?.(members)
    builder.add(members)
  }
  return { builder, cleaning: null, warnings: [], attrition: null }
}

/** The report holds counts and reasons; rows and samples of changes stay here. */
async function followCleaned(
  warehouse: Warehouse,
  snapshot: Snapshot,
  study: StudyDocument & { readonly cleaning: CleaningPipeline },
  control: StudyControl,
): Promise<Followed> {
  const { cohort, cohortOn, cleaning, intervals } = study
  const builder = createIntervals(intervals, {
    lastDay: snapshot.lastDay ?? 0,
    oldestDays: maxGapDaysOf(cleaning),
  })
  const isJudgedAfter = cohortOn === 'cleaned'
  const judged = { withEvent: 0, withPriorDays: 0, afterWashout: 0, steps: cohort.steps.map(() => 0) }
  const entryDays = daysOfEvent(cohort.entry.event, cohort.codeSets)
  let gone = 0
  const { start, steps } = await cleanMembers(
    warehouse,
    {
      snapshot,
      cohort: cohortToRead(cohort, study),
      pipeline: cleaning,
      event: { event: intervals.followUp.event, codeSets: intervals.codeSets },
      onMembers: isJudgedAfter ? undefined : control.onMembers,
      onCleaned(persons, members) {
        const cleaned = cleanedFacts(persons)
        const people = isJudgedAfter ? judgedInto(judged, cohort, cleaned) : indexedPeople(members, cleaned)
        if (isJudgedAfter) control.onMembers?.(people)
        for (const { facts, index } of people) if (!entryDays(facts).includes(index)) gone++
        builder.add(people)
      },
    },
    control,
  )
  return {
    builder,
    attrition: isJudgedAfter ? judged : null,
    warnings: gone === 0 ? [] : [{ kind: 'entry-gone', persons: gone }],
    cleaning: {
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
  }
}

/** Some persons more who are judged: who of them is in, and everybody's counts. */
function judgedInto(
  counts: { withEvent: number; withPriorDays: number; afterWashout: number; steps: number[] },
  cohort: CohortDefinition,
  cleaned: readonly PersonFacts[],
): readonly IndexedPerson[] {
  const { members, withEvent, withPriorDays, afterWashout, steps } = judgeCohort(cohort, cleaned)
  counts.withEvent += withEvent
  counts.withPriorDays += withPriorDays
  counts.afterWashout += afterWashout
  for (const [step, left] of steps.entries()) counts.steps[step]! += left
  return members
}
