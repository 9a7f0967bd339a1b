/** Diagnoses, procedures and medicines of one row. */
import type { VisitDraft } from '../../../shared/domain/source.ts'
import { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10 } from '../../../shared/domain/visit-check.ts'
import type { Code } from '../../../shared/domain/visit.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { cut } from '../fhir/reading.ts'
import type { PlacedColumn } from './layout.ts'
import { onAdmissionMeaning } from './synonyms.ts'
import { codesIn, isMangledCode, isNothing, readNumber } from './cells.ts'
import type { RowCells } from './row-cells.ts'
import type { RowContext, RowIssues, RowParts, Times } from './row.ts'

const ATC = 'http://www.whocc.no/atc'
const ICD10_PROCEDURES = 'http://www.cms.gov/Medicare/Coding/ICD10'

export function careReader({ placed, raw, textOf, dateOf, whenText }: RowCells, { mapping }: RowContext) {
  const icd10 = ICD10_SYSTEMS.find((each) => each.endsWith(mapping.diagnoses))!

  const presenceColumns = presenceByCode(placed)

  function readDiagnoses(cells: readonly string[], result: RowParts, issues: RowIssues): void {
    const texts = placed.all('diagnosis.text')
    for (const [i, column] of placed.all('diagnosis.code').entries()) {
      const codes = codesIn(raw(cells, column))
      const presence = presenceOf(cells, i, codes.length, issues)
      for (const [k, text] of codes.entries()) {
        if (isMangledCode(text)) {
          issues.leave({ reason: 'code-turned-into-number', column: column.column.header, value: text })
          continue
        }
        const words = codes.length === 1 ? toNormalC(raw(cells, texts[i] ?? null).trim()) : ''
        const isFirst = result.diagnoses.length === 0 && i === 0 && k === 0
        pushDiagnosis(text, words, isFirst, column.column.header, result, issues)
        const present = presence[k]
        if (present != null) result.diagnoses.at(-1)!.value.presentOnAdmission = present
      }
    }
    if (placed.all('diagnosis.code').length > 0) return
    for (const column of texts) {
      const words = toNormalC(raw(cells, column).trim())
      if (!isNothing(words))
        pushDiagnosis('', words, result.diagnoses.length === 0, column.column.header, result, issues)
    }
  }

  /** Of each code in the cell of the column of diagnoses; null where nothing is said, or nothing that one understands. */
  function presenceOf(
    cells: readonly string[],
    nth: number,
    codeCount: number,
    issues: RowIssues,
  ): (Presence | null)[] {
    const column = presenceColumns[nth]
    const cell = raw(cells, column ?? null).trim()
    if (column === undefined || column === null || isNothing(cell)) return []
    const said = codesIn(cell)
    const { header } = column.column
    if (said.length !== codeCount) {
      issues.leave({ reason: 'value-not-readable', column: header, value: cell })
      return []
    }
    return said.map((word) => {
      const meant = onAdmissionMeaning(word) ?? null
      if (meant === null) issues.leave({ reason: 'word-not-known', column: header, value: word })
      return meant
    })
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

  return { readDiagnoses, readProcedures, readMedicines }
}

type Presence = NonNullable<VisitDraft['diagnoses'][number]['presentOnAdmission']>

/** As many columns as there are of codes go by their order, fewer by what stands before them. */
function presenceByCode(placed: RowCells['placed']): (PlacedColumn | null)[] {
  const codes = placed.all('diagnosis.code')
  const said = placed.all('diagnosis.onAdmission')
  if (said.length === codes.length) return [...said]
  return codes.map(({ at }, i) => {
    const end = codes[i + 1]?.at ?? Infinity
    return said.find((each) => each.at > at && each.at < end) ?? null
  })
}
