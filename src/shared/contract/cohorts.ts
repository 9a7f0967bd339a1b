/** Cohorts of the hospital's own records: counting who a question means, and keeping questions. */
import { z } from 'zod'
import { codeSet } from '../domain/code-set.ts'
import { cohortDefinition } from '../domain/cohort.ts'
import type { EventMap, Service } from './kit.ts'
import { saidCount } from './said.ts'

const analysisState = z.discriminatedUnion('kind', [
  /** This institution holds no records to ask. */
  z.object({ kind: z.literal('no-records') }),
  /** `done` of `total` blocks are ready to be asked. */
  z.object({ kind: z.literal('filling'), isTwin: z.boolean(), done: z.int(), total: z.int() }),
  z.object({
    kind: z.literal('ready'),
    /** Of invented people who look like what was released: this member holds no record. */
    isTwin: z.boolean(),
    /** What the snapshot of a study names as its chain, hex: a twin that was made anew has another. */
    chain: z.string(),
    /** Whose results a study that runs now has. */
    engine: z.string(),
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
  z.object({ kind: z.literal('no-codes'), test: z.string() }),
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
    /** Of invented people (docs/spec/twin.md). */
    isTwin: z.boolean(),
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

/** Names of cohorts and code sets that a person keeps. */
const shelfName = z.string().trim().min(1).max(120)

const keptCohort = z.object({
  name: z.string(),
  definition: cohortDefinition,
  /** SHA-256 of the question in its canonical form, hex. */
  hash: z.string(),
  /** Milliseconds since 1970. */
  savedAt: z.number(),
  /** When it was counted last, and as which question: another hash than the definition's says that it changed since. */
  counted: z.object({ hash: z.string(), upTo: z.int(), at: z.number(), persons: saidCount }).nullable(),
})
export type KeptCohort = z.infer<typeof keptCohort>

const keptCodeSet = z.object({
  name: z.string(),
  /** From 1 on, the newest last; a version never changes. */
  versions: z.array(z.object({ version: z.int(), set: codeSet, hash: z.string(), savedAt: z.number() })),
})
export type KeptCodeSet = z.infer<typeof keptCodeSet>

const shelf = z.object({ cohorts: z.array(keptCohort), codeSets: z.array(keptCodeSet) })
export type CohortShelf = z.infer<typeof shelf>

const shelved = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('kept'), shelf }),
  /** `full`: as much as a person may keep; `no-key`: this institution has none to seal under; `unknown`: there is none of that name. */
  z.object({ kind: z.literal('refused'), reason: z.enum(['full', 'no-key', 'unknown']) }),
])
export type Shelved = z.infer<typeof shelved>

const comparedSide = z.object({
  persons: saidCount,
  /** In the test's own unit, or years; null of fewer than 11 persons, and of what has no mean. */
  mean: z.number().nullable(),
  sd: z.number().nullable(),
})
const sides = <T extends z.ZodType>(each: T) => z.tuple([each, each])

export const cohortComparison = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('compared'),
    /** Of invented people (docs/spec/twin.md): whatever is made of it says so. */
    isTwin: z.boolean(),
    /** SHA-256 of both questions and the state that was asked, hex; then of each question. */
    hash: z.string(),
    hashes: sides(z.string()),
    upTo: z.int(),
    persons: sides(z.int()),
    both: saidCount,
    only: sides(saidCount),
    /** Null where so few are in one and not in the other that what they are like would follow. */
    rows: z
      .array(
        z.object({
          what: z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('age') }),
            z.object({ kind: z.literal('sex'), sex: z.string().nullable() }),
            z.object({ kind: z.literal('diagnosis'), code: z.string() }),
            z.object({ kind: z.literal('result'), test: z.string() }),
          ]),
          sides: sides(comparedSide),
          /** In standard deviations of both. */
          difference: z.number().nullable(),
        }),
      )
      .nullable(),
  }),
  /** Which of them has fewer than 11 persons. */
  z.object({
    kind: z.literal('too-few'),
    hash: z.string(),
    hashes: sides(z.string()),
    upTo: z.int(),
    isSmall: sides(z.boolean()),
  }),
  z.object({
    kind: z.literal('not-sayable'),
    hash: z.string(),
    hashes: sides(z.string()),
    upTo: z.int(),
  }),
])
export type CohortComparison = z.infer<typeof cohortComparison>

export const cohorts = {
  /** Also begins to make the records ready, where nobody asked before. */
  state: { input: z.void(), output: analysisState },
  /** Waits until the records are ready. `upTo`: a past state of the chain, by the number of its last block. */
  count: {
    input: z.object({ definition: cohortDefinition, upTo: z.int().min(-1).optional() }),
    output: cohortCount,
  },
  /** What this person keeps under names. */
  shelf: { input: z.void(), output: shelf },
  /** In place of one of the same name; when it was counted is kept, with the question that was counted then. */
  saveCohort: {
    input: z.strictObject({ name: shelfName, definition: cohortDefinition }),
    output: shelved,
  },
  removeCohort: { input: z.strictObject({ name: shelfName }), output: shelved },
  /** Counts a kept cohort at the newest state and notes it beside the cohort. */
  countKept: { input: z.strictObject({ name: shelfName }), output: shelved },
  /** A further version of the set of that name; none where the newest one holds the same codes. */
  saveCodeSet: { input: z.strictObject({ name: shelfName, set: codeSet }), output: shelved },
  /** With all its versions; definitions that use it carry the codes themselves. */
  removeCodeSet: { input: z.strictObject({ name: shelfName }), output: shelved },
  /** Two cohorts beside each other at the newest state, as a job. */
  compare: {
    input: z.strictObject({ cohorts: sides(cohortDefinition) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({ kind: z.literal('refused'), problems: z.array(cohortProblem) }),
    ]),
  },
  /** What a job of `compare` found; null while there is nothing. */
  comparison: { input: z.strictObject({ jobId: z.string() }), output: cohortComparison.nullable() },
} satisfies Service

export const cohortEvents = {
  /** The state of the records for analysis changed; ask again. */
  stateChanged: z.object({}),
} satisfies EventMap
