/** What a cleaning pipeline would do to the records of a cohort, in counts: which rows, why, and what is left. Nothing is kept of it. */
import { z } from 'zod'
import {
  CLEANING_REASONS,
  CLEANING_STEPS,
  CLEANING_STEPS_MAX,
  cleaningPipeline,
  cleaningStep,
} from '../domain/cleaning.ts'
import { cohortDefinition } from '../domain/cohort.ts'
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

export const cleaningPreview = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cleaned'),
    /** Of invented people (docs/spec/twin.md). */
    isTwin: z.boolean(),
    /** SHA-256 of the pipeline and of the cohort in their canonical forms, and of all that came out, hex. */
    pipelineHash: z.string(),
    cohortHash: z.string(),
    resultHash: z.string(),
    snapshot: z.object({ upTo: count, visitCount: count, personCount: count }),
    start: counts,
    steps: z.array(stepReport).max(CLEANING_STEPS_MAX),
    before: profile,
    after: profile,
    warnings: z.array(cleaningWarning),
  }),
  /** More rows than are made objects at one time; a narrower cohort can be looked at. */
  z.object({ kind: z.literal('too-many'), rowsMost: count }),
])
export type CleaningPreview = z.infer<typeof cleaningPreview>

export const cleaning = {
  /** As a job. Waits until the records are ready. What the attrition counts as events is the cohort's entry event. */
  start: {
    input: z.object({
      cohort: cohortDefinition,
      pipeline: cleaningPipeline,
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
} satisfies Service
