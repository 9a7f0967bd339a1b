/**
 * What a pipeline would do to the persons of a cohort: counts, reasons and profiles. Where who is in is judged after the steps, they see
 * all candidates, as in a study. Rows, and the samples of changes that name patients, stay where the records are.
 */
import { createHash, type Hash } from 'node:crypto'
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import type { StudyDocument } from '../../../shared/domain/study.ts'
import { canonicalJson } from '../../../shared/std/canonical-json.ts'
import type { Cleaning, CleaningCounts, StepReport } from '../cleaning/clean.ts'
import { cleanedFacts, type CleanPerson } from '../cleaning/cleaned.ts'
import { personLines, scoreLines, writtenLines } from '../cleaning/cleaning-text.ts'
import type { ProfileOutput } from '../../privacy/request/profile-output.ts'
import { FACT_TABLE_NAMES } from '../facts/fact-tables.ts'
import { cohortToRead } from '../persons/cohort-candidates.ts'
import { happeningsOfEvent } from '../persons/event-days.ts'
import { judgeCohort } from '../persons/judge-cohort.ts'
import { cleanMembers, type CleaningLimits } from '../clean-members.ts'
import type { RunControl } from '../members-of.ts'
import { createPeopleTables, type PeopleTable } from './people-tables.ts'
import { inventedChanges, shownChanges, type ShownChange } from './shown-changes.ts'
import type { Snapshot, SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'

export type CleaningCountsAnswer = {
  readonly snapshot: Snapshot
  readonly resultHash: string
  readonly steps: readonly Omit<StepReport, 'sample'>[]
  /** Examples of what the steps did, of whom `examplesOf` says. */
  readonly examples: readonly ShownChange[]
  /** Who is in, judged on what the steps left, and what is left of them; null where that was judged on the records as written. */
  readonly judged: CleaningCounts | null
  /** Null where nobody asked for it. */
  readonly people: readonly PeopleTable[] | null
} & Pick<Cleaning, 'start' | 'before' | 'after'>

export interface AskedCleaning {
  readonly scope: SnapshotScope
  readonly cohort: CohortDefinition
  readonly pipeline: CleaningPipeline
  /** As in a study; absent: who is in was judged on the records as they were written. */
  readonly cohortOn?: StudyDocument['cohortOn']
  /** `records` only for whoever may open them, or where nobody's they are; absent: of invented people. */
  readonly examplesOf?: 'records' | 'invented'
  /** Of whom the steps leave: counted as a request for it has it. */
  readonly profile?: ProfileOutput
}

/** @throws {StatsFailure} `cancelled` */
export async function previewCleaning(
  warehouse: Warehouse,
  { scope, cohort, pipeline, cohortOn, examplesOf = 'invented', profile }: AskedCleaning,
  control: RunControl & CleaningLimits,
): Promise<CleaningCountsAnswer> {
  const snapshot = await warehouse.snapshot(scope)
  const hash = createHash('sha256')
  const people = profile === undefined ? null : createPeopleTables(profile)
  const judge = cohortOn === 'cleaned' ? createJudge(cohort) : null
  const written = await cleanMembers(
    warehouse,
    {
      snapshot,
      cohort: cohortToRead(cohort, { cohortOn, cleaning: pipeline }),
      pipeline,
      event: { event: cohort.entry.event, codeSets: cohort.codeSets },
      onCleaned(persons) {
        judge?.add(persons)
        people?.add(persons)
      },
      afterwards(reports) {
        for (const line of writtenLines(reports)) hash.update(`${line}\n`)
        return (persons) => hashLines(hash, personLines(persons))
      },
    },
    control,
  )
  hashLines(hash, scoreLines(written))
  const judged = judge?.counts ?? null
  if (judged !== null) hash.update(`${canonicalJson({ judged: { ...judged } })}\n`)
  const { start, steps, before, after } = written
  return {
    snapshot,
    resultHash: hash.digest('hex'),
    start,
    steps: steps.map(({ sample: _, ...counted }) => counted),
    examples: examplesOf === 'records' ? shownChanges(steps) : inventedChanges(pipeline),
    judged,
    people: people?.tables() ?? null,
    before,
    after,
  }
}

/** Characters that are hashed at one time: one line alone costs as much as many. */
const HASHED_MIN = 1 << 16

function hashLines(hash: Hash, lines: Iterable<string>): void {
  let text = ''
  for (const line of lines) {
    text += `${line}\n`
    if (text.length < HASHED_MIN) continue
    hash.update(text)
    text = ''
  }
  hash.update(text)
}

function createJudge(cohort: CohortDefinition): {
  readonly counts: CleaningCounts
  add(persons: readonly CleanPerson[]): void
} {
  const happeningsOf = happeningsOfEvent(cohort.entry.event, cohort.codeSets)
  const counts = { persons: 0, events: 0, rows: 0 }
  return {
    counts,
    add(persons) {
      const { members } = judgeCohort(cohort, cleanedFacts(persons))
      counts.persons += members.length
      for (const { facts } of members) {
        counts.events += new Set(happeningsOf(facts).map(({ block }) => block)).size
        for (const table of FACT_TABLE_NAMES) counts.rows += facts[table].length
      }
    },
  }
}
