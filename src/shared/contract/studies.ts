/** Studies on the hospital's own records: one document from the cohort to the model, run again identically. */
import { z } from 'zod'
import { studyDocument, studySnapshot } from '../domain/study.ts'
import { locale } from './app.ts'
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
  z.object({ kind: z.literal('spline-not-possible'), ...ofModel }),
  z.object({ kind: z.literal('interaction-not-possible'), ...ofModel }),
  z.object({ kind: z.literal('nothing-to-estimate'), model: z.int() }),
  z.object({ kind: z.literal('rows-of-unequal-length'), model: z.int() }),
  z.object({ kind: z.literal('strata-not-possible'), model: z.int() }),
  z.object({ kind: z.literal('number-as-groups'), ...ofModel }),
  z.object({ kind: z.literal('no-curves-of'), ...ofModel }),
  z.object({ kind: z.literal('baseline-by-number'), ...named }),
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
    /** Of invented people (docs/spec/twin.md): whatever is made of it says so. */
    isTwin: z.boolean(),
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

const job = z.object({ jobId: z.string() })
const begun = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), jobId: z.string() }),
  z.object({ kind: z.literal('refused'), problems: z.array(studyProblem) }),
])

export const studies = {
  /**
   * Waits until the records are ready. `named`: at the state that the study names, the newest where it names none; `newest`: at
   * the newest one, and says what changed since the one named.
   */
  run: { input: z.object({ study: studyDocument, at: z.enum(['named', 'newest']) }), output: studyRun },
  /**
   * As `run`, as a job. `weigh`: up to the table that models are fitted to, so that persons, events and parameters are known before
   * the question is put to the models.
   */
  start: {
    input: z.object({
      study: studyDocument,
      at: z.enum(['named', 'newest']),
      upTo: z.enum(['weigh', 'fit']),
    }),
    output: begun,
  },
  /** What a job of `start` found; null while there is none. */
  answer: { input: job, output: studyRun.nullable() },
  /**
   * The rows that the models are fitted to, at the state that the study names, with the models as `consilium fit` takes them: a researcher of the
   * hospital fits them elsewhere within it. Persons are numbers; the mark goes beside the files.
   */
  intervals: {
    input: z.object({ study: studyDocument, locale }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('made'),
        hash: z.string(),
        mark: z.string(),
        files: z.array(z.object({ name: z.string(), content: z.string() })),
      }),
      z.object({ kind: z.literal('refused'), problems: z.array(studyProblem) }),
      /** More than goes over the line at once. */
      z.object({ kind: z.literal('too-large'), bytes: z.int(), bytesMax: z.int() }),
    ]),
  },
  /** The study that this person works on, as it was kept last. */
  kept: { input: z.void(), output: z.object({ study: studyDocument, savedAt: z.number() }).nullable() },
  /** Keeps it, sealed, in place of the one before. `isKept` false where this institution has no key to seal under. */
  keep: {
    input: z.object({ study: studyDocument }),
    output: z.object({ isKept: z.boolean(), savedAt: z.number() }),
  },
  /** Opens the dialog for a study file; null when the person closes it. */
  openFile: {
    input: z.void(),
    output: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('study'), name: z.string(), study: studyDocument }),
        z.object({ kind: z.literal('not-a-study'), name: z.string() }),
      ])
      .nullable(),
  },
} satisfies Service
