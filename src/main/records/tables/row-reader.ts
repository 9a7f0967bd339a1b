/**
 * One row of a hospital's table by its layout: what it says of the patient, of the visit and of what was found there.
 * A cell that cannot be read is named by row and column, with its value and a better one where that is obvious; the rest of
 * the row is taken, unless nobody could say whose it is or when it was.
 */
import { isLoincCode, labTestOf, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { normaliseNationalId } from '../../../shared/domain/national-id.ts'
import type { TableField, TableMapping } from '../../../shared/domain/table-mapping.ts'
import { normaliseUnit, unitRuleOf } from '../../../shared/domain/units.ts'
import { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10 } from '../../../shared/domain/visit-check.ts'
import type { Code, Encounter, Observation, ObservationValue } from '../../../shared/domain/visit.ts'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import { minorOf, usualExponent } from '../fhir/read-claim.ts'
import { cut, pieces } from '../fhir/reading.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { codesIn, folded, isMangledCode, isNothing, readDate, readNumber, readTime } from './cells.ts'
import type { PlacedColumn, PlacedLayout } from './layout.ts'
import { testOfName, wordMeaning } from './synonyms.ts'

/** A cell that was not taken, or was taken although it is unusual. */
export interface CellIssue {
  readonly reason: string
  readonly column: string
  readonly value: string
  readonly suggestion?: string
}

export interface RowIssues {
  /** The cell is left out. */
  leave(issue: CellIssue): void
  /** The cell is taken; counted and, in a trial, listed. */
  warn(issue: CellIssue): void
}

export interface RowPatient {
  id: string
  nationalId: string
  name: string
  latinName: string
  sex: VisitDraft['patient']['sex'] | null
  birthDate: string
  deathDate: string
  phone: string
  region: string
}

export interface RowVisit {
  id: string
  admission: { day: string; time: string | null } | null
  discharge: { day: string; time: string | null } | null
  class: Encounter['class'] | null
  status: Encounter['status'] | null
  department: Code | null
  attender: string
  reason: string
  payer: Encounter['payer'] | null
  memberNumber: string
  disposition: string
  organisation: string
}

export interface RowParts {
  observations: Placed<Observation>[]
  diagnoses: Placed<VisitDraft['diagnoses'][number]>[]
  procedures: Placed<VisitDraft['procedures'][number]>[]
  prescriptions: Placed<VisitDraft['prescriptions'][number]>[]
  claims: Placed<VisitDraft['claims'][number]>[]
  notes: string[]
}

/** With the column that it came from. */
export interface Placed<T> {
  readonly value: T
  readonly column: string
}

/** Gives a civil time its offset: `2023-05-03` and `14:30` → `2023-05-03T14:30+08:00`. */
export type AtFacility = (day: string, time: string) => string

export interface RowContext {
  readonly mapping: TableMapping
  readonly at: AtFacility
}

export interface RowReader {
  patient(cells: readonly string[], issues: RowIssues): RowPatient
  visit(cells: readonly string[], issues: RowIssues): RowVisit
  parts(cells: readonly string[], visit: RowVisit, issues: RowIssues): RowParts
}

const ATC = 'http://www.whocc.no/atc'
const ICD10_PROCEDURES = 'http://www.cms.gov/Medicare/Coding/ICD10'
const NO_REPLACEMENT = /\ufffd/

export function rowReader(placed: PlacedLayout, context: RowContext): RowReader {
  const { mapping, at } = context
  const rules = new Map(mapping.tests.map((rule) => [normaliseName(rule.from), rule]))
  const units = new Map(mapping.units.map((rule) => [normaliseUnit(rule.from), rule.to]))
  const words = new Map(mapping.values.map((rule) => [`${rule.field}|${normaliseName(rule.from)}`, rule.to]))
  const exponent = usualExponent(mapping.currency)
  const icd10 = ICD10_SYSTEMS.find((each) => each.endsWith(mapping.diagnoses))!

  const raw = (cells: readonly string[], column: PlacedColumn | null): string =>
    column === null ? '' : (cells[column.at] ?? '')
  const textOf = (cells: readonly string[], field: TableField, max = 200): string => {
    const cell = raw(cells, placed.one(field))
    return isNothing(cell) ? '' : cut(toNormalC(cell.trim()), max)
  }
  /** Ids and codes: full-width digits folded. */
  const codeText = (cells: readonly string[], field: TableField, issues: RowIssues, max = 64): string => {
    const column = placed.one(field)
    const cell = folded(raw(cells, column))
    if (isNothing(cell)) return ''
    if (isMangledCode(cell)) {
      issues.leave({ reason: 'code-turned-into-number', column: column!.column.header, value: cell })
      return ''
    }
    return cut(toNormalC(cell), max)
  }

  function dateOf(
    cells: readonly string[],
    column: PlacedColumn | null,
    timeField: TableField | null,
    issues: RowIssues,
  ): { day: string; time: string | null } | null {
    const cell = raw(cells, column)
    if (column === null || isNothing(cell)) return null
    const read = readDate(cell, column.column.date ?? 'ymd')
    if (read.kind !== 'date') {
      issues.leave({
        reason: read.kind === 'bad' ? read.reason : 'date-malformed',
        column: column.column.header,
        value: cell,
        ...(read.kind === 'bad' && read.suggestion !== undefined ? { suggestion: read.suggestion } : {}),
      })
      return null
    }
    const timeColumn = timeField === null ? null : placed.one(timeField)
    const timeCell = raw(cells, timeColumn)
    if (timeColumn === null || isNothing(timeCell)) return read
    const time = readTime(timeCell)
    if (time === null)
      issues.leave({ reason: 'time-malformed', column: timeColumn.column.header, value: timeCell })
    return { day: read.day, time: time ?? read.time }
  }

  const whenText = (date: { day: string; time: string | null } | null): string | undefined =>
    date === null ? undefined : date.time === null ? date.day : at(date.day, date.time)

  function wordOf<T extends string>(
    cells: readonly string[],
    field: 'patient.sex' | 'visit.class' | 'visit.payer' | 'visit.status',
    issues: RowIssues,
  ): T | null {
    const column = placed.one(field)
    const cell = raw(cells, column).trim()
    const rule = words.get(`${field}|${normaliseName(isNothing(cell) ? '' : cell)}`)
    if (rule !== undefined) return rule as T
    if (column === null || isNothing(cell)) return null
    const known = wordMeaning(field, cell)
    if (known === null && field !== 'visit.payer')
      issues.leave({ reason: 'word-not-known', column: column.column.header, value: cell })
    return known as T | null
  }

  function patient(cells: readonly string[], issues: RowIssues): RowPatient {
    const birth = placed.one('patient.birthDate')
    const birthCell = raw(cells, birth)
    let birthDate = ''
    if (birth !== null && !isNothing(birthCell)) {
      const read = readDate(birthCell, birth.column.date ?? 'ymd')
      if (read.kind === 'partial') birthDate = read.text
      else if (read.kind === 'date') birthDate = read.day
      else
        issues.leave({
          reason: read.reason,
          column: birth.column.header,
          value: birthCell,
          ...(read.suggestion === undefined ? {} : { suggestion: read.suggestion }),
        })
    }
    return {
      id: codeText(cells, 'patient.id', issues, 100),
      nationalId: normaliseNationalId(codeText(cells, 'patient.nationalId', issues)),
      name: textOf(cells, 'patient.name'),
      latinName: textOf(cells, 'patient.latinName'),
      sex: wordOf<VisitDraft['patient']['sex']>(cells, 'patient.sex', issues),
      birthDate,
      deathDate: dateOf(cells, placed.one('patient.deathDate'), null, issues)?.day ?? '',
      phone: textOf(cells, 'patient.phone', 64),
      region: textOf(cells, 'patient.region', 64),
    }
  }

  function visit(cells: readonly string[], issues: RowIssues): RowVisit {
    const department = textOf(cells, 'visit.department', 64)
    const payerWord = textOf(cells, 'visit.payer')
    const payer = wordOf<Encounter['payer']['type']>(cells, 'visit.payer', issues)
    const known = payer === null && payerWord !== '' ? ('OTHER' as const) : payer
    return {
      id: codeText(cells, 'visit.id', issues, 100),
      admission: dateOf(cells, placed.one('visit.admission'), 'visit.admissionTime', issues),
      discharge: dateOf(cells, placed.one('visit.discharge'), 'visit.dischargeTime', issues),
      class: wordOf<Encounter['class']>(cells, 'visit.class', issues),
      status: wordOf<Encounter['status']>(cells, 'visit.status', issues),
      department: department === '' ? null : { system: 'local', code: department },
      attender: textOf(cells, 'visit.attender', 64),
      reason: textOf(cells, 'visit.reason'),
      payer:
        known === null
          ? null
          : { type: known, ...(payer === null && payerWord !== '' ? { organisation: payerWord } : {}) },
      memberNumber: codeText(cells, 'visit.memberNumber', issues, 200),
      disposition: textOf(cells, 'visit.disposition', 64),
      organisation: '',
    }
  }

  function parts(cells: readonly string[], ofVisit: RowVisit, issues: RowIssues): RowParts {
    const result: RowParts = {
      observations: [],
      diagnoses: [],
      procedures: [],
      prescriptions: [],
      claims: [],
      notes: [],
    }
    const times = {
      collected: whenText(dateOf(cells, placed.one('result.collected'), null, issues)),
      reported: whenText(dateOf(cells, placed.one('result.reported'), null, issues)),
      admission: whenText(ofVisit.admission),
    }
    for (const column of placed.all('test')) readTestColumn(cells, column, times, result, issues)
    readBloodPressure(cells, times, result, issues)
    readResult(cells, times, result, issues)
    readDiagnoses(cells, result, issues)
    readProcedures(cells, times, result, issues)
    readMedicines(cells, result, issues)
    readClaim(cells, ofVisit, result, issues)
    for (const column of placed.all('visit.note')) {
      const cell = toNormalC(raw(cells, column).trim())
      if (!isNothing(cell)) result.notes.push(...pieces(cell, 2000))
    }
    return result
  }

  interface Times {
    readonly collected: string | undefined
    readonly reported: string | undefined
    readonly admission: string | undefined
  }

  function readTestColumn(
    cells: readonly string[],
    column: PlacedColumn,
    times: Times,
    result: RowParts,
    issues: RowIssues,
  ): void {
    const cell = raw(cells, column)
    const { test, header } = column.column
    if (test === undefined || isNothing(cell)) return
    const unitCell = column.unitAt === null ? '' : raw(cells, { ...column, at: column.unitAt })
    const unit = isNothing(unitCell) ? test.unit : unitCell.trim()
    const value = valueOf(cell, unit, test.code, header, issues)
    result.observations.push({ value: observationOf(test.code, value, times), column: header })
  }

  function readBloodPressure(
    cells: readonly string[],
    times: Times,
    result: RowParts,
    issues: RowIssues,
  ): void {
    const column = placed.one('bloodPressure')
    const cell = folded(raw(cells, column))
    if (column === null || isNothing(cell)) return
    const match = /^([0-9]{2,3})\s*[/／-]\s*([0-9]{2,3})\s*(.*)$/.exec(cell)
    if (match === null) {
      issues.leave({ reason: 'value-not-readable', column: column.column.header, value: cell })
      return
    }
    for (const [loinc, display, text] of [
      ['8480-6', 'Systolic blood pressure', match[1]!],
      ['8462-4', 'Diastolic blood pressure', match[2]!],
    ] as const) {
      const code = { system: LOINC_SYSTEM, code: loinc, display }
      const unit = match[3] === '' ? 'mm[Hg]' : match[3]!
      const value = valueOf(text, unit, code, column.column.header, issues)
      result.observations.push({ value: observationOf(code, value, times), column: column.column.header })
    }
  }

  function readResult(cells: readonly string[], times: Times, result: RowParts, issues: RowIssues): void {
    const valueColumn = placed.one('result.value')
    if (valueColumn === null) return
    const code = codeText(cells, 'result.code', issues)
    const name = textOf(cells, 'result.name', 500)
    const from = code === '' ? name : code
    const cell = raw(cells, valueColumn)
    const { header } = valueColumn.column
    if (from === '') {
      if (!isNothing(cell)) issues.leave({ reason: 'no-code', column: header, value: cell })
      return
    }
    const rule = rules.get(normaliseName(from))
    const meant = rule === undefined ? codeMeant(code, name) : rule.to
    const main: Code = meant ?? {
      system: 'local',
      code: cut(from, 64),
      ...(name === '' ? {} : { display: name }),
    }
    const unitCell = textOf(cells, 'result.unit', 64)
    const unit = unitCell === '' ? rule?.unit : unitCell
    const value: ObservationValue = isNothing(cell)
      ? { type: 'absent', reason: 'not-given' }
      : valueOf(cell, unit, main, header, issues)
    const one = observationOf(main, value, times)
    if (meant !== null) {
      const source: Code = {
        system: 'local',
        code: cut(from, 64),
        ...(name === '' || name === from ? {} : { display: name }),
      }
      one.sourceCodings = [source]
    }
    const low = readNumber(raw(cells, placed.one('result.low')))
    const high = readNumber(raw(cells, placed.one('result.high')))
    if (low !== null) one.refLow = low.value
    if (high !== null) one.refHigh = high.value
    const range = textOf(cells, 'result.range')
    if (range !== '') {
      const two = /^\s*([0-9.]+)\s*[-~–～]\s*([0-9.]+)\s*$/.exec(folded(range))
      const ends = two === null ? [null, null] : [readNumber(two[1]!), readNumber(two[2]!)]
      if (ends[0] && ends[1] && one.refLow === undefined && one.refHigh === undefined) {
        one.refLow = ends[0].value
        one.refHigh = ends[1].value
      } else one.refText = range
    }
    const flag = folded(textOf(cells, 'result.flag', 8)).toUpperCase()
    if (/^(N|L|H|LL|HH|A|AA|<|>)$/.test(flag)) one.flag = flag as Observation['flag']
    result.observations.push({ value: one, column: header })
  }

  /** What needs no rule: a LOINC code, or a word for a test of our own table. */
  function codeMeant(code: string, name: string): Code | null {
    if (isLoincCode(code)) return { system: LOINC_SYSTEM, code, ...(name === '' ? {} : { display: name }) }
    const test = testOfName(code) ?? (code === '' ? testOfName(name) : null)
    return test === null ? null : { system: LOINC_SYSTEM, code: test.loinc, display: test.en }
  }

  /** The value with the source's own unit; the same unit under UCUM's name where that is all that differs. */
  function valueOf(
    cell: string,
    unit: string | undefined,
    code: Code,
    column: string,
    issues: RowIssues,
  ): ObservationValue {
    const test = labTestOf(code)
    const number = test !== null && test.unit === '' ? null : readNumber(cell)
    if (number === null) {
      const text = toNormalC(cell.trim())
      if (text.length > 2000) issues.warn({ reason: 'text-shortened', column, value: cut(text, 60) })
      if (test !== null && test.unit !== '')
        issues.warn({ reason: 'text-instead-of-number', column, value: cut(text, 60) })
      return { type: 'text', value: cut(text, 2000) }
    }
    const given = (number.unit ?? unit ?? '').trim()
    const value: ObservationValue = { type: 'decimal', value: number.value }
    if (number.comparator !== undefined) value.comparator = number.comparator
    if (number.hadSeparators === true) issues.warn({ reason: 'thousands-separator', column, value: cell })
    if (given === '') {
      if (test === null || test.unit !== '{INR}') issues.warn({ reason: 'no-unit', column, value: cell })
      return value
    }
    const source = cut(toNormalC(given), 64)
    const meant = units.get(normaliseUnit(source)) ?? source
    const rule = test === null ? null : unitRuleOf(test, meant)
    // Another unit of the test keeps its number and its name: analyses convert, an import never does.
    value.unit = rule === null ? meant : rule.factor === 1 && rule.offset === 0 ? test!.unit : rule.unit
    if (value.unit !== source) value.unitSource = source
    if (test !== null && rule === null) issues.warn({ reason: 'unit-not-known', column, value: source })
    return value
  }

  function observationOf(code: Code, value: ObservationValue, times: Times): Observation {
    const kind: Observation['kind'] =
      labTestOf(code)?.kind ?? (times.collected === undefined ? 'other' : 'lab')
    const one: Observation = { code, kind, status: 'final', value, sourceCodings: [] }
    const isLab = kind === 'lab'
    const when = times.collected ?? (isLab ? undefined : times.admission)
    if (isLab && when !== undefined) one.specimenCollected = when
    else if (!isLab && kind !== 'vital' && when !== undefined) one.effective = when
    else if (kind === 'vital' && times.admission !== undefined) one.effective = times.admission
    else if (when !== undefined) one.effective = when
    if (times.reported !== undefined && kind !== 'vital') one.resultDate = times.reported
    return one
  }

  function readDiagnoses(cells: readonly string[], result: RowParts, issues: RowIssues): void {
    const texts = placed.all('diagnosis.text')
    for (const [i, column] of placed.all('diagnosis.code').entries()) {
      const codes = codesIn(raw(cells, column))
      for (const [k, text] of codes.entries()) {
        if (isMangledCode(text)) {
          issues.leave({ reason: 'code-turned-into-number', column: column.column.header, value: text })
          continue
        }
        const words = codes.length === 1 ? toNormalC(raw(cells, texts[i] ?? null).trim()) : ''
        const isFirst = result.diagnoses.length === 0 && i === 0 && k === 0
        pushDiagnosis(text, words, isFirst, column.column.header, result, issues)
      }
    }
    if (placed.all('diagnosis.code').length > 0) return
    for (const column of texts) {
      const words = toNormalC(raw(cells, column).trim())
      if (!isNothing(words))
        pushDiagnosis('', words, result.diagnoses.length === 0, column.column.header, result, issues)
    }
  }

  function pushDiagnosis(
    text: string,
    words: string,
    isFirst: boolean,
    column: string,
    result: RowParts,
    issues: RowIssues,
  ): void {
    const stored = normaliseIcd10(text)
    const isIcd10 = isIcd10Code(stored)
    if (!isIcd10 && text !== '') issues.warn({ reason: 'diagnosis-not-icd10', column, value: cut(text, 60) })
    const source: Code = { system: 'local', code: cut(toNormalC(text === '' ? words : text), 64) }
    const value: VisitDraft['diagnoses'][number] = {
      code: isIcd10 ? { system: icd10, code: stored } : source,
      sourceCodings: isIcd10 && stored !== text.replace(/\./g, '') ? [source] : [],
      role: isFirst ? 'principal' : 'secondary',
      rank: 1,
      verification: 'unknown',
    }
    if (!isIcd10) value.unlisted = true
    if (words !== '' && !isNothing(words)) value.text = cut(words, 2000)
    result.diagnoses.push({ value, column })
  }

  function readProcedures(cells: readonly string[], times: Times, result: RowParts, issues: RowIssues): void {
    const performed = whenText(dateOf(cells, placed.one('procedure.date'), null, issues)) ?? times.admission
    const texts = placed.all('procedure.text')
    const columns = placed.all('procedure.code')
    for (const [i, column] of columns.entries()) {
      const codes = codesIn(raw(cells, column))
      for (const text of codes) {
        const code = cut(toNormalC(text), 64)
        const isIcd10 = /^[0-9A-HJ-NP-Z]{7}$/.test(code)
        const words = codes.length === 1 ? toNormalC(raw(cells, texts[i] ?? null).trim()) : ''
        const value: VisitDraft['procedures'][number] = {
          code: {
            system: isIcd10 ? ICD10_PROCEDURES : 'local',
            code,
            ...(words === '' ? {} : { display: cut(words, 500) }),
          },
          sourceCodings: [],
          status: 'completed',
        }
        if (performed !== undefined) value.performed = performed
        result.procedures.push({ value, column: column.column.header })
      }
    }
    if (columns.length > 0) return
    for (const column of texts) {
      const words = toNormalC(raw(cells, column).trim())
      if (isNothing(words)) continue
      const value: VisitDraft['procedures'][number] = {
        code: { system: 'local', code: cut(words, 64), display: cut(words, 500) },
        sourceCodings: [],
        status: 'completed',
      }
      if (performed !== undefined) value.performed = performed
      result.procedures.push({ value, column: column.column.header })
    }
  }

  function readMedicines(cells: readonly string[], result: RowParts, issues: RowIssues): void {
    const codeColumns = placed.all('medicine.code')
    const nameColumns = placed.all('medicine.name')
    const start = whenText(dateOf(cells, placed.one('medicine.start'), null, issues))
    const end = whenText(dateOf(cells, placed.one('medicine.end'), null, issues))
    const columns = codeColumns.length > 0 ? codeColumns : nameColumns
    for (const [i, column] of columns.entries()) {
      const cell = raw(cells, column)
      const codes = codeColumns.length > 0 ? codesIn(cell) : isNothing(cell) ? [] : [toNormalC(cell.trim())]
      for (const text of codes) {
        if (isMangledCode(text)) {
          issues.leave({ reason: 'code-turned-into-number', column: column.column.header, value: text })
          continue
        }
        const code = cut(toNormalC(text), 64)
        const name =
          codeColumns.length > 0 && codes.length === 1
            ? toNormalC(raw(cells, nameColumns[i] ?? null).trim())
            : ''
        const isAtc = /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/.test(code)
        const display = name !== '' ? name : codeColumns.length > 0 ? '' : text
        const value: VisitDraft['prescriptions'][number] = {
          code: {
            system: isAtc ? ATC : 'local',
            code,
            ...(display === '' ? {} : { display: cut(display, 500) }),
          },
          sourceCodings: [],
          status: 'unknown',
          intent: 'order',
        }
        if (isAtc) value.ingredientAtc = code
        // Dose and days stand for the one medicine of the row; beside several nobody could say whose they are.
        if (codes.length === 1 && columns.length === 1) addDosage(cells, value, issues)
        if (start !== undefined) value.start = start
        if (end !== undefined) value.end = end
        result.prescriptions.push({ value, column: column.column.header })
      }
    }
  }

  function addDosage(
    cells: readonly string[],
    value: VisitDraft['prescriptions'][number],
    issues: RowIssues,
  ): void {
    const dose = placed.one('medicine.dose')
    const doseCell = raw(cells, dose)
    if (dose !== null && !isNothing(doseCell)) {
      const number = readNumber(doseCell)
      if (number === null)
        issues.leave({ reason: 'value-not-readable', column: dose.column.header, value: doseCell })
      else {
        const unit = number.unit ?? textOf(cells, 'medicine.doseUnit', 64)
        value.dose = { value: number.value, ...(unit === '' ? {} : { unit: cut(unit, 64) }) }
      }
    }
    const frequency = textOf(cells, 'medicine.frequency', 64)
    const route = textOf(cells, 'medicine.route', 64)
    if (frequency !== '') value.frequency = frequency
    if (route !== '') value.route = route
    const days = readNumber(raw(cells, placed.one('medicine.days')))
    if (
      days !== null &&
      /^[0-9]{1,4}$/.test(days.value) &&
      Number(days.value) >= 1 &&
      Number(days.value) <= 3650
    )
      value.daysSupply = Number(days.value)
    const quantity = readNumber(raw(cells, placed.one('medicine.quantity')))
    if (quantity !== null) value.quantity = quantity.value
  }

  function readClaim(cells: readonly string[], ofVisit: RowVisit, result: RowParts, issues: RowIssues): void {
    const amounts: Partial<
      Record<'billedMinor' | 'allowedMinor' | 'paidByPayerMinor' | 'copayMinor', number>
    > = {}
    let header = ''
    for (const [field, name] of [
      ['claim.billed', 'billedMinor'],
      ['claim.allowed', 'allowedMinor'],
      ['claim.paid', 'paidByPayerMinor'],
      ['claim.copay', 'copayMinor'],
    ] as const) {
      const column = placed.one(field)
      const cell = raw(cells, column)
      if (column === null || isNothing(cell)) continue
      const number = readNumber(cell)
      const minor = number === null ? NaN : minorOf(number.value, exponent)
      if (!Number.isSafeInteger(minor) || Math.abs(minor) > 1e15) {
        issues.leave({ reason: 'value-not-readable', column: column.column.header, value: cell })
        continue
      }
      amounts[name] = minor
      header = header === '' ? column.column.header : header
    }
    if (Object.keys(amounts).length === 0) return
    const id = codeText(cells, 'claim.id', issues, 128)
    result.claims.push({
      value: {
        claimId: id !== '' ? id : ofVisit.id !== '' ? ofVisit.id : 'unnamed',
        type: 'other',
        status: 'unknown',
        currency: mapping.currency,
        currencyExponent: exponent,
        ...amounts,
        lines: [],
      },
      column: header,
    })
  }

  return { patient, visit, parts }
}

/** Half a letter that no encoding has: the file was read in a wrong one, or was broken before. */
export function hasBrokenText(cells: readonly string[]): boolean {
  return cells.some((cell) => NO_REPLACEMENT.test(cell) || cell.includes('\u0000'))
}

const normaliseName = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
