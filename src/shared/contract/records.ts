/** Entering visits: drafts, checks, submission, and what became of them. */
import { z } from 'zod'
import {
  claim,
  diagnosis,
  encounter,
  envelope,
  observation,
  outcome,
  prescription,
  procedure,
  visitPatient,
  visitRecord,
} from '../domain/visit.ts'
import type { EventMap, Service } from './kit.ts'

/** One mark that means the same everywhere. */
export const visitState = z.enum(['draft', 'queued', 'final'])
export type VisitState = z.infer<typeof visitState>

/** What the form gives: the record without what main adds (ids, key, facility, signature). */
export const visitInput = z.object({
  /** Local id of the patient in this hospital's own encrypted table. */
  patientId: z.string().min(1).max(64),
  encounter: encounter.omit({ facility: true, day: true }),
  observations: z.array(observation).max(2000),
  diagnoses: z.array(diagnosis).max(200),
  procedures: z.array(procedure).max(500),
  prescriptions: z.array(prescription).max(500),
  outcome: outcome.optional(),
  claims: z.array(claim).max(200),
  notes: z.array(z.string().min(1).max(2000)).max(50),
  consent: visitPatient.shape.consent,
  /** Number of the member at the insurer, as it was typed: main makes a keyed token of it and keeps no number. */
  memberNumber: z.string().min(1).max(200).optional(),
  confirmations: envelope.shape.confirmations,
})
export type VisitInput = z.infer<typeof visitInput>

/** A rule that a value breaks. `refuse` stops the save; `confirm` asks once and is stored with the record. */
export const finding = z.object({
  /** e.g. `observations.2.value` */
  path: z.string(),
  /** Key of the message catalogue, e.g. `above-hard-limit`. */
  rule: z.string(),
  severity: z.enum(['refuse', 'confirm']),
  /** For the message: value, limit, unit, name… */
  params: z.record(z.string(), z.string()),
  /** A value that would satisfy the rule (decimal shift, unit swap…), offered as a button. */
  suggestion: z.string().optional(),
})
export type Finding = z.infer<typeof finding>

/** The form's own state, kept encrypted so that a crash loses nothing; main does not look inside. */
export const draft = z.object({
  draftId: z.string().min(1).max(64),
  patientId: z.string().max(64).nullable(),
  /** For the list of drafts. */
  title: z.string().max(200),
  savedAt: z.number(),
  form: z.unknown(),
})
export type Draft = z.infer<typeof draft>

export const listedDraft = draft.omit({ form: true }).extend({
  /** It cannot be read any more; it has an id of its own, by which it can be discarded. Whose it was nobody knows. */
  isDamaged: z.literal(true).optional(),
})
export type ListedDraft = z.infer<typeof listedDraft>

export const submittedVisit = z.object({
  visitId: z.string(),
  recordId: z.string(),
  /** Merkle root, hex: the name of this version. */
  merkleRoot: z.string(),
  patientId: z.string().nullable(),
  patientName: z.string(),
  /** Instant text of the admission. */
  admission: z.string(),
  encounterClass: z.string(),
  op: envelope.shape.op,
  state: visitState,
  /** Block number once final. */
  index: z.number().int().nullable(),
  submittedAt: z.number(),
})
export type SubmittedVisit = z.infer<typeof submittedVisit>

/** That a hospital says of a visit that something in it is wrong. */
export const dispute = z.object({
  memberName: z.string(),
  path: z.string(),
  text: z.string(),
  at: z.number(),
  state: z.enum(['queued', 'final']),
})

export const versionOfVisit = z.object({
  record: visitRecord,
  merkleRoot: z.string(),
  /** The entry of the table under which it was recorded; another one of the same person where entries are linked. */
  patientId: z.string(),
  state: visitState,
  index: z.number().int().nullable(),
  isSuperseded: z.boolean(),
  /** It came after another version had replaced the same one: kept, and it does not count. */
  isConflict: z.boolean(),
  disputes: z.array(dispute),
  /** Another hospital's, read by an access; absent for our own. */
  hospital: z.object({ memberId: z.string(), name: z.string() }).optional(),
})
export type VersionOfVisit = z.infer<typeof versionOfVisit>

export const awaitedVisit = z.object({
  merkleRoot: z.string(),
  patientId: z.string(),
  patientName: z.string(),
  admission: z.string(),
  /** The observations that wait, with their place in the record. */
  awaited: z.array(z.object({ place: z.number().int(), observation })),
})
export type AwaitedVisit = z.infer<typeof awaitedVisit>

/** What a change of a visit that needs no form answers. */
const changeAnswer = z.discriminatedUnion('kind', [
  /** The new versions, in the order in which they were written. */
  z.object({ kind: z.literal('queued'), visits: z.array(submittedVisit) }),
  /** Only what the change brings with it: what the visit said before is not asked again. */
  z.object({ kind: z.literal('findings'), findings: z.array(finding) }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum([
      'record-too-large',
      'unknown-patient',
      'superseded-meanwhile',
      'not-own-visit',
      'same-patient',
      'sealed',
    ]),
  }),
])
export type ChangeAnswer = z.infer<typeof changeAnswer>

export const records = {
  /** Drafts are their author's: the other calls know only those of whoever asks. */
  saveDraft: {
    input: draft.extend({
      /** What this goes on from: `savedAt` of the last save or load of it here, null where there was none. Absent asks nothing. */
      base: z.number().nullable().optional(),
    }),
    output: z.object({
      savedAt: z.number(),
      /** Another machine went on with it meanwhile: what was typed here has this name from now on, and both stay. */
      becomes: z.string().optional(),
    }),
  },
  listDrafts: { input: z.void(), output: z.array(listedDraft) },
  loadDraft: { input: z.object({ draftId: z.string() }), output: draft.nullable() },
  discardDraft: {
    input: z.object({
      draftId: z.string(),
      /** As of `saveDraft`: what another machine went on with stays. */
      base: z.number().nullable().optional(),
    }),
    output: z.void(),
  },
  /** Who writes a visit of this person, since when; never what. Newest first. */
  draftsOfPatient: {
    input: z.object({ patientId: z.string().min(1).max(64) }),
    output: z.array(
      z.object({
        /** Null for a draft of somebody else. */
        draftId: z.string().nullable(),
        personName: z.string(),
        begunAt: z.number(),
        savedAt: z.number(),
      }),
    ),
  },
  /** My corrections that came too late (ADR 0011), until the visit is corrected again. */
  returned: {
    input: z.void(),
    output: z.array(
      z.object({
        patientId: z.string(),
        patientName: z.string(),
        admission: z.string(),
        merkleRoot: z.string(),
        /** The version that counts. */
        headRoot: z.string(),
      }),
    ),
  },
  /** Every rule that the visit breaks, in the order of the form. */
  check: { input: visitInput, output: z.array(finding) },
  /**
   * Queues a visit: when this answers `queued`, the sealed record is durable on this machine and will become final.
   * Warnings must be listed in `confirmations`, else the answer is `findings` and nothing was saved.
   */
  submit: {
    input: z.object({
      visit: visitInput,
      /** The draft that this submission replaces; it is removed in the same atomic write. */
      draftId: z.string().nullable(),
      /** As of `saveDraft`: a draft that another machine went on with stays. */
      draftBase: z.number().nullable().optional(),
      /** One for each form: sent twice, it is one visit, and both get the same answer. */
      submissionId: z.string().min(1).max(64).optional(),
      /** Only to amend, retract or restore an earlier version. */
      change: z
        .object({
          op: z.enum(['amend', 'retract', 'restore']),
          visitId: z.string(),
          supersedes: z.string(),
          reason: envelope.shape.reason.unwrap(),
        })
        .nullable(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('queued'), visit: submittedVisit }),
      z.object({ kind: z.literal('findings'), findings: z.array(finding) }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['record-too-large', 'unknown-patient', 'superseded-meanwhile', 'not-own-visit']),
      }),
    ]),
  },
  /**
   * The last versions, newest first. `mine`: what the person who asks entered by hand. `hospital`: everybody's, imports
   * included.
   */
  recent: {
    input: z.object({ limit: z.number().int().min(1).max(200), of: z.enum(['mine', 'hospital']) }),
    output: z.array(submittedVisit),
  },
  /** The record decoded, for those who may open it. */
  open: {
    input: z.object({ merkleRoot: z.string() }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('record'),
        record: visitRecord,
        state: visitState,
        index: z.number().int().nullable(),
      }),
      z.object({ kind: z.literal('sealed'), reason: z.enum(['no-key', 'erased', 'locked', 'unknown']) }),
    ]),
  },
  /** All versions of the visits of one person, linked entries included, that this hospital can open; newest admission first. */
  ofPatient: {
    input: z.object({ patientId: z.string(), limit: z.number().int().min(1).max(1000) }),
    output: z.object({ visits: z.array(versionOfVisit), total: z.number().int() }),
  },
  /** Adds results to a visit: a new version with reason `late-result`; `replaces` names what was awaited. */
  addResults: {
    input: z.object({
      merkleRoot: z.string(),
      results: z
        .array(z.object({ observation, replaces: z.number().int().min(0).nullable() }))
        .min(1)
        .max(100),
      text: z.string().max(500).optional(),
      confirmations: envelope.shape.confirmations,
    }),
    output: changeAnswer,
  },
  /** Retracts a visit that was recorded under the wrong patient and records it under the right one, in one write. */
  move: {
    input: z.object({
      merkleRoot: z.string(),
      toPatientId: z.string(),
      text: z.string().max(500).optional(),
      confirmations: envelope.shape.confirmations,
    }),
    output: changeAnswer,
  },
  /** Visits with results that have not come, oldest first. */
  awaited: {
    input: z.object({ limit: z.number().int().min(1).max(500) }),
    output: z.object({ visits: z.array(awaitedVisit), total: z.number().int() }),
  },
  /** Says in the chain, to hospitals only, that another hospital's visit is wrong. */
  dispute: {
    input: z.object({
      merkleRoot: z.string(),
      path: z.string().max(200),
      text: z.string().min(1).max(500),
    }),
    output: z.object({ kind: z.enum(['queued', 'unknown', 'own', 'not-a-hospital']) }),
  },
  /** What hospitals say against one version, whoever recorded it; null for a version that is not known here. */
  disputesOf: {
    input: z.object({ merkleRoot: z.string() }),
    output: z.object({ isOwn: z.boolean(), disputes: z.array(dispute) }).nullable(),
  },
} satisfies Service

export const recordEvents = {
  /** Without the patient's name: the event outlives a lock, and whoever may see the name asks for it. */
  visitChanged: submittedVisit.omit({ patientName: true }),
  /** A draft came or went; not told of each save of one. */
  draftsChanged: z.null(),
  /** At a work place: the same draft was gone on with elsewhere, so what is typed here has another name from now on. */
  draftRenamed: z.object({ draftId: z.string(), becomes: z.string() }),
} satisfies EventMap
