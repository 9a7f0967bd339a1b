/** The audit of this institution: who opened, exported, changed or was refused what, whether it is whole, and what a patient is owed of it. */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'

export const AUDIT_ACTS = ['opening', 'export', 'change', 'study', 'session', 'node', 'none'] as const
export const AUDIT_OUTCOMES = ['done', 'refused', 'failed'] as const
const count = z.number().int().nonnegative()

export const auditFilter = z.object({
  /** Half-open, milliseconds since 1970. */
  from: count.optional(),
  to: count.optional(),
  /** Key id. */
  person: z.string().max(100).optional(),
  /** What an operation begins with, such as `imports.`. */
  operation: z.string().max(100).optional(),
  act: z.enum(AUDIT_ACTS).optional(),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  /** Local id of a patient's entry in the table of names. */
  patientId: z.string().max(64).optional(),
})
export type AuditFilter = z.infer<typeof auditFilter>

const basis = z
  .object({
    kind: z.string(),
    /** What the person typed; null where nothing was, or where it was erased. */
    reason: z.string().nullable(),
    isErased: z.boolean(),
  })
  .nullable()

const who = {
  /** Key id; null where nobody had unlocked, and for what the node did by itself. */
  person: z.string().nullable(),
  /** As this institution's list of people has it; null for whoever is in no list any more. */
  personName: z.string().nullable(),
  roles: z.array(z.string()),
}

export const auditEntryView = z.object({
  sequence: count,
  ...who,
  at: z.number(),
  /** The clock stood so far before the entry before: it was turned back. */
  clockBehindMs: count,
  operation: z.string(),
  act: z.string(),
  outcome: z.enum(AUDIT_OUTCOMES),
  code: z.string().nullable(),
  /** Ids and codes that the act was about. */
  subject: z.array(z.object({ name: z.string(), value: z.string() })),
  basis,
  /** Its bytes are others than were written: nothing but the number is known. */
  isChanged: z.boolean(),
})
export type AuditEntryView = z.infer<typeof auditEntryView>

export const auditFinding = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), sequence: count }),
  z.object({ kind: z.literal('missing'), from: count, to: count }),
  z.object({ kind: z.literal('rewritten'), from: count, to: count, height: count }),
  z.object({
    kind: z.literal('ends-early'),
    count,
    expected: count,
    /** Null where only this store itself says so, and the chain not yet. */
    height: count.nullable(),
  }),
  z.object({ kind: z.literal('reason-changed'), sequence: count }),
  z.object({ kind: z.literal('reason-missing'), sequence: count }),
])
export type AuditFinding = z.infer<typeof auditFinding>

export const auditVerdict = z.object({
  count,
  anchorCount: count,
  agreeCount: count,
  /** Entries up to this one are covered by an anchor that agrees. */
  anchoredTo: count,
  /** The first ones; none where the audit is whole. */
  findings: z.array(auditFinding),
})
export type AuditVerdict = z.infer<typeof auditVerdict>

export const auditStanding = z.object({
  count,
  isWriting: z.boolean(),
  lastAnchor: z.object({ height: count, at: z.number(), count }).nullable(),
  verdict: auditVerdict.nullable(),
  checkedAt: z.number().nullable(),
  /** People by key id, for the filter; those who have left too. */
  people: z.array(z.object({ person: z.string(), name: z.string() })),
})
export type AuditStanding = z.infer<typeof auditStanding>

export const disclosureLine = z.object({
  ...who,
  /** Of the first and the last entry that it stands for. */
  from: z.number(),
  to: z.number(),
  act: z.string(),
  outcome: z.enum(AUDIT_OUTCOMES),
  code: z.string().nullable(),
  operations: z.array(z.string()),
  entryCount: count,
  basis,
  /** An export of all patients, this one among them. */
  isOfAll: z.boolean(),
})
export type DisclosureLine = z.infer<typeof disclosureLine>

export const disclosure = z.object({
  institutionName: z.string(),
  patientIds: z.array(z.string()),
  madeAt: z.number(),
  /** Oldest first. */
  lines: z.array(disclosureLine),
  /** There are more than fit a report. */
  isCut: z.boolean(),
})
export type Disclosure = z.infer<typeof disclosure>

export const audit = {
  standing: { input: z.void(), output: auditStanding },
  /** Newest first. `before` goes on where the last page ended; an answer may be empty and still name where to go on. */
  entries: {
    input: z.object({ filter: auditFilter, before: count.nullable(), limit: count.min(1).max(500) }),
    output: z.object({ entries: z.array(auditEntryView), before: count.nullable() }),
  },
  startVerify: { input: z.void(), output: z.object({ jobId: z.string() }) },
  verifyResult: { input: z.object({ jobId: z.string() }), output: auditVerdict.nullable() },
  /** As a table for spreadsheets; `path` null asks the person. */
  startExport: {
    input: z.object({ filter: auditFilter, path: z.string().nullable() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string(), path: z.string() }),
      z.object({ kind: z.literal('cancelled') }),
    ]),
  },
  exportReport: {
    input: z.object({ jobId: z.string() }),
    output: z.object({ path: z.string(), count }).nullable(),
  },
  /** Of the entry and of those that links join with it. */
  disclosure: { input: z.object({ patientId: z.string().max(64) }), output: disclosure },
  /** Prints what the window shows, in a place that the person chooses. */
  saveDisclosurePdf: {
    input: z.object({ patientId: z.string().max(64) }),
    output: z.object({ path: z.string().nullable(), isSaved: z.boolean() }),
  },
} satisfies Service

/** Something was found in it, or is found no more. */
export const auditEvents = { changed: z.object({ at: z.number() }) } satisfies EventMap
