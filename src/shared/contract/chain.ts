/** The chain as the explorer shows it, and its verification. */
import { z } from 'zod'
import { visitRecord } from '../domain/visit.ts'
import type { Service } from './kit.ts'

export const blockRow = z.object({
  index: z.number().int(),
  hash: z.string(),
  timestamp: z.number(),
  height: z.number().int(),
  sizeClass: z.number().int(),
  /** Its keys were destroyed here by decision. The node of a work place may be older than this field. */
  isErased: z.boolean().default(false),
})
export type BlockRow = z.infer<typeof blockRow>

export const head = z.object({
  version: z.number().int(),
  chainId: z.string(),
  index: z.number().int(),
  previousHash: z.string(),
  timestamp: z.number(),
  merkleRoot: z.string(),
  bodyHash: z.string(),
  keyCommitment: z.string(),
  sizeClass: z.number().int(),
})

export const certificateView = z.object({
  height: z.number().int(),
  round: z.number().int(),
  segmentId: z.string(),
  signatures: z.array(z.object({ memberId: z.string(), memberName: z.string(), signature: z.string() })),
  voterCount: z.number().int(),
  quorum: z.number().int(),
})

export const segmentView = z.object({
  segmentId: z.string(),
  height: z.number().int(),
  epoch: z.number().int(),
  previousSegmentId: z.string(),
  firstIndex: z.number().int(),
  count: z.number().int(),
  tip: z.string(),
  headsRoot: z.string(),
  segmentsRoot: z.string(),
  itemsRoot: z.string(),
  stateHash: z.string(),
  nextVotersRoot: z.string(),
  time: z.number(),
  itemCount: z.number().int(),
  certificate: certificateView,
})

/** A field of an opened record: name, texts, leaf number. */
export const fieldView = z.object({
  leafIndex: z.number().int(),
  name: z.string(),
  value: z.array(z.string().nullable()),
})

export const blockView = z.object({
  hash: z.string(),
  head,
  bodyBytes: z.number().int(),
  segment: segmentView,
  isLast: z.boolean(),
  content: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('open'),
      record: visitRecord,
      fields: z.array(fieldView),
      authorName: z.string(),
    }),
    z.object({
      kind: z.literal('sealed'),
      /** `not-permitted`: whoever looks may open no records. */
      reason: z.enum(['no-key', 'erased', 'locked', 'not-permitted', 'damaged']),
      /** Of an erased record: hospitals that have destroyed their keys, of how many. */
      receipts: z.object({ count: z.number().int(), of: z.number().int() }).optional(),
    }),
  ]),
})

/** One thing that was recomputed, in the order in which it was done. */
export const verifyStep = z.object({
  step: z.enum([
    'self-hash',
    'previous-hash',
    'timestamp',
    'body-hash',
    'key-box',
    'key-commitment',
    'merkle-root',
    'author',
    'heads-root',
    'segments-root',
    'items-root',
    'state',
    'certificate',
  ]),
  isOk: z.boolean(),
  /** What the chain claims and what came out, hex, when they differ or are worth showing. */
  claimed: z.string().optional(),
  computed: z.string().optional(),
  /** Set when the step could not be done by this person, e.g. opening a sealed body. */
  isSkipped: z.boolean(),
})

export const verifyChainResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ok'),
    blocks: z.number().int(),
    segments: z.number().int(),
    tip: z.string(),
    /** Records whose keys were destroyed here by decision: their text was not looked at, since nobody can. */
    erased: z.number().int().default(0),
  }),
  z.object({
    kind: z.literal('failed'),
    index: z.number().int().nullable(),
    height: z.number().int().nullable(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal('cancelled') }),
])

export const chain = {
  /** Rows `first … first + count - 1`, fewer at the end. */
  blocks: {
    input: z.object({ first: z.number().int().min(0), count: z.number().int().min(1).max(500) }),
    output: z.object({ rows: z.array(blockRow), total: z.number().int() }),
  },
  /** By block number, block hash (whole or at least 6 hex digits of its beginning) or Merkle root. */
  find: { input: z.object({ text: z.string().max(100) }), output: z.array(blockRow) },
  block: { input: z.object({ index: z.number().int().min(0) }), output: blockView.nullable() },
  /** The Merkle path of a field: from the leaf to the root, with the side of each sibling. */
  fieldProof: {
    input: z.object({ index: z.number().int().min(0), leafIndex: z.number().int().min(0) }),
    output: z
      .object({
        leafHash: z.string(),
        leafCount: z.number().int(),
        path: z.array(z.object({ side: z.enum(['left', 'right']), hash: z.string(), result: z.string() })),
        merkleRoot: z.string(),
      })
      .nullable(),
  },
  verifyBlock: {
    input: z.object({ index: z.number().int().min(0) }),
    output: z.object({ isOk: z.boolean(), steps: z.array(verifyStep) }),
  },
  /** Starts a job (see `jobs`); the result is asked for by id when it is done. */
  startVerify: { input: z.void(), output: z.object({ jobId: z.string() }) },
  verifyResult: { input: z.object({ jobId: z.string() }), output: verifyChainResult.nullable() },
  /** Genesis, members and policy in effect. */
  consortium: {
    input: z.void(),
    output: z.object({
      chainId: z.string(),
      name: z.string(),
      createdAt: z.number(),
      members: z.array(
        z.object({
          memberId: z.string(),
          kind: z.enum(['hospital', 'university', 'insurer']),
          name: z.string(),
          isVoter: z.boolean(),
        }),
      ),
      policy: z.array(z.object({ name: z.string(), value: z.number() })),
    }),
  },
} satisfies Service
