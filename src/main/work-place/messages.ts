/** What passes between a node and a work place besides the contract: the hello, the draft key, the pairing. */
import { z } from 'zod'
import { session } from '../../shared/contract/app.ts'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)

/** Calls of the link itself; everything else is `service.method` of the contract. */
export const LINK = {
  /** The first call of a connection. */
  hello: 'link.hello',
  draftKey: 'link.draftKey',
  idleAfter: 'link.idleAfter',
  /** A file that the work place wrote by itself, for the audit. */
  note: 'link.note',
  /** Which of these entries of the hospital's table of names were erased. */
  gone: 'link.gone',
  pair: 'link.pair',
} as const

const idleMinutes = z.number().int().min(1).max(60)

/** Of the application, for people's eyes: what the ends understand of each other is the format. */
const version = z.string().max(64)

export const helloInput = z.object({
  format: z.literal(1),
  version: version.optional(),
  /** Of the session that this process had; null begins a new one. */
  token: hex32.nullable(),
  idleMinutes,
})
export const helloAnswer = z.object({
  token: hex32,
  /** The session went on: whoever had unlocked still has. */
  isSame: z.boolean(),
  session,
  draftKey: hex32.nullable(),
  version: version.optional(),
})
/** What any format of a hello has, so that either end can say that the other one is another. */
export const anyHello = z.object({ format: z.number().int(), version: version.optional() })
export const otherFormat = z.object({ version: version.optional() })
export const idleAfterInput = z.object({ idleMinutes })
export const draftKeyAnswer = hex32.nullable()
export const noteInput = z.object({
  operation: z.string().max(64),
  outcome: z.enum(['done', 'refused', 'failed']),
  code: z.string().max(64).nullable(),
  subject: z.record(z.string().max(32), z.union([z.string().max(128), z.number()])),
})

/** As many as are asked about at once. */
export const GONE_MAX = 500
const patientIds = z.array(z.string().regex(/^[0-9a-f]{32}$/)).max(GONE_MAX)
export const goneInput = z.object({ patientIds })
export const goneAnswer = patientIds
/** An event of the line itself: the node listens at another port from now on. */
export const MOVED = 'moved'
export const movedPayload = z.object({ port: z.number().int().min(1).max(65_535) })

export const pairInput = z.object({ format: z.literal(1), key: hex32 })
export const pairAnswer = z.object({
  institutionName: z.string().min(1).max(200),
  memberId: z.string().max(128),
  chainId: hex32,
  isSynthetic: z.boolean(),
  placeId: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string().min(1).max(60),
  /** The node's key on the work places' network. */
  nodeKey: hex32,
  psk: hex32,
  port: z.number().int().min(1).max(65_535),
})
export type PairAnswer = z.infer<typeof pairAnswer>
