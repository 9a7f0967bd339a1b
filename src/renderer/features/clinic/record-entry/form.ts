/** The state of the form: what was typed, word for word, until it is understood. Pure. */
import type { VisitInput } from '../../../../shared/contract/records.ts'
import type {
  Encounter,
  Diagnosis,
  Observation,
  Prescription,
  Procedure,
  Claim,
} from '../../../../shared/domain/visit.ts'
import { type ConsentForm, emptyConsent } from './consent.ts'
import { emptyPayer, type PayerForm, withOwnInsurer } from './payer.ts'

/** What a version of a visit says: the source of a form that corrects it. */
export type Source = Omit<VisitInput, 'patientId' | 'confirmations'>

/** What a picker holds: the text in the field, and the code that it stands for, if one was chosen. */
export interface Picked {
  readonly text: string
  readonly code: { readonly system: string; readonly code: string; readonly display: string } | null
}
export const nothingPicked: Picked = { text: '', code: null }

export interface EncounterForm extends PayerForm, ConsentForm {
  readonly class: Encounter['class']
  readonly status: Encounter['status']
  readonly day: string
  readonly time: string
  readonly dischargeDay: string
  readonly dischargeTime: string
  readonly department: Picked
  readonly attender: string
  readonly reason: string
  readonly admitSource: string
  readonly disposition: string
}

export const VITALS = ['sbp', 'dbp', 'hr', 'rr', 'temp', 'spo2', 'height', 'weight', 'pain'] as const
export type VitalKey = (typeof VITALS)[number]

/** Of FHIR's reasons why a value is absent, those that a laboratory gives. */
export const ABSENT_REASONS = ['not-performed', 'error', 'unknown'] as const
export type AbsentReason = (typeof ABSENT_REASONS)[number]

/** Vital signs of a visit that were measured at another time than the first ones. */
export interface VitalSet {
  readonly id: string
  /** `0815`, or a day before it; a time alone is of the day of the set before. */
  readonly at: string
  readonly values: Readonly<Record<VitalKey, string>>
}

export interface LabRow {
  readonly id: string
  readonly test: Picked
  readonly value: string
  /** UCUM of the table; empty while no test is chosen. */
  readonly unit: string
  readonly collected: string
  readonly resulted: string
  /** The laboratory's own reference range, as it is printed; empty for the default one. */
  readonly range: string
  /** Said by a person; empty where the range says it. */
  readonly flag: '' | NonNullable<Observation['flag']>
  readonly status: Observation['status']
  /** Why there is no result and none will come. */
  readonly absent: '' | AbsentReason
  /** From a panel: without a result it is no part of the visit. */
  readonly isOffered: boolean
}
export interface DiagnosisRow {
  readonly id: string
  readonly code: Picked
  readonly text: string
  readonly role: Diagnosis['role']
  readonly verification: Diagnosis['verification']
  readonly poa: '' | NonNullable<Diagnosis['presentOnAdmission']>
  readonly isChronic: boolean
  readonly isCopied: boolean
  /** A day, or a year or month alone. */
  readonly onset: string
  readonly abatement: string
}
export interface ProcedureRow {
  readonly id: string
  readonly code: Picked
  readonly text: string
  readonly performed: string
  readonly laterality: '' | NonNullable<Procedure['laterality']>
}
export interface MedicineRow {
  readonly id: string
  readonly code: Picked
  readonly dose: string
  /** What it usually is, `500 mg bid`: as the list has it, or as it was when it was copied; '' where nobody knows. */
  readonly usual: string
  readonly unit: string
  /** As it is kept, `tid ac`; words where it is none of the table. */
  readonly frequency: string
  /** Times a day, where no frequency says it. */
  readonly perDay: string
  readonly asNeeded: boolean
  readonly route: string
  readonly days: string
  readonly quantity: string
  readonly refills: string
  readonly start: string
  readonly end: string
  readonly text: string
  readonly status: Prescription['status']
  readonly isCopied: boolean
}
export interface ClaimLineRow {
  readonly id: string
  readonly code: Picked
  readonly quantity: string
  readonly unitPrice: string
  readonly net: string
  /** Ranks of the diagnoses that it is for, `1 2`. */
  readonly ranks: string
}
export interface ClaimRow {
  readonly id: string
  readonly type: Claim['type']
  readonly billed: string
  readonly allowed: string
  readonly paidByPayer: string
  readonly paidByPatient: string
  readonly copay: string
  readonly deductible: string
  readonly status: Claim['status']
  readonly drg: string
  readonly submitted: string
  readonly adjudicated: string
  /** The claim that this one takes back, by its name in the record; empty for any other. */
  readonly reverses: string
  /** Those of the source are called after their place, as rows are. */
  readonly lines: readonly ClaimLineRow[]
  /** Of a source that counts in other money than the form; null for the form's own. */
  readonly money: { readonly currency: string; readonly exponent: number } | null
}

export interface VisitForm {
  /** Number of this shape: drafts of another one are offered as text only. */
  readonly shape: 1
  /** Id of the template that says what is shown. */
  readonly template: string
  /** Fields outside of rows that were copied from an earlier visit and not touched since. */
  readonly copied: readonly string[]
  readonly encounter: EncounterForm
  readonly vitals: Readonly<Record<VitalKey, string>>
  /** When they were measured; empty for the beginning of the visit. */
  readonly vitalsAt: string
  readonly furtherVitals: readonly VitalSet[]
  readonly smoking: string
  readonly labs: readonly LabRow[]
  readonly diagnoses: readonly DiagnosisRow[]
  readonly procedures: readonly ProcedureRow[]
  readonly medicines: readonly MedicineRow[]
  readonly died: boolean
  readonly icuDays: string
  readonly ventilatorDays: string
  readonly adverse: string
  readonly currency: string
  readonly claims: readonly ClaimRow[]
  readonly notes: string
  /** The version that is corrected, whole; null for a new visit. What no field shows is kept from it. */
  readonly source: Source | null
  /** Results of the source without a field that go: `observations.4`. */
  readonly dropped: readonly string[]
}

/** A row that stands for a part of the source is called after its place there. */
export const sourceRowId = (index: number): string => `source-${index}`
export function sourceIndexOf(rowId: string): number | null {
  const place = /^source-([0-9]+)$/.exec(rowId)?.[1]
  return place === undefined ? null : Number(place)
}

export type RowSection = 'labs' | 'diagnoses' | 'procedures' | 'medicines' | 'claims'
export type RowOf<S extends RowSection> = VisitForm[S][number]

export interface Start {
  /** YYYY-MM-DD */
  readonly day: string
  /** HH:MM */
  readonly time: string
  readonly rowId: () => string
}

export const emptyRow: { readonly [S in RowSection]: (id: string) => RowOf<S> } = {
  labs: (id) => ({
    id,
    test: nothingPicked,
    value: '',
    unit: '',
    collected: '',
    resulted: '',
    range: '',
    flag: '',
    status: 'final',
    absent: '',
    isOffered: false,
  }),
  diagnoses: (id) => ({
    id,
    code: nothingPicked,
    text: '',
    role: 'secondary',
    verification: 'confirmed',
    poa: '',
    isChronic: false,
    isCopied: false,
    onset: '',
    abatement: '',
  }),
  procedures: (id) => ({ id, code: nothingPicked, text: '', performed: '', laterality: '' }),
  medicines: (id) => ({
    id,
    code: nothingPicked,
    dose: '',
    usual: '',
    unit: 'mg',
    frequency: '',
    perDay: '',
    asNeeded: false,
    route: 'po',
    days: '',
    quantity: '',
    refills: '',
    start: '',
    end: '',
    text: '',
    status: 'active',
    isCopied: false,
  }),
  claims: (id) => ({
    id,
    type: 'institutional',
    billed: '',
    allowed: '',
    paidByPayer: '',
    paidByPatient: '',
    copay: '',
    deductible: '',
    status: 'submitted',
    drg: '',
    submitted: '',
    adjudicated: '',
    reverses: '',
    lines: [],
    money: null,
  }),
}

export function emptyForm({ day, time, rowId }: Start): VisitForm {
  return {
    shape: 1,
    template: 'general',
    copied: [],
    encounter: {
      class: 'AMB',
      status: 'finished',
      day,
      time,
      dischargeDay: '',
      dischargeTime: '',
      department: nothingPicked,
      attender: '',
      reason: '',
      ...emptyPayer,
      admitSource: '',
      disposition: '',
      ...emptyConsent,
    },
    vitals: { sbp: '', dbp: '', hr: '', rr: '', temp: '', spo2: '', height: '', weight: '', pain: '' },
    vitalsAt: '',
    furtherVitals: [],
    smoking: '',
    labs: [emptyRow.labs(rowId())],
    diagnoses: [{ ...emptyRow.diagnoses(rowId()), role: 'principal' }],
    procedures: [emptyRow.procedures(rowId())],
    medicines: [emptyRow.medicines(rowId())],
    died: false,
    icuDays: '',
    ventilatorDays: '',
    adverse: '',
    currency: 'TWD',
    claims: [emptyRow.claims(rowId())],
    notes: '',
    source: null,
    dropped: [],
  }
}

/** A code that was picked is there whatever name it has: an import may bring one of blanks. */
const isNothing = ({ text, code }: Picked): boolean => code === null && text.trim() === ''

/** A row that nobody typed anything into is not part of the visit. */
export const isBlankRow: { readonly [S in RowSection]: (row: RowOf<S>) => boolean } = {
  labs: (row) =>
    (row.isOffered || row.test.text.trim() === '') && row.value.trim() === '' && row.absent === '',
  diagnoses: (row) => isNothing(row.code) && row.text.trim() === '',
  procedures: (row) => isNothing(row.code) && row.text.trim() === '',
  medicines: (row) => isNothing(row.code) && row.dose.trim() === '' && row.text.trim() === '',
  // A claim of the source may have nothing but its lines.
  claims: (row) =>
    sourceIndexOf(row.id) === null &&
    [row.billed, row.allowed, row.paidByPayer, row.paidByPatient, row.copay, row.deductible, row.drg].every(
      (text) => text.trim() === '',
    ) &&
    row.lines.every(isBlankLine),
}

export const emptyLine = (id: string): ClaimLineRow => ({
  id,
  code: nothingPicked,
  quantity: '',
  unitPrice: '',
  net: '',
  ranks: '',
})

export function isBlankLine(line: ClaimLineRow): boolean {
  const texts = [line.code.text, line.quantity, line.unitPrice, line.net, line.ranks]
  return sourceIndexOf(line.id) === null && texts.every((text) => text.trim() === '')
}

/** Lines with one changed, and a blank one at the end to type into. */
export function patchLine(
  lines: readonly ClaimLineRow[],
  id: string,
  patch: Partial<ClaimLineRow>,
  rowId: () => string,
): ClaimLineRow[] {
  const next = lines.map((line) => (line.id === id ? { ...line, ...patch } : line))
  const last = next[next.length - 1]
  return last !== undefined && isBlankLine(last) ? next : [...next, emptyLine(rowId())]
}

const blank = <S extends RowSection>(section: S, row: RowOf<S>): boolean =>
  (isBlankRow[section] as (row: RowOf<S>) => boolean)(row)

/** Each list ends in one blank row, so that the next one is always there to type into. */
function withSpareRow<S extends RowSection>(form: VisitForm, section: S, rowId: () => string): VisitForm {
  const rows = form[section] as readonly RowOf<S>[]
  const last = rows[rows.length - 1]
  // A row that a panel offers waits for its own result; another test needs another row.
  const isSpare = last !== undefined && blank(section, last) && !('isOffered' in last && last.isOffered)
  if (isSpare) return form
  const spare = emptyRow[section](rowId())
  // The first diagnosis of a visit is the reason for it, until somebody says otherwise.
  const isFirst = section === 'diagnoses' && rows.length === 0
  return { ...form, [section]: [...rows, isFirst ? { ...spare, role: 'principal' } : spare] }
}

export function patchRow<S extends RowSection>(
  form: VisitForm,
  section: S,
  id: string,
  patch: Partial<RowOf<S>>,
  rowId: () => string,
): VisitForm {
  const rows = (form[section] as readonly RowOf<S>[]).map((row) =>
    row.id === id ? { ...row, ...patch } : row,
  )
  return withSpareRow({ ...form, [section]: rows }, section, rowId)
}

export function removeRow(form: VisitForm, section: RowSection, id: string, rowId: () => string): VisitForm {
  const rows = (form[section] as readonly { id: string }[]).filter((row) => row.id !== id)
  return withSpareRow({ ...form, [section]: rows } as VisitForm, section, rowId)
}

/** Puts rows before the blank one at the end. */
export function addRows<S extends RowSection>(
  form: VisitForm,
  section: S,
  added: readonly RowOf<S>[],
  rowId: () => string,
): VisitForm {
  const kept = (form[section] as readonly RowOf<S>[]).filter(
    (row) => !blank(section, row) || ('isOffered' in row && row.isOffered),
  )
  return withSpareRow({ ...form, [section]: [...kept, ...added] }, section, rowId)
}

export function patchEncounter(form: VisitForm, patch: Partial<EncounterForm>): VisitForm {
  const insurer = form.source?.encounter.payer ?? null
  const next = withOwnInsurer(form.encounter, { ...form.encounter, ...patch }, insurer)
  // A stay without a discharge goes on; with one it is finished. A person can still say otherwise.
  if (patch.class !== undefined || patch.dischargeDay !== undefined) {
    const isStay = next.class === 'IMP' || next.class === 'OBSENC' || next.class === 'SS'
    if (next.status === 'finished' && isStay && next.dischargeDay.trim() === '')
      return { ...form, encounter: { ...next, status: 'in-progress' } }
    if (next.status === 'in-progress' && (!isStay || next.dischargeDay.trim() !== ''))
      return { ...form, encounter: { ...next, status: 'finished' } }
  }
  return { ...form, encounter: next }
}

/** Tests of a panel, to be filled in: in the order of the paper, before the blank row. */
export function offerTests(
  form: VisitForm,
  tests: readonly Pick<LabRow, 'test' | 'unit'>[],
  rowId: () => string,
): { form: VisitForm; firstId: string } {
  const added = tests.map((each) => ({
    ...emptyRow.labs(rowId()),
    ...each,
    collected: form.encounter.day,
    resulted: form.encounter.day,
    isOffered: true,
  }))
  const kept = form.labs.filter((row) => row.isOffered || !isBlankRow.labs(row))
  return {
    form: withSpareRow({ ...form, labs: [...kept, ...added] }, 'labs', rowId),
    firstId: added[0]?.id ?? '',
  }
}

/** True once anything was entered that would be missed. */
export function isTouched(form: VisitForm, start: VisitForm): boolean {
  const withoutIds = (value: VisitForm) =>
    JSON.stringify({ ...value, encounter: { ...value.encounter, time: '' } }, (key, inner: unknown) =>
      key === 'id' ? undefined : inner,
    )
  return withoutIds(form) !== withoutIds(start)
}

export const countRows = (form: VisitForm, section: RowSection): number =>
  (form[section] as readonly RowOf<RowSection>[]).filter((row) => !blank(section, row)).length
