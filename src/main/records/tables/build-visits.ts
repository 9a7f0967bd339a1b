/**
 * All rows of one patient → the visits that they make. Rows of one visit meet by its number, else by admission and
 * department; results without a visit number go to the visit that covers their day, else make a visit of class UNK of that
 * day, as resources without an encounter do.
 */
import { CONSENT_SCOPES } from '../../../shared/domain/consent.ts'
import type { Code, VisitPatient } from '../../../shared/domain/visit.ts'
import { visitRecord } from '../../../shared/domain/visit.ts'
import type { SourcePatient, VisitDraft } from '../../../shared/domain/source.ts'
import { draftEncounter } from '../fhir/read-encounter.ts'
import { draftPatient } from '../fhir/read-patient.ts'
import { normaliseName } from './row-cells.ts'
import type { RowReader } from './row-reader.ts'
import type { AtFacility, CellIssue, Placed, RowPatient, RowVisit } from './row.ts'

/** A row with the reader of its table. */
export interface PatientRow {
  readonly file: string
  readonly row: number
  readonly cells: readonly string[]
  readonly kind: 'visits' | 'results' | 'patients'
  readonly reader: RowReader
}

export interface RowPlace {
  readonly file: string
  readonly row: number
  readonly column: string
}

export interface BuiltVisit {
  readonly patient: SourcePatient
  readonly content: VisitDraft
  readonly memberNumber: string | null
  /** Neither its rows nor the table of patients say what it allows. */
  readonly isConsentAssumed: boolean
  /** By what ids are made; never stored, since without a visit number it names the patient. */
  readonly sourceName: string
  /** The hospital's own number of the visit, when it has one. */
  readonly visitNumber: string
  readonly file: string
  readonly row: number
  readonly rowCount: number
  /** Where each list's entries came from, for a trial: `observations.3`. */
  readonly places: ReadonlyMap<string, RowPlace>
}

export interface BuildSink {
  visit(visit: BuiltVisit): void
  reject(file: string, row: number, reason: string, issue?: Partial<CellIssue>): void
  warn(file: string, row: number, issue: CellIssue): void
}

export interface BuildContext {
  /** Names the hospital's system; ids of patients are made of it. */
  readonly source: string
  readonly consentScope: VisitDraft['patient']['consent']['scope']
  readonly at: AtFacility
}

interface Bucket {
  readonly key: string
  /** `isNamed`: its bad date was listed already, so that the row need not be listed once more. */
  readonly rows: { row: PatientRow; isNamed: boolean }[]
  visit: RowVisit
  readonly first: PatientRow
  isMade: boolean
}

const LIMITS = {
  observations: 2000,
  diagnoses: 200,
  procedures: 500,
  prescriptions: 500,
  claims: 200,
} as const
const NOTES_MAX = 50

/** @param rows of one patient, in the order of the files; rows of the table of patients among them */
export function buildVisits(rows: readonly PatientRow[], context: BuildContext, sink: BuildSink): void {
  const person = personOf(rows, sink)
  if (person === null) return
  const buckets = new Map<string, Bucket>()
  const results: { row: PatientRow; visit: RowVisit }[] = []
  const seen = new Set<string>()
  for (const row of rows) {
    if (row.kind === 'patients') continue
    // Word for word the same row again tells nothing apart, not even that it happened twice.
    const text = `${row.kind}\u0001${row.cells.join('\u0001')}`
    if (seen.has(text)) {
      sink.reject(row.file, row.row, 'row-repeated')
      continue
    }
    seen.add(text)
    const issues = issuesOf(row, sink)
    let hasBadAdmission = false
    const visit = row.reader.visit(row.cells, {
      ...issues,
      leave: (issue) => {
        hasBadAdmission ||= DATE_REASONS.has(issue.reason)
        issues.leave(issue)
      },
    })
    if (row.kind === 'results' && visit.admission === null) {
      results.push({ row, visit })
      continue
    }
    if (visit.admission === null && visit.id === '') {
      // A date that cannot be read was named already: the whole row goes with it.
      if (!hasBadAdmission) sink.reject(row.file, row.row, 'no-date')
      tellParts(row, visit, sink)
      continue
    }
    addRow(buckets, row, visit, hasBadAdmission, context, sink)
  }
  for (const { row, visit } of results) addResult(buckets, row, visit, sink)
  for (const bucket of buckets.values()) finish(bucket, person, context, sink)
}

const DATE_REASONS = new Set(['date-malformed', 'date-does-not-exist'])

function issuesOf(row: PatientRow, sink: BuildSink) {
  return {
    leave: (issue: CellIssue) => sink.reject(row.file, row.row, issue.reason, issue),
    warn: (issue: CellIssue) => sink.warn(row.file, row.row, issue),
  }
}

/** Nothing of the row is taken: what would only be unusual is left out with it. */
function faultsOf(row: PatientRow, sink: BuildSink) {
  const { leave } = issuesOf(row, sink)
  return { leave, warn: leave }
}

/** What else is wrong with a row that is not taken, so that whoever corrects it does so once. */
function tellParts(row: PatientRow, visit: RowVisit, sink: BuildSink): void {
  row.reader.parts(row.cells, visit, faultsOf(row, sink))
}

/* The patient */

interface Person {
  readonly info: RowPatient
  readonly name: string
  /** The cell with the national id that was believed. */
  readonly idPlace: RowPlace | null
}

function personOf(rows: readonly PatientRow[], sink: BuildSink): Person | null {
  let info: RowPatient | null = null
  let idPlace: RowPlace | null = null
  // The table of patients says best who somebody is.
  const inOrder = [...rows].sort((a, b) => Number(b.kind === 'patients') - Number(a.kind === 'patients'))
  for (const row of inOrder) {
    const quiet = { leave: () => undefined, warn: () => undefined }
    // A patient's cells repeat in each row: what is wrong with them is said once, by the row that is believed.
    const read = row.reader.patient(row.cells, info === null ? issuesOf(row, sink) : quiet)
    if (read.nationalId !== '')
      idPlace ??= { file: row.file, row: row.row, column: row.reader.nationalIdColumn }
    if (info === null) {
      info = read
      continue
    }
    const differs =
      (read.sex !== null && info.sex !== null && read.sex !== info.sex) ||
      (read.birthDate !== '' && info.birthDate !== '' && read.birthDate !== info.birthDate)
    if (differs)
      sink.warn(row.file, row.row, {
        reason: 'patient-rows-differ',
        column: '',
        value: read.birthDate || String(read.sex),
      })
    info = filledFrom(info, read, row, sink)
  }
  if (info === null || (info.id === '' && info.nationalId === '')) {
    for (const row of rows) {
      sink.reject(row.file, row.row, 'no-patient')
      if (row.kind !== 'patients') tellParts(row, row.reader.visit(row.cells, faultsOf(row, sink)), sink)
    }
    return null
  }
  return { info, name: info.id !== '' ? info.id : info.nationalId, idPlace }
}

function filledFrom(info: RowPatient, other: RowPatient, row: PatientRow, sink: BuildSink): RowPatient {
  const result = { ...info }
  for (const name of [
    'id',
    'nationalId',
    'name',
    'latinName',
    'birthDate',
    'deathDate',
    'phone',
    'region',
  ] as const)
    if (result[name] === '') result[name] = other[name]
  result.sex ??= other.sex
  result.consent = narrower(info.consent, other.consent, row, sink)
  return result
}

function sourcePatientOf({ info, name }: Person, source: string): SourcePatient {
  const system = `csv:${source}`
  const patient: SourcePatient = {
    sourceKey: name,
    identity:
      info.nationalId !== ''
        ? { kind: 'national-id', system: 'national-id', value: info.nationalId }
        : { kind: 'source-id', system, value: info.id },
    sex: info.sex ?? 'unknown',
    identifiers: info.id === '' ? [] : [{ system, value: info.id, type: 'MR' }],
  }
  if (info.nationalId !== '' && info.id !== '') patient.alsoKnownAs = [{ system, value: info.id }]
  if (info.name !== '') patient.name = info.name
  if (info.latinName !== '') patient.latinName = info.latinName
  if (info.nationalId !== '') patient.nationalId = info.nationalId
  if (info.id !== '') patient.medicalRecordNumber = info.id
  if (info.birthDate !== '') patient.birthDate = info.birthDate
  if (info.phone !== '') patient.phone = info.phone
  return patient
}

function sectionOf({ info }: Person, consent: VisitPatient['consent']): VisitDraft['patient'] {
  return {
    sex: info.sex ?? 'unknown',
    ...(info.birthDate === '' ? { birthDateAbsentReason: 'not-given' } : { birthDate: info.birthDate }),
    ...(info.deathDate === '' ? {} : { deceased: true, deathDate: info.deathDate }),
    ...(info.region === '' ? {} : { residenceRegion: info.region }),
    consent,
    linkTokens: [],
  }
}

/* Visits */

function addRow(
  buckets: Map<string, Bucket>,
  row: PatientRow,
  visit: RowVisit,
  isNamed: boolean,
  context: BuildContext,
  sink: BuildSink,
): Bucket {
  const key =
    visit.id !== '' ? `no|${visit.id}` : `at|${momentOf(visit, context)}|${visit.department?.code ?? ''}`
  const known = buckets.get(key)
  const bucket: Bucket = known ?? { key, rows: [], visit, first: row, isMade: false }
  if (known === undefined) buckets.set(key, bucket)
  else bucket.visit = merged(bucket.visit, visit, row, sink)
  bucket.rows.push({ row, isNamed })
  return bucket
}

function momentOf({ admission }: RowVisit, { at }: BuildContext): string {
  return admission === null ? '' : admission.time === null ? admission.day : at(admission.day, admission.time)
}

/** The first row that says something of the visit is believed; the rest fills what it left open. */
function merged(one: RowVisit, other: RowVisit, row: PatientRow, sink: BuildSink): RowVisit {
  return {
    id: one.id,
    admission: one.admission ?? other.admission,
    discharge: one.discharge ?? other.discharge,
    class: one.class ?? other.class,
    status: one.status ?? other.status,
    department: one.department ?? other.department,
    attender: one.attender || other.attender,
    reason: one.reason || other.reason,
    ...payerOf(one, other, row, sink),
    consent: narrower(one.consent, other.consent, row, sink),
    disposition: one.disposition || other.disposition,
    organisation: one.organisation || other.organisation,
  }
}

/** Of one kind and name each may say a part; another kind or name is another payer, whose number stays with it. */
function payerOf(
  one: RowVisit,
  other: RowVisit,
  row: PatientRow,
  sink: BuildSink,
): Pick<RowVisit, 'payer' | 'memberNumber'> {
  const memberNumber = one.memberNumber || other.memberNumber
  if (one.payer === null || other.payer === null) return { payer: one.payer ?? other.payer, memberNumber }
  const [first, second] = [one.payer, other.payer]
  const isOne = (a: string, b: string): boolean => normaliseName(a) === normaliseName(b)
  const mayJoin =
    (first.type === second.type || first.type === 'UNKNOWN' || second.type === 'UNKNOWN') &&
    (first.organisation === undefined ||
      second.organisation === undefined ||
      isOne(first.organisation, second.organisation))
  if (!mayJoin) {
    const value = second.organisation ?? second.type
    sink.warn(row.file, row.row, { reason: 'several-insurances', column: '', value })
    return { payer: first, memberNumber: one.memberNumber }
  }
  const type = first.type === 'UNKNOWN' ? second.type : first.type
  return { payer: { ...second, ...first, type }, memberNumber }
}

type SaidConsent = RowVisit['consent']

/** Where two rows say otherwise, the one that allows less; what one of them leaves open the other says. */
function narrower(one: SaidConsent, other: SaidConsent, row: PatientRow, sink: BuildSink): SaidConsent {
  if (one === null || other === null) return one ?? other
  const names = ['scope', 'from', 'to', 'ref'] as const
  if (names.some((name) => one[name] !== undefined && other[name] !== undefined && one[name] !== other[name]))
    sink.warn(row.file, row.row, {
      reason: 'consent-rows-differ',
      column: '',
      value: names.flatMap((name) => other[name] ?? []).join(' '),
    })
  const rank = ({ scope }: NonNullable<SaidConsent>) =>
    scope === undefined ? -1 : CONSENT_SCOPES.indexOf(scope)
  // Of two scopes one is meant with its own paper and period.
  if (one.scope !== undefined && other.scope !== undefined && one.scope !== other.scope)
    return rank(one) < rank(other) ? one : other
  const both = { ...other, ...one }
  if (one.from !== undefined && other.from !== undefined && other.from > one.from) both.from = other.from
  if (one.to !== undefined && other.to !== undefined && other.to < one.to) both.to = other.to
  return both
}

/** A row of a table of results: to its visit by number, else by day, else to a day of its own. */
function addResult(buckets: Map<string, Bucket>, row: PatientRow, visit: RowVisit, sink: BuildSink): void {
  const named = visit.id === '' ? undefined : buckets.get(`no|${visit.id}`)
  if (named !== undefined) {
    named.rows.push({ row, isNamed: false })
    return
  }
  const parts = row.reader.parts(row.cells, visit, SILENT)
  const when =
    parts.observations[0]?.value.specimenCollected ??
    parts.observations[0]?.value.effective ??
    parts.observations[0]?.value.resultDate
  if (when === undefined) {
    sink.reject(row.file, row.row, 'no-date')
    tellParts(row, visit, sink)
    return
  }
  const day = when.slice(0, 10)
  if (visit.id === '') {
    for (const bucket of buckets.values()) {
      const start = bucket.visit.admission?.day
      if (bucket.isMade || start === undefined) continue
      if (start <= day && day <= (bucket.visit.discharge?.day ?? start)) {
        sink.warn(row.file, row.row, { reason: 'attached-by-time', column: '', value: day })
        bucket.rows.push({ row, isNamed: false })
        return
      }
    }
  }
  sink.warn(row.file, row.row, { reason: 'no-encounter', column: '', value: day })
  const key = visit.id !== '' ? `no|${visit.id}` : `day|${day}`
  const known = buckets.get(key)
  if (known !== undefined) known.rows.push({ row, isNamed: false })
  else {
    const own: RowVisit = { ...visit, admission: { day, time: null }, class: visit.class ?? 'UNK' }
    buckets.set(key, { key, rows: [{ row, isNamed: false }], visit: own, first: row, isMade: true })
  }
}

const SILENT = { leave: () => undefined, warn: () => undefined }

function finish(bucket: Bucket, person: Person, context: BuildContext, sink: BuildSink): void {
  const { first, visit } = bucket
  const { admission } = visit
  if (admission === null) {
    for (const { row, isNamed } of bucket.rows) {
      if (!isNamed) sink.reject(row.file, row.row, 'no-date')
      tellParts(row, visit, sink)
    }
    return
  }
  const places = new Map<string, RowPlace>()
  if (person.idPlace !== null) places.set('patient.nationalId', person.idPlace)
  const content: VisitDraft = {
    patient: sectionOf(person, {
      scope: context.consentScope,
      // A visit that says no scope of its own is under the one of its patient.
      ...(visit.consent?.scope === undefined ? person.info.consent : {}),
      ...visit.consent,
    }),
    encounter: encounterOf(visit, first, context, sink),
    observations: [],
    diagnoses: [],
    procedures: [],
    prescriptions: [],
    claims: [],
    notes: [],
  }
  if (visit.class === null && !bucket.isMade)
    sink.warn(first.file, first.row, { reason: 'encounter-class-not-known', column: '', value: '' })
  const seen = new Set<string>()
  for (const { row } of bucket.rows) {
    const parts = row.reader.parts(row.cells, visit, issuesOf(row, sink))
    let isNew = false
    const add = <T>(name: keyof typeof LIMITS, list: T[], placed: readonly Placed<T>[]) => {
      for (const { value, column } of placed) {
        // Rows of one visit repeat what is said once of it: its diagnoses, its claim, its vital signs.
        const text = `${name}${name === 'diagnoses' ? codeName((value as { code: Code }).code) : JSON.stringify(value)}`
        const mayRepeat = row.kind === 'results' || bucket.rows.length === 1
        if (seen.has(text) && (name === 'diagnoses' || !mayRepeat)) continue
        seen.add(text)
        isNew = true
        places.set(`${name}.${list.length}`, { file: row.file, row: row.row, column })
        list.push(value)
      }
    }
    add('observations', content.observations, parts.observations)
    add('diagnoses', content.diagnoses, parts.diagnoses)
    add('procedures', content.procedures, parts.procedures)
    add('prescriptions', content.prescriptions, parts.prescriptions)
    add('claims', content.claims, parts.claims)
    for (const note of parts.notes) if (!content.notes.includes(note)) content.notes.push(note)
    if (!isNew && row !== first)
      sink.warn(row.file, row.row, { reason: 'row-says-nothing-new', column: '', value: '' })
  }
  settleDiagnoses(content)
  for (const [name, limit] of Object.entries(LIMITS) as [keyof typeof LIMITS, number][]) {
    if (content[name].length <= limit) continue
    sink.reject(first.file, first.row, 'too-many-in-one-visit', { value: `${name}: ${content[name].length}` })
    content[name].length = limit
  }
  if (content.notes.length > NOTES_MAX) {
    sink.reject(first.file, first.row, 'too-many-in-one-visit', { value: `notes: ${content.notes.length}` })
    content.notes.length = NOTES_MAX
  }
  const parsed = draftSchema.safeParse(content)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const value = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.code}`
    for (const { row } of bucket.rows) sink.reject(row.file, row.row, 'visit-not-mappable', { value })
    return
  }
  sink.visit({
    patient: sourcePatientOf(person, context.source),
    content: parsed.data,
    memberNumber: visit.memberNumber === '' ? null : visit.memberNumber,
    isConsentAssumed: visit.consent?.scope === undefined && person.info.consent?.scope === undefined,
    sourceName: visit.id !== '' ? visit.id : `${person.name}|${bucket.key}`,
    visitNumber: visit.id,
    file: first.file,
    row: first.row,
    rowCount: bucket.rows.length,
    places,
  })
}

/** One principal diagnosis, ranks from 1: rows of one visit each called their first one principal. */
function settleDiagnoses(content: VisitDraft): void {
  for (const [i, each] of content.diagnoses.entries()) {
    each.rank = Math.min(i + 1, 200)
    each.role = i === 0 ? 'principal' : 'secondary'
  }
}

const codeName = ({ system, code }: Code): string => `${system}|${code}`

function encounterOf(
  visit: RowVisit,
  first: PatientRow,
  { at }: BuildContext,
  sink: BuildSink,
): VisitDraft['encounter'] {
  const admission = visit.admission!
  const day = (date: { day: string; time: string | null }) =>
    date.time === null ? date.day : at(date.day, date.time)
  const encounter: VisitDraft['encounter'] = {
    class: visit.class ?? 'UNK',
    status: visit.status ?? (visit.class === 'IMP' && visit.discharge === null ? 'in-progress' : 'finished'),
    admission: { at: day(admission) },
    day: admission.day,
    payer: visit.payer ?? { type: 'UNKNOWN' },
  }
  if (visit.discharge !== null) {
    encounter.discharge = { at: day(visit.discharge) }
    if (visit.discharge.day < admission.day)
      sink.warn(first.file, first.row, {
        reason: 'discharge-before-admission',
        column: '',
        value: visit.discharge.day,
      })
  }
  if (visit.department !== null) encounter.department = visit.department
  if (visit.attender !== '') encounter.attender = visit.attender
  if (visit.reason !== '') encounter.reason = { text: visit.reason }
  if (visit.disposition !== '') encounter.dischargeDisposition = visit.disposition
  return encounter
}

const draftSchema = visitRecord
  .omit({ envelope: true, patient: true, encounter: true })
  .extend({ patient: draftPatient, encounter: draftEncounter })
