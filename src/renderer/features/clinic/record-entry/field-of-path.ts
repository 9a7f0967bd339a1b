/** The field of the form where a path of the record is mended. Pure. */

const ENCOUNTER_FIELDS: Readonly<Record<string, string>> = {
  'encounter.admission': 'encounter.day',
  'encounter.discharge': 'encounter.dischargeDay',
  'encounter.department': 'encounter.department',
  'encounter.dischargeDisposition': 'encounter.disposition',
  'encounter.class': 'encounter.class',
  'encounter.status': 'encounter.status',
  'encounter.payer': 'encounter.payer',
  'consent.from': 'encounter.consentFrom',
  'consent.to': 'encounter.consentTo',
  'outcome.icuDays': 'icuDays',
  'outcome.ventilatorDays': 'ventilatorDays',
  'outcome.deathInHospital': 'died',
  'patient.birthDate': 'encounter.day',
}
/** Last part of a path of the record to the last part of the field, by list. */
const ROW_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  labs: {
    code: 'test',
    value: 'value',
    unit: 'value',
    specimenCollected: 'collected',
    resultDate: 'resulted',
    refLow: 'range',
    refHigh: 'range',
    refText: 'range',
    flag: 'flag',
    status: 'status',
  },
  diagnoses: {
    code: 'code',
    rank: 'code',
    presentOnAdmission: 'poa',
    onset: 'onset',
    abatement: 'abatement',
    verification: 'verification',
    role: 'role',
  },
  procedures: { code: 'code', performed: 'performed', performedEnd: 'performed' },
  medicines: {
    code: 'code',
    ingredientAtc: 'code',
    dose: 'dose',
    frequency: 'frequency',
    perDay: 'perDay',
    start: 'start',
    daysSupply: 'days',
    end: 'end',
    quantity: 'quantity',
    refills: 'refills',
  },
  claims: {
    billedMinor: 'billed',
    allowedMinor: 'allowed',
    paidByPayerMinor: 'paidByPayer',
    paidByPatientMinor: 'paidByPatient',
    copayMinor: 'copay',
    deductibleMinor: 'deductible',
    submitted: 'submitted',
    adjudicated: 'adjudicated',
    drg: 'drg',
    status: 'status',
  },
}
const LINE_FIELDS: Readonly<Record<string, string>> = {
  code: 'code',
  quantity: 'quantity',
  unitPriceMinor: 'unitPrice',
  diagnosisRanks: 'ranks',
}
const FIRST_FIELD: Readonly<Record<string, string>> = {
  labs: 'value',
  diagnoses: 'code',
  procedures: 'code',
  medicines: 'code',
  claims: 'billed',
}

/** What the source has and no field shows: its findings lead to the list of what is kept. */
export const KEPT_FIELD = 'kept'

export function fieldOfPath(
  path: string,
  fields: ReadonlyMap<string, string>,
  firstDiagnosis: string,
): string {
  const known = ENCOUNTER_FIELDS[path]
  if (known !== undefined) return known
  if (path === 'diagnoses') return `diagnoses.${firstDiagnosis}.code`
  const [list = '', index = '', part = '', place = '', rest = ''] = path.split('.')
  const row = fields.get(`${list}.${index}`)
  if (row === undefined) return path
  const section = row.split('.')[0] ?? ''
  if (section === KEPT_FIELD) return KEPT_FIELD
  if (section === 'vitals' || section === 'smoking') return row
  // One time is said of the whole set.
  if (section === 'furtherVitals')
    return part === 'effective' ? `${row.split('.').slice(0, 2).join('.')}.at` : row
  const line = part === 'lines' ? fields.get(`${list}.${index}.lines.${place}`) : undefined
  if (line !== undefined) return `${line}.${LINE_FIELDS[rest] ?? 'net'}`
  return `${row}.${ROW_FIELDS[section]?.[part] ?? FIRST_FIELD[section] ?? part}`
}
