/** How the people of a cohort move through time: which event follows which, waits, trajectories, invented persons. */
import { z } from 'zod'
import { cleaningPipeline } from '../domain/cleaning.ts'
import { cohortDefinition } from '../domain/cohort.ts'
import { pathwaysDefinition } from '../domain/pathways.ts'
import { cohortProblem } from './cohorts.ts'
import type { Service } from './kit.ts'
import { saidCount } from './said.ts'
import { cleaningProblem } from './studies.ts'

const number = z.number()

/** `p10` and `p90` are null of fewer than 28 persons. */
const spread = z.object({
  p10: number.nullable(),
  q1: number,
  median: number,
  q3: number,
  p90: number.nullable(),
})
export type SpreadAnswer = z.infer<typeof spread>

const nodeKind = z.discriminatedUnion('kind', [
  /** Places of classes as bits: they happened on one day. */
  z.object({ kind: z.literal('classes'), classes: z.int() }),
  z.object({ kind: z.literal('other') }),
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('death') }),
])

const sequences = z.object({
  nodes: z.array(z.object({ step: z.int(), what: nodeKind, persons: saidCount })),
  links: z.array(
    z.object({
      /** Place of a node; null: the index day. */
      from: z.int().nullable(),
      to: z.int(),
      persons: saidCount,
      days: spread.nullable(),
    }),
  ),
})
export type SequencesAnswer = z.infer<typeof sequences>

const waitQuantile = z
  .object({ days: z.int(), lower: z.int().nullable(), upper: z.int().nullable() })
  .nullable()

const waits = z.object({
  persons: saidCount,
  without: saidCount,
  events: saidCount,
  died: saidCount,
  unseen: saidCount,
  atEnd: saidCount,
  quartiles: z.object({ q1: waitQuantile, median: waitQuantile, q3: waitQuantile }),
  points: z.array(z.object({ day: number, had: number, lower: number, upper: number, waiting: z.int() })),
})
export type WaitsAnswer = z.infer<typeof waits>

const trajectory = z.object({
  persons: saidCount,
  bins: z.array(z.object({ from: z.int(), to: z.int(), persons: saidCount, values: spread.nullable() })),
})
export type TrajectoryAnswer = z.infer<typeof trajectory>

const exemplar = z.object({
  number: z.int(),
  sex: z.string().nullable(),
  age: z.int().nullable(),
  steps: z.array(z.object({ day: z.int(), classes: z.int().nullable() })),
  end: z.object({ kind: z.enum(['none', 'death', 'unsupported', 'steps']), day: z.int() }),
  values: z.array(z.object({ day: z.int(), value: number })),
})
export type ExemplarAnswer = z.infer<typeof exemplar>

const pathwaysProblem = z.discriminatedUnion('kind', [
  ...cohortProblem.options,
  z.object({ kind: z.literal('no-such-class'), place: z.int() }),
  z.object({ kind: z.literal('no-bins') }),
  z.object({ kind: z.literal('too-many-bins'), most: z.int() }),
])

const refused = z.object({
  kind: z.literal('refused'),
  cohort: z.array(cohortProblem),
  cleaning: z.array(cleaningProblem),
  pathways: z.array(pathwaysProblem),
})

export const pathwaysAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('traversed'),
    /** Of invented people (docs/spec/twin.md): whatever is made of it says so. */
    isTwin: z.boolean(),
    /** SHA-256 of cohort, cleaning and definition in their canonical forms with the state that was asked, hex. */
    hash: z.string(),
    upTo: z.int(),
    persons: z.int(),
    people: z.object({
      sexes: z.array(z.object({ sex: z.string().nullable(), persons: saidCount })),
      ages: spread.nullable(),
    }),
    sequences,
    waits: waits.nullable(),
    trajectory: trajectory.nullable(),
    exemplars: z.array(exemplar),
  }),
  /** Fewer than 11 persons, or nobody: nothing is said. */
  z.object({ kind: z.literal('too-few'), hash: z.string(), upTo: z.int(), isNobody: z.boolean() }),
  /** Whatever were held back, a small number would follow from the rest. */
  z.object({ kind: z.literal('not-sayable'), hash: z.string(), upTo: z.int() }),
])
export type PathwaysAnswer = z.infer<typeof pathwaysAnswer>

export const pathways = {
  /** Waits until the records are ready, then follows the cohort at their newest state. `cleaning` null: as they were written. */
  start: {
    input: z.strictObject({
      cohort: cohortDefinition,
      cleaning: cleaningPipeline.nullable(),
      definition: pathwaysDefinition,
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      refused,
    ]),
  },
  /** What a job of `start` found; null while there is nothing. */
  answer: { input: z.strictObject({ jobId: z.string() }), output: pathwaysAnswer.nullable() },
  /** The definition that this person works on, as it was kept last. */
  kept: { input: z.void(), output: pathwaysDefinition.nullable() },
  /** Keeps it, sealed. `isKept` false where this institution has no key to seal under. */
  keep: {
    input: z.strictObject({ definition: pathwaysDefinition }),
    output: z.object({ isKept: z.boolean() }),
  },
} satisfies Service
