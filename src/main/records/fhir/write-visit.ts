/**
 * Our visits → FHIR R4 resources. What FHIR has a place for is said in its own words; the rest travels in our one
 * extension (`own-extension.ts`), computed by reading back what was written. Types are those of @types/fhir, so a field
 * that R4 does not know is a compile error.
 */
import type * as fhir from 'fhir/r4'
import { parseWhen } from '../../../shared/domain/dates.ts'
import type {
  Claim,
  Code,
  Diagnosis,
  Observation,
  ObservationValue,
  Prescription,
  Procedure,
} from '../../../shared/domain/visit.ts'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import { ICD10_SYSTEMS, isIcd10Code, showIcd10 } from '../../../shared/domain/visit-check.ts'
import { Decimal } from './json.ts'
import type { JsonObject } from './json.ts'
import { isSame, OWN_EXTENSION, ownExtension } from './own-extension.ts'
import { CLAIM_ID_SYSTEM, majorText, readClaim } from './read-claim.ts'
import { OWN_ROLE_SYSTEM, readCondition, readPrescription, readProcedure } from './read-clinical.ts'
import { readEncounter } from './read-encounter.ts'
import { readObservation, UCUM } from './read-observation.ts'
import { writeConsent } from './write-consent.ts'
import { writeProvenance, type Recorded } from './write-provenance.ts'
import { LOCAL_SYSTEM_URI, referenceText } from './reading.ts'
import type { Issues } from './reading.ts'

/** A visit to be written. `visitId` is 32 hex digits. */
export interface WritableVisit {
  visitId: string
  content: VisitDraft
  /** Kept with the encounter for whoever reads the file; an import makes its own. */
  envelope?: object
  /** Member id of the institution that keeps the record. */
  facility?: string
  /** Of a version in a chain: who recorded it, when, and under which block. */
  recorded?: Recorded
  /** Number on the insurance card. Records never hold it; only made-up data says it. */
  memberNumber?: string
}

export interface WrittenVisit {
  encounter: fhir.Encounter
  /** Conditions, observations, procedures, medication requests, coverages, claims, benefits, a consent and a provenance, in the order of the record. */
  parts: Part[]
}

export type Part =
  | fhir.Condition
  | fhir.Observation
  | fhir.Procedure
  | fhir.MedicationRequest
  | fhir.Coverage
  | fhir.Claim
  | fhir.ExplanationOfBenefit
  | fhir.Consent
  | fhir.Provenance

export const VISIT_SYSTEM = 'urn:consilium:visit'
export const RESOURCE_SYSTEM = 'urn:consilium:resource'
const MEMBER_TOKEN_SYSTEM = 'urn:consilium:member-token'
const MEMBER_SYSTEM = 'urn:consilium:member'
const V3_ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem/'
const QUIET: Issues = { warn: () => undefined, leave: () => undefined }

/** How the parts of a file refer to one another: `urn:uuid:…` in a bundle, `Type/…` in NDJSON. */
export type Refer = (type: string, id: string) => string

export const referInBundle: Refer = (_type, id) => `urn:uuid:${id}`
export const referInFiles: Refer = (type, id) => `${type}/${id}`

const KINDS = {
  encounter: '00',
  condition: '01',
  observation: '02',
  procedure: '03',
  medication: '04',
  coverage: '05',
  claim: '06',
  benefit: '07',
  consent: '08',
  provenance: '09',
} as const

/** A UUID of version 8 from the visit's own id, so that writing twice gives the same resources. */
export function resourceId(visitId: string, kind: keyof typeof KINDS, index: number): string {
  const tail = index.toString(16).padStart(10, '0')
  return `${visitId.slice(0, 8)}-${visitId.slice(8, 12)}-8${visitId.slice(13, 16)}-a${visitId.slice(17, 20)}-${KINDS[kind]}${tail}`
}

export function writeVisit(
  visit: WritableVisit,
  patientReference: string,
  base: VisitDraft['patient'],
  refer: Refer,
): WrittenVisit {
  return new Writer(visit, patientReference, base, refer).write()
}

class Writer {
  private readonly visit: WritableVisit
  private readonly content: VisitDraft
  private readonly subject: fhir.Reference
  private readonly encounterLink: fhir.Reference
  private readonly base: VisitDraft['patient']
  private readonly refer: Refer

  constructor(visit: WritableVisit, patientReference: string, base: VisitDraft['patient'], refer: Refer) {
    this.visit = visit
    this.content = visit.content
    this.subject = { reference: patientReference }
    this.encounterLink = { reference: refer('Encounter', resourceId(visit.visitId, 'encounter', 0)) }
    this.base = base
    this.refer = refer
  }

  write(): WrittenVisit {
    const { content } = this
    const parts: Part[] = []
    content.diagnoses.forEach((each, i) => parts.push(this.condition(each, i)))
    parts.push(...this.observations())
    content.procedures.forEach((each, i) => parts.push(this.procedure(each, i)))
    content.prescriptions.forEach((each, i) => parts.push(this.medication(each, i)))
    const { organisation, plan, memberToken } = content.encounter.payer
    const isInsured = [organisation, plan, memberToken, this.visit.memberNumber].some(Boolean)
    const coverage = content.claims.length > 0 || isInsured ? this.coverage() : undefined
    if (coverage !== undefined) parts.push(coverage)
    content.claims.forEach((each, i) => parts.push(...this.claim(each, i, coverage)))
    const consent = writeConsent(
      content.patient.consent,
      this.id('consent', 0),
      this.subject,
      this.encounterLink,
      dateTime,
    )
    if (consent !== undefined) parts.push(consent)
    const provenance = this.provenance(parts)
    if (provenance !== undefined) parts.push(provenance)
    return { encounter: this.encounter(), parts }
  }

  private provenance(parts: readonly Part[]): fhir.Provenance | undefined {
    const { recorded, visitId } = this.visit
    const when = dateTime(recorded?.envelope.recordedAt)
    if (recorded === undefined || when === undefined) return undefined
    const targets = parts.map(({ resourceType, id }) => ({ reference: this.refer(resourceType, id!) }))
    return writeProvenance(
      recorded,
      resourceId(visitId, 'provenance', 0),
      [this.encounterLink, ...targets],
      when,
    )
  }

  private id(kind: keyof typeof KINDS, index: number): { id: string; identifier: fhir.Identifier[] } {
    const id = resourceId(this.visit.visitId, kind, index)
    return { id, identifier: [{ system: RESOURCE_SYSTEM, value: id }] }
  }

  /* Encounter */

  private encounter(): fhir.Encounter {
    const { encounter, diagnoses, outcome, notes, patient } = this.content
    const period: fhir.Period = {}
    placeWhen(period, 'start', encounter.admission.at)
    placeWhen(period, 'end', encounter.discharge?.at)
    const resource: fhir.Encounter = {
      resourceType: 'Encounter',
      id: resourceId(this.visit.visitId, 'encounter', 0),
      identifier: [{ system: VISIT_SYSTEM, value: this.visit.visitId }],
      status: encounter.status,
      class:
        encounter.class === 'UNK'
          ? { system: `${TERMINOLOGY}v3-NullFlavor`, code: 'UNK' }
          : { system: V3_ACT, code: encounter.class },
      subject: this.subject,
      period,
    }
    const { facility } = this.visit
    if (facility !== undefined)
      resource.serviceProvider = { identifier: { system: MEMBER_SYSTEM, value: facility } }
    if (encounter.type !== undefined) resource.type = [conceptFrom(encounter.type, [])]
    if (encounter.department !== undefined) resource.serviceType = conceptFrom(encounter.department, [])
    if (encounter.attender !== undefined) {
      resource.participant = [
        { individual: { identifier: { system: 'urn:consilium:practitioner', value: encounter.attender } } },
      ]
    }
    if (encounter.reason !== undefined) {
      const { code, text } = encounter.reason
      const concept: fhir.CodeableConcept = {}
      if (code !== undefined) concept.coding = [codingFrom(code)]
      if (text !== undefined) concept.text = text
      if (Object.keys(concept).length > 0) resource.reasonCode = [concept]
    }
    if (encounter.admitSource !== undefined || encounter.dischargeDisposition !== undefined) {
      resource.hospitalization = {}
      if (encounter.admitSource !== undefined) {
        resource.hospitalization.admitSource = word(encounter.admitSource, `${TERMINOLOGY}admit-source`)
      }
      if (encounter.dischargeDisposition !== undefined) {
        resource.hospitalization.dischargeDisposition = word(
          encounter.dischargeDisposition,
          `${TERMINOLOGY}discharge-disposition`,
        )
      }
    }
    if (diagnoses.length > 0) {
      resource.diagnosis = diagnoses.map((each, i) => ({
        condition: { reference: this.refer('Condition', resourceId(this.visit.visitId, 'condition', i)) },
        use: { coding: [...fhirRole(each.role), { system: OWN_ROLE_SYSTEM, code: each.role }] },
        rank: decimal(String(each.rank)),
      }))
    }
    const extension: fhir.Extension[] = []
    const add = (name: string, value: unknown) =>
      extension.push({ url: name, valueString: value === undefined ? 'null' : JSON.stringify(value) })
    const read = readEncounter(resource as unknown as JsonObject, QUIET)
    const native: Record<string, unknown> = read.kind === 'encounter' ? { ...read.value } : {}
    const wanted = encounter as Record<string, unknown>
    for (const name of new Set([...Object.keys(native), ...Object.keys(wanted)])) {
      // Claims may tell another payer, so it is always said here.
      if (name === 'payer' || !isSame(wanted[name], native[name])) add(`encounter.${name}`, wanted[name])
    }
    const baseFields = this.base as Record<string, unknown>
    const patientFields = patient as Record<string, unknown>
    for (const name of new Set([...Object.keys(baseFields), ...Object.keys(patientFields)])) {
      if (!isSame(patientFields[name], baseFields[name])) add(`patient.${name}`, patientFields[name])
    }
    if (outcome !== undefined) add('outcome', outcome)
    if (notes.length > 0) add('notes', notes)
    if (this.visit.envelope !== undefined) add('envelope', this.visit.envelope)
    if (extension.length > 0) resource.extension = [{ url: OWN_EXTENSION, extension }]
    return resource
  }

  /* Diagnoses */

  private condition(diagnosis: Diagnosis, index: number): fhir.Condition {
    const { code } = diagnosis
    const isDotted = ICD10_SYSTEMS.includes(code.system) && isIcd10Code(code.code)
    const resource: fhir.Condition = {
      resourceType: 'Condition',
      ...this.id('condition', index),
      category: [{ coding: [{ system: `${TERMINOLOGY}condition-category`, code: 'encounter-diagnosis' }] }],
      code: conceptFrom(isDotted ? { ...code, code: showIcd10(code.code) } : code, diagnosis.sourceCodings),
      subject: this.subject,
      encounter: this.encounterLink,
    }
    if (diagnosis.verification !== 'unknown') {
      resource.verificationStatus = {
        coding: [{ system: `${TERMINOLOGY}condition-ver-status`, code: diagnosis.verification }],
      }
    }
    if (diagnosis.verification !== 'refuted' || diagnosis.abatement !== undefined) {
      // R4 wants a clinical status unless the condition was entered in error.
      const status = diagnosis.abatement === undefined ? 'active' : 'resolved'
      resource.clinicalStatus = { coding: [{ system: `${TERMINOLOGY}condition-clinical`, code: status }] }
    }
    placeWhen(resource, 'onsetDateTime', diagnosis.onset)
    placeWhen(resource, 'abatementDateTime', diagnosis.abatement)
    placeWhen(resource, 'recordedDate', this.content.encounter.admission.at)
    if (diagnosis.text !== undefined) resource.note = [{ text: diagnosis.text }]
    const link = { rank: diagnosis.rank, role: diagnosis.role }
    const native = readCondition(resource as unknown as JsonObject, link, diagnosis.rank, QUIET)
    return withExtension(resource, ownExtension(diagnosis, native?.value ?? {}, index))
  }

  /* Observations */

  /** Neighbours of one panel that share all but code and value become one resource with components. */
  private observations(): fhir.Observation[] {
    const list = this.content.observations
    const result: fhir.Observation[] = []
    for (let i = 0; i < list.length;) {
      let end = i + 1
      if (canBeComponent(list[i]!)) {
        while (
          end < list.length &&
          canBeComponent(list[end]!) &&
          isSame(sharedOf(list[end]!), sharedOf(list[i]!))
        )
          end++
      }
      result.push(
        list[i]!.panel !== undefined && canBeComponent(list[i]!) ? this.panel(i, end) : this.observation(i),
      )
      i = end
    }
    return result
  }

  private observation(index: number): fhir.Observation {
    const one = this.content.observations[index]!
    const resource = this.observationHead(one, index, conceptFrom(one.code, one.sourceCodings))
    Object.assign(resource, valueFrom(one.value))
    placeRange(resource, one)
    if (one.note !== undefined) resource.note = [{ text: one.note }]
    const native = readObservation(resource as unknown as JsonObject, { addNote: () => undefined }, QUIET)
    return withExtension(resource, ownExtension(one, native?.[0]?.value ?? {}, index))
  }

  private panel(from: number, end: number): fhir.Observation {
    const list = this.content.observations
    const first = list[from]!
    const resource = this.observationHead(first, from, conceptFrom(first.panel!, []))
    resource.component = list.slice(from, end).map((each) => {
      const component: fhir.ObservationComponent = {
        code: conceptFrom(each.code, each.sourceCodings),
        ...valueFrom(each.value),
      }
      placeRange(component, each)
      return component
    })
    const native =
      readObservation(resource as unknown as JsonObject, { addNote: () => undefined }, QUIET) ?? []
    resource.component = resource.component.map((component, i) =>
      withExtension(component, ownExtension(list[from + i]!, native[i]?.value ?? {}, from + i)),
    )
    // The place of the first says that the resource is one of ours.
    return withExtension(resource, ownExtension({}, {}, from))
  }

  private observationHead(one: Observation, index: number, code: fhir.CodeableConcept): fhir.Observation {
    const resource: fhir.Observation = {
      resourceType: 'Observation',
      ...this.id('observation', index),
      status: one.status,
      category: [{ coding: [{ system: `${TERMINOLOGY}observation-category`, code: CATEGORY[one.kind] }] }],
      code,
      subject: this.subject,
      encounter: this.encounterLink,
    }
    const effective = one.kind === 'lab' ? one.specimenCollected : one.effective
    placeWhen(resource, 'effectiveDateTime', effective)
    // An instant of FHIR is a moment; a result of a day alone stays in our extension.
    if (one.resultDate !== undefined && one.resultDate.length > 10)
      placeWhen(resource, 'issued', one.resultDate)
    if (one.method !== undefined) resource.method = conceptFrom(one.method, [])
    if (one.performer !== undefined) {
      resource.performer = [{ identifier: { system: 'urn:consilium:practitioner', value: one.performer } }]
    }
    return resource
  }

  /* Procedures and medicines */

  private procedure(procedure: Procedure, index: number): fhir.Procedure {
    const resource: fhir.Procedure = {
      resourceType: 'Procedure',
      ...this.id('procedure', index),
      status: procedure.status,
      code: conceptFrom(procedure.code, procedure.sourceCodings),
      subject: this.subject,
      encounter: this.encounterLink,
    }
    if (procedure.performedEnd !== undefined) {
      const period: fhir.Period = {}
      placeWhen(period, 'start', procedure.performed)
      placeWhen(period, 'end', procedure.performedEnd)
      if (Object.keys(period).length > 0) resource.performedPeriod = period
    } else placeWhen(resource, 'performedDateTime', procedure.performed)
    if (procedure.outcome !== undefined) resource.outcome = { text: procedure.outcome }
    if (procedure.text !== undefined) resource.note = [{ text: procedure.text }]
    const native = readProcedure(resource as unknown as JsonObject, QUIET)
    return withExtension(resource, ownExtension(procedure, native?.value ?? {}, index))
  }

  private medication(prescription: Prescription, index: number): fhir.MedicationRequest {
    const resource: fhir.MedicationRequest = {
      resourceType: 'MedicationRequest',
      ...this.id('medication', index),
      status: prescription.status,
      intent: prescription.intent === 'plan' ? 'plan' : 'order',
      medicationCodeableConcept: conceptFrom(prescription.code, prescription.sourceCodings),
      subject: this.subject,
      encounter: this.encounterLink,
    }
    const dosage: fhir.Dosage = {}
    if (prescription.dose !== undefined) {
      const quantity: fhir.Quantity = { value: decimal(prescription.dose.value) }
      if (prescription.dose.unit !== undefined) placeUnit(quantity, prescription.dose.unit)
      dosage.doseAndRate = [{ doseQuantity: quantity }]
    }
    if (prescription.asNeeded !== undefined) dosage.asNeededBoolean = prescription.asNeeded
    if (prescription.route !== undefined) dosage.route = { text: prescription.route }
    if (prescription.frequency !== undefined || /^[1-9][0-9]?$/.test(prescription.perDay ?? '')) {
      dosage.timing = {}
      if (prescription.frequency !== undefined) dosage.timing.code = { text: prescription.frequency }
      if (/^[1-9][0-9]?$/.test(prescription.perDay ?? '')) {
        dosage.timing.repeat = {
          frequency: decimal(prescription.perDay!),
          period: decimal('1'),
          periodUnit: 'd',
        }
      }
    }
    if (Object.keys(dosage).length > 0) resource.dosageInstruction = [dosage]
    const dispense: fhir.MedicationRequestDispenseRequest = {}
    placeWhen(resource, 'authoredOn', prescription.start)
    if (prescription.end !== undefined) {
      const period: fhir.Period = {}
      placeWhen(period, 'start', prescription.start)
      placeWhen(period, 'end', prescription.end)
      if (Object.keys(period).length > 0) dispense.validityPeriod = period
    }
    if (prescription.daysSupply !== undefined) {
      dispense.expectedSupplyDuration = {
        value: decimal(String(prescription.daysSupply)),
        unit: 'd',
        system: UCUM,
        code: 'd',
      }
    }
    if (prescription.quantity !== undefined) dispense.quantity = { value: decimal(prescription.quantity) }
    if (prescription.refills !== undefined)
      dispense.numberOfRepeatsAllowed = decimal(String(prescription.refills))
    if (Object.keys(dispense).length > 0) resource.dispenseRequest = dispense
    if (prescription.text !== undefined) resource.note = [{ text: prescription.text }]
    const native = readPrescription(resource as unknown as JsonObject, undefined, QUIET)
    return withExtension(resource, ownExtension(prescription, native?.value ?? {}, index))
  }

  /* Insurance and claims */

  private coverage(): fhir.Coverage {
    const { payer } = this.content.encounter
    const resource: fhir.Coverage = {
      resourceType: 'Coverage',
      ...this.id('coverage', 0),
      status: 'active',
      type: { text: payer.type },
      beneficiary: this.subject,
      payor: [{ display: payer.organisation ?? payer.type }],
    }
    const classes: fhir.CoverageClass[] = []
    const classOf = (code: string, value: string | undefined) => {
      if (value !== undefined && value !== '') {
        classes.push({ type: { coding: [{ system: `${TERMINOLOGY}coverage-class`, code }] }, value })
      }
    }
    classOf('plan', payer.plan)
    classOf('group', payer.group)
    if (classes.length > 0) resource.class = classes
    if (this.visit.memberNumber !== undefined) resource.subscriberId = this.visit.memberNumber
    if (payer.memberToken !== undefined && payer.memberToken !== '') {
      resource.identifier = [
        ...(resource.identifier ?? []),
        { system: MEMBER_TOKEN_SYSTEM, value: payer.memberToken },
      ]
    }
    return resource
  }

  private claim(claim: Claim, index: number, coverage: fhir.Coverage | undefined): Part[] {
    const { id, identifier } = this.id('claim', index)
    const money = (minor: number): fhir.Money => ({
      value: decimal(majorText(minor, claim.currencyExponent)),
      currency: claim.currency,
    })
    const ranks = [...new Set(claim.lines.flatMap((line) => line.diagnosisRanks))]
    const conditionOf = (rank: number) => this.content.diagnoses.findIndex((each) => each.rank === rank)
    const pointed = ranks.filter((rank) => conditionOf(rank) >= 0)
    const coverageLink: fhir.Reference = { reference: this.refer('Coverage', coverage!.id!) }
    const created = dateTime(claim.submitted) ?? dateTime(this.content.encounter.admission.at) ?? NO_DATE
    const type = { coding: [{ system: `${TERMINOLOGY}claim-type`, code: claim.type }] }
    const provider = { display: 'Hospital of the visit' }
    const resource: fhir.Claim = {
      resourceType: 'Claim',
      id,
      identifier: [{ system: CLAIM_ID_SYSTEM, value: claim.claimId }, ...identifier],
      status: claim.status === 'draft' ? 'draft' : claim.status === 'reversed' ? 'cancelled' : 'active',
      type: claim.type === 'other' ? { text: 'other' } : type,
      use: 'claim',
      patient: this.subject,
      created,
      provider,
      priority: { coding: [{ system: `${TERMINOLOGY}processpriority`, code: 'normal' }] },
      insurance: [{ sequence: decimal('1'), focal: true, coverage: coverageLink }],
    }
    if (pointed.length > 0) {
      resource.diagnosis = pointed.map((rank, i) => {
        const at = conditionOf(rank)
        const present = this.content.diagnoses[at]?.presentOnAdmission
        const reference = this.refer('Condition', resourceId(this.visit.visitId, 'condition', at))
        return {
          sequence: decimal(String(i + 1)),
          diagnosisReference: { reference },
          ...(present === undefined || present === '1' ? {} : { onAdmission: onAdmissionFrom(present) }),
        }
      })
    }
    if (claim.billedMinor !== undefined) resource.total = money(claim.billedMinor)
    // A claim without lines still says which visit it is for.
    const lines = claim.lines.length > 0 ? claim.lines : [{ diagnosisRanks: [] }]
    resource.item = lines.map((line, i): fhir.ClaimItem => {
      const item: fhir.ClaimItem = {
        sequence: decimal(String(i + 1)),
        productOrService:
          'code' in line && line.code !== undefined ? conceptFrom(line.code, []) : { text: 'not specified' },
      }
      if (i === 0) item.encounter = [this.encounterLink]
      const own = line.diagnosisRanks.map((rank) => pointed.indexOf(rank)).filter((at) => at >= 0)
      if (own.length > 0) item.diagnosisSequence = own.map((at) => decimal(String(at + 1)))
      if ('quantity' in line && line.quantity !== undefined) item.quantity = { value: decimal(line.quantity) }
      if ('unitPriceMinor' in line && line.unitPriceMinor !== undefined)
        item.unitPrice = money(line.unitPriceMinor)
      if ('netMinor' in line && line.netMinor !== undefined) item.net = money(line.netMinor)
      return item
    })
    const benefit = this.benefit(claim, index, {
      resource,
      created,
      type: resource.type,
      coverageLink,
      provider,
      money,
    })
    const rankOf = (entry: JsonObject) => {
      const reference = referenceText(entry['diagnosisReference'])
      const at = pointed.findIndex(
        (rank) =>
          reference ===
          this.refer('Condition', resourceId(this.visit.visitId, 'condition', conditionOf(rank))),
      )
      return at < 0 ? undefined : pointed[at]
    }
    const native = readClaim(
      resource as unknown as JsonObject,
      benefit as unknown as JsonObject | undefined,
      { rankOf },
      QUIET,
    )
    const written = withExtension(resource, ownExtension(claim, native.value, index))
    return benefit === undefined ? [written] : [written, benefit]
  }

  /** What the insurer decided; absent while nothing was decided. */
  private benefit(
    claim: Claim,
    index: number,
    shared: {
      resource: fhir.Claim
      created: string
      type: fhir.CodeableConcept
      coverageLink: fhir.Reference
      provider: fhir.Reference
      money(minor: number): fhir.Money
    },
  ): fhir.ExplanationOfBenefit | undefined {
    const totals: fhir.ExplanationOfBenefitTotal[] = []
    const add = (code: string, minor: number | undefined) => {
      if (minor === undefined) return
      totals.push({
        category: { coding: [{ system: `${TERMINOLOGY}adjudication`, code }] },
        amount: shared.money(minor),
      })
    }
    add('eligible', claim.allowedMinor)
    add('copay', claim.copayMinor)
    add('deductible', claim.deductibleMinor)
    if (claim.paidByPatientMinor !== undefined) {
      totals.push({
        category: { coding: [{ system: 'urn:consilium:adjudication', code: 'paidbypatient' }] },
        amount: shared.money(claim.paidByPatientMinor),
      })
    }
    const isDecided = claim.status === 'paid' || claim.status === 'denied'
    if (
      !isDecided &&
      totals.length === 0 &&
      claim.paidByPayerMinor === undefined &&
      claim.adjudicated === undefined
    )
      return undefined
    const { id, identifier } = this.id('benefit', index)
    const resource: fhir.ExplanationOfBenefit = {
      resourceType: 'ExplanationOfBenefit',
      id,
      identifier,
      status:
        shared.resource.status === 'draft'
          ? 'draft'
          : shared.resource.status === 'cancelled'
            ? 'cancelled'
            : 'active',
      type: shared.type,
      use: 'claim',
      patient: this.subject,
      created: dateTime(claim.adjudicated) ?? shared.created,
      insurer: { display: this.content.encounter.payer.organisation ?? this.content.encounter.payer.type },
      provider: shared.provider,
      claim: { reference: this.refer('Claim', shared.resource.id!) },
      outcome: claim.status === 'denied' ? 'error' : isDecided ? 'complete' : 'queued',
      insurance: [{ focal: true, coverage: shared.coverageLink }],
    }
    if (totals.length > 0) resource.total = totals
    if (claim.paidByPayerMinor !== undefined)
      resource.payment = { amount: shared.money(claim.paidByPayerMinor) }
    return resource
  }
}

const CATEGORY: Record<Observation['kind'], string> = {
  vital: 'vital-signs',
  lab: 'laboratory',
  survey: 'survey',
  social: 'social-history',
  imaging: 'imaging',
  exam: 'exam',
  procedure: 'procedure',
  other: 'activity',
}

function canBeComponent(one: Observation): boolean {
  return one.panel !== undefined && one.note === undefined
}

/** What components of one resource must have in common. */
function sharedOf(one: Observation): unknown[] {
  return [
    one.panel,
    one.kind,
    one.status,
    one.effective,
    one.specimenCollected,
    one.resultDate,
    one.method,
    one.specimenType,
    one.performer,
  ]
}

const onAdmissionFrom = (present: 'Y' | 'N' | 'U' | 'W'): fhir.CodeableConcept => ({
  coding: [{ system: `${TERMINOLOGY}ex-diagnosis-on-admission`, code: present.toLowerCase() }],
})

function fhirRole(role: Diagnosis['role']): fhir.Coding[] {
  const code =
    role === 'principal' ? 'DD' : role === 'admitting' ? 'AD' : role === 'comorbidity' ? 'CM' : undefined
  return code === undefined ? [] : [{ system: `${TERMINOLOGY}diagnosis-role`, code }]
}

/* Values and words */

/** A number in the source's own digits; `writeJson` writes it bare. */
function decimal(text: string): number {
  return new Decimal(text) as unknown as number
}

/** Where FHIR must have a date and the record has none that it can hold; our extension says so. */
const NO_DATE = '1900-01-01'

/** FHIR's dateTime: with seconds, of a day that exists. What it cannot hold stays in our extension alone. */
export function dateTime(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith('0000') || parseWhen(text) === null) return undefined
  return text.length > 16 && text[16] !== ':' ? `${text.slice(0, 16)}:00${text.slice(16)}` : text
}

function placeWhen<K extends string>(
  target: { [key in K]?: string },
  key: K,
  text: string | undefined,
): void {
  const when = dateTime(text)
  if (when !== undefined) target[key] = when
}

const isUri = (text: string) => text !== '' && !/\s/.test(text)
/** FHIR's `code`: no blank at the ends, none doubled. */
const isCode = (text: string) => /^[^\s]+( [^\s]+)*$/.test(text)

function codingFrom(code: Code): fhir.Coding {
  const coding: fhir.Coding = {}
  const system = code.system === 'local' ? LOCAL_SYSTEM_URI : code.system
  if (isUri(system)) coding.system = system
  // Words that came without a code stand as our code; FHIR takes them as words only.
  if (isCode(code.code)) coding.code = code.code
  const display = code.display !== undefined && code.display !== '' ? code.display : code.code
  if (coding.code === undefined || display === code.display) coding.display = display
  return coding
}

/** A code that FHIR's `code` cannot hold is named in words, and said exactly in our extension. */
function conceptFrom(code: Code, others: readonly Code[]): fhir.CodeableConcept {
  const coding = [code, ...others].filter((each) => isCode(each.code)).map(codingFrom)
  if (isCode(code.code)) return { coding }
  const text = /\S/.test(code.code) ? code.code : 'unnamed'
  return coding.length > 0 ? { coding, text } : { text }
}

/** A single word: with its code system where it can be a code, else as text. */
function word(text: string, system: string): fhir.CodeableConcept {
  return isCode(text) ? { coding: [{ system, code: text }] } : { text }
}

function placeUnit(quantity: fhir.Quantity, unit: string): void {
  if (isCode(unit)) {
    quantity.system = UCUM
    quantity.code = unit
  }
  if (unit !== '') quantity.unit = unit
}

type Valued = Pick<
  fhir.Observation,
  | 'valueQuantity'
  | 'valueCodeableConcept'
  | 'valueString'
  | 'valueBoolean'
  | 'valueRatio'
  | 'valueRange'
  | 'dataAbsentReason'
>

function valueFrom(value: ObservationValue): Valued {
  switch (value.type) {
    case 'decimal': {
      const quantity: fhir.Quantity = { value: decimal(value.value) }
      if (value.comparator !== undefined) quantity.comparator = value.comparator
      if (value.unit !== undefined) placeUnit(quantity, value.unit)
      if (value.unitSource !== undefined && value.unitSource !== '') quantity.unit = value.unitSource
      return { valueQuantity: quantity }
    }
    case 'code':
      return { valueCodeableConcept: conceptFrom(value.value, []) }
    case 'text':
      return { valueString: value.value }
    case 'boolean':
      return { valueBoolean: value.value }
    case 'ratio':
      return {
        valueRatio: {
          numerator: { value: decimal(value.numerator) },
          denominator: { value: decimal(value.denominator) },
        },
      }
    case 'range': {
      const end = (text: string | undefined): fhir.Quantity | undefined => {
        if (text === undefined) return undefined
        const quantity: fhir.Quantity = { value: decimal(text) }
        if (value.unit !== undefined) placeUnit(quantity, value.unit)
        return quantity
      }
      const range: fhir.Range = {}
      const low = end(value.low)
      const high = end(value.high)
      if (low !== undefined) range.low = low
      if (high !== undefined) range.high = high
      return low === undefined && high === undefined
        ? { dataAbsentReason: { text: 'range without ends' } }
        : { valueRange: range }
    }
    case 'absent':
      return { dataAbsentReason: word(value.reason, `${TERMINOLOGY}data-absent-reason`) }
  }
}

function placeRange(target: fhir.Observation | fhir.ObservationComponent, one: Observation): void {
  const range: fhir.ObservationReferenceRange = {}
  if (one.refLow !== undefined) range.low = { value: decimal(one.refLow) }
  if (one.refHigh !== undefined) range.high = { value: decimal(one.refHigh) }
  if (one.refText !== undefined && one.refText !== '') range.text = one.refText
  if (Object.keys(range).length > 0) target.referenceRange = [range]
  if (one.flag !== undefined) {
    target.interpretation = [
      { coding: [{ system: `${TERMINOLOGY}v3-ObservationInterpretation`, code: one.flag }] },
    ]
  }
}

function withExtension<T extends { extension?: fhir.Extension[] | undefined }>(
  resource: T,
  extension: { url: string; extension: object[] } | null,
): T {
  if (extension !== null) resource.extension = [extension as fhir.Extension]
  return resource
}
