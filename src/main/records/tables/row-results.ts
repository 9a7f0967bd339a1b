/** Results of one row: a column for each test, a blood pressure, or a row for each result. */
import { isLoincCode, labTestOf, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { normaliseUnit, unitUnderstood } from '../../../shared/domain/units.ts'
import type { Code, Observation, ObservationValue } from '../../../shared/domain/visit.ts'
import { toNormalC } from '../../node/chain/normal-form.ts'
import { cut } from '../fhir/reading.ts'
import { folded, isNothing, readNumber } from './cells.ts'
import type { PlacedColumn } from './layout.ts'
import { normaliseName, type RowCells } from './row-cells.ts'
import type { RowContext, RowIssues, RowParts, Times } from './row.ts'
import { testOfName } from './synonyms.ts'

export function resultReader({ placed, raw, textOf, codeText }: RowCells, { mapping }: RowContext) {
  const rules = new Map(mapping.tests.map((rule) => [normaliseName(rule.from), rule]))
  const units = new Map(mapping.units.map((rule) => [normaliseUnit(rule.from), rule.to]))

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
    const rule = test === null ? null : unitUnderstood(test, meant)
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

  return { readTestColumn, readBloodPressure, readResult }
}
