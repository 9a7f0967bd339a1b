/** A record back in the form: to correct it, or to copy a row of it. Pure. */
import { usualExponent } from '../../../../shared/domain/currencies.ts'
import { parseTypedNumber, STILL_TO_COME } from './typed.ts'
import { parseInstant, parseWhen } from '../../../../shared/domain/dates.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type { Claim, Code, Diagnosis, Observation, Prescription } from '../../../../shared/domain/visit.ts'
import {
  ABSENT_REASONS,
  type AbsentReason,
  type ClaimRow,
  type DiagnosisRow,
  emptyForm,
  emptyLine,
  emptyRow,
  type LabRow,
  type MedicineRow,
  nothingPicked,
  type Picked,
  type Source,
  sourceRowId,
  type VisitForm,
  type VitalKey,
  type VitalSet,
} from './form.ts'
import { consentFormOf } from './consent.ts'
import { payerFormOf } from './payer.ts'
import { flagByItself, judged, typedRange } from './result-range.ts'
import { NO_VITALS, setsOfSource, vitalOf } from './vital-sets.ts'

const pick = (code: Code): Picked =>
  // Words alone, unless there are none: a row that looks blank would be taken for the spare one.
  code.code === 'text' && (code.display ?? '').trim() !== ''
    ? { text: code.display!, code: null }
    : {
        // Importers let the words begin with what stands for the code: nobody reads them twice.
        text: code.display?.startsWith(code.code)
          ? code.display
          : `${code.code} ${code.display ?? ''}`.trim(),
        code: { system: code.system, code: code.code, display: code.display ?? '' },
      }

/** The day of an instant; a date that is not whole stays as it is. */
const dayOf = (at: string | undefined): string =>
  at === undefined ? '' : at.length > 10 ? at.slice(0, 10) : at
const datePart = (at: string | undefined): string => at?.slice(0, 10) ?? ''
const timePart = (at: string | undefined): string =>
  at !== undefined && at.length > 10 ? at.slice(11, 16) : ''

/** The wall time where it was; what is said in seconds is not typed. */
const momentOf = (at: string | undefined): string => `${dayOf(at)} ${timePart(at)}`.trim()

/** Range, mark and state of a result as its row shows them. */
function saidOfResult(observation: Observation): Pick<LabRow, 'range' | 'flag' | 'status' | 'absent'> {
  const { flag, status, value } = observation
  const isComing = value.type === 'absent' && value.reason === 'pending'
  // A mark that follows from the range is not said once more, or it would outlive its number.
  const itself = flagByItself(observation)
  const isSaid = flag !== undefined && flag !== itself && !(flag === 'N' && itself === undefined)
  return {
    range: isDefaultRange(observation) ? '' : typedRange(observation),
    flag: isSaid ? flag : '',
    status: isComing ? 'final' : status,
    absent: value.type === 'absent' && isAbsentReason(value.reason) ? value.reason : '',
  }
}

/** The range that our table gives: it is judged by without being said. */
function isDefaultRange(observation: Observation): boolean {
  const test = labTestOf(observation.code)
  if (test === null) return false
  const { refLow, refHigh } = judged(test, observation.value)
  return refLow === observation.refLow && refHigh === observation.refHigh
}

const isAbsentReason = (reason: string): reason is AbsentReason =>
  (ABSENT_REASONS as readonly string[]).includes(reason)

function typedValue(value: Observation['value']): string {
  switch (value.type) {
    case 'decimal':
      return `${value.comparator ?? ''}${value.value}`
    case 'code':
      return value.value.code === '260385009' ? 'negative' : value.value.code === '10828004' ? 'positive' : ''
    case 'text':
      return value.value
    case 'absent':
      return value.reason === 'pending' ? STILL_TO_COME : ''
    default:
      return ''
  }
}

/**
 * Which field of the form shows each observation: `vitals.sbp`, `furtherVitals.source-4.sbp` where it was measured at another
 * time, `smoking`, `labs`; null where none can.
 */
export function fieldsOfObservations(source: Pick<Source, 'observations' | 'encounter'>): (string | null)[] {
  const kinds = source.observations.map(kindOfField)
  const sets = setsOfSource(
    source,
    kinds.map((kind, i) => (kind === 'vitals' ? vitalOf(source.observations[i]!) : null)),
  )
  // A second pulse of one moment is legal, and the form has one field for it.
  return kinds.map((kind, i) =>
    kind === 'vitals' ? sets[i]! : kind === 'smoking' && kinds.indexOf(kind) < i ? null : kind,
  )
}

function kindOfField(observation: Observation): 'vitals' | 'smoking' | 'labs' | null {
  const { code, kind, status, value } = observation
  if (status === 'cancelled' || status === 'entered-in-error') return null
  const test = labTestOf(code)
  if (test?.key === 'smoking') return value.type === 'code' ? 'smoking' : null
  if (vitalOf(observation) !== null) return typedVital(observation) === null ? null : 'vitals'
  if (test === null && kind !== 'lab') return null
  switch (value.type) {
    case 'decimal':
      return test?.unit !== '' && isTypable(value) ? 'labs' : null
    case 'code':
      return typedValue(value) !== '' && test?.unit === '' ? 'labs' : null
    case 'text':
      return (test === null || test.unit === '') && value.value.length <= 200 && !/[\r\n]/.test(value.value)
        ? 'labs'
        : null
    case 'absent':
      return value.reason === 'pending' || isAbsentReason(value.reason) ? 'labs' : null
    default:
      return null
  }
}

/** A vital sign as its field shows it, in a unit that is not its own with the unit; null where no field can. */
export function typedVital({ code, status, value }: Observation): string | null {
  const test = labTestOf(code)
  if (vitalOf({ code }) === null || status === 'cancelled' || status === 'entered-in-error') return null
  if (value.type !== 'decimal' || !isTypable(value)) return null
  const isOther = value.unit !== undefined && value.unit !== test?.unit
  return typedValue(value) + (isOther ? (value.unitSource ?? value.unit ?? '') : '')
}

/** The vital sign as it was measured last in this visit, of two at one moment the first; '' where it was not. */
export function lastVitalOf(source: Pick<Source, 'observations' | 'encounter'>, key: VitalKey): string {
  let [latest, last] = [Number.NEGATIVE_INFINITY, '']
  for (const observation of source.observations) {
    const typed = vitalOf(observation) === key ? typedVital(observation) : null
    const when = whenOf(observation, source)
    if (typed !== null && when > latest) [latest, last] = [when, typed]
  }
  return last
}

/** Milliseconds since 1970; what names no time was measured at the beginning of the visit. */
function whenOf({ effective }: Observation, { encounter }: Pick<Source, 'encounter'>): number {
  const at = effective ?? encounter.admission.at
  return parseInstant(at)?.epochMs ?? (parseWhen(at)?.first ?? 0) * DAY_MS
}
const DAY_MS = 86_400_000

/** Whether the number would be read again as it is written. */
function isTypable(value: Extract<Observation['value'], { type: 'decimal' }>): boolean {
  const read = parseTypedNumber(typedValue(value))
  return read?.value === value.value && read.comparator === value.comparator && read.unitTyped === undefined
}

/**
 * Every field of the form from what a version says. What the form has no field for is not in it.
 * @param rowIdAt names the row that stands for this part of the version; by default any new name
 */
export function rawFormOf(
  source: Source,
  rowId: () => string,
  rowIdAt: (index: number) => string = rowId,
): VisitForm {
  const { encounter } = source
  const start = emptyForm({
    day: datePart(encounter.admission.at),
    time: timePart(encounter.admission.at),
    rowId,
  })
  const vitals: Record<VitalKey, string> = { ...start.vitals }
  let vitalsAt = ''
  const further = new Map<string, { set: VitalSet; when: number }>()
  let smoking = ''
  const labs: LabRow[] = []
  const fields = fieldsOfObservations(source)
  for (const [i, observation] of source.observations.entries()) {
    const { value } = observation
    const test = labTestOf(observation.code)
    const field = fields[i] ?? null
    if (field === 'smoking') smoking = value.type === 'code' ? value.value.code : ''
    else if (field === 'labs')
      labs.push({
        ...emptyRow.labs(rowIdAt(i)),
        test: pick(observation.code),
        value: typedValue(value),
        unit: value.type === 'decimal' ? (value.unit ?? '') : (test?.unit ?? ''),
        collected: momentOf(observation.specimenCollected),
        resulted: momentOf(observation.resultDate),
        ...saidOfResult(observation),
      })
    else if (field !== null && test !== null) {
      const typed = typedVital(observation) ?? ''
      const { effective } = observation
      const [place, id = ''] = field.split('.')
      if (place === 'vitals') {
        vitals[test.key as VitalKey] = typed
        if (effective !== encounter.admission.at) vitalsAt ||= momentOf(effective)
      } else {
        const { set, when } = further.get(id) ?? {
          set: { id, at: momentOf(effective), values: NO_VITALS },
          when: whenOf(observation, source),
        }
        further.set(id, { set: { ...set, values: { ...set.values, [test.key]: typed } }, when })
      }
    }
  }
  const currency = source.claims[0]?.currency ?? start.currency
  return {
    ...start,
    encounter: {
      ...start.encounter,
      class: encounter.class,
      status: encounter.status,
      dischargeDay: datePart(encounter.discharge?.at),
      dischargeTime: timePart(encounter.discharge?.at),
      department: encounter.department ? pick(encounter.department) : nothingPicked,
      attender: encounter.attender ?? '',
      reason: encounter.reason?.text ?? encounter.reason?.code?.display ?? encounter.reason?.code?.code ?? '',
      ...payerFormOf(encounter.payer),
      admitSource: encounter.admitSource ?? '',
      disposition: encounter.dischargeDisposition ?? '',
      ...consentFormOf(source.consent),
    },
    vitals,
    vitalsAt,
    // A file may bring them in any order.
    furtherVitals: [...further.values()].sort((a, b) => a.when - b.when).map(({ set }) => set),
    smoking,
    labs: [...labs, emptyRow.labs(rowId())],
    diagnoses: [
      ...source.diagnoses.map((each, i) => diagnosisRow(each, rowIdAt(i))),
      emptyRow.diagnoses(rowId()),
    ],
    procedures: [
      ...source.procedures.map((each, i) => ({
        ...emptyRow.procedures(rowIdAt(i)),
        code: pick(each.code),
        text: each.text ?? '',
        performed: dayOf(each.performed),
        laterality: each.laterality ?? ('' as const),
      })),
      emptyRow.procedures(rowId()),
    ],
    medicines: [
      ...source.prescriptions.map((each, i) => medicineRow(each, rowIdAt(i))),
      emptyRow.medicines(rowId()),
    ],
    died: source.outcome?.deathInHospital ?? false,
    icuDays: source.outcome?.icuDays?.toString() ?? '',
    ventilatorDays: source.outcome?.ventilatorDays?.toString() ?? '',
    adverse: source.outcome?.adverseEvents.join('\n') ?? '',
    currency,
    claims: [
      ...source.claims.map((each, i) => claimRow(each, rowIdAt(i), currency)),
      emptyRow.claims(rowId()),
    ],
    notes: source.notes.join('\n\n'),
  }
}

function claimRow(claim: Claim, id: string, currency: string): ClaimRow {
  const exponent = claim.currencyExponent
  const amount = (minor: number | undefined) =>
    minor === undefined ? '' : (minor / 10 ** exponent).toFixed(exponent)
  const isUsual = claim.currency === currency && exponent === usualExponent(currency)
  return {
    ...emptyRow.claims(id),
    type: claim.type,
    billed: amount(claim.billedMinor),
    allowed: amount(claim.allowedMinor),
    paidByPayer: amount(claim.paidByPayerMinor),
    paidByPatient: amount(claim.paidByPatientMinor),
    copay: amount(claim.copayMinor),
    deductible: amount(claim.deductibleMinor),
    status: claim.status,
    drg: claim.drg ?? '',
    submitted: dayOf(claim.submitted),
    adjudicated: dayOf(claim.adjudicated),
    reverses: claim.reverses ?? '',
    lines: claim.lines.map((line, i) => ({
      ...emptyLine(sourceRowId(i)),
      ...(line.code === undefined ? {} : { code: pick(line.code) }),
      quantity: line.quantity ?? '',
      unitPrice: amount(line.unitPriceMinor),
      net: amount(line.netMinor),
      ranks: line.diagnosisRanks.join(' '),
    })),
    money: isUsual ? null : { currency: claim.currency, exponent },
  }
}

function diagnosisRow(diagnosis: Diagnosis, id: string): DiagnosisRow {
  return {
    ...emptyRow.diagnoses(id),
    code: pick(diagnosis.code),
    text: diagnosis.text ?? '',
    role: diagnosis.role,
    verification: diagnosis.verification,
    poa: diagnosis.presentOnAdmission ?? '',
    isChronic: diagnosis.chronic === true,
    onset: dayOf(diagnosis.onset),
    abatement: dayOf(diagnosis.abatement),
  }
}

function medicineRow(prescription: Prescription, id: string): MedicineRow {
  return {
    ...emptyRow.medicines(id),
    code: pick(prescription.code),
    dose: prescription.dose?.value ?? '',
    unit: prescription.dose?.unit ?? '',
    // Older records say “as needed” by a frequency of that name.
    frequency: isOnlyWhenNeeded(prescription) ? '' : (prescription.frequency ?? ''),
    perDay: prescription.perDay ?? '',
    asNeeded: prescription.asNeeded === true || isOnlyWhenNeeded(prescription),
    route: prescription.route ?? '',
    days: prescription.daysSupply?.toString() ?? '',
    quantity: prescription.quantity ?? '',
    refills: prescription.refills?.toString() ?? '',
    end: dayOf(prescription.end),
    start: dayOf(prescription.start),
    text: prescription.text ?? '',
    status: prescription.status,
  }
}

const isOnlyWhenNeeded = ({ frequency }: Prescription): boolean => frequency?.toLowerCase() === 'prn'

/** A diagnosis of an earlier visit for this one: tinted until somebody looked at it. */
export const copiedDiagnosis = (diagnosis: Diagnosis, id: string): DiagnosisRow => ({
  ...diagnosisRow(diagnosis, id),
  role: 'secondary',
  poa: '',
  abatement: '',
  isCopied: true,
})

/** A medicine that goes on: the same dose, from this visit on. */
export const copiedMedicine = (prescription: Prescription, id: string): MedicineRow => ({
  ...medicineRow(prescription, id),
  usual:
    prescription.dose === undefined
      ? ''
      : `${prescription.dose.value} ${prescription.dose.unit ?? ''}`.trim(),
  start: '',
  end: '',
  status: 'active',
  isCopied: true,
})
