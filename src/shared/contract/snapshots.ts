/** States of the chain that may be asked about, declared one by one so that nobody takes yesterday from today. */
import { z } from 'zod'
import type { Service } from './kit.ts'
import { snapshotView } from './requests.ts'

export const snapshotsView = z.object({
  /** Newest first. */
  snapshots: z.array(snapshotView),
  height: z.int(),
  /** What the members have decided that the next one needs since the last one. */
  patientsMin: z.int(),
  hospitalsMin: z.int(),
  /** 0: by hand only. */
  everyDays: z.int(),
  /** Hospitals propose. */
  isHospital: z.boolean(),
})

const proposed = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('proposed'),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    height: z.int(),
  }),
  z.object({
    kind: z.literal('refused'),
    /** `too-few-gateways`: so few gave their part within the time. */
    reason: z.enum(['nothing-new', 'too-few-patients', 'too-few-hospitals', 'too-few-gateways']),
    contributed: z.int().optional(),
    needed: z.int().optional(),
    /** Names of the gateways whose part is missing. */
    missing: z.array(z.string()).optional(),
  }),
])
export type ProposedSnapshot = z.infer<typeof proposed>

export const snapshots = {
  list: { input: z.void(), output: snapshotsView },
  /** Asks every gateway for its part and declares the newest state when enough of them agree. */
  propose: { input: z.void(), output: proposed },
} satisfies Service
