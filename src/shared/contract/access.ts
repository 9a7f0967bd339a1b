/** A patient's visits at other hospitals: what there is, on which basis it is read, and what reviewers see of it (docs/spec/access.md). */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'
import { versionOfVisit } from './records.ts'

export const accessBasis = z.enum(['treatment', 'consent', 'break-glass'])
export type AccessBasisView = z.infer<typeof accessBasis>

export const GLASS_REASONS = ['life-threatening', 'unconscious', 'hospital-away', 'refused', 'other'] as const
export const CONSENT_DAYS_MAX = 30

/** What one other hospital answered when it was last asked. */
export const hospitalAnswer = z.object({
  memberId: z.string(),
  name: z.string(),
  /** `away`: not connected, or no answer in time. `left`: no member any more. */
  kind: z.enum(['answered', 'away', 'left', 'refused']),
  refusal: z.string().nullable(),
  at: z.number(),
})

export const readingAccess = z.object({
  accessId: z.string(),
  basis: accessBasis,
  at: z.number(),
  expiresAt: z.number(),
  /** Whether the chain has it. */
  isFinal: z.boolean(),
  /** Hospitals that were asked; nobody else is named. */
  answers: z.array(hospitalAnswer),
})
export type ReadingAccess = z.infer<typeof readingAccess>

export const elsewhere = z.object({
  /** Visits of this person at other hospitals, and at how many; retracted ones are not counted. */
  visitCount: z.number().int(),
  hospitalCount: z.number().int(),
  /** Every block that is here has been looked at. */
  isComplete: z.boolean(),
  /** What may be read now, newest admission first. */
  visits: z.array(versionOfVisit),
  /** Visits whose key is here now. */
  openCount: z.number().int(),
  /** Versions whose key came and does not open what the chain has: their hospital gave a wrong one. */
  wrongKeyCount: z.number().int(),
  /** Newest first. */
  reading: z.array(readingAccess),
  /** The newest that is over, where none holds. */
  over: z
    .object({ basis: accessBasis, how: z.enum(['expired', 'ended']), at: z.number(), by: z.string() })
    .nullable(),
})
export type Elsewhere = z.infer<typeof elsewhere>

const opened = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), elsewhere }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(['unknown-patient', 'nothing-elsewhere', 'not-a-hospital', 'unknown-access']),
  }),
])

export const accessReview = z.object({
  hospital: z.string(),
  verdict: z.enum(['agree', 'object']),
  text: z.string().nullable(),
  by: z.string(),
  at: z.number(),
})

export const accessView = z.object({
  accessId: z.string(),
  /** The hospital that reads. */
  reader: z.string(),
  /** This hospital reads; otherwise its records are read. */
  isOwn: z.boolean(),
  basis: accessBasis,
  reason: z.string().nullable(),
  text: z.string().nullable(),
  /** Key id of the person who reads, as their hospital says it. */
  by: z.string(),
  at: z.number(),
  expiresAt: z.number(),
  state: z.enum(['active', 'expired', 'ended']),
  isFinal: z.boolean(),
  /** The beginning of the patient's pseudonym: the same for the same patient, and nothing else. */
  patient: z.string(),
  /** Whether the hospital that reads has recorded a visit of this patient itself. */
  isPatientOfReader: z.boolean(),
  /** Blocks that it is about: ours where we are read, those of others where we read. The first few. */
  blocks: z.array(z.number().int()),
  blockCount: z.number().int(),
  ends: z.array(z.object({ hospital: z.string(), by: z.string(), at: z.number() })),
  reviews: z.array(accessReview),
  /** Of a broken glass. */
  review: z
    .object({
      dueAt: z.number(),
      /** Nobody here has looked at it yet. */
      isOpenHere: z.boolean(),
      isOverdue: z.boolean(),
      /** Hospitals that have not looked at it yet. */
      missing: z.array(z.string()),
      /** Whether this person may, and why not. */
      mayReview: z.enum(['yes', 'own-act', 'done']),
    })
    .nullable(),
})
export type AccessView = z.infer<typeof accessView>

export const bulkAlarm = z.object({
  at: z.number(),
  reader: z.string(),
  by: z.string(),
  watched: z.enum(['person-hour', 'person-day', 'hospital-hour', 'hospital-day']),
  patientCount: z.number().int(),
  isRefused: z.boolean(),
})

export const houseAlarmKind = z.enum([
  'person-hour',
  'person-day',
  'closed-hour',
  'closed-day',
  'went-on',
  'exported-all',
])
/** Somebody of this hospital opened more of its patients than a day's work asks for, or exported all of them. */
export const houseAlarm = z.object({
  at: z.number(),
  kind: houseAlarmKind,
  /** As the list of people has it; the beginning of the key where it is not there any more. */
  personName: z.string(),
  /** 0 where it is about all of them. */
  patientCount: z.number().int(),
})
export type HouseAlarmView = z.infer<typeof houseAlarm>

const accessId = z.object({ accessId: z.string().regex(/^[0-9a-f]{32}$/) })
const ofPatient = z.object({ patientId: z.string().min(1).max(64) })

export const access = {
  elsewhere: { input: ofPatient, output: elsewhere.nullable() },
  /** Records why this hospital reads, and has the other hospitals' nodes answer. */
  open: {
    input: ofPatient.extend({
      basis: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('treatment') }),
        z.object({
          kind: z.literal('consent'),
          days: z.number().int().min(1).max(CONSENT_DAYS_MAX),
          /** Where the signed paper is. */
          reference: z.string().trim().min(1).max(200),
        }),
      ]),
    }),
    output: opened,
  },
  /** Asks those that were away once more, by what was recorded. */
  askAgain: { input: ofPatient.extend(accessId.shape), output: opened },
  breakGlass: {
    input: ofPatient.extend({
      reason: z.enum(GLASS_REASONS),
      text: z.string().trim().min(3).max(500),
    }),
    output: opened,
  },
  /**
   * Opens a few more of this hospital's patients after `too-many-patients`, with the passphrase; administrators and auditors are
   * told. `not-closed` where nothing is closed for this person.
   */
  goOn: { input: z.object({}), output: z.object({ kind: z.enum(['taken', 'not-closed']) }) },
  /** By who reads: all of it. By who is read: its own visits. */
  end: { input: accessId, output: z.object({ isTaken: z.boolean() }) },
  /** What concerns this hospital, newest first; patients by pseudonym. */
  list: {
    input: z.object({ limit: z.number().int().min(1).max(500) }),
    output: z.object({
      accesses: z.array(accessView),
      alarms: z.array(bulkAlarm),
      /** Empty for whoever reviews nothing. */
      house: z.array(houseAlarm),
    }),
  },
  review: {
    input: accessId.extend({
      verdict: z.enum(['agree', 'object']),
      text: z.string().trim().max(500).nullable(),
    }),
    output: z.object({ kind: z.enum(['taken', 'own-act', 'unknown', 'note-missing']) }),
  },
} satisfies Service

export const accessEvents = {
  /** Something was opened, answered, ended, reviewed, or has expired. */
  changed: z.null(),
  /** For a person to hear of at once: a glass broken over our records, or somebody who reads in bulk. */
  noticed: z.object({ kind: z.enum(['break-glass', 'bulk']), reader: z.string() }),
  /** As `noticed`, of a person of this hospital and its own patients: for administrators and auditors. */
  noticedHere: houseAlarm.omit({ at: true }),
} satisfies EventMap
