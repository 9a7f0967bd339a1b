/** The facts of one version of a visit. Nothing is corrected here: what a value means is decided by steps of a pipeline. Pure. */
import { comparableCode } from '../../../shared/domain/code-set.ts'
import { parseDay, parseInstant, parsePartialDate, parseWhen } from '../../../shared/domain/dates.ts'
import { labTestOf } from '../../../shared/domain/lab-tests.ts'
import { canonicalValue } from '../../../shared/domain/units.ts'
import type {
  Claim,
  Diagnosis,
  Observation,
  Prescription,
  Procedure,
  VisitRecord,
} from '../../../shared/domain/visit.ts'
import { factCode, type FactRow, type Facts } from './fact-tables.ts'

const ATC_SYSTEM = 'http://www.whocc.no/atc'
const DAY_MS = 86_400_000
/** The word of FHIR's discharge dispositions. */
const DIED = 'exp'
const PRECISION = { year: 1, month: 2, day: 3 } as const

export interface FactsPlace {
  /** Number of the block that holds this version. */
  readonly block: number
  /** Of the version that it replaces; null for a visit's first. */
  readonly supersedes: number | null
  /** Member id in hex of whoever signed it: what the record says of itself is only text. */
  readonly author: string
}

export function factsOf(record: VisitRecord, place: FactsPlace): Facts {
  const { block } = place
  return {
    visit: [visitFact(record, place)],
    observation: record.observations.map((each, seq) => observationFact(each, record, block, seq)),
    diagnosis: record.diagnoses.map((each, seq) => diagnosisFact(each, block, seq)),
    procedure: record.procedures.map((each, seq) => procedureFact(each, block, seq)),
    prescription: record.prescriptions.map((each, seq) => prescriptionFact(each, block, seq)),
    claim: record.claims.map((each, seq) => claimFact(each, block, seq)),
  }
}

function visitFact(
  { envelope, patient, encounter, outcome }: VisitRecord,
  { block, supersedes, author }: FactsPlace,
): FactRow<'visit'> {
  const recorded = parseInstant(envelope.recordedAt)
  const death = patient.deathDate === undefined ? null : parsePartialDate(patient.deathDate)
  const birth = patient.birthDate === undefined ? null : parsePartialDate(patient.birthDate)
  return {
    block,
    patient: patient.key,
    supersedes,
    op: factCode('op', envelope.op),
    day: parseDay(encounter.day),
    discharge: encounter.discharge === undefined ? null : (parseInstant(encounter.discharge.at)?.day ?? null),
    class: factCode('class', encounter.class),
    status: factCode('visitStatus', encounter.status),
    hospital: author,
    department: encounter.department?.code ?? null,
    payer: factCode('payer', encounter.payer.type),
    organisation: encounter.payer.organisation ?? null,
    plan: encounter.payer.plan ?? null,
    memberGroup: encounter.payer.group ?? null,
    disposition: encounter.dischargeDisposition ?? null,
    died: Number(outcome?.deathInHospital === true || encounter.dischargeDisposition === DIED),
    sex: factCode('sex', patient.sex),
    birth: birth?.first ?? null,
    birthPrecision: birth === null ? null : PRECISION[birth.precision],
    deathFrom: death?.first ?? null,
    // Of a month or a year the last day, where nothing says more: a person is not dead before it is known.
    death: death?.last ?? null,
    region: patient.residenceRegion ?? null,
    consent: factCode('consent', patient.consent.scope),
    // Of a month or a year the widest that it may mean.
    consentFrom:
      patient.consent.from === undefined ? null : (parsePartialDate(patient.consent.from)?.first ?? null),
    consentTo: patient.consent.to === undefined ? null : (parsePartialDate(patient.consent.to)?.last ?? null),
    recorded: recorded === null ? null : Math.floor(recorded.epochMs / DAY_MS),
    origin: factCode('origin', envelope.origin.kind),
  }
}

function observationFact(
  { code, status, value, specimenCollected, resultDate, effective }: Observation,
  { encounter }: VisitRecord,
  block: number,
  seq: number,
): FactRow<'observation'> {
  const day = parseDay(encounter.day)
  const collected = dayOf(specimenCollected)
  const reported = dayOf(resultDate)
  const measured = dayOf(effective)
  const test = labTestOf(code)
  const number = value.type === 'decimal' ? Number(value.value) : null
  const unit = value.type === 'decimal' ? (value.unit ?? null) : null
  const canonical =
    test === null || number === null || unit === null ? null : canonicalValue(test, number, unit)
  return {
    block,
    seq,
    system: code.system,
    code: code.code,
    status: factCode('observationStatus', status),
    value: number,
    comparator:
      value.type === 'decimal' && value.comparator !== undefined
        ? factCode('comparator', value.comparator)
        : null,
    unit,
    canonical: canonical?.kind === 'canonical' ? canonical.value : null,
    valueCode: value.type === 'code' ? value.value.code : null,
    textValue: value.type === 'text' ? numberInOtherDigits(value.value) : null,
    known:
      collected === null && reported === null
        ? (measured ?? day)
        : Math.max(collected ?? -Infinity, reported ?? -Infinity),
    collected: collected ?? measured ?? day,
  }
}

function diagnosisFact(diagnosis: Diagnosis, block: number, seq: number): FactRow<'diagnosis'> {
  const { code, role, rank, verification, onset, presentOnAdmission, chronic } = diagnosis
  return {
    block,
    seq,
    code: comparableCode(code.code),
    role: factCode('role', role),
    rank,
    verification: factCode('verification', verification),
    onset: dayOf(onset),
    presentOnAdmission:
      presentOnAdmission === undefined ? null : factCode('presentOnAdmission', presentOnAdmission),
    chronic: chronic === undefined ? null : Number(chronic),
  }
}

function procedureFact(
  { code, performed, status }: Procedure,
  block: number,
  seq: number,
): FactRow<'procedure'> {
  return {
    block,
    seq,
    code: comparableCode(code.code),
    day: dayOf(performed),
    status: factCode('procedureStatus', status),
  }
}

function prescriptionFact(prescription: Prescription, block: number, seq: number): FactRow<'prescription'> {
  const { code, ingredientAtc, start, end, daysSupply, perDay, status, intent, sourceCodings } = prescription
  const atc =
    ingredientAtc ?? [code, ...sourceCodings].find(({ system }) => system === ATC_SYSTEM)?.code ?? code.code
  return {
    block,
    seq,
    code: comparableCode(atc),
    start: dayOf(start),
    end: dayOf(end),
    daysSupply: daysSupply ?? null,
    perDay: perDay === undefined ? null : Number(perDay),
    status: factCode('prescriptionStatus', status),
    intent: factCode('intent', intent),
  }
}

function claimFact(claim: Claim, block: number, seq: number): FactRow<'claim'> {
  return {
    block,
    seq,
    claim: claim.claimId,
    type: factCode('claimType', claim.type),
    status: factCode('claimStatus', claim.status),
    currency: claim.currency,
    exponent: claim.currencyExponent,
    billed: claim.billedMinor ?? null,
    allowed: claim.allowedMinor ?? null,
    paidByPayer: claim.paidByPayerMinor ?? null,
    paidByPatient: claim.paidByPatientMinor ?? null,
    submitted: dayOf(claim.submitted),
    reverses: claim.reverses ?? null,
  }
}

/** What a text says whose characters are digits of another width only; null for any other. */
function numberInOtherDigits(text: string): number | null {
  // Only full-width digits and their point: what else has a digit inside (⑫, 5²) is no number that somebody typed.
  const folded = text
    .replace(/[\uff10-\uff19\uff0e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .trim()
  return /^[0-9]{1,12}(\.[0-9]{1,12})?$/.test(folded) ? Number(folded) : null
}

/** A day only where the text names one: a month is no day. */
function dayOf(when: string | undefined): number | null {
  if (when === undefined) return null
  const span = parseWhen(when)
  return span?.precision === 'day' ? span.first : null
}
