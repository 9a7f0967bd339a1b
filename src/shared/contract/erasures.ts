/** Forgetting a patient: asked for by the hospital, agreed to by a second one, carried out by all (docs/spec/erasure.md). */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'

export const ERASURE_REASONS = [
  /** The patient asked. */
  'patient-request',
  /** The time for which records are kept is over. */
  'retention-over',
  /** Recorded without a legal basis, or about nobody. */
  'unlawful-or-mistaken',
  'court-order',
  'other',
] as const

export const erasureView = z.object({
  erasureId: z.string(),
  hospital: z.string(),
  isOwn: z.boolean(),
  versionCount: z.number().int(),
  /** Block numbers of the records, the first few. */
  blocks: z.array(z.number().int()),
  reason: z.string(),
  text: z.string().nullable(),
  /** Key id of the person who asked. */
  askedBy: z.string(),
  askedAt: z.number(),
  /** `queued`: not in the chain yet, or not all of it. */
  state: z.enum(['queued', 'asked', 'decided', 'withdrawn']),
  approval: z
    .object({ hospital: z.string(), by: z.string(), at: z.number(), isFinal: z.boolean() })
    .nullable(),
  receipts: z.array(z.object({ hospital: z.string(), rowCount: z.number().int(), at: z.number() })),
  /** Hospitals that have to destroy their keys; those without a receipt by name. */
  expectedCount: z.number().int(),
  missing: z.array(z.string()),
  /** A receipt is late by more than seven days. */
  isLate: z.boolean(),
  here: z.enum(['nothing-to-do', 'to-do', 'done', 'refused']),
  /** Whether this person may agree, and why not. */
  mayApprove: z.enum(['yes', 'own-request', 'not-now']),
})
export type ErasureView = z.infer<typeof erasureView>

export const erasures = {
  list: { input: z.void(), output: z.array(erasureView) },
  /** What was asked about this person and is neither carried out here nor taken back; null where nothing was. */
  ofPatient: { input: z.object({ patientId: z.string().max(64) }), output: erasureView.nullable() },
  /** What an erasure of this person would take: versions of visits, linked entries, drafts and printed summaries. */
  preview: {
    input: z.object({ patientId: z.string().max(64) }),
    output: z
      .object({
        name: z.string(),
        entryCount: z.number().int(),
        versionCount: z.number().int(),
        /** Not final yet: they have to be before anything can be asked for. */
        queuedCount: z.number().int(),
        draftCount: z.number().int(),
        summaryCount: z.number().int(),
        /** Hospitals besides this one: one of them has to agree; none: a second person here. */
        otherHospitals: z.number().int(),
      })
      .nullable(),
  },
  request: {
    input: z.object({
      patientId: z.string().max(64),
      reason: z.enum(ERASURE_REASONS),
      text: z.string().max(500).nullable(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('asked'), erasureId: z.string() }),
      /** Nothing of this person was in the chain, so nobody else had to agree: the entry and its drafts are destroyed. */
      z.object({ kind: z.literal('erased-here') }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['unknown-patient', 'not-final', 'asked-already', 'not-a-hospital']),
      }),
    ]),
  },
  /** `versionCount`: what the person compared with the asking hospital; nothing is agreed to where it is another number. */
  approve: {
    input: z.object({ erasureId: z.string().length(32), versionCount: z.number().int().min(0) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('taken') }),
      /** `too-many-today`: of this hospital, by the rule of the chain. */
      z.object({ kind: z.literal('refused'), reason: z.enum(['not-open', 'too-many-today']) }),
    ]),
  },
  withdraw: {
    input: z.object({ erasureId: z.string().length(32) }),
    output: z.object({ isTaken: z.boolean() }),
  },
} satisfies Service

/** Something was asked for, agreed to or done. */
export const erasureEvents = { changed: z.null() } satisfies EventMap
