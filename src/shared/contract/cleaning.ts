/** What a cleaning pipeline would do to the records of a cohort, in counts: which rows, why, and what is left. Nothing is kept of it. */
import { z } from 'zod'
import {
  CLEANING_REASONS,
  CLEANING_STEPS,
  CLEANING_STEPS_MAX,
  cleaningPipeline,
  cleaningStep,
  SHOWN_COLUMNS,
} from '../domain/cleaning.ts'
import { cohortDefinition } from '../domain/cohort.ts'
import { cleaningProfile } from '../domain/request-output.ts'
import { labelledTable } from './answers.ts'
import { cohortProblem } from './cohorts.ts'
import type { Service } from './kit.ts'
import { cleaningProblem } from './studies.ts'

const count = z.int()
const table = z.enum(['visit', 'observation', 'diagnosis', 'procedure', 'prescription', 'claim'])

const counts = z.object({ persons: count, events: count, rows: count })

const reasonCount = z.object({
  act: z.enum(['derived', 'left-out', 'flagged']),
  reason: z.enum(CLEANING_REASONS),
  table,
  rows: count,
})

const finding = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('links'), links: z.object({ linked: count, forReview: count }) }),
  z.object({
    kind: z.literal('duplicates'),
    duplicates: z.object({ exact: count, near: count, suspected: count, transfers: count }),
  }),
  z.object({
    kind: z.literal('carry'),
    carry: z.array(
      z.object({
        test: z.string(),
        maxGapDays: count,
        sameDay: count,
        carried: count,
        tooOld: count,
        never: count,
      }),
    ),
  }),
  z.object({
    kind: z.literal('missing'),
    missing: z.object({
      cells: z.array(
        z.object({ test: z.string(), hospital: z.string(), year: count, visits: count, missing: count }),
      ),
      random: z
        .object({
          statistic: z.number(),
          df: z.int(),
          p: z.number().nullable(),
          isConverged: z.boolean(),
          patterns: count,
        })
        .nullable(),
    }),
  }),
  z.object({
    kind: z.literal('groups'),
    groups: z.array(
      z.object({
        list: z.enum(['charlson', 'elixhauser']),
        weights: z.string(),
        conditions: z.array(z.object({ key: z.string(), persons: count })),
        scores: z.array(count),
      }),
    ),
  }),
])

const stepReport = z.object({
  step: cleaningStep,
  rowsIn: count,
  rowsOut: count,
  rowsChanged: count,
  rowsFlagged: count,
  reasons: z.array(reasonCount),
  left: counts,
  finding,
})
export type CleaningStepAnswer = z.infer<typeof stepReport>

const example = z.object({
  /** Place of the step in the pipeline. */
  step: count,
  act: reasonCount.shape.act,
  reason: reasonCount.shape.reason,
  table,
  /** Key of the test in the table of tests. */
  test: z.string().nullable(),
  /** As written: a result with its unit, a code, or the day of a visit. */
  written: z.string().nullable(),
  column: z.enum(SHOWN_COLUMNS).nullable(),
  /** What analysis read before the step and after it; null: missing. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Block of the record; null where nobody has it. */
  block: count.nullable(),
})
export type CleaningExample = z.infer<typeof example>

const profile = z.object({
  tests: z.array(
    z.object({
      test: z.string(),
      rows: count,
      values: count,
      withoutNumber: count,
      impossible: count,
      unusual: count,
      units: z.array(z.object({ unit: z.string().nullable(), rows: count })),
      histogram: z.object({
        from: z.number(),
        to: z.number(),
        counts: z.array(count),
        below: count,
        above: count,
      }),
    }),
  ),
  years: z.array(z.object({ test: z.string(), year: count, visits: count, withValue: count })),
})
export type CleaningProfile = z.infer<typeof profile>

const cleaningWarning = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('before-its-work'), step: count, needs: z.enum(CLEANING_STEPS) }),
  z.object({ kind: z.literal('twice'), step: count }),
  z.object({ kind: z.literal('finished-only'), step: count }),
])

export const cleaningPreview = z.object({
  /** Of invented people (docs/spec/twin.md). */
  isTwin: z.boolean(),
  /** Whose changes `examples` shows: records only to whoever may open them. */
  examplesOf: z.enum(['records', 'twin', 'invented']),
  /** SHA-256 of the pipeline and of the cohort in their canonical forms, and of all that came out, hex. */
  pipelineHash: z.string(),
  cohortHash: z.string(),
  resultHash: z.string(),
  snapshot: z.object({ upTo: count, visitCount: count, personCount: count }),
  start: counts,
  steps: z.array(stepReport).max(CLEANING_STEPS_MAX),
  /** Who is in after the steps; null where who is in was judged on the records as they were written. Then the steps see nobody else. */
  judged: counts.nullable(),
  before: profile,
  after: profile,
  warnings: z.array(cleaningWarning),
  /** People by what is so of them, exact, as all hospitals are asked it with noise (docs/spec/privacy.md Q10); null where it was not asked for. */
  people: z.array(labelledTable).nullable(),
})
export type CleaningPreview = z.infer<typeof cleaningPreview>

export const cleaning = {
  /** As a job. Waits until the records are ready. What the attrition counts as events is the cohort's entry event. */
  start: {
    input: z.object({
      cohort: cohortDefinition,
      /** As in a study (docs/spec/study.md section 1); absent: judged on the records as they were written. */
      cohortOn: z.literal('cleaned').optional(),
      pipeline: cleaningPipeline,
      /** Counts people too, as a request for a cleaning profile has them counted. */
      profile: cleaningProfile.optional(),
      upTo: z.int().min(-1).optional(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({
        kind: z.literal('refused'),
        cohort: z.array(cohortProblem),
        pipeline: z.array(cleaningProblem),
      }),
    ]),
  },
  /** What the job found; null while there is none. */
  answer: { input: z.object({ jobId: z.string() }), output: cleaningPreview.nullable() },
  /**
   * Some changes that the steps of the job made, with what was written. Those of records are an opening of the records of up to eight patients, whom
   * the audit names; everybody else gets those of invented people.
   */
  examples: { input: z.object({ jobId: z.string() }), output: z.array(example).nullable() },
} satisfies Service
