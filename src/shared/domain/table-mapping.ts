/**
 * How one hospital's tables are read: which column is what, in which form its dates stand, what its own test codes and
 * words mean. Saved under a name, known again by the headers, and holding no patient's data: it may lie beside the keys,
 * travel as a file, and name the tables of a watched folder.
 */
import { z } from 'zod'
import { code } from './visit.ts'

export const TABLE_MAPPING_FORMAT = 1

export const tableEncoding = z.enum(['utf-8', 'utf-16le', 'utf-16be', 'big5', 'gb18030'])
export type TableEncoding = z.infer<typeof tableEncoding>

export const tableDelimiter = z.enum([',', ';', '\t', '|'])
export type TableDelimiter = z.infer<typeof tableDelimiter>

/**
 * Order of a date's parts. `ymd` 2023/5/3 and 20230503, `roc` the years of the Republic (112/05/03, 1120503),
 * `dmy` and `mdy` with the year last, `excel` the serial numbers of a spreadsheet. Four digits in front are a year in
 * each of them, since they can be nothing else.
 */
export const dateForm = z.enum(['ymd', 'roc', 'dmy', 'mdy', 'excel'])
export type DateForm = z.infer<typeof dateForm>

export const DATE_FIELDS = [
  'patient.birthDate',
  'patient.deathDate',
  'visit.admission',
  'visit.discharge',
  'patient.consentFrom',
  'patient.consentTo',
  'procedure.date',
  'medicine.start',
  'medicine.end',
  'result.collected',
  'result.reported',
] as const

export const TABLE_FIELDS = [
  'ignore',
  'patient.id',
  'patient.nationalId',
  'patient.name',
  'patient.latinName',
  'patient.sex',
  'patient.phone',
  'patient.region',
  ...DATE_FIELDS,
  'visit.id',
  'visit.class',
  'visit.status',
  'visit.admissionTime',
  'visit.dischargeTime',
  'visit.department',
  'visit.attender',
  'visit.reason',
  'visit.payer',
  'visit.insurer',
  'visit.plan',
  'visit.payerGroup',
  'visit.memberNumber',
  'visit.disposition',
  /** What the patient agreed to; of a table of patients, for all visits that say nothing themselves. */
  'patient.consent',
  'patient.consentRef',
  'visit.note',
  /** One of several diagnoses; the first column is the principal one. */
  'diagnosis.code',
  'diagnosis.text',
  /** Whether it was there at the admission: one column for each of the codes, in their order, or behind its code. */
  'diagnosis.onAdmission',
  'procedure.code',
  'procedure.text',
  'medicine.code',
  'medicine.name',
  'medicine.dose',
  'medicine.doseUnit',
  'medicine.frequency',
  'medicine.route',
  'medicine.days',
  'medicine.quantity',
  /** Results below each other: code or name, value and unit each in a column. */
  'result.code',
  'result.name',
  'result.value',
  'result.unit',
  'result.low',
  'result.high',
  'result.range',
  'result.flag',
  /** Results beside each other: the column is one test. */
  'test',
  /** Unit of the test column before it. */
  'test.unit',
  /** `120/80` in one cell. */
  'bloodPressure',
  'claim.id',
  'claim.billed',
  'claim.allowed',
  'claim.paid',
  'claim.copay',
] as const

export const tableField = z.enum(TABLE_FIELDS)
export type TableField = z.infer<typeof tableField>
export type DateField = (typeof DATE_FIELDS)[number]

export const tableColumn = z.object({
  /** As the file writes it; a header that occurs several times is counted by `nth`, from 0. */
  header: z.string().max(200),
  nth: z.number().int().min(0).max(500),
  field: tableField,
  /** For dates; for values of a `test` column it is not used. */
  date: dateForm.optional(),
  /** Of a `test` column. `unit` is what its numbers are in, as the hospital writes it. */
  test: z.object({ code, unit: z.string().max(64).optional() }).optional(),
})
export type TableColumn = z.infer<typeof tableColumn>

export const tableKind = z.enum(['visits', 'results', 'patients'])
export type TableKind = z.infer<typeof tableKind>

export const tableLayout = z.object({
  /** What a row is: a visit (or a part of one), one result, or one patient. */
  kind: tableKind,
  /** `fingerprintOf` the headers: any file with these headers is this table, in any order of columns. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  /** Row of the headers, from 1. */
  headerRow: z.number().int().min(1).max(100),
  columns: z.array(tableColumn).min(1).max(500),
})
export type TableLayout = z.infer<typeof tableLayout>

/** What one of the hospital's own test codes or names is. `to` null: it stays the hospital's own code. */
export const testRule = z.object({
  from: z.string().min(1).max(200),
  to: code.nullable(),
  /** Of values beside which no unit stands. */
  unit: z.string().max(64).optional(),
})
export type TestRule = z.infer<typeof testRule>

/** Fields whose cells are words with a meaning of ours. */
export const WORD_FIELDS = [
  'patient.sex',
  'visit.class',
  'visit.payer',
  'visit.status',
  'patient.consent',
] as const
export type WordField = (typeof WORD_FIELDS)[number]

/** A word of the hospital for one of ours, e.g. `門診` for `AMB`. An empty one says what nothing means. */
export const valueRule = z.object({
  field: z.enum(WORD_FIELDS),
  from: z.string().max(200),
  to: z.string().min(1).max(64),
})

export const mappingId = z.string().regex(/^[0-9a-f]{32}$/)

export const tableMapping = z.object({
  format: z.literal(TABLE_MAPPING_FORMAT),
  id: mappingId,
  /** What people call it. */
  name: z.string().min(1).max(80),
  /**
   * The system that the tables come from. Ids of visits are made of it, so it stays when the name changes: importing again
   * then finds what is there.
   */
  source: z.string().min(1).max(100),
  /** Milliseconds since 1970. */
  savedAt: z.number(),
  /** Null for workbooks, which say it themselves. */
  encoding: tableEncoding.nullable(),
  delimiter: tableDelimiter.nullable(),
  tables: z.array(tableLayout).min(1).max(20),
  tests: z.array(testRule).max(5000),
  /** A spelling of the hospital for a unit that we know: `mg%` for `mg/dL`. The same unit, never a conversion. */
  units: z.array(z.object({ from: z.string().min(1).max(64), to: z.string().min(1).max(64) })).max(500),
  values: z.array(valueRule).max(500),
  /** Code system of diagnoses that look like ICD-10; everything else stays the hospital's own. */
  diagnoses: z.enum(['icd-10-cm', 'icd-10']),
  /** ISO 4217, of all amounts. */
  currency: z.string().regex(/^[A-Z]{3}$/),
})
export type TableMapping = z.infer<typeof tableMapping>

export function isDateField(field: TableField): field is DateField {
  return (DATE_FIELDS as readonly string[]).includes(field)
}

/** Headers as they are compared: width, case, blanks and marks of emphasis do not count. */
export function normaliseHeader(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.*:：()（）[\]"'#/]+/g, '')
}

/** 16 hex digits that are the same for the same headers in any order. */
export function fingerprintOf(headers: readonly string[]): string {
  const text = headers
    .map(normaliseHeader)
    .filter((each) => each !== '')
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join('\u0000')
  // FNV-1a of 64 bits: it finds a table again, and guards nothing.
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
