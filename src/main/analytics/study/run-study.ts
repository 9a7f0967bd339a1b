/**
 * Runs a study on a warehouse: cohort, cleaning, intervals, models, in the order in which they stand. The same study at the same state of a
 * chain gives the same text, whoever runs it and however the facts were loaded (docs/spec/study.md).
 */
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import {
  isCurve,
  isPooled,
  warningsOfStudy,
  type StudyDocument,
  type StudySnapshot,
} from '../../../shared/domain/study.ts'
import { present } from '../../../shared/std/assert.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { fitModel, STATS_PROFILE, type FitHooks } from '../../stats/model/fit-model.ts'
import { clean } from '../cleaning/clean.ts'
import { cleanedFacts } from '../cleaning/cleaned.ts'
import { FACT_TABLE_NAMES, FACTS_LAYOUT } from '../facts/fact-tables.ts'
import { createIntervals, type IntervalBuilder } from '../intervals/build-intervals.ts'
import { columnsOfRows, wholeRows } from '../intervals/interval-table.ts'
import { daysOfEvent } from '../persons/event-days.ts'
import type { CohortMember } from '../warehouse/persons-out.ts'
import type { Snapshot, SnapshotChanges, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'
import { indexedPeople } from './indexed-people.ts'
import { CLEANING_ROWS_MAX } from './preview-cleaning.ts'
import { groupCountOf, readinessOf } from './readiness.ts'
import { resultText } from './result-text.ts'
import { specOf } from './study-spec.ts'

/** Whose results these are: change its number when the same study would give other bytes. */
export const STUDY_ENGINE = `study/3 ${STATS_PROFILE} facts/${FACTS_LAYOUT}`

/** Curves of one model: more of them show persons, not groups. */
export const GROUPS_MAX = 50
/** Persons that are objects at one time, beside what is kept of them. */
const BATCH_PERSONS = 2_000

/** A study that names the state that it is asked at. */
export type PinnedStudy = StudyDocument & { readonly snapshot: StudySnapshot; readonly engine: string }

export interface StudyControl {
  readonly hooks: FitHooks
  /** Rows that may be objects at one time for the cleaning; `CLEANING_ROWS_MAX` where absent. */
  readonly rowsMost?: number
  isCancelled(): boolean
}

export type StudyRun =
  /** `text`: the result in its canonical form. */
  | { readonly kind: 'ran'; readonly text: string; readonly snapshot: Snapshot }
  /** A cleaning of more rows than can be objects at one time. */
  | { readonly kind: 'too-many-rows'; readonly rowsMost: number }

export type SamePerson = SnapshotScope['samePerson']

const scopeOf = ({ upTo, hospitals }: StudySnapshot, samePerson: SamePerson): SnapshotScope => ({
  upTo,
  hospitals,
  samePerson,
})

/** A study with its name, and what the chain says of who is who at its snapshot. */
export interface AskedStudy {
  readonly study: PinnedStudy
  /** Names the study (`canonicalStudy`). */
  readonly hash: string
  readonly samePerson: SamePerson
}

/** A state against which a later one is held. */
export interface StateBefore {
  readonly snapshot: StudySnapshot
  readonly samePerson: SamePerson
}

/**
 * Who is in, and from which day on, is decided on the records as they were written: so many have no entry event on their index day
 * any more after the cleaning, and stay in.
 */
interface EntryGone {
  readonly kind: 'entry-gone'
  readonly persons: number
}

/** @throws {StatsFailure} `cancelled` */
export async function runStudy(
  warehouse: Warehouse,
  { study, hash, samePerson }: AskedStudy,
  control: StudyControl,
): Promise<StudyRun> {
  const snapshot = await warehouse.snapshot(scopeOf(study.snapshot, samePerson))
  const attrition = await warehouse.attrition(snapshot, study.cohort)
  const total = attrition.steps.at(-1) ?? attrition.afterWashout
  const lastDay = snapshot.lastDay ?? 0
  const plain = study.cleaning === null ? createIntervals(study.intervals, { lastDay, oldestDays: {} }) : null
  const toClean: CohortMember[] = []
  let rowCount = 0
  for (let from = 0; from < total; from += BATCH_PERSONS) {
    if (control.isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    const range = { from, to: from + BATCH_PERSONS }
    const members = await warehouse.personFacts(snapshot, study.cohort, range)
    if (plain === null) {
      for (const member of members) {
        toClean.push(member)
        for (const each of FACT_TABLE_NAMES) rowCount += member.facts[each].length
      }
      const { rowsMost = CLEANING_ROWS_MAX } = control
      if (rowCount > rowsMost) return { kind: 'too-many-rows', rowsMost }
    } else plain.add(members)
  }
  const cleaned = study.cleaning === null ? null : cleanMembers(toClean, study, study.cleaning, control)
  const { rows, report } = present(plain ?? cleaned?.builder(lastDay)).finish()
  const table = columnsOfRows(rows)
  const whole = wholeRows(rows)
  const trials = whole === rows ? table : columnsOfRows(whole)
  const models = study.models.map((model) => {
    if (control.isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    return {
      before: readinessOf(rows, report, model),
      result: resultOf(() => {
        if (isCurve(model.family) && groupCountOf(rows, model) > GROUPS_MAX)
          throw new StatsFailure({ code: 'not-supported', what: `more than ${GROUPS_MAX} groups of curves` })
        return fitModel(isPooled(model.family) ? trials : table, specOf(model), control.hooks)
      }),
    }
  })
  const text = resultText({
    schema: 'study-result/1',
    study: hash,
    engine: study.engine,
    snapshot: { ...study.snapshot, visits: snapshot.visitCount, persons: snapshot.personCount },
    cohort: attrition,
    cleaning: cleaned?.report ?? null,
    intervals: report,
    warnings: [...warningsOfStudy(study), ...(cleaned?.warnings ?? [])],
    models,
  })
  return { kind: 'ran', text, snapshot }
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

/** What changed among the records between the state that the study names and a later one. */
export async function changesSince(
  warehouse: Warehouse,
  before: StateBefore,
  now: Snapshot,
): Promise<SnapshotChanges> {
  return warehouse.changes(await warehouse.snapshot(scopeOf(before.snapshot, before.samePerson)), now)
}

/** Data that give no honest number are an answer of the study too. */
function resultOf(fit: () => unknown): unknown {
  try {
    return fit()
  } catch (error) {
    if (!(error instanceof StatsFailure) || error.detail.code === 'cancelled') throw error
    return { noAnswer: error.detail }
  }
}
