/** What leaves the workbench: figures, tables, text and study files. One way out (DESIGN 5), in the audit, with a mark. */
import { z } from 'zod'
import { studyDocument } from '../domain/study.ts'
import { locale } from './app.ts'
import type { Service } from './kit.ts'

/** A picture of a whole screen is smaller. */
const CONTENT_MAX = 24 << 20

export const releaseOutput = z.object({
  kind: z.enum(['figure', 'table', 'text']),
  as: z.enum(['svg', 'png', 'csv', 'html', 'text']),
  /** What the file is called, without its ending. */
  name: z.string().min(1).max(120),
  /** PNG: base64. */
  content: z.string().min(1).max(CONTENT_MAX),
})
export type ReleaseOutput = z.infer<typeof releaseOutput>

/** The job whose answer it was made of; null for text of the screen. */
const of = { jobId: z.string().nullable(), locale }

const saved = z.discriminatedUnion('kind', [
  /** The person closed the dialog. */
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('saved'), path: z.string() }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(['not-writable', 'not-markable', 'no-such-result']),
  }),
])
const copied = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('copied') }),
  z.object({ kind: z.literal('refused'), reason: z.enum(['not-markable', 'no-such-result']) }),
])

export const releases = {
  /** The sentence that a picture is drawn with; null where there is no such result. */
  mark: { input: z.object(of), output: z.object({ line: z.string().nullable() }) },
  /** Asks where, and writes the marked output. */
  save: { input: z.object({ ...of, output: releaseOutput }), output: saved },
  copy: { input: z.object({ ...of, output: releaseOutput }), output: copied },
  /** A study file for `consilium study run`. A question holds no record and no number of one: nothing in it is marked. */
  saveStudy: { input: z.object({ study: studyDocument }), output: saved },
} satisfies Service
