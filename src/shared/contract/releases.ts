/** What leaves the workbench: figures, tables, text and study files. One way out (DESIGN 5), in the audit, with a mark. */
import { z } from 'zod'
import { locale } from './app.ts'
import { studyDocument } from '../domain/study.ts'
import type { Service } from './kit.ts'
import { studyProblem } from './studies.ts'

/** A picture in points that print takes is smaller; the window sends no more at a time (`serve.ts`). */
const CONTENT_MAX = 3 << 20

const named = {
  /** What the file is called, without its ending. */
  name: z.string().min(1).max(200),
  content: z.string().min(1).max(CONTENT_MAX),
}
const releaseOutput = z.discriminatedUnion('kind', [
  /** PNG: base64. */
  z.object({ kind: z.literal('figure'), as: z.enum(['svg', 'png']), ...named }),
  /** XLSX: rows of cells, texts and numbers, as JSON. */
  z.object({ kind: z.literal('table'), as: z.enum(['csv', 'html', 'text', 'xlsx']), ...named }),
  z.object({ kind: z.literal('text'), as: z.literal('text'), ...named }),
  /** A study file for `consilium study run`: a question holds no record and no number of one, so it carries no mark. */
  z.object({ kind: z.literal('study'), as: z.literal('json'), ...named }),
])
export type ReleaseOutput = z.infer<typeof releaseOutput>

/** `jobId`: whose answer it was made of; null for text of the screen and a study that was not run. */
const asked = z.object({
  jobId: z.string().nullable(),
  /** Of an answer of the gateways (`requests.open`), where there is no job. */
  studyHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  locale,
  output: releaseOutput,
})

const refused = z.object({
  kind: z.literal('refused'),
  reason: z.enum(['not-markable', 'no-such-result', 'not-writable']),
})

export const releases = {
  /** The sentence that a picture is drawn with; null where there is no such result. */
  mark: { input: asked.omit({ output: true }), output: z.object({ line: z.string().nullable() }) },
  /** The output as it may leave, base64: the gate. */
  make: {
    input: asked,
    output: z.discriminatedUnion('kind', [z.object({ kind: z.literal('made'), bytes: z.string() }), refused]),
  },
  /** Asks where, and writes what `make` gives. */
  save: {
    input: asked,
    output: z.discriminatedUnion('kind', [
      /** The person closed the dialog. */
      z.object({ kind: z.literal('cancelled') }),
      z.object({ kind: z.literal('saved'), path: z.string() }),
      refused,
    ]),
  },
  /**
   * Asks for a folder, and writes into one of the study's own there what `studies.intervals` gives, with the mark as a file beside the rows: in
   * them it would be a row. For a researcher of the hospital whose people they are.
   */
  saveRows: {
    input: z.object({ study: studyDocument, locale }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('cancelled') }),
      z.object({ kind: z.literal('saved'), folder: z.string(), files: z.array(z.string()) }),
      z.object({ kind: z.literal('not-writable') }),
      z.object({ kind: z.literal('refused'), problems: z.array(studyProblem) }),
      z.object({ kind: z.literal('too-large'), bytes: z.int(), bytesMax: z.int() }),
    ]),
  },
  /** Puts what `make` gives, a text, on the clipboard. */
  copy: {
    input: asked,
    output: z.discriminatedUnion('kind', [z.object({ kind: z.literal('copied') }), refused]),
  },
} satisfies Service
