/**
 * The visit record: one version of one hospital visit of one patient, as people and importers write it.
 *
 * This is the shape at the doors (form, importers, exporters, window). Inside a block the same record is a list of
 * fields; `src/main/node/chain/visit-fields.ts` translates without loss. What the schema refuses is structure; clinical
 * ranges and cross-field rules are `visit-check.ts`, because they may differ between versions of the application.
 *
 * Source of the model: docs/spec/record-format.md and docs/spec/visit-fields.md.
 */
import { z } from 'zod'

/** Verbatim decimal text of the source: `7.0` stays `7.0`. At most 30 characters. */
export const decimalText = z
  .string()
  .max(30)
  .regex(/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/)

/** YYYY, YYYY-MM or YYYY-MM-DD. */
export const partialDate = z.string().regex(/^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$/)
/** YYYY-MM-DD. */
export const civilDate = z.string().regex(/^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/)
/** RFC 3339 with offset, kept verbatim; a date alone where the source knows no time. */
export const instantText = z
  .string()
  .regex(
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/,
  )

const hex16 = z.string().regex(/^[0-9a-f]{32}$/)
const hex32 = z.string().regex(/^[0-9a-f]{64}$/)
const shortText = z.string().min(1).max(200)
const longText = z.string().min(1).max(2000)

export const code = z.object({
  /** URI of the code system, or `local`. */
  system: z.string().min(1).max(200),
  code: z.string().min(1).max(64),
  display: z.string().max(500).optional(),
})
export type Code = z.infer<typeof code>

/** An instant with the IANA zone of the facility where it was recorded. */
export const zonedInstant = z.object({ at: instantText, zone: z.string().min(1).max(64).optional() })

export const visitOp = z.enum(['create', 'amend', 'retract', 'restore'])
export const reasonCode = z.enum([
  'typo',
  'late-result',
  'wrong-patient',
  'duplicate',
  'entered-in-error',
  'consent-withdrawn',
  'source-update',
  'other',
])
export const originKind = z.enum(['form', 'fhir', 'csv', 'hl7v2', 'synthetic'])

export const envelope = z.object({
  schema: z.literal('visit/1'),
  /** This version; 16 random or derived bytes, hex. */
  recordId: hex16,
  /** Stable over amendments. */
  visitId: hex16,
  op: visitOp,
  /** Merkle root of the version that this one replaces; required unless `create`. */
  supersedes: hex32.optional(),
  reason: z.object({ code: reasonCode, text: z.string().max(500).optional() }).optional(),
  recordedAt: instantText,
  recorder: z.object({ userKeyId: z.string().min(1).max(64), role: z.string().min(1).max(32) }),
  origin: z.object({
    kind: originKind,
    /** The system or export that the source id belongs to, e.g. `fhir:synthea`. */
    system: z.string().max(200).optional(),
    sourceId: z.string().max(200).optional(),
    fileHash: hex32.optional(),
    /** Row or entry in the file. */
    path: z.string().max(200).optional(),
    /** Organisation named by the source; the facility of the visit is always the signer's institution. */
    organisation: z.string().max(200).optional(),
  }),
  /** Warnings that a person saw and accepted. */
  confirmations: z
    .array(
      z.object({
        path: z.string().max(200),
        rule: z.string().max(64),
        value: z.string().max(200),
        by: z.string().max(64),
      }),
    )
    .max(200),
  /** Links of a wrong-patient correction: visit ids. */
  movedTo: hex16.optional(),
  movedFrom: hex16.optional(),
})

export const consentScope = z.enum(['treatment-and-research', 'treatment-only', 'all', 'no-insurer'])

export const visitPatient = z.object({
  /** HMAC of the national id under the linkage key; see docs/spec/record-format.md and DESIGN 4. */
  key: hex32,
  /** Epoch of the linkage key, so that keys can be re-made. */
  keyEpoch: z.number().int().min(0).max(1_000_000),
  sex: z.enum(['male', 'female', 'other', 'unknown']),
  /** Absent only with `birthDateAbsentReason` (imports). */
  birthDate: partialDate.optional(),
  birthDateAbsentReason: z.string().max(64).optional(),
  deceased: z.boolean().optional(),
  deathDate: partialDate.optional(),
  causeOfDeath: code.optional(),
  residenceRegion: z.string().max(64).optional(),
  consent: z.object({
    scope: consentScope,
    from: partialDate.optional(),
    to: partialDate.optional(),
    ref: z.string().max(200).optional(),
  }),
  /** Not written by this application, and kept where a version has them: ADR 0021. */
  linkTokens: z
    .array(z.object({ method: z.string().min(1).max(32), token: z.string().min(1).max(128) }))
    .max(16),
})

export const encounterClass = z.enum(['AMB', 'EMER', 'IMP', 'OBSENC', 'HH', 'VR', 'SS', 'UNK'])
export const encounterStatus = z.enum(['planned', 'in-progress', 'finished', 'cancelled', 'entered-in-error'])

export const encounter = z.object({
  class: encounterClass,
  status: encounterStatus,
  admission: zonedInstant,
  /** The facility's civil date of the admission, computed once when the record is sealed. */
  day: civilDate,
  discharge: zonedInstant.optional(),
  /** Member id (hex) of the institution that signs. */
  facility: z.string().min(1).max(64),
  department: code.optional(),
  attender: z.string().max(64).optional(),
  payer: z.object({
    type: z.enum(['NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN']),
    organisation: z.string().max(200).optional(),
    plan: z.string().max(200).optional(),
    /** Keyed token of the member number, never the number. */
    memberToken: z.string().max(128).optional(),
    /** Employer group or other risk group of the plan. */
    group: z.string().max(64).optional(),
  }),
  admitSource: z.string().max(64).optional(),
  dischargeDisposition: z.string().max(64).optional(),
  /** Why the patient came: a code, or text alone. */
  reason: z.object({ code: code.optional(), text: shortText.optional() }).optional(),
  type: code.optional(),
  referredFrom: hex16.optional(),
})

export const observationValue = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('decimal'),
    value: decimalText,
    comparator: z.enum(['<', '<=', '>', '>=']).optional(),
    /** UCUM. Absent only where the source had none (imports: listed as a warning). */
    unit: z.string().max(64).optional(),
    /** What the source or the person wrote, when it differs from `unit`. */
    unitSource: z.string().max(64).optional(),
  }),
  z.object({ type: z.literal('code'), value: code }),
  z.object({ type: z.literal('text'), value: longText }),
  z.object({ type: z.literal('boolean'), value: z.boolean() }),
  z.object({
    type: z.literal('ratio'),
    numerator: decimalText,
    denominator: decimalText,
    unit: z.string().max(64).optional(),
  }),
  z.object({
    type: z.literal('range'),
    low: decimalText.optional(),
    high: decimalText.optional(),
    unit: z.string().max(64).optional(),
  }),
  z.object({ type: z.literal('absent'), reason: z.string().min(1).max(200) }),
])
export type ObservationValue = z.infer<typeof observationValue>

export const observation = z.object({
  code,
  kind: z.enum(['vital', 'lab', 'survey', 'social', 'imaging', 'exam', 'procedure', 'other']),
  status: z.enum([
    'registered',
    'preliminary',
    'final',
    'amended',
    'corrected',
    'cancelled',
    'entered-in-error',
    'unknown',
  ]),
  value: observationValue,
  refLow: decimalText.optional(),
  refHigh: decimalText.optional(),
  refText: z.string().max(200).optional(),
  flag: z.enum(['N', 'L', 'H', 'LL', 'HH', 'A', 'AA', '<', '>']).optional(),
  effective: instantText.optional(),
  specimenCollected: instantText.optional(),
  resultDate: instantText.optional(),
  method: code.optional(),
  specimenType: code.optional(),
  performer: z.string().max(64).optional(),
  /** The panel that the source reported this component in, e.g. 85354-9 for a blood pressure. */
  panel: code.optional(),
  /** Other codings of the same concept, untouched. */
  sourceCodings: z.array(code).max(16),
  note: longText.optional(),
})

export const diagnosis = z.object({
  /** ICD-10 where known, stored upper case without dot; else the source coding itself with status `unlisted`. */
  code,
  sourceCodings: z.array(code).max(16),
  role: z.enum(['principal', 'secondary', 'admitting', 'comorbidity', 'complication', 'external-cause']),
  rank: z.number().int().min(1).max(200),
  onset: instantText.or(partialDate).optional(),
  abatement: instantText.or(partialDate).optional(),
  presentOnAdmission: z.enum(['Y', 'N', 'U', 'W', '1']).optional(),
  verification: z.enum(['confirmed', 'provisional', 'refuted', 'unknown']),
  chronic: z.boolean().optional(),
  /** True when the code is on no list that this hospital has. */
  unlisted: z.boolean().optional(),
  /** The diagnosis in the clinician's words. */
  text: longText.optional(),
})

export const procedure = z.object({
  code,
  sourceCodings: z.array(code).max(16),
  performed: instantText.or(partialDate).optional(),
  performedEnd: instantText.or(partialDate).optional(),
  status: z.enum(['completed', 'in-progress', 'not-done', 'stopped', 'entered-in-error', 'unknown']),
  laterality: z.enum(['left', 'right', 'both']).optional(),
  performerRole: z.string().max(64).optional(),
  outcome: z.string().max(200).optional(),
  text: longText.optional(),
})

export const prescription = z.object({
  code,
  sourceCodings: z.array(code).max(16),
  ingredientAtc: z.string().max(16).optional(),
  dose: z.object({ value: decimalText, unit: z.string().max(64).optional() }).optional(),
  perDay: decimalText.optional(),
  asNeeded: z.boolean().optional(),
  route: z.string().max(64).optional(),
  frequency: z.string().max(64).optional(),
  start: instantText.or(partialDate).optional(),
  end: instantText.or(partialDate).optional(),
  daysSupply: z.number().int().min(1).max(3650).optional(),
  quantity: decimalText.optional(),
  refills: z.number().int().min(0).max(99).optional(),
  status: z.enum([
    'active',
    'completed',
    'stopped',
    'on-hold',
    'cancelled',
    'entered-in-error',
    'draft',
    'unknown',
  ]),
  intent: z.enum(['order', 'dispense', 'administered', 'reported', 'plan']),
  text: longText.optional(),
})

export const outcome = z.object({
  deathInHospital: z.boolean().optional(),
  icuDays: z.number().int().min(0).max(3650).optional(),
  ventilatorDays: z.number().int().min(0).max(3650).optional(),
  adverseEvents: z.array(z.string().min(1).max(200)).max(50),
})

/** Money is an integer of minor units; exponent and currency travel with it. */
const minorAmount = z.number().int().min(-1e15).max(1e15)

export const claimLine = z.object({
  code: code.optional(),
  quantity: decimalText.optional(),
  unitPriceMinor: minorAmount.optional(),
  netMinor: minorAmount.optional(),
  /** Ranks of the diagnoses that the line points to. */
  diagnosisRanks: z.array(z.number().int().min(1).max(200)).max(12),
})

export const claim = z.object({
  claimId: z.string().min(1).max(128),
  type: z.enum(['institutional', 'professional', 'pharmacy', 'oral', 'vision', 'other']),
  status: z.enum(['draft', 'submitted', 'paid', 'denied', 'reversed', 'unknown']),
  currency: z.string().regex(/^[A-Z]{3}$/),
  currencyExponent: z.number().int().min(0).max(4),
  billedMinor: minorAmount.optional(),
  allowedMinor: minorAmount.optional(),
  paidByPayerMinor: minorAmount.optional(),
  paidByPatientMinor: minorAmount.optional(),
  copayMinor: minorAmount.optional(),
  deductibleMinor: minorAmount.optional(),
  submitted: instantText.or(partialDate).optional(),
  adjudicated: instantText.or(partialDate).optional(),
  drg: z.string().max(32).optional(),
  /** The claim that this one reverses. */
  reverses: z.string().max(128).optional(),
  lines: z.array(claimLine).max(500),
})

export const visitRecord = z.object({
  envelope,
  patient: visitPatient,
  encounter,
  observations: z.array(observation).max(2000),
  diagnoses: z.array(diagnosis).max(200),
  procedures: z.array(procedure).max(500),
  prescriptions: z.array(prescription).max(500),
  outcome: outcome.optional(),
  claims: z.array(claim).max(200),
  /** Free notes of the visit, each a field of its own. */
  notes: z.array(longText).max(50),
})

export type VisitRecord = z.infer<typeof visitRecord>
export type Envelope = z.infer<typeof envelope>
export type VisitPatient = z.infer<typeof visitPatient>
export type Encounter = z.infer<typeof encounter>
export type Observation = z.infer<typeof observation>
export type Diagnosis = z.infer<typeof diagnosis>
export type Procedure = z.infer<typeof procedure>
export type Prescription = z.infer<typeof prescription>
export type Outcome = z.infer<typeof outcome>
export type Claim = z.infer<typeof claim>
export type ClaimLine = z.infer<typeof claimLine>
/** The clinical part: what `contentHash` covers together with the patient's non-identifying fields. */
export type VisitContent = Omit<VisitRecord, 'envelope'>
