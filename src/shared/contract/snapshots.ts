/** States of the chain that may be asked about, declared one by one so that nobody takes yesterday from today. */
import { z } from 'zod'
import type { Service } from './kit.ts'
import { snapshotView } from './requests.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
/** What a gateway said when it was asked for its part. */
const gatewayAnswer = z.object({
  hospital: z.string(),
  answer: z.enum(['yes', 'too-few-patients', 'too-few-hospitals', 'not-reached', 'other']),
})

export const snapshots = {
  list: {
    input: z.void(),
    output: z.object({
      /** Newest first. */
      snapshots: z.array(snapshotView),
      height: z.int(),
      patientsMin: z.int(),
      hospitalsMin: z.int(),
      everyDays: z.int(),
      /** Whether this institution may propose one: hospitals do. */
      isHospital: z.boolean(),
      /** What gateways said the last time that this node asked them; null before. */
      last: z.array(gatewayAnswer).nullable(),
    }),
  },
  /** Asks every gateway for its part and declares the snapshot when enough of them agree. */
  propose: {
    input: z.void(),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('proposed'), hash, answers: z.array(gatewayAnswer) }),
      z.object({ kind: z.literal('refused'), reason: z.string(), answers: z.array(gatewayAnswer) }),
    ]),
  },
} satisfies Service
