/**
 * The visit record as the list of fields that a block holds, and back, without loss (docs/spec/visit-fields.md).
 *
 * `visitOfFields` is also the structural check that decides a vote, so what it accepts is frozen with schema `visit/1`:
 * names, their order, arities, enumerations and the grammar of numbers, dates and ids. It knows nothing of clinical
 * ranges, code lists and lengths, which may differ between versions of the application.
 */
import type {
  Claim,
  ClaimLine,
  Code,
  Diagnosis,
  Encounter,
  Envelope,
  Observation,
  ObservationValue,
  Outcome,
  Prescription,
  Procedure,
  VisitPatient,
  VisitRecord,
} from '../../../shared/domain/visit.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { textProblem, type CodecFailureDetail } from './codec.ts'
import { toNormalC } from './normal-form.ts'
import type { Field, FieldValue } from './record.ts'

export type FieldsRefusal = CodecFailureDetail['code'] | 'number-form' | 'link-missing' | 'link-unexpected'
export type FieldsResult =
  { kind: 'fields'; fields: Field[] } | { kind: 'refused'; reason: FieldsRefusal; field: string }

export type VisitRefusal = 'field-missing' | 'field-unexpected' | 'field-form'
export type VisitResult =
  { kind: 'visit'; record: VisitRecord } | { kind: 'refused'; reason: VisitRefusal; field: string }

export const VISIT_SCHEMA = 'visit/1'

/** Enumerations of schema `visit/1`. A value more is a new schema with an activation height. */
export const ENUMS = {
  op: ['create', 'amend', 'retract', 'restore'],
  reason: [
    'typo',
    'late-result',
    'wrong-patient',
    'duplicate',
    'entered-in-error',
    'consent-withdrawn',
    'source-update',
    'other',
  ],
  origin: ['form', 'fhir', 'csv', 'hl7v2', 'synthetic'],
  sex: ['male', 'female', 'other', 'unknown'],
  consent: ['treatment-and-research', 'treatment-only', 'all', 'no-insurer'],
  encounterClass: ['AMB', 'EMER', 'IMP', 'OBSENC', 'HH', 'VR', 'SS', 'UNK'],
  encounterStatus: ['planned', 'in-progress', 'finished', 'cancelled', 'entered-in-error'],
  payer: ['NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN'],
  observationKind: ['vital', 'lab', 'survey', 'social', 'imaging', 'exam', 'procedure', 'other'],
  observationStatus: [
    'registered',
    'preliminary',
    'final',
    'amended',
    'corrected',
    'cancelled',
    'entered-in-error',
    'unknown',
  ],
  valueType: ['decimal', 'code', 'text', 'boolean', 'ratio', 'range', 'absent'],
  comparator: ['<', '<=', '>', '>='],
  flag: ['N', 'L', 'H', 'LL', 'HH', 'A', 'AA', '<', '>'],
  diagnosisRole: ['principal', 'secondary', 'admitting', 'comorbidity', 'complication', 'external-cause'],
  presentOnAdmission: ['Y', 'N', 'U', 'W', '1'],
  verification: ['confirmed', 'provisional', 'refuted', 'unknown'],
  procedureStatus: ['completed', 'in-progress', 'not-done', 'stopped', 'entered-in-error', 'unknown'],
  laterality: ['left', 'right', 'both'],
  prescriptionStatus: [
    'active',
    'completed',
    'stopped',
    'on-hold',
    'cancelled',
    'entered-in-error',
    'draft',
    'unknown',
  ],
  intent: ['order', 'dispense', 'administered', 'reported', 'plan'],
  claimType: ['institutional', 'professional', 'pharmacy', 'oral', 'vision', 'other'],
  claimStatus: ['draft', 'submitted', 'paid', 'denied', 'reversed', 'unknown'],
} as const

const DECIMAL = /^(?=.{1,30}$)-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
const INTEGER = /^(0|-?[1-9][0-9]{0,15})$/
const HEX16 = /^[0-9a-f]{32}$/
const HEX32 = /^[0-9a-f]{64}$/
const PARTIAL_DATE = /^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$/
const CIVIL_DATE = /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/
const INSTANT =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$/
const MOMENT = new RegExp(`${INSTANT.source}|${PARTIAL_DATE.source}`)
const CURRENCY = /^[A-Z]{3}$/

/**
 * The fields of a record, its text brought to normal form C. Refuses only what no record can hold: lone surrogates,
 * U+0000, numbers that are no integers below 2^53, and a version without the link or reason that its `op` needs.
 */
export function fieldsOfVisit(record: VisitRecord): FieldsResult {
  const sink = new Sink()
  putEnvelope(sink, record.envelope)
  putPatient(sink, record.patient)
  putEncounter(sink, record.encounter)
  record.observations.forEach((observation, n) => putObservation(sink, `observation.${n}`, observation))
  record.diagnoses.forEach((diagnosis, n) => putDiagnosis(sink, `diagnosis.${n}`, diagnosis))
  record.procedures.forEach((procedure, n) => putProcedure(sink, `procedure.${n}`, procedure))
  record.prescriptions.forEach((prescription, n) => putPrescription(sink, `prescription.${n}`, prescription))
  if (record.outcome !== undefined) putOutcome(sink, record.outcome)
  record.claims.forEach((claim, n) => putClaim(sink, `claim.${n}`, claim))
  record.notes.forEach((note, n) => sink.put(`note.${n}`, note))
  return sink.refusal ?? { kind: 'fields', fields: sink.fields }
}

/** The record of the fields, iff they are what `fieldsOfVisit` makes of one. Total: any list of fields may come. */
export function visitOfFields(fields: readonly Field[]): VisitResult {
  const source = new Source(fields)
  const envelope = takeEnvelope(source)
  const patient = takePatient(source)
  const encounter = takeEncounter(source)
  const record: VisitRecord = {
    envelope,
    patient,
    encounter,
    observations: source.takeList('observation', takeObservation),
    diagnoses: source.takeList('diagnosis', takeDiagnosis),
    procedures: source.takeList('procedure', takeProcedure),
    prescriptions: source.takeList('prescription', takePrescription),
    claims: [],
    notes: [],
  }
  if (source.isNext('outcome')) record.outcome = takeOutcome(source)
  record.claims = source.takeList('claim', takeClaim)
  record.notes = source.takeTexts('note')
  const refusal = source.refusal ?? source.leftOver()
  return refusal ?? { kind: 'visit', record }
}

function putEnvelope(sink: Sink, envelope: Envelope): void {
  sink.put('schema', VISIT_SCHEMA)
  sink.put('recordId', envelope.recordId)
  sink.put('visitId', envelope.visitId)
  sink.put('op', envelope.op)
  sink.putOptional('supersedes', envelope.supersedes)
  const { reason, recorder, origin } = envelope
  if (reason !== undefined) sink.put('reason', [reason.code, reason.text ?? null])
  if (envelope.op === 'create' && envelope.supersedes !== undefined)
    sink.refuse('link-unexpected', 'supersedes')
  if (envelope.op !== 'create' && envelope.supersedes === undefined) sink.refuse('link-missing', 'supersedes')
  if (envelope.op !== 'create' && reason === undefined) sink.refuse('link-missing', 'reason')
  sink.put('recordedAt', envelope.recordedAt)
  sink.put('recorder', [recorder.userKeyId, recorder.role])
  sink.put('origin', [
    origin.kind,
    origin.system ?? null,
    origin.sourceId ?? null,
    origin.fileHash ?? null,
    origin.path ?? null,
    origin.organisation ?? null,
  ])
  envelope.confirmations.forEach(({ path, rule, value, by }, n) =>
    sink.put(`confirmation.${n}`, [path, rule, value, by]),
  )
  sink.putOptional('movedTo', envelope.movedTo)
  sink.putOptional('movedFrom', envelope.movedFrom)
}

function takeEnvelope(source: Source): Envelope {
  source.take('schema', (text) => text === VISIT_SCHEMA)
  const recordId = source.take('recordId', HEX16)
  const visitId = source.take('visitId', HEX16)
  const op = source.takeEnum('op', ENUMS.op)
  const supersedes = source.takeOptional('supersedes', HEX32)
  const reason = source.takeSlotsOptional('reason', 2)
  if (source.refusal === null) {
    if (op === 'create' && supersedes !== null) source.refuse('field-unexpected', 'supersedes')
    if (op !== 'create' && supersedes === null) source.refuse('field-missing', 'supersedes')
    if (op !== 'create' && reason === null) source.refuse('field-missing', 'reason')
  }
  const recordedAt = source.take('recordedAt', INSTANT)
  const recorder = source.takeSlots('recorder', 2)
  const origin = source.takeSlots('origin', 6)
  const confirmations = source.takeList('confirmation', (from, name) => {
    const slots = from.takeSlots(name, 4)
    return { path: slots.text(0), rule: slots.text(1), value: slots.text(2), by: slots.text(3) }
  })
  const envelope: Envelope = {
    schema: VISIT_SCHEMA,
    recordId,
    visitId,
    op,
    recordedAt,
    recorder: { userKeyId: recorder.text(0), role: recorder.text(1) },
    origin: { kind: origin.oneOf(0, ENUMS.origin) },
    confirmations,
  }
  set(envelope, 'supersedes', supersedes)
  if (reason !== null) {
    envelope.reason = { code: reason.oneOf(0, ENUMS.reason) }
    set(envelope.reason, 'text', reason.optional(1))
  }
  set(envelope.origin, 'system', origin.optional(1))
  set(envelope.origin, 'sourceId', origin.optional(2))
  set(envelope.origin, 'fileHash', origin.optional(3, HEX32))
  set(envelope.origin, 'path', origin.optional(4))
  set(envelope.origin, 'organisation', origin.optional(5))
  set(envelope, 'movedTo', source.takeOptional('movedTo', HEX16))
  set(envelope, 'movedFrom', source.takeOptional('movedFrom', HEX16))
  return envelope
}

function putPatient(sink: Sink, patient: VisitPatient): void {
  sink.put('patient.key', [patient.key, sink.integer('patient.key', patient.keyEpoch)])
  sink.put('patient.sex', patient.sex)
  sink.putOptional('patient.birthDate', patient.birthDate)
  sink.putOptional('patient.birthDateAbsent', patient.birthDateAbsentReason)
  const { deceased, deathDate, causeOfDeath, consent } = patient
  if (deceased !== undefined || deathDate !== undefined || causeOfDeath !== undefined)
    sink.put('patient.death', [bit(deceased), deathDate ?? null, ...codeSlots(causeOfDeath)])
  sink.putOptional('patient.region', patient.residenceRegion)
  sink.put('patient.consent', [consent.scope, consent.from ?? null, consent.to ?? null, consent.ref ?? null])
  patient.linkTokens.forEach(({ method, token }, n) => sink.put(`patient.token.${n}`, [method, token]))
}

function takePatient(source: Source): VisitPatient {
  const key = source.takeSlots('patient.key', 2)
  const sex = source.takeEnum('patient.sex', ENUMS.sex)
  const birthDate = source.takeOptional('patient.birthDate', PARTIAL_DATE)
  const birthDateAbsentReason = source.takeOptional('patient.birthDateAbsent')
  const death = source.takeSlotsOptional('patient.death', 5)
  const region = source.takeOptional('patient.region')
  const consent = source.takeSlots('patient.consent', 4)
  const patient: VisitPatient = {
    key: key.text(0, HEX32),
    keyEpoch: key.integer(1),
    sex,
    consent: { scope: consent.oneOf(0, ENUMS.consent) },
    linkTokens: [],
  }
  set(patient, 'birthDate', birthDate)
  set(patient, 'birthDateAbsentReason', birthDateAbsentReason)
  if (death !== null) {
    death.requireAny()
    set(patient, 'deceased', death.optionalBit(0))
    set(patient, 'deathDate', death.optional(1, PARTIAL_DATE))
    set(patient, 'causeOfDeath', death.optionalCode(2))
  }
  set(patient, 'residenceRegion', region)
  set(patient.consent, 'from', consent.optional(1, PARTIAL_DATE))
  set(patient.consent, 'to', consent.optional(2, PARTIAL_DATE))
  set(patient.consent, 'ref', consent.optional(3))
  patient.linkTokens = source.takeList('patient.token', (from, name) => {
    const slots = from.takeSlots(name, 2)
    return { method: slots.text(0), token: slots.text(1) }
  })
  return patient
}

function putEncounter(sink: Sink, encounter: Encounter): void {
  const { admission, discharge, payer, reason } = encounter
  sink.put('encounter.class', encounter.class)
  sink.put('encounter.status', encounter.status)
  sink.put('encounter.admission', [admission.at, admission.zone ?? null])
  sink.put('encounter.day', encounter.day)
  if (discharge !== undefined) sink.put('encounter.discharge', [discharge.at, discharge.zone ?? null])
  sink.put('encounter.facility', encounter.facility)
  sink.putCode('encounter.department', encounter.department)
  sink.putOptional('encounter.attender', encounter.attender)
  sink.put('encounter.payer', [
    payer.type,
    payer.organisation ?? null,
    payer.plan ?? null,
    payer.memberToken ?? null,
    payer.group ?? null,
  ])
  sink.putOptional('encounter.admitSource', encounter.admitSource)
  sink.putOptional('encounter.dischargeDisposition', encounter.dischargeDisposition)
  if (reason !== undefined) sink.put('encounter.reason', [...codeSlots(reason.code), reason.text ?? null])
  sink.putCode('encounter.type', encounter.type)
  sink.putOptional('encounter.referredFrom', encounter.referredFrom)
}

function takeEncounter(source: Source): Encounter {
  const encounterClass = source.takeEnum('encounter.class', ENUMS.encounterClass)
  const status = source.takeEnum('encounter.status', ENUMS.encounterStatus)
  const admission = source.takeSlots('encounter.admission', 2)
  const day = source.take('encounter.day', CIVIL_DATE)
  const discharge = source.takeSlotsOptional('encounter.discharge', 2)
  const facility = source.take('encounter.facility')
  const department = source.takeCodeOptional('encounter.department')
  const attender = source.takeOptional('encounter.attender')
  const payer = source.takeSlots('encounter.payer', 5)
  const encounter: Encounter = {
    class: encounterClass,
    status,
    admission: { at: admission.text(0, INSTANT) },
    day,
    facility,
    payer: { type: payer.oneOf(0, ENUMS.payer) },
  }
  set(encounter.admission, 'zone', admission.optional(1))
  if (discharge !== null) {
    encounter.discharge = { at: discharge.text(0, INSTANT) }
    set(encounter.discharge, 'zone', discharge.optional(1))
  }
  set(encounter, 'department', department)
  set(encounter, 'attender', attender)
  set(encounter.payer, 'organisation', payer.optional(1))
  set(encounter.payer, 'plan', payer.optional(2))
  set(encounter.payer, 'memberToken', payer.optional(3))
  set(encounter.payer, 'group', payer.optional(4))
  set(encounter, 'admitSource', source.takeOptional('encounter.admitSource'))
  set(encounter, 'dischargeDisposition', source.takeOptional('encounter.dischargeDisposition'))
  const reason = source.takeSlotsOptional('encounter.reason', 4)
  if (reason !== null) {
    encounter.reason = {}
    set(encounter.reason, 'code', reason.optionalCode(0))
    set(encounter.reason, 'text', reason.optional(3))
  }
  set(encounter, 'type', source.takeCodeOptional('encounter.type'))
  set(encounter, 'referredFrom', source.takeOptional('encounter.referredFrom', HEX16))
  return encounter
}

function putObservation(sink: Sink, name: string, observation: Observation): void {
  sink.put(name, [
    ...codeSlots(observation.code),
    observation.kind,
    observation.status,
    ...valueSlots(observation.value),
    observation.refLow ?? null,
    observation.refHigh ?? null,
    observation.refText ?? null,
    observation.flag ?? null,
    observation.effective ?? null,
    observation.specimenCollected ?? null,
    observation.resultDate ?? null,
    observation.performer ?? null,
  ])
  sink.putCode(`${name}.method`, observation.method)
  sink.putCode(`${name}.specimen`, observation.specimenType)
  sink.putCode(`${name}.panel`, observation.panel)
  sink.putCodes(`${name}.coding`, observation.sourceCodings)
  sink.putOptional(`${name}.note`, observation.note)
}

function takeObservation(source: Source, name: string): Observation {
  const slots = source.takeSlots(name, 20)
  const observation: Observation = {
    code: slots.code(0),
    kind: slots.oneOf(3, ENUMS.observationKind),
    status: slots.oneOf(4, ENUMS.observationStatus),
    value: takeValue(slots),
    sourceCodings: [],
  }
  set(observation, 'refLow', slots.optional(12, DECIMAL))
  set(observation, 'refHigh', slots.optional(13, DECIMAL))
  set(observation, 'refText', slots.optional(14))
  set(observation, 'flag', slots.optionalOneOf(15, ENUMS.flag))
  set(observation, 'effective', slots.optional(16, INSTANT))
  set(observation, 'specimenCollected', slots.optional(17, INSTANT))
  set(observation, 'resultDate', slots.optional(18, INSTANT))
  set(observation, 'performer', slots.optional(19))
  set(observation, 'method', source.takeCodeOptional(`${name}.method`))
  set(observation, 'specimenType', source.takeCodeOptional(`${name}.specimen`))
  set(observation, 'panel', source.takeCodeOptional(`${name}.panel`))
  observation.sourceCodings = source.takeCodes(`${name}.coding`)
  set(observation, 'note', source.takeOptional(`${name}.note`))
  return observation
}

/** Type, three value slots, comparator, unit and the unit of the source. */
function valueSlots(value: ObservationValue): (string | null)[] {
  switch (value.type) {
    case 'decimal':
      return [
        value.type,
        value.value,
        null,
        null,
        value.comparator ?? null,
        value.unit ?? null,
        value.unitSource ?? null,
      ]
    case 'code':
      return [value.type, ...codeSlots(value.value), null, null, null]
    case 'text':
      return [value.type, value.value, null, null, null, null, null]
    case 'boolean':
      return [value.type, bit(value.value), null, null, null, null, null]
    case 'ratio':
      return [value.type, value.numerator, value.denominator, null, null, value.unit ?? null, null]
    case 'range':
      return [value.type, value.low ?? null, value.high ?? null, null, null, value.unit ?? null, null]
    case 'absent':
      return [value.type, value.reason, null, null, null, null, null]
    default:
      return unreachable(value)
  }
}

function takeValue(slots: Slots): ObservationValue {
  const type = slots.oneOf(5, ENUMS.valueType)
  switch (type) {
    case 'decimal': {
      slots.requireNull(7, 8)
      const value: ObservationValue = { type, value: slots.text(6, DECIMAL) }
      set(value, 'comparator', slots.optionalOneOf(9, ENUMS.comparator))
      set(value, 'unit', slots.optional(10))
      set(value, 'unitSource', slots.optional(11))
      return value
    }
    case 'code':
      slots.requireNull(9, 10, 11)
      return { type, value: slots.code(6) }
    case 'text':
      slots.requireNull(7, 8, 9, 10, 11)
      return { type, value: slots.text(6) }
    case 'boolean':
      slots.requireNull(7, 8, 9, 10, 11)
      return { type, value: slots.text(6, isBit) === '1' }
    case 'ratio': {
      slots.requireNull(8, 9, 11)
      const value: ObservationValue = {
        type,
        numerator: slots.text(6, DECIMAL),
        denominator: slots.text(7, DECIMAL),
      }
      set(value, 'unit', slots.optional(10))
      return value
    }
    case 'range': {
      slots.requireNull(8, 9, 11)
      const value: ObservationValue = { type }
      set(value, 'low', slots.optional(6, DECIMAL))
      set(value, 'high', slots.optional(7, DECIMAL))
      set(value, 'unit', slots.optional(10))
      return value
    }
    case 'absent':
      slots.requireNull(7, 8, 9, 10, 11)
      return { type, reason: slots.text(6) }
    default:
      return unreachable(type)
  }
}

function putDiagnosis(sink: Sink, name: string, diagnosis: Diagnosis): void {
  sink.put(name, [
    ...codeSlots(diagnosis.code),
    diagnosis.role,
    sink.integer(name, diagnosis.rank),
    diagnosis.onset ?? null,
    diagnosis.abatement ?? null,
    diagnosis.presentOnAdmission ?? null,
    diagnosis.verification,
    bit(diagnosis.chronic),
    bit(diagnosis.unlisted),
  ])
  sink.putCodes(`${name}.coding`, diagnosis.sourceCodings)
  sink.putOptional(`${name}.text`, diagnosis.text)
}

function takeDiagnosis(source: Source, name: string): Diagnosis {
  const slots = source.takeSlots(name, 11)
  const diagnosis: Diagnosis = {
    code: slots.code(0),
    sourceCodings: [],
    role: slots.oneOf(3, ENUMS.diagnosisRole),
    rank: slots.integer(4),
    verification: slots.oneOf(8, ENUMS.verification),
  }
  set(diagnosis, 'onset', slots.optional(5, MOMENT))
  set(diagnosis, 'abatement', slots.optional(6, MOMENT))
  set(diagnosis, 'presentOnAdmission', slots.optionalOneOf(7, ENUMS.presentOnAdmission))
  set(diagnosis, 'chronic', slots.optionalBit(9))
  set(diagnosis, 'unlisted', slots.optionalBit(10))
  diagnosis.sourceCodings = source.takeCodes(`${name}.coding`)
  set(diagnosis, 'text', source.takeOptional(`${name}.text`))
  return diagnosis
}

function putProcedure(sink: Sink, name: string, procedure: Procedure): void {
  sink.put(name, [
    ...codeSlots(procedure.code),
    procedure.performed ?? null,
    procedure.performedEnd ?? null,
    procedure.status,
    procedure.laterality ?? null,
    procedure.performerRole ?? null,
    procedure.outcome ?? null,
  ])
  sink.putCodes(`${name}.coding`, procedure.sourceCodings)
  sink.putOptional(`${name}.text`, procedure.text)
}

function takeProcedure(source: Source, name: string): Procedure {
  const slots = source.takeSlots(name, 9)
  const procedure: Procedure = {
    code: slots.code(0),
    sourceCodings: [],
    status: slots.oneOf(5, ENUMS.procedureStatus),
  }
  set(procedure, 'performed', slots.optional(3, MOMENT))
  set(procedure, 'performedEnd', slots.optional(4, MOMENT))
  set(procedure, 'laterality', slots.optionalOneOf(6, ENUMS.laterality))
  set(procedure, 'performerRole', slots.optional(7))
  set(procedure, 'outcome', slots.optional(8))
  procedure.sourceCodings = source.takeCodes(`${name}.coding`)
  set(procedure, 'text', source.takeOptional(`${name}.text`))
  return procedure
}

function putPrescription(sink: Sink, name: string, prescription: Prescription): void {
  sink.put(name, [
    ...codeSlots(prescription.code),
    prescription.ingredientAtc ?? null,
    prescription.dose?.value ?? null,
    prescription.dose?.unit ?? null,
    prescription.perDay ?? null,
    bit(prescription.asNeeded),
    prescription.route ?? null,
    prescription.frequency ?? null,
    prescription.start ?? null,
    prescription.end ?? null,
    sink.integer(name, prescription.daysSupply),
    prescription.quantity ?? null,
    sink.integer(name, prescription.refills),
    prescription.status,
    prescription.intent,
  ])
  sink.putCodes(`${name}.coding`, prescription.sourceCodings)
  sink.putOptional(`${name}.text`, prescription.text)
}

function takePrescription(source: Source, name: string): Prescription {
  const slots = source.takeSlots(name, 17)
  const prescription: Prescription = {
    code: slots.code(0),
    sourceCodings: [],
    status: slots.oneOf(15, ENUMS.prescriptionStatus),
    intent: slots.oneOf(16, ENUMS.intent),
  }
  set(prescription, 'ingredientAtc', slots.optional(3))
  const doseValue = slots.optional(4, DECIMAL)
  if (doseValue === null) slots.requireNull(5)
  else {
    prescription.dose = { value: doseValue }
    set(prescription.dose, 'unit', slots.optional(5))
  }
  set(prescription, 'perDay', slots.optional(6, DECIMAL))
  set(prescription, 'asNeeded', slots.optionalBit(7))
  set(prescription, 'route', slots.optional(8))
  set(prescription, 'frequency', slots.optional(9))
  set(prescription, 'start', slots.optional(10, MOMENT))
  set(prescription, 'end', slots.optional(11, MOMENT))
  set(prescription, 'daysSupply', slots.optionalInteger(12))
  set(prescription, 'quantity', slots.optional(13, DECIMAL))
  set(prescription, 'refills', slots.optionalInteger(14))
  prescription.sourceCodings = source.takeCodes(`${name}.coding`)
  set(prescription, 'text', source.takeOptional(`${name}.text`))
  return prescription
}

function putOutcome(sink: Sink, outcome: Outcome): void {
  sink.put('outcome', [
    bit(outcome.deathInHospital),
    sink.integer('outcome', outcome.icuDays),
    sink.integer('outcome', outcome.ventilatorDays),
  ])
  outcome.adverseEvents.forEach((event, n) => sink.put(`outcome.adverse.${n}`, event))
}

function takeOutcome(source: Source): Outcome {
  const slots = source.takeSlots('outcome', 3)
  const outcome: Outcome = { adverseEvents: [] }
  set(outcome, 'deathInHospital', slots.optionalBit(0))
  set(outcome, 'icuDays', slots.optionalInteger(1))
  set(outcome, 'ventilatorDays', slots.optionalInteger(2))
  outcome.adverseEvents = source.takeTexts('outcome.adverse')
  return outcome
}

const CLAIM_AMOUNTS = [
  'billedMinor',
  'allowedMinor',
  'paidByPayerMinor',
  'paidByPatientMinor',
  'copayMinor',
  'deductibleMinor',
] as const

function putClaim(sink: Sink, name: string, claim: Claim): void {
  sink.put(name, [
    claim.claimId,
    claim.type,
    claim.status,
    claim.currency,
    sink.integer(name, claim.currencyExponent),
    ...CLAIM_AMOUNTS.map((amount) => sink.integer(name, claim[amount])),
    claim.submitted ?? null,
    claim.adjudicated ?? null,
    claim.drg ?? null,
    claim.reverses ?? null,
  ])
  claim.lines.forEach((line, m) => {
    const lineName = `${name}.line.${m}`
    sink.put(lineName, [
      ...codeSlots(line.code),
      line.quantity ?? null,
      sink.integer(lineName, line.unitPriceMinor),
      sink.integer(lineName, line.netMinor),
      line.diagnosisRanks.length === 0
        ? null
        : line.diagnosisRanks.map((rank) => sink.integer(lineName, rank)).join(' '),
    ])
  })
}

function takeClaim(source: Source, name: string): Claim {
  const slots = source.takeSlots(name, 15)
  const claim: Claim = {
    claimId: slots.text(0),
    type: slots.oneOf(1, ENUMS.claimType),
    status: slots.oneOf(2, ENUMS.claimStatus),
    currency: slots.text(3, CURRENCY),
    currencyExponent: slots.integer(4),
    lines: [],
  }
  CLAIM_AMOUNTS.forEach((amount, i) => set(claim, amount, slots.optionalInteger(5 + i)))
  set(claim, 'submitted', slots.optional(11, MOMENT))
  set(claim, 'adjudicated', slots.optional(12, MOMENT))
  set(claim, 'drg', slots.optional(13))
  set(claim, 'reverses', slots.optional(14))
  claim.lines = source.takeList(`${name}.line`, takeClaimLine)
  return claim
}

function takeClaimLine(source: Source, name: string): ClaimLine {
  const slots = source.takeSlots(name, 7)
  const line: ClaimLine = { diagnosisRanks: slots.optional(6, areIntegers)?.split(' ').map(Number) ?? [] }
  set(line, 'code', slots.optionalCode(0))
  set(line, 'quantity', slots.optional(3, DECIMAL))
  set(line, 'unitPriceMinor', slots.optionalInteger(4))
  set(line, 'netMinor', slots.optionalInteger(5))
  return line
}

/** Collects fields; remembers the first thing that no record can hold. */
class Sink {
  readonly fields: Field[] = []
  refusal: { kind: 'refused'; reason: FieldsRefusal; field: string } | null = null

  put(name: string, value: FieldValue): void {
    if (typeof value === 'string') this.fields.push([name, this.checked(name, value)])
    else this.fields.push([name, value.map((slot) => (slot === null ? null : this.checked(name, slot)))])
  }

  putOptional(name: string, value: string | undefined): void {
    if (value !== undefined) this.put(name, value)
  }

  putCode(name: string, code: Code | undefined): void {
    if (code !== undefined) this.put(name, codeSlots(code))
  }

  putCodes(name: string, codes: readonly Code[]): void {
    for (let m = 0; m < codes.length; m++) this.put(`${name}.${m}`, codeSlots(codes[m]))
  }

  integer(name: string, value: number): string
  integer(name: string, value: number | undefined): string | null
  integer(name: string, value: number | undefined): string | null {
    if (value === undefined) return null
    if (!Number.isSafeInteger(value)) this.refuse('number-form', name)
    // -0 has no text of its own.
    return String(value === 0 ? 0 : value)
  }

  refuse(reason: FieldsRefusal, field: string): void {
    this.refusal ??= { kind: 'refused', reason, field }
  }

  private checked(name: string, text: string): string {
    const problem = textProblem(text)
    if (problem === null) return text
    if (problem === 'text-not-nfc') return toNormalC(text)
    this.refuse(problem, name)
    return ''
  }
}

type Form = RegExp | ((text: string) => boolean)

/** Walks over fields in their one order; after a refusal everything it gives is empty and nobody looks at it. */
class Source {
  refusal: { kind: 'refused'; reason: VisitRefusal; field: string } | null = null
  private readonly fields: readonly Field[]
  private position = 0

  constructor(fields: readonly Field[]) {
    this.fields = fields
  }

  isNext(name: string): boolean {
    return this.refusal === null && this.fields[this.position]?.[0] === name
  }

  take(name: string, form: Form | null = null): string {
    const text = this.takeOptional(name, form)
    if (text === null) this.refuse('field-missing', name)
    return text ?? ''
  }

  takeOptional(name: string, form: Form | null = null): string | null {
    if (!this.isNext(name)) return null
    const value = this.fields[this.position++]![1]
    if (typeof value === 'string' && hasForm(value, form)) return value
    this.refuse('field-form', name)
    return ''
  }

  takeEnum<T extends string>(name: string, values: readonly T[]): T {
    return this.take(name, (text) => (values as readonly string[]).includes(text)) as T
  }

  takeSlots(name: string, arity: number): Slots {
    const slots = this.takeSlotsOptional(name, arity)
    if (slots !== null) return slots
    this.refuse('field-missing', name)
    return new Slots(this, name, [])
  }

  takeSlotsOptional(name: string, arity: number): Slots | null {
    if (!this.isNext(name)) return null
    const value = this.fields[this.position++]![1]
    if (typeof value !== 'string' && value.length === arity) return new Slots(this, name, value)
    this.refuse('field-form', name)
    return new Slots(this, name, [])
  }

  takeCodeOptional(name: string): Code | null {
    return this.takeSlotsOptional(name, 3)?.code(0) ?? null
  }

  takeCodes(prefix: string): Code[] {
    return this.takeList(prefix, (source, name) => source.takeSlots(name, 3).code(0))
  }

  takeTexts(prefix: string): string[] {
    return this.takeList(prefix, (source, name) => source.take(name))
  }

  takeList<T>(prefix: string, takeOne: (source: Source, name: string) => T): T[] {
    const list: T[] = []
    // The next name is built only where the list goes on.
    while (this.refusal === null && this.fields[this.position]?.[0].startsWith(prefix)) {
      const name = `${prefix}.${list.length}`
      if (!this.isNext(name)) break
      list.push(takeOne(this, name))
    }
    return list
  }

  refuse(reason: VisitRefusal, field: string): void {
    this.refusal ??= { kind: 'refused', reason, field }
  }

  /** A field that has no place where it stands: unknown, twice, or out of order. */
  leftOver(): { kind: 'refused'; reason: VisitRefusal; field: string } | null {
    const field = this.fields[this.position]
    return field === undefined ? null : { kind: 'refused', reason: 'field-unexpected', field: field[0] }
  }
}

/** The slots of one field. */
class Slots {
  private readonly source: Source
  private readonly name: string
  private readonly slots: readonly (string | null)[]

  constructor(source: Source, name: string, slots: readonly (string | null)[]) {
    this.source = source
    this.name = name
    this.slots = slots
  }

  text(i: number, form: Form | null = null): string {
    const text = this.optional(i, form)
    if (text === null) this.refuse()
    return text ?? ''
  }

  optional(i: number, form: Form | null = null): string | null {
    const text = this.slots[i] ?? null
    if (text === null || hasForm(text, form)) return text
    this.refuse()
    return ''
  }

  oneOf<T extends string>(i: number, values: readonly T[]): T {
    const value = this.optionalOneOf(i, values)
    if (value === null) this.refuse()
    return value ?? values[0]!
  }

  optionalOneOf<T extends string>(i: number, values: readonly T[]): T | null {
    const text = this.slots[i] ?? null
    if (text === null) return null
    if ((values as readonly string[]).includes(text)) return text as T
    this.refuse()
    return null
  }

  integer(i: number): number {
    const value = this.optionalInteger(i)
    if (value === null) this.refuse()
    return value ?? 0
  }

  optionalInteger(i: number): number | null {
    const text = this.optional(i, isInteger)
    return text === null ? null : Number(text)
  }

  optionalBit(i: number): boolean | null {
    const text = this.optional(i, isBit)
    return text === null ? null : text === '1'
  }

  code(i: number): Code {
    const code: Code = { system: this.text(i), code: this.text(i + 1) }
    set(code, 'display', this.optional(i + 2))
    return code
  }

  optionalCode(i: number): Code | null {
    if (this.slots[i] !== null || this.slots[i + 1] !== null) return this.code(i)
    this.requireNull(i + 2)
    return null
  }

  requireNull(...positions: number[]): void {
    for (const i of positions) if (this.slots[i] !== null) this.refuse()
  }

  /** A field whose slots are all absent is left out, so that a record has one list of fields. */
  requireAny(): void {
    if (this.slots.every((slot) => slot === null)) this.refuse()
  }

  private refuse(): void {
    this.source.refuse('field-form', this.name)
  }
}

function hasForm(text: string, form: Form | null): boolean {
  return form === null || (typeof form === 'function' ? form(text) : form.test(text))
}

function isBit(text: string): boolean {
  return text === '0' || text === '1'
}

function isInteger(text: string): boolean {
  return INTEGER.test(text) && Number.isSafeInteger(Number(text))
}

function areIntegers(text: string): boolean {
  return text.split(' ').every(isInteger)
}

function codeSlots(code: Code | undefined): (string | null)[] {
  return code === undefined ? [null, null, null] : [code.system, code.code, code.display ?? null]
}

function bit(value: boolean): string
function bit(value: boolean | undefined): string | null
function bit(value: boolean | undefined): string | null {
  return value === undefined ? null : value ? '1' : '0'
}

/** Absent stays absent: no key whose value is undefined. */
function set<T, K extends keyof T>(target: T, key: K, value: T[K] | null): void {
  if (value !== null) target[key] = value
}
