/** One field of one visit, proven to a third party by a file (docs/spec/field-proof.md). */
import { z } from 'zod'
import type { Service } from './kit.ts'

export const PROOF_TEXT_MAX = 8 * 1024 * 1024

export const checkedProof = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('proven'),
    /** As founded; the chain's id is the hash of that document. */
    consortium: z.string(),
    chainId: z.string(),
    /** Where a profile is open: whether the proof is about its chain, and that chain has the same block there. */
    here: z.enum(['same-block', 'differs', 'not-here', 'other-chain', 'no-chain']),
    index: z.number().int(),
    blockHash: z.string(),
    merkleRoot: z.string(),
    /** When the block was born, milliseconds. */
    timestamp: z.number(),
    height: z.number().int(),
    signatures: z.number().int(),
    voters: z.number().int(),
    field: z.object({
      leafIndex: z.number().int(),
      leafCount: z.number().int(),
      name: z.string(),
      value: z.array(z.string().nullable()),
    }),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum([
      'not-a-proof',
      'too-large',
      'malformed',
      'genesis',
      'epoch',
      'certificate',
      'voters',
      'head',
      'not-in-chain',
      'field',
    ]),
  }),
])
export type CheckedProof = z.infer<typeof checkedProof>

export const proofs = {
  /** Proves a field of a final visit of this hospital, as a job: the founding's way to the block is walked once. */
  start: {
    input: z.object({ index: z.number().int().min(0), leafIndex: z.number().int().min(0) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({ kind: z.literal('refused'), reason: z.enum(['sealed', 'no-such-field']) }),
    ]),
  },
  /** The file's text when the job is done; null before, and where it failed. */
  text: { input: z.object({ jobId: z.string() }), output: z.object({ text: z.string().nullable() }) },
  /** Asks where to, and writes the file. */
  save: {
    input: z.object({ jobId: z.string() }),
    output: z.object({ path: z.string().nullable(), isSaved: z.boolean() }),
  },
  check: { input: z.object({ text: z.string().max(PROOF_TEXT_MAX) }), output: checkedProof },
  /** Asks for a file; null when the person closes the dialog. */
  chooseAndCheck: { input: z.void(), output: checkedProof.nullable() },
} satisfies Service
