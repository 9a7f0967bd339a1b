/**
 * One row of a hospital's table by its layout: what it says of the patient, of the visit and of what was found there.
 * A cell that cannot be read is named by row and column, with its value and a better one where that is obvious; the rest of
 * the row is taken, unless nobody could say whose it is or when it was.
 */
import { normaliseNationalId } from '../../../shared/domain/national-id.ts'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { Encounter, VisitPatient } from '../../../shared/domain/visit.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { pieces } from '../fhir/reading.ts'
import { isNothing, readDate } from './cells.ts'
import type { PlacedLayout } from './layout.ts'
import { careReader } from './row-care.ts'
import { rowCells } from './row-cells.ts'
import { claimReader } from './row-claim.ts'
import { resultReader } from './row-results.ts'
import type { RowContext, RowIssues, RowParts, RowPatient, RowVisit } from './row.ts'

export interface RowReader {
  patient(cells: readonly string[], issues: RowIssues): RowPatient
  visit(cells: readonly string[], issues: RowIssues): RowVisit
  parts(cells: readonly string[], visit: RowVisit, issues: RowIssues): RowParts
  /** Header of the column of the national id, '' where there is none. */
  readonly nationalIdColumn: string
}

const NO_REPLACEMENT = /\ufffd/

export function rowReader(placed: PlacedLayout, context: RowContext): RowReader {
  const row = rowCells(placed, context)
  const { raw, textOf, codeText, dateOf, whenText, wordOf } = row
  const { readTestColumn, readBloodPressure, readResult } = resultReader(row, context)
  const { readDiagnoses, readProcedures, readMedicines } = careReader(row, context)
  const { readClaim } = claimReader(row, context)

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
      consent: placed.layout.kind === 'patients' ? consent(cells, issues) : null,
    }
  }

  function visit(cells: readonly string[], issues: RowIssues): RowVisit {
    const department = textOf(cells, 'visit.department', 64)
    return {
      id: codeText(cells, 'visit.id', issues, 100),
      admission: dateOf(cells, placed.one('visit.admission'), 'visit.admissionTime', issues),
      discharge: dateOf(cells, placed.one('visit.discharge'), 'visit.dischargeTime', issues),
      class: wordOf<Encounter['class']>(cells, 'visit.class', issues),
      status: wordOf<Encounter['status']>(cells, 'visit.status', issues),
      department: department === '' ? null : { system: 'local', code: department },
      attender: textOf(cells, 'visit.attender', 64),
      reason: textOf(cells, 'visit.reason'),
      payer: payer(cells, issues),
      memberNumber: codeText(cells, 'visit.memberNumber', issues, 200),
      consent: consent(cells, issues),
      disposition: textOf(cells, 'visit.disposition', 64),
      organisation: '',
    }
  }

  /** A word that nobody understands allows the least; what stands beside it is taken all the same. */
  function consent(cells: readonly string[], issues: RowIssues): RowVisit['consent'] {
    const word = textOf(cells, 'patient.consent')
    const said = wordOf<VisitPatient['consent']['scope']>(cells, 'patient.consent', issues)
    const scope = said ?? (word === '' ? undefined : 'treatment-only')
    const from = dateOf(cells, placed.one('patient.consentFrom'), null, issues)?.day
    const to = dateOf(cells, placed.one('patient.consentTo'), null, issues)?.day
    const ref = textOf(cells, 'patient.consentRef')
    if (scope === undefined && from === undefined && to === undefined && ref === '') return null
    return {
      ...(scope === undefined ? {} : { scope }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(ref === '' ? {} : { ref }),
    }
  }

  /** A payer that is none of our words is an insurer's name. */
  function payer(cells: readonly string[], issues: RowIssues): RowVisit['payer'] {
    const word = textOf(cells, 'visit.payer')
    const type = wordOf<Encounter['payer']['type']>(cells, 'visit.payer', issues)
    const organisation = textOf(cells, 'visit.insurer') || (type === null ? word : '')
    const plan = textOf(cells, 'visit.plan')
    const group = textOf(cells, 'visit.payerGroup', 64)
    if (type === null && organisation === '' && plan === '' && group === '') return null
    return {
      type: type ?? (word === '' ? 'UNKNOWN' : 'OTHER'),
      ...(organisation === '' ? {} : { organisation }),
      ...(plan === '' ? {} : { plan }),
      ...(group === '' ? {} : { group }),
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

  return { patient, visit, parts, nationalIdColumn: placed.one('patient.nationalId')?.column.header ?? '' }
}

/** Half a letter that no encoding has: the file was read in a wrong one, or was broken before. */
export function hasBrokenText(cells: readonly string[]): boolean {
  return cells.some((cell) => NO_REPLACEMENT.test(cell) || cell.includes('\u0000'))
}
