/** Studies on the hospital's own records: one document from the cohort to the model, run again identically. */
import { z } from 'zod'
import { cleaningPipeline } from '../domain/cleaning.ts'
import { intervalDefinition } from '../domain/intervals.ts'
import { studyDocument, studySnapshot } from '../domain/study.ts'
import { locale } from './app.ts'
import { cohortProblem } from './cohorts.ts'
import type { Service } from './kit.ts'
import { keptModel, keptModelId, KEPT_MODELS_MAX, studyHistory, unfinishedRun } from './study-history.ts'

const named = { name: z.string() }
const intervalProblem = z.discriminatedUnion('kind', [
  ...cohortProblem.options,
  z.object({ kind: z.literal('name-taken'), ...named }),
  z.object({ kind: z.literal('future-values'), ...named }),
  z.object({ kind: z.literal('delay-too-long'), ...named }),
  z.object({ kind: z.literal('too-many-rows') }),
  z.object({ kind: z.literal('competing-not-possible') }),
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
  z.object({ kind: z.literal('nothing-cleaned') }),
  z.object({ kind: z.literal('schema-not-said') }),
  z.object({ kind: z.literal('pieces-not-possible'), model: z.int() }),
  z.object({ kind: z.literal('imputation-not-possible'), model: z.int() }),
  z.object({ kind: z.literal('imputation-without-curves'), model: z.int() }),
  z.object({ kind: z.literal('nothing-competes'), model: z.int() }),
  z.object({ kind: z.literal('changes-with-time'), ...ofModel }),
  z.object({ kind: z.literal('clock-not-possible'), model: z.int() }),
  z.object({ kind: z.literal('nothing-to-estimate'), model: z.int() }),
  z.object({ kind: z.literal('rows-of-unequal-length'), model: z.int() }),
  z.object({ kind: z.literal('strata-not-possible'), model: z.int() }),
  z.object({ kind: z.literal('number-as-groups'), ...ofModel }),
  z.object({ kind: z.literal('no-curves-of'), ...ofModel }),
  z.object({ kind: z.literal('baseline-by-number'), ...named }),
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

const cutReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('known'), ...named }),
  z.object({ kind: z.literal('too-old'), ...named }),
  z.object({ kind: z.literal('cut') }),
  z.object({ kind: z.literal('piece') }),
  z.object({
    kind: z.literal('end'),
    reason: z.enum(['event', 'competing', 'death', 'left', 'at-most', 'data-end']),
  }),
])
export type CutReasonAnswer = z.infer<typeof cutReason>

/** An invented person, and how the definition cuts that person's time; days of its clock, rows left-open. */
const intervalExemplar = z.object({
  /** Years on the index day. */
  age: z.int(),
  sex: z.enum(['male', 'female']),
  index: z.number(),
  columns: z.array(z.object({ ...named, isChanging: z.boolean() })),
  rows: z.array(
    z.object({
      start: z.number(),
      stop: z.number(),
      event: z.boolean(),
      /** In the order of the columns; null: not known. */
      values: z.array(z.union([z.number(), z.string()]).nullable()),
      /** Why it ends at `stop`. */
      why: z.array(cutReason),
    }),
  ),
  /** Recorded on `day`, it acts on the days after `actsAfter`. */
  records: z.array(
    z.object({ ...named, day: z.number(), actsAfter: z.number(), value: z.union([z.number(), z.string()]) }),
  ),
})
export type IntervalExemplarAnswer = z.infer<typeof intervalExemplar>

/** So many invented persons are told apart. */
export const EXEMPLAR_SEED_MAX = 1_000

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
  /**
   * An invented person under a definition, cut by the code that cuts everybody: no record is looked at. The cleaning is asked only for
   * how old it lets values grow. `nobody`: none could be invented whom it follows.
   */
  exemplar: {
    input: z.object({
      intervals: intervalDefinition,
      cleaning: cleaningPipeline.nullable(),
      seed: z.int().min(1).max(EXEMPLAR_SEED_MAX),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('made'), exemplar: intervalExemplar }),
      z.object({ kind: z.literal('nobody') }),
      z.object({ kind: z.literal('refused'), problems: z.array(intervalProblem) }),
    ]),
  },
  /** The study that this person works on, as it was kept last. */
  kept: { input: z.void(), output: z.object({ study: studyDocument, savedAt: z.number() }).nullable() },
  /** Keeps it, sealed, in place of the one before. `isKept` false where this institution has no key to seal under. */
  keep: {
    input: z.object({ study: studyDocument }),
    output: z.object({ isKept: z.boolean(), savedAt: z.number() }),
  },
  /** What this person ran, newest first, and the models that are kept to be compared. */
  history: { input: z.void(), output: studyHistory },
  /**
   * Of the models that are kept, sealed, removes these and adds those, each once; a window says what it changes, never all, since it may not
   * know of all. `models`: what is kept by now. `isKept` false, with nothing changed, where it is too much, or there is no key to seal under.
   */
  keepModels: {
    input: z.strictObject({
      add: z.array(keptModel).max(KEPT_MODELS_MAX),
      remove: z.array(z.strictObject(keptModelId.shape)).max(KEPT_MODELS_MAX),
    }),
    output: z.object({ isKept: z.boolean(), models: z.array(keptModel) }),
  },
  /** Runs of this person that ended with the application: nothing of them was found. */
  unfinished: { input: z.void(), output: z.array(unfinishedRun) },
  /** They are said no more. */
  forgetUnfinished: { input: unfinishedRun.pick({ kind: true }), output: z.void() },
  /** The list of runs begins anew; the audit still says what was asked. */
  forgetRuns: { input: z.void(), output: z.object({ isKept: z.boolean() }) },
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
