/** Fitting statistical models to a table of one's own: a file that a person chooses, never the chain. */
import { z } from 'zod'
import { paperDesign } from '../domain/paper-design.ts'
import type { Service } from './kit.ts'

export const tableColumn = z.object({
  name: z.string(),
  kind: z.enum(['number', 'text', 'mixed', 'empty']),
  /** Rows without a value. */
  missing: z.number().int(),
})
export type TableColumn = z.infer<typeof tableColumn>

export const tableDescription = z.object({
  bytes: z.number(),
  rowCount: z.number().int(),
  columns: z.array(tableColumn),
})
export type TableDescription = z.infer<typeof tableDescription>

/** A model file as it was read, or why it is none. */
export const modelFile = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('model'), name: z.string(), text: z.string() }),
  z.object({ kind: z.literal('not-a-model'), name: z.string() }),
])
export type ModelFile = z.infer<typeof modelFile>

const path = z.string().min(1)
const job = z.object({ jobId: z.string() })

export const models = {
  /** Opens the file dialog for a CSV table; null when the person closes it. */
  chooseTable: { input: z.void(), output: z.string().nullable() },
  /** Opens the file dialog for a model file (docs/spec/statistics.md S10); null when the person closes it. */
  chooseModel: { input: z.void(), output: modelFile.nullable() },
  describe: { input: z.object({ path }), output: tableDescription },
  start: {
    /** The model as a model file holds it; checked in main. */
    input: z.object({ path, model: z.record(z.string(), z.unknown()) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({ kind: z.literal('refused'), options: z.array(z.string()) }),
    ]),
  },
  /** One JSON object as text: the same bytes as `consilium fit` prints. Null while there is none. */
  result: { input: job, output: z.object({ line: z.string() }).nullable() },
  /** Writes that text to a chosen file. */
  saveResult: { input: job, output: z.object({ path: z.string().nullable() }) },
  /** The simulation of the built-in study (docs/spec/statistics.md S9), of nobody's records. */
  startSimulation: { input: paperDesign, output: job },
  /** The same text as `consilium paper-comparison` prints. Null while there is none. */
  simulation: { input: job, output: z.object({ line: z.string() }).nullable() },
} satisfies Service
