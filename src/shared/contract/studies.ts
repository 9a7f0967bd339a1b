/** Studies on the hospital's own records: one document from the cohort to the model, run again identically. */
import { z } from 'zod'
import { studyDocument, studySnapshot } from '../domain/study.ts'
import { cohortProblem } from './cohorts.ts'
import type { Service } from './kit.ts'

const named = { name: z.string() }
const intervalProblem = z.discriminatedUnion('kind', [
  ...cohortProblem.options,
  z.object({ kind: z.literal('name-taken'), ...named }),
  z.object({ kind: z.literal('future-values'), ...named }),
  z.object({ kind: z.literal('delay-too-long'), ...named }),
  z.object({ kind: z.literal('too-many-rows') }),
])
const ofStep = { step: z.int(), test: z.string() }
export const cleaningProblem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unknown-test'), ...ofStep }),
  z.object({ kind: z.literal('no-number'), ...ofStep }),
  z.object({ kind: z.literal('review-above-link'), step: z.int() }),
  z.object({ kind: z.literal('older-state'), step: z.int() }),
])
const ofModel = { model: z.int(), ...named }

export const studyProblem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cohort'), problem: cohortProblem }),
  z.object({ kind: z.literal('intervals'), problem: intervalProblem }),
  z.object({ kind: z.literal('cleaning'), problem: cleaningProblem }),
  z.object({ kind: z.literal('no-such-column'), ...ofModel }),
  z.object({ kind: z.literal('label-as-number'), ...ofModel }),
  z.object({ kind: z.literal('factor-not-used'), ...ofModel }),
  z.object({ kind: z.literal('nothing-to-estimate'), model: z.int() }),
  z.object({ kind: z.literal('rows-of-unequal-length'), model: z.int() }),
  z.object({ kind: z.literal('strata-not-possible'), model: z.int() }),
  z.object({ kind: z.literal('number-as-groups'), ...ofModel }),
  /** The steps of a cleaning look at all rows of the cohort at once: a narrower cohort can be cleaned. */
  z.object({ kind: z.literal('too-many-rows'), rowsMost: z.int() }),
])

/** Records that are other ones than at the state that the study named before. */
export const studyChanges = z.object({
  amended: z.int(),
  retracted: z.int(),
  withdrawn: z.int(),
  added: z.int(),
})

export const studyRun = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ran'),
    /** SHA-256 of the study as it was run, with its snapshot and engine, hex. */
    hash: z.string(),
    snapshot: studySnapshot,
    engine: z.string(),
    /** The result in its canonical form, and the SHA-256 of its bytes, hex. */
    result: z.string(),
    resultHash: z.string(),
    /** Records that should open and do not, yet: once they do, the same study gives other bytes. */
    unreadableCount: z.int(),
    /** Null where the study named no state, or was run at the one that it names. */
    changes: studyChanges.nullable(),
  }),
  z.object({ kind: z.literal('refused'), problems: z.array(studyProblem) }),
])
export type StudyRunAnswer = z.infer<typeof studyRun>

export const studies = {
  /**
   * Waits until the records are ready. `named`: at the state that the study names, the newest where it names none; `newest`: at
   * the newest one, and says what changed since the one named.
   */
  run: { input: z.object({ study: studyDocument, at: z.enum(['named', 'newest']) }), output: studyRun },
} satisfies Service
