/** The node as people see it: is everything saved, what waits, is there a quorum. */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'

export const nodeStatus = z.object({
  /** `outdated`: the chain goes on in a protocol that this program does not speak. */
  state: z.enum(['running', 'starting', 'stopped', 'disk-full', 'clock-wrong', 'outdated', 'halted']),
  /** Null unless it is `halted`: contradicting decisions, a decision that is invalid here, a failed write, our mistake. */
  haltedReason: z.enum(['two-certificates', 'certified-invalid-value', 'world-failed', 'bug']).nullable(),
  /** Decisions so far. */
  height: z.number().int(),
  /** Visits in the chain. */
  blockCount: z.number().int(),
  /** Hash of the last block, hex; the chain id before the first. */
  tip: z.string(),
  draftCount: z.number().int(),
  /** Accepted on this machine and not yet final. */
  queuedCount: z.number().int(),
  peerCount: z.number().int(),
  voterCount: z.number().int(),
  votersReachable: z.number().int(),
  quorum: z.number().int(),
  /** Whether this node signs: it votes, it observes until that is safe again, or its institution has no vote. */
  standing: z.enum(['voting', 'observing', 'no-vote']),
  observingReason: z
    .enum(['log-damaged', 'data-restored', 'unknown-own-signature', 'keys-elsewhere', 'keys-replaced'])
    .nullable(),
  /** The height that it is fetching up to, or null. */
  catchingUpTo: z.number().int().nullable(),
  /** Median of the peers' clocks minus this one, in milliseconds; null while too few have spoken. */
  clockOffsetMs: z.number().int().nullable(),
  /** Milliseconds since 1970 of the last final segment, or null. */
  lastFinalAt: z.number().int().nullable(),
  diskFreeBytes: z.number().nullable(),
})
export type NodeStatus = z.infer<typeof nodeStatus>

export const node = {
  status: { input: z.void(), output: nodeStatus },
} satisfies Service

export const nodeEvents = {
  statusChanged: nodeStatus,
  /** One or more visits became final. */
  segmentFinal: z.object({ height: z.number().int(), firstIndex: z.number().int(), count: z.number().int() }),
} satisfies EventMap
