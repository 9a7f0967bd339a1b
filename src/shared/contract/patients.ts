/** The hospital's own encrypted table of names and national ids. Nothing of it ever enters a block. */
import { z } from 'zod'
import { partialDate } from '../domain/visit.ts'
import type { EventMap, Service } from './kit.ts'

export const patient = z.object({
  /** Random local id; means nothing outside this hospital. */
  patientId: z.string(),
  name: z.string(),
  /** Name in Latin letters, where the name itself is in Chinese. */
  latinName: z.string().optional(),
  nationalId: z.string().optional(),
  medicalRecordNumber: z.string().optional(),
  sex: z.enum(['male', 'female', 'other', 'unknown']),
  birthDate: partialDate.optional(),
  phone: z.string().optional(),
  /** County or postal code, never a street. */
  residenceRegion: z.string().optional(),
  deceased: z.boolean().optional(),
  deathDate: z.string().optional(),
  /** ICD-10. */
  causeOfDeath: z.string().optional(),
  createdAt: z.number(),
  /** Visits of this patient that this hospital can open. */
  visitCount: z.number().int(),
  lastVisit: z.string().nullable(),
  /** Other entries of the same person, joined by a link in the chain. */
  linked: z.array(z.string()).optional(),
})
export type Patient = z.infer<typeof patient>

export const patientInput = z.object({
  name: z.string().min(1).max(200),
  latinName: z.string().max(200).optional(),
  nationalId: z.string().max(64).optional(),
  medicalRecordNumber: z.string().max(32).optional(),
  sex: patient.shape.sex,
  birthDate: partialDate,
  phone: z.string().max(64).optional(),
  residenceRegion: z.string().max(64).optional(),
  deathDate: partialDate.optional(),
  causeOfDeath: z.string().max(16).optional(),
})
export type PatientInput = z.infer<typeof patientInput>

export const personalField = z.enum([
  'name',
  'latinName',
  'nationalId',
  'medicalRecordNumber',
  'sex',
  'birthDate',
  'phone',
  'residenceRegion',
  'deceased',
  'deathDate',
  'causeOfDeath',
])
export type PersonalField = z.infer<typeof personalField>

/** What was said of a person before and since, who changed it and when; sealed in the hospital's own table. */
export const personChange = z.object({
  at: z.number(),
  /** Key id and name of the person at the desk; of an import, whoever started it. */
  by: z.string(),
  byName: z.string(),
  how: z.enum(['person', 'import', 'visit']),
  fields: z
    .array(z.object({ field: personalField, before: z.string().nullable(), after: z.string().nullable() }))
    .max(personalField.options.length),
})
export type PersonChange = z.infer<typeof personChange>

/** Why what was typed of a person cannot be. */
export const personRefusal = z.enum([
  'birth-date-impossible',
  'birth-date-future',
  'national-id-taken',
  'name-empty',
  'death-date-impossible',
  'death-date-future',
  'death-before-birth',
  'cause-malformed',
])
export type PersonRefusal = z.infer<typeof personRefusal>

/** What is odd of a person and may be right: asked about once. */
export const personQuestion = z.enum(['national-id-check-digit'])
export type PersonQuestion = z.infer<typeof personQuestion>

export const doubleReason = z.enum(['other-person', 'twins', 'unknown-identity', 'other'])

/** Why a person was registered although others looked alike. */
export const registeredAlthough = z.object({
  reason: doubleReason,
  text: z.string().max(500).optional(),
  /** Entries that were shown. */
  candidates: z.array(z.string()).max(10),
  by: z.string(),
  at: z.number(),
})

/** Another entry that may be the same person, with what speaks for and against it. */
export const duplicateCandidate = z.object({
  patient,
  /** Sum of the evidence in bits (Fellegi-Sunter). */
  weight: z.number(),
  /** `likely`: above the upper threshold; `possible`: a person has to judge. */
  band: z.enum(['likely', 'possible']),
  evidence: z.array(
    z.object({
      field: z.enum([
        'birthDate',
        'name',
        'reading',
        'sex',
        'mobile',
        'region',
        'recordNumber',
        'nationalId',
      ]),
      level: z.enum(['same', 'close', 'similar', 'swapped', 'near', 'surname', 'differs']),
      weight: z.number(),
    }),
  ),
})
export type DuplicateCandidate = z.infer<typeof duplicateCandidate>

export const linkReason = z.enum([
  'registered-twice',
  'new-national-id',
  'import',
  'not-same-person',
  'other',
])
export const patientLink = z.object({
  linkId: z.string(),
  /** The entry at the other end, null where this hospital does not know that pseudonym. */
  other: patient.nullable(),
  reason: linkReason,
  text: z.string().nullable(),
  /** Member id (hex) of the hospital that linked, and the person's key id there. */
  memberId: z.string(),
  memberName: z.string(),
  userKeyId: z.string(),
  at: z.number(),
  state: z.enum(['queued', 'final']),
  /** Where the chain holds it; null while queued. */
  height: z.number().int().nullable(),
  /** Who ended the link, when and why; null while it holds. */
  end: z
    .object({
      reason: linkReason,
      text: z.string().nullable(),
      userKeyId: z.string(),
      at: z.number(),
      state: z.enum(['queued', 'final']),
      height: z.number().int().nullable(),
    })
    .nullable(),
  isOurs: z.boolean(),
})
export type PatientLink = z.infer<typeof patientLink>

export const patients = {
  /** By name, national id, record number or birth date; at most `limit`, best first. Empty text: last used. */
  search: {
    input: z.object({ text: z.string().max(200), limit: z.number().int().min(1).max(100) }),
    output: z.object({ patients: z.array(patient), total: z.number().int() }),
  },
  get: { input: z.object({ patientId: z.string() }), output: patient.nullable() },
  register: {
    input: z.object({
      patient: patientInput,
      /** Register although similar patients were shown, and why. */
      although: z.object({ reason: doubleReason, text: z.string().max(500).optional() }).nullable(),
      /** Questions that the person at the desk has answered with yes. */
      confirmed: z.array(personQuestion).max(8).optional(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('registered'), patient }),
      z.object({ kind: z.literal('question'), field: z.string(), question: personQuestion }),
      z.object({
        kind: z.literal('similar'),
        candidates: z.array(duplicateCandidate),
        /** Whether the weights were estimated from this hospital's own table, or are the documented defaults. */
        isEstimated: z.boolean(),
      }),
      z.object({
        kind: z.literal('refused'),
        field: z.string(),
        rule: personRefusal,
      }),
    ]),
  },
  /**
   * Corrects what the hospital's table says of a person: all of it as it is to be, by the rules of a registration. Who else it
   * might be is shown again where what people are told apart by changed. What stood there before is kept.
   */
  update: {
    input: z.object({
      patientId: z.string(),
      patient: patientInput.extend({ birthDate: partialDate.optional() }),
      although: z.object({ reason: doubleReason, text: z.string().max(500).optional() }).nullable(),
      confirmed: z.array(personQuestion).max(8).optional(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('updated'), patient }),
      z.object({ kind: z.literal('question'), field: z.string(), question: personQuestion }),
      z.object({ kind: z.literal('unchanged') }),
      z.object({ kind: z.literal('unknown') }),
      z.object({
        kind: z.literal('similar'),
        candidates: z.array(duplicateCandidate),
        isEstimated: z.boolean(),
      }),
      z.object({ kind: z.literal('refused'), field: z.string(), rule: personRefusal }),
    ]),
  },
  /** What was changed of a person's data, newest first. */
  changes: { input: z.object({ patientId: z.string() }), output: z.array(personChange) },
  /** Why this patient was registered although others looked alike; null where none did. */
  registration: { input: z.object({ patientId: z.string() }), output: registeredAlthough.nullable() },
  /** Other entries that may be this person, and links to them, ended ones too. */
  links: {
    input: z.object({ patientId: z.string() }),
    output: z.object({ candidates: z.array(duplicateCandidate), links: z.array(patientLink) }),
  },
  /** Says in the chain that two entries are one person. */
  link: {
    input: z.object({
      patientId: z.string(),
      otherId: z.string(),
      reason: linkReason,
      text: z.string().max(500).optional(),
    }),
    output: z.object({ kind: z.enum(['queued', 'same', 'unknown', 'already-linked', 'not-a-hospital']) }),
  },
  /** Ends a link of this hospital, in the chain too. */
  unlink: {
    input: z.object({ linkId: z.string(), reason: linkReason, text: z.string().max(500).optional() }),
    output: z.object({ kind: z.enum(['queued', 'unknown', 'ended', 'not-ours']) }),
  },
} satisfies Service

export const patientEvents = {
  /** Links changed: people may be joined or apart. */
  linksChanged: z.null(),
  /** What is known of a person changed. */
  personChanged: z.object({ patientId: z.string() }),
} satisfies EventMap
