/** What a person ran of studies, and the models that are kept to be held against each other. */
import { z } from 'zod'
import { studyDocument } from '../domain/study.ts'
import { saidCount } from './said.ts'

/** More columns than that nobody reads side by side, nor prints on a page. */
export const KEPT_MODELS_MAX = 8

const named = {
  /** As it was run, with its snapshot and engine. */
  study: studyDocument,
  /** SHA-256 of the study as it was run and of its result, hex. */
  hash: z.string(),
  resultHash: z.string(),
}

export const keptRun = z.object({
  ...named,
  /** Milliseconds since 1970. */
  at: z.number(),
  isTwin: z.boolean(),
  /** Who could be followed, and those of them with the event. */
  persons: saidCount,
  events: saidCount,
})

export const keptModel = z.object({
  ...named,
  /** Its place in the study. */
  m: z.int().min(0).max(19),
  persons: z.int(),
  events: z.int(),
  /** What `fit` answered, without curves, as JSON. */
  fit: z.string().max(256 << 10),
})
/** The same model is kept once: hash of the result and its place in it. */
export const keptModelId = keptModel.pick({ resultHash: true, m: true })
export type KeptModelId = z.infer<typeof keptModelId>
export type KeptModelText = z.infer<typeof keptModel>

/** Newest first. */
export const studyHistory = z.object({ runs: z.array(keptRun), models: z.array(keptModel) })
export type StudyHistory = z.infer<typeof studyHistory>

/** A run that was under way when the application ended. */
export const unfinishedRun = z.object({
  kind: z.enum(['question', 'cleaning', 'pathways']),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
})
export type UnfinishedRun = z.infer<typeof unfinishedRun>
