/** An institution's keys in shares: made, asked for through another hospital, objected to, released (docs/spec/shares.md). */
import { z } from 'zod'
import { openRefusal } from './app.ts'
import type { EventMap, Service } from './kit.ts'

const id = z.string().regex(/^[0-9a-f]{32}$/)
const text = z.string().max(500).nullable()

export const shareSet = z.object({
  setId: z.string(),
  hospital: z.string(),
  isOwn: z.boolean(),
  madeAt: z.number(),
  threshold: z.number().int(),
  shareCount: z.number().int(),
})
export type ShareSet = z.infer<typeof shareSet>

export const recoveryRequest = z.object({
  requestId: z.string(),
  setId: z.string(),
  /** Whose keys are to be brought back. */
  hospital: z.string(),
  isOwn: z.boolean(),
  /** The hospital that asked in its people's name. */
  askedBy: z.string(),
  text: z.string().nullable(),
  /** By the chain; null while it is not in it. */
  askedAt: z.number().nullable(),
  /** From when on the part may be given out, by the chain's time. */
  releaseAt: z.number().nullable(),
  state: z.enum(['queued', 'waiting', 'ready', 'vetoed', 'void']),
  vetoes: z.array(z.object({ hospital: z.string(), text: z.string().nullable(), at: z.number() })),
  mayVeto: z.boolean(),
  mayRelease: z.boolean(),
})
export type RecoveryRequestView = z.infer<typeof recoveryRequest>

export const shares = {
  /** The newest set of each hospital, and every request. */
  list: {
    input: z.void(),
    output: z.object({
      sets: z.array(shareSet),
      requests: z.array(recoveryRequest),
      /** Other hospitals, who would hold a part of the key: none, and three shares open it alone. */
      otherHospitals: z.number().int(),
    }),
  },
  /**
   * Writes a recovery file and five shares to a folder, which the person chooses where none is named. Shares of before open
   * nothing any more where there are other hospitals.
   */
  make: {
    input: z.object({ passphrase: z.string().max(1000), folder: z.string().min(1).optional() }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('made'),
        setId: z.string(),
        folder: z.string(),
        files: z.array(z.string()),
        hasPart: z.boolean(),
      }),
      z.object({ kind: z.literal('cancelled') }),
      z.object({
        kind: z.literal('refused'),
        /** `not-said`: the other hospitals could not be told, so no shares were made. */
        reason: z.enum([...openRefusal.options, 'not-said']),
        detail: z.string().optional(),
      }),
    ]),
  },
  /** In the name of another hospital's people, who came with shares. */
  ask: {
    input: z.object({ setId: id, text }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('asked'), requestId: z.string() }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['unknown-set', 'own-set', 'asked-already', 'not-asked']),
      }),
    ]),
  },
  veto: { input: z.object({ requestId: id, text }), output: z.object({ isTaken: z.boolean() }) },
  /** Writes the hospitals' part to a file. */
  release: {
    input: z.object({ requestId: id, path: z.string().min(1).optional() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('released'), path: z.string() }),
      z.object({ kind: z.literal('cancelled') }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['unknown-request', 'too-early', 'vetoed', 'void', 'own-set', 'not-writable']),
      }),
    ]),
  },
} satisfies Service

/** Somebody made shares, asked, or objected. */
export const shareEvents = { changed: z.null() } satisfies EventMap
