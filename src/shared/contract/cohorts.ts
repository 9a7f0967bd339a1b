/** Cohorts of the hospital's own records: counting who a question means, and keeping questions. */
import { z } from 'zod'
import { cohortDefinition } from '../domain/cohort.ts'
import type { EventMap, Service } from './kit.ts'

const analysisState = z.discriminatedUnion('kind', [
  /** This institution holds no records to ask. */
  z.object({ kind: z.literal('no-records') }),
  /** `done` of `total` blocks are ready to be asked. */
  z.object({ kind: z.literal('filling'), done: z.int(), total: z.int() }),
  z.object({
    kind: z.literal('ready'),
    blockCount: z.int(),
    /** Records whose keys were destroyed by a decision. */
    sealedCount: z.int(),
    /** Records that should open and do not, yet. */
    unreadableCount: z.int(),
  }),
  /** It ended; the next question starts it again. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
])
export type AnalysisState = z.infer<typeof analysisState>

export const cohortProblem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unknown-code-set'), codeSet: z.string() }),
  z.object({
    kind: z.literal('wrong-codes'),
    codeSet: z.string(),
    wanted: z.enum(['diagnosis', 'procedure', 'medicine', 'test']),
  }),
  z.object({ kind: z.literal('unknown-test'), test: z.string() }),
  z.object({ kind: z.literal('no-number'), test: z.string() }),
  z.object({ kind: z.literal('too-deep'), step: z.int() }),
])

const snapshotFacts = z.object({
  /** Number of the last block that was asked; -1 before the first. */
  upTo: z.int(),
  visitCount: z.int(),
  personCount: z.int(),
})

export const attrition = z.object({
  withEvent: z.int(),
  withPriorDays: z.int(),
  afterWashout: z.int(),
  /** Persons that are left after each step. */
  steps: z.array(z.int()),
})

export const cohortCount = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('counted'),
    /** SHA-256 of the question in its canonical form, hex. */
    hash: z.string(),
    snapshot: snapshotFacts,
    attrition,
    /** Steps that look behind the index day: they choose people by their future. */
    looksAhead: z.array(z.int()),
  }),
  z.object({ kind: z.literal('refused'), problems: z.array(cohortProblem) }),
])
export type CohortCount = z.infer<typeof cohortCount>

export const cohorts = {
  /** Also begins to make the records ready, where nobody asked before. */
  state: { input: z.void(), output: analysisState },
  /** Waits until the records are ready. `upTo`: a past state of the chain, by the number of its last block. */
  count: {
    input: z.object({ definition: cohortDefinition, upTo: z.int().min(-1).optional() }),
    output: cohortCount,
  },
} satisfies Service

export const cohortEvents = {
  /** The state of the records for analysis changed; ask again. */
  stateChanged: z.object({}),
} satisfies EventMap
