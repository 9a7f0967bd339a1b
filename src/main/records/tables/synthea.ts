/**
 * Rows of a Synthea CSV export → the FHIR resources that they stand for: the same simulator writes both, so one mapper
 * serves both and nothing is understood twice. A row's numbers stay the text that the file has.
 */
import { isLoincCode, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { Decimal } from '../fhir/json.ts'
import type { Json, JsonObject } from '../fhir/json.ts'

export const SYNTHEA_SYSTEM = 'csv:synthea'
/** Codes that only the simulator knows. */
const OWN_SYSTEM = 'urn:synthea'
const SNOMED = 'http://snomed.info/sct'
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
const CVX = 'http://hl7.org/fhir/sid/cvx'
const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'

/** Rows that are no resource alone: `joinSynthea` puts them into the claims of their patient. */
export const TRANSACTION_TYPE = 'x-transaction'
export const MEMBERSHIP_TYPE = 'x-membership'

export type SyntheaRow =
  | { kind: 'resource'; resource: JsonObject; warnings: readonly string[] }
  | { kind: 'refused'; reason: 'no-code' | 'no-patient' | 'not-part-of-a-visit'; detail?: string }

type Cell = (name: string) => string

interface SyntheaTable {
  /** Columns by which the table is known; others may come and go with the version of the simulator. */
  readonly needs: readonly string[]
  read(cell: Cell, warn: (reason: string) => void): JsonObject | Exclude<SyntheaRow, { kind: 'resource' }>
}

/** The table of a file by its name and headers; null for any other table. */
export function syntheaTableOf(fileName: string, headers: readonly string[]): string | null {
  const name = fileName.toLowerCase().replace(/\.csv$/, '')
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined
  if (table === undefined) return null
  const known = new Set(headers.map((each) => each.trim().toUpperCase()))
  return table.needs.every((each) => known.has(each)) ? name : null
}

/** Reads the rows of one table. `table` is an answer of `syntheaTableOf`. */
export function syntheaReader(
  table: string,
  headers: readonly string[],
): (cells: readonly string[]) => SyntheaRow {
  const at = new Map(headers.map((each, i) => [each.trim().toUpperCase(), i]))
  const { read } = TABLES[table]!
  return (cells) => {
    const warnings: string[] = []
    const cell: Cell = (name) => (cells[at.get(name) ?? -1] ?? '').trim()
    const result = read(cell, (reason) => warnings.push(reason))
    if (isRefusal(result)) return result
    return { kind: 'resource', resource: result, warnings }
  }
}

function isRefusal(
  result: JsonObject | Exclude<SyntheaRow, { kind: 'resource' }>,
): result is Exclude<SyntheaRow, { kind: 'resource' }> {
  return (result as { kind?: unknown }).kind === 'refused'
}

const PART = ['PATIENT', 'ENCOUNTER', 'CODE', 'DESCRIPTION']

const TABLES: Readonly<Record<string, SyntheaTable>> = {
  patients: { needs: ['ID', 'BIRTHDATE', 'FIRST', 'LAST', 'GENDER'], read: patient },
  encounters: { needs: ['ID', 'START', 'PATIENT', 'ENCOUNTERCLASS'], read: encounter },
  observations: { needs: ['DATE', 'PATIENT', 'CODE', 'VALUE', 'UNITS'], read: observation },
  conditions: { needs: ['START', ...PART], read: condition },
  medications: { needs: ['START', ...PART], read: medication },
  procedures: { needs: PART, read: procedure },
  immunizations: { needs: ['DATE', ...PART], read: immunization },
  imaging_studies: { needs: ['ID', 'DATE', 'PATIENT', 'MODALITY_CODE'], read: imagingStudy },
  claims: { needs: ['ID', 'PATIENTID', 'APPOINTMENTID', 'SERVICEDATE'], read: claim },
  claims_transactions: { needs: ['ID', 'CLAIMID', 'PATIENTID', 'TYPE'], read: transaction },
  organizations: { needs: ['ID', 'NAME', 'ADDRESS'], read: named('Organization') },
  providers: { needs: ['ID', 'ORGANIZATION', 'NAME'], read: practitioner },
  payers: { needs: ['ID', 'NAME', 'AMOUNT_COVERED'], read: named('Organization') },
  payer_transitions: { needs: ['PATIENT', 'PAYER', 'START_YEAR'], read: membership },
  // Listed row by row, as their FHIR resources are: no part of any visit.
  allergies: { needs: PART, read: refused('AllergyIntolerance') },
  careplans: { needs: PART, read: refused('CarePlan') },
  devices: { needs: PART, read: refused('Device') },
  supplies: { needs: ['DATE', ...PART], read: refused('SupplyDelivery') },
}

/** The order of reading: what others refer to comes first. */
export const SYNTHEA_ORDER = Object.keys(TABLES)

/* People and places */

function patient(cell: Cell): JsonObject {
  const id = cell('ID')
  const identifier: Json[] = [{ system: 'https://github.com/synthetichealth/synthea', value: id }]
  const more = (system: string, type: string, value: string) => {
    if (value !== '') identifier.push({ system, value, type: { coding: [{ code: type }] } })
  }
  more('http://hl7.org/fhir/sid/us-ssn', 'SS', cell('SSN'))
  more('urn:oid:2.16.840.1.113883.4.3.25', 'DL', cell('DRIVERS'))
  more('http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber', 'PPN', cell('PASSPORT'))
  const given = [cell('FIRST'), cell('MIDDLE')].filter((each) => each !== '')
  const gender = cell('GENDER').toUpperCase()
  return withoutEmpty({
    resourceType: 'Patient',
    id,
    identifier,
    name: [{ use: 'official', family: cell('LAST'), given }],
    gender: gender === 'M' ? 'male' : gender === 'F' ? 'female' : gender === '' ? undefined : 'other',
    birthDate: cell('BIRTHDATE'),
    deceasedDateTime: cell('DEATHDATE'),
    address: [withoutEmpty({ state: cell('STATE'), postalCode: cell('ZIP') })],
  })
}

function named(resourceType: string): SyntheaTable['read'] {
  return (cell) => ({ resourceType, id: cell('ID'), name: cell('NAME') })
}

function practitioner(cell: Cell): JsonObject {
  return { resourceType: 'Practitioner', id: cell('ID'), name: [{ text: cell('NAME') }] }
}

/* The visit and its parts */

/** What the simulator calls classes that FHIR's readers do not know by that word. */
const CLASSES: Readonly<Record<string, string | undefined>> = { snf: 'NONAC', hospice: 'IMP' }

function encounter(cell: Cell): JsonObject {
  const word = cell('ENCOUNTERCLASS')
  return withoutEmpty({
    resourceType: 'Encounter',
    id: cell('ID'),
    status: 'finished',
    class: { code: CLASSES[word.toLowerCase()] ?? word },
    subject: link('Patient', cell('PATIENT')),
    period: withoutEmpty({ start: cell('START'), end: cell('STOP') }),
    type: concepts(SNOMED, cell('CODE'), cell('DESCRIPTION')),
    serviceProvider: link('Organization', cell('ORGANIZATION')),
    participant:
      cell('PROVIDER') === '' ? undefined : [{ individual: link('Practitioner', cell('PROVIDER'))! }],
    reasonCode: concepts(SNOMED, cell('REASONCODE'), cell('REASONDESCRIPTION')),
    contained:
      cell('PAYER') === ''
        ? undefined
        : [{ resourceType: 'Coverage', id: 'payer', payor: [link('Organization', cell('PAYER'))!] }],
  })
}

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/
/** Measures of a whole life that the simulator reckons at the end of each year; nobody measured them at a visit. */
const LIFE_MEASURES = new Set(['QALY', 'DALY', 'QOLS'])

function observation(
  cell: Cell,
  warn: (reason: string) => void,
): JsonObject | Exclude<SyntheaRow, { kind: 'resource' }> {
  const code = cell('CODE')
  if (cell('ENCOUNTER') === '' && LIFE_MEASURES.has(code))
    return { kind: 'refused', reason: 'not-part-of-a-visit', detail: code }
  const value = cell('VALUE')
  const type = cell('TYPE').toLowerCase()
  let unit = cell('UNITS')
  // Exporters write the word for nothing.
  if (unit === 'null') unit = ''
  const isNumber = type !== 'text' && NUMBER.test(value)
  if (type === 'numeric' && !isNumber && value !== '') warn('number-not-readable')
  const resource: JsonObject = {
    resourceType: 'Observation',
    status: 'final',
    code: conceptOf(isLoincCode(code) ? LOINC_SYSTEM : OWN_SYSTEM, code, cell('DESCRIPTION')),
    subject: link('Patient', cell('PATIENT')),
    encounter: link('Encounter', cell('ENCOUNTER')),
    effectiveDateTime: cell('DATE'),
  }
  const category = cell('CATEGORY')
  if (category !== '') resource['category'] = [{ coding: [{ code: category }] }]
  if (isNumber) resource['valueQuantity'] = withoutEmpty({ value: new Decimal(value), unit })
  else if (value !== '') {
    resource['valueString'] = value
    if (unit !== '') {
      // A text has no unit; which one the file gave stays readable.
      warn('unit-beside-text')
      resource['note'] = [{ text: `Unit: ${unit}` }]
    }
  }
  return withoutEmpty(resource)
}

function condition(cell: Cell): JsonObject {
  const code = cell('CODE')
  return withoutEmpty({
    resourceType: 'Condition',
    id: conditionId(cell('ENCOUNTER'), code),
    code: conceptOf(systemOf(cell('SYSTEM')), code, cell('DESCRIPTION')),
    subject: link('Patient', cell('PATIENT')),
    encounter: link('Encounter', cell('ENCOUNTER')),
    onsetDateTime: cell('START'),
    abatementDateTime: cell('STOP'),
  })
}

export const conditionId = (encounter: string, code: string): string => `${encounter}.${code}`

function medication(cell: Cell): JsonObject {
  const stop = cell('STOP')
  const notes = [cell('REASONDESCRIPTION') === '' ? '' : `For: ${cell('REASONDESCRIPTION')}`]
  if (cell('DISPENSES') !== '') notes.push(`Dispensed: ${cell('DISPENSES')}`)
  return withoutEmpty({
    resourceType: 'MedicationRequest',
    status: stop === '' ? 'active' : 'completed',
    intent: 'order',
    medicationCodeableConcept: conceptOf(RXNORM, cell('CODE'), cell('DESCRIPTION')),
    subject: link('Patient', cell('PATIENT')),
    encounter: link('Encounter', cell('ENCOUNTER')),
    authoredOn: cell('START'),
    dispenseRequest: stop === '' ? undefined : { validityPeriod: { start: cell('START'), end: stop } },
    note: notes.filter((text) => text !== '').map((text) => ({ text })),
  })
}

function procedure(cell: Cell): JsonObject {
  const start = cell('START') === '' ? cell('DATE') : cell('START')
  const reason = cell('REASONDESCRIPTION')
  return withoutEmpty({
    resourceType: 'Procedure',
    status: 'completed',
    code: conceptOf(systemOf(cell('SYSTEM')), cell('CODE'), cell('DESCRIPTION')),
    subject: link('Patient', cell('PATIENT')),
    encounter: link('Encounter', cell('ENCOUNTER')),
    performedPeriod: withoutEmpty({ start, end: cell('STOP') }),
    note: reason === '' ? [] : [{ text: `For: ${reason}` }],
  })
}

function immunization(cell: Cell): JsonObject {
  return withoutEmpty({
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: conceptOf(CVX, cell('CODE'), cell('DESCRIPTION')),
    patient: link('Patient', cell('PATIENT')),
    encounter: link('Encounter', cell('ENCOUNTER')),
    occurrenceDateTime: cell('DATE'),
  })
}

function imagingStudy(cell: Cell): JsonObject {
  return withoutEmpty({
    resourceType: 'ImagingStudy',
    status: 'available',
    subject: link('Patient', cell('PATIENT')),
    encounter: link('Encounter', cell('ENCOUNTER')),
    started: cell('DATE'),
    procedureCode: concepts(SNOMED, cell('PROCEDURE_CODE'), ''),
    series: [
      withoutEmpty({
        modality: withoutEmpty({
          system: DICOM,
          code: cell('MODALITY_CODE'),
          display: cell('MODALITY_DESCRIPTION'),
        }),
        bodySite: withoutEmpty({
          system: SNOMED,
          code: cell('BODYSITE_CODE'),
          display: cell('BODYSITE_DESCRIPTION'),
        }),
      }),
    ],
  })
}

function refused(type: string): SyntheaTable['read'] {
  return () => ({ kind: 'refused', reason: 'not-part-of-a-visit', detail: type })
}

/* Money: the rows of a claim meet in `joinSynthea` */

function claim(cell: Cell): JsonObject {
  const diagnoses = new Set<string>()
  // The same code may stand in several of the eight columns.
  for (let i = 1; i <= 8; i++) if (cell(`DIAGNOSIS${i}`) !== '') diagnoses.add(cell(`DIAGNOSIS${i}`))
  const appointment = cell('APPOINTMENTID')
  const insurer = cell('PRIMARYPATIENTINSURANCEID')
  const kind = cell('HEALTHCARECLAIMTYPEID1')
  return withoutEmpty({
    resourceType: 'Claim',
    id: cell('ID'),
    status: 'active',
    type: { coding: [{ code: kind === '1' ? 'professional' : kind === '2' ? 'institutional' : 'other' }] },
    patient: link('Patient', cell('PATIENTID')),
    billablePeriod: withoutEmpty({ start: cell('SERVICEDATE') }),
    created: cell('LASTBILLEDDATE1') === '' ? cell('SERVICEDATE') : cell('LASTBILLEDDATE1'),
    diagnosis: [...diagnoses].map((code, i) => ({
      sequence: new Decimal(String(i + 1)),
      diagnosisReference: link('Condition', conditionId(appointment, code))!,
    })),
    // Where a claim came without lines it still belongs to its visit.
    item: appointment === '' ? [] : [{ encounter: [link('Encounter', appointment)!] }],
    insurer: insurer === '' || insurer === '0' ? undefined : link('Organization', insurer),
    'x-uninsured': insurer === '0',
    'x-closed': cell('STATUS1').toUpperCase() === 'CLOSED',
    'x-places': diagnosisPlaces(cell),
  })
}

/** Which of the deduplicated diagnoses each of the eight columns became: lines point to columns. */
function diagnosisPlaces(cell: Cell): Json[] {
  const seen: string[] = []
  const places: Json[] = []
  for (let i = 1; i <= 8; i++) {
    const code = cell(`DIAGNOSIS${i}`)
    if (code !== '' && !seen.includes(code)) seen.push(code)
    places.push(code === '' ? null : new Decimal(String(seen.indexOf(code) + 1)))
  }
  return places
}

function transaction(cell: Cell): JsonObject {
  return {
    resourceType: TRANSACTION_TYPE,
    patient: link('Patient', cell('PATIENTID')),
    claim: cell('CLAIMID'),
    type: cell('TYPE').toUpperCase(),
    method: cell('METHOD').toUpperCase(),
    amount: cell('AMOUNT'),
    paid: cell('PAYMENTS'),
    code: cell('PROCEDURECODE'),
    units: cell('UNITS'),
    unitAmount: cell('UNITAMOUNT'),
    note: cell('NOTES'),
    encounter: cell('APPOINTMENTID'),
    points: [1, 2, 3, 4].map((i) => cell(`DIAGNOSISREF${i}`)).filter((each) => each !== ''),
  }
}

function membership(cell: Cell): JsonObject {
  return {
    resourceType: MEMBERSHIP_TYPE,
    patient: link('Patient', cell('PATIENT')),
    payer: cell('PAYER'),
    // Older exports call the same columns years and write years in them.
    from: cell('START_YEAR'),
    to: cell('END_YEAR'),
    member: cell('MEMBERID'),
  }
}

/* Small parts of resources */

function link(type: string, id: string): JsonObject | undefined {
  return id === '' ? undefined : { reference: `${type}/${id}` }
}

export function conceptOf(system: string, code: string, display: string): JsonObject | undefined {
  if (code === '' && display === '') return undefined
  if (code === '') return { text: display }
  return { coding: [withoutEmpty({ system, code, display })] }
}

function concepts(system: string, code: string, display: string): Json[] {
  const one = conceptOf(system, code, display)
  return one === undefined ? [] : [one]
}

function systemOf(word: string): string {
  if (word === '' || /snomed/i.test(word)) return SNOMED
  if (/rxnorm/i.test(word)) return RXNORM
  return word
}

export { OWN_SYSTEM as SYNTHEA_OWN_SYSTEM, RXNORM, SNOMED, CVX }

function withoutEmpty(object: JsonObject): JsonObject {
  const result: JsonObject = {}
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined || value === '') continue
    if (Array.isArray(value) && value.length === 0) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal)) {
      if (Object.keys(value).length === 0) continue
    }
    result[name] = value
  }
  return result
}
