/** Imports that were made: what came in, the signed manifest, going on after a crash, and undoing. */
import { z } from 'zod'
import type { Service } from './kit.ts'

/** running: in this process now. interrupted: its process ended in the middle. */
export const batchState = z.enum(['running', 'done', 'cancelled', 'failed', 'interrupted'])

/** What the window says of each reason, in the language of whoever saves a list: why, what came of it, and what to do next. */
export const reasonSentences = z
  .record(z.string().max(60), z.string().max(600))
  .refine((sentences) => Object.keys(sentences).length <= 400)
  .optional()
export type ReasonSentences = z.infer<typeof reasonSentences>

export const batchUndo = z.object({
  /** Set when it came to its end; null while it runs, or where its process ended in the middle. */
  at: z.number().nullable(),
  by: z.string(),
  /** Visits that are retracted now. */
  retracted: z.number().int(),
  /** Visits that are again what they were before the import changed them. */
  reverted: z.number().int(),
  /** Changed since, or not to be opened: they stay. The first hundred. */
  stayed: z.array(
    z.object({
      merkleRoot: z.string(),
      patientName: z.string(),
      admission: z.string(),
      reason: z.enum(['changed-since', 'unreadable']),
    }),
  ),
  stayedCount: z.number().int(),
  /** Links between entries of people that its messages made: they stay. Of an undo by an older version nothing is said. */
  linksKept: z.number().int().default(0),
})
export type BatchUndo = z.infer<typeof batchUndo>

export const importBatch = z.object({
  batchId: z.string(),
  state: batchState,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Name of the person. */
  by: z.string(),
  /** A watched folder took it, or a person. */
  startedBy: z.enum(['person', 'folder']),
  /** Patients of the generator, else files. */
  isSynthetic: z.boolean(),
  /** It is being imported or undone just now. */
  isBusy: z.boolean(),
  /** The first twenty of them. */
  files: z.array(z.object({ name: z.string(), bytes: z.number(), hash: z.string() })),
  fileCount: z.number().int(),
  patients: z.number().int(),
  /** Versions of visits that came in with it, over all its runs. */
  visits: z.number().int(),
  duplicates: z.number().int(),
  rejectedCount: z.number().int(),
  /** Taken although something is unusual, by reason. */
  warnings: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  /** Those of them that have a place in the files. */
  unusualCount: z.number().int(),
  /** Merkle root over the versions, hex; null until it ended. */
  versionsRoot: z.string().nullable(),
  hasManifest: z.boolean(),
  undo: batchUndo.nullable(),
})
export type ImportBatch = z.infer<typeof importBatch>

const oneBatch = z.object({ batchId: z.string().regex(/^[0-9a-f]{32}$/) })

/** What a manifest says, and how far this node can confirm it. */
export const manifestCheck = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('manifest'),
    batchId: z.string(),
    institution: z.string(),
    memberId: z.string(),
    by: z.string(),
    startedAt: z.number(),
    endedAt: z.number(),
    fileCount: z.number().int(),
    visits: z.number().int(),
    duplicates: z.number().int(),
    rejectedCount: z.number().int(),
    versionsRoot: z.string(),
    /** own-chain: signed by a member of this chain, with its key. other-chain: signed, and this chain does not know by whom. */
    signer: z.enum(['own-chain', 'other-chain']),
    /** The versions are here and give the same root; null where they are not this institution's. */
    isWhole: z.boolean().nullable(),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(['not-ours', 'other-kind', 'newer', 'damaged', 'malformed', 'forged', 'not-readable']),
  }),
])
export type ManifestCheck = z.infer<typeof manifestCheck>

export const batchMethods = {
  /** Newest first. */
  batches: { input: z.object({ limit: z.number().int().min(1).max(500) }), output: z.array(importBatch) },
  /** Imports the same files again under the same batch: only what is missing is added. */
  resumeBatch: { input: oneBatch, output: z.object({ jobId: z.string() }) },
  /**
   * Retracts every visit that the batch brought and that nobody changed since; a visit that it changed becomes again what
   * it was before. Asked once more, it goes on where it stopped.
   */
  undoBatch: {
    input: oneBatch.extend({ passphrase: z.string().max(1024) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['wrong-passphrase', 'unknown-batch', 'running']),
      }),
    ]),
  },
  /** Writes what the batch did not take, or what is unusual of what it took, as CSV to a chosen file. */
  saveBatchRejects: {
    input: oneBatch.extend({
      list: z.enum(['left-out', 'unusual']).optional(),
      sentences: reasonSentences,
    }),
    output: z.object({ path: z.string().nullable() }),
  },
  saveManifest: { input: oneBatch, output: z.object({ path: z.string().nullable() }) },
  /** The manifest's bytes in hex, for the command line; null where the batch has none. */
  manifest: { input: oneBatch, output: z.object({ hex: z.string().nullable() }) },
  /** Opens the file dialog; null when the person closes it. */
  chooseManifest: { input: z.void(), output: manifestCheck.nullable() },
  checkManifest: { input: z.object({ path: z.string().min(1) }), output: manifestCheck },
} satisfies Service
