/**
 * A block of results copied from a table or a laboratory system: two or more columns, the test in one, the value in
 * another, unit and date where there are any, in any order, with or without a line of headings. Pure: what is understood
 * is proposed, what is not stays in sight, nothing is taken silently.
 */
import type { LabTest } from '../../../../shared/domain/lab-tests.ts'
import { unitRuleOf } from '../../../../shared/domain/units.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { labNamed } from '../../../../shared/domain/lab-search.ts'
import { fold, parseTypedNumber, unitMeant } from './typed.ts'

export interface PastedResult {
  /** The line as it was copied. */
  readonly source: string
  readonly test: LabTest | null
  readonly value: string
  /** A unit of the test; its own where the block names none. */
  readonly unit: string
  /** The unit of the block where it is none of the test's. */
  readonly unknownUnit: string
  /** YYYY-MM-DD, or empty. */
  readonly day: string
  /** Taken unless somebody says otherwise. */
  readonly isTaken: boolean
}
export type ColumnRole = 'test' | 'value' | 'unit' | 'date' | 'none'

export interface PastedBlock {
  readonly cells: readonly (readonly string[])[]
  readonly roles: readonly ColumnRole[]
}

const LINES_MAX = 200
const QUALITATIVE: Readonly<Record<string, 'negative' | 'positive'>> = {
  negative: 'negative',
  neg: 'negative',
  '(-)': 'negative',
  '-': 'negative',
  nonreactive: 'negative',
  'non-reactive': 'negative',
  陰性: 'negative',
  positive: 'positive',
  pos: 'positive',
  '(+)': 'positive',
  '+': 'positive',
  reactive: 'positive',
  陽性: 'positive',
}

/** The cells of a block of at least two columns with at least one test in it; null for any other text. */
export function readBlock(text: string, today: number): PastedBlock | null {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_MAX)
  const separator = [/\t/, /\s*[;|]\s*/, /,/, / {2,}|(?<=[^\s])[:：]\s*/].find(
    (each) => lines.length > 0 && lines.every((line) => line.trim().split(each).length > 1),
  )
  if (separator === undefined) return null
  let cells: string[][] = lines.map((line) => line.split(separator).map((cell) => cell.trim()))
  // One line of tests over one line of values is the same block, turned.
  if (cells.length === 2 && cells[0]!.length > 1 && cells[0]!.filter((cell) => labNamed(cell)).length > 1)
    cells = cells[0]!.map((cell, i) => [cell, cells[1]![i] ?? ''])
  const width = Math.max(...cells.map((row) => row.length))
  cells = cells.map((row) => [...row, ...Array<string>(width - row.length).fill('')])
  const roles = rolesOf(cells, today)
  return roles.includes('test') && roles.includes('value') ? { cells, roles } : null
}

/** What each column is, by what stands in it. */
function rolesOf(cells: readonly (readonly string[])[], today: number): ColumnRole[] {
  const width = cells[0]!.length
  const share = (column: number, isOne: (cell: string, row: readonly string[]) => boolean) => {
    const filled = cells.filter((row) => row[column] !== '')
    return filled.length === 0 ? 0 : filled.filter((row) => isOne(row[column]!, row)).length / cells.length
  }
  const columns = Array.from({ length: width }, (_each, column) => column)
  const best = (
    of: readonly number[],
    isOne: (cell: string, row: readonly string[]) => boolean,
    least: number,
  ) =>
    of
      .map((column) => ({ column, share: share(column, isOne) }))
      .filter((each) => each.share >= least)
      .sort((a, b) => b.share - a.share || a.column - b.column)[0]?.column
  const roles = Array<ColumnRole>(width).fill('none')
  const test = best(columns, (cell) => labNamed(cell) !== null, 0.2)
  if (test === undefined) return roles
  roles[test] = 'test'
  const rest = columns.filter((column) => column !== test)
  const date = best(rest, (cell) => isDate(cell, today), 0.4)
  if (date !== undefined) roles[date] = 'date'
  const value = best(
    rest.filter((column) => column !== date),
    (cell) => valueOf(cell) !== null,
    0.3,
  )
  if (value === undefined) return roles
  roles[value] = 'value'
  const unit = best(
    rest.filter((column) => column !== date && column !== value),
    (cell, row) => {
      const named = labNamed(row[test]!)
      return named !== null && unitRuleOf(named, cell) !== null
    },
    0.3,
  )
  if (unit !== undefined) roles[unit] = 'unit'
  return roles
}

const isDate = (cell: string, today: number) =>
  /[0-9][/.\-年][0-9]/.test(cell) && (readDay(cell.split(/[ T]/)[0] ?? '', today) ?? '') !== ''

/** A value as it goes into the field: comparator kept, the laboratory's own mark for high and low dropped. */
function valueOf(cell: string): { value: string; unit: string } | null {
  const plain = fold(cell)
  const word = QUALITATIVE[plain.toLowerCase()]
  if (word !== undefined) return { value: word, unit: '' }
  const number = parseTypedNumber(plain.replace(/\s*(\(?[HL]{1,2}\)?|\*+|↑|↓)$/u, ''))
  return number === null
    ? null
    : { value: `${number.comparator ?? ''}${number.value}`, unit: number.unitTyped ?? '' }
}

/** The lines of a block under these roles; headings and lines without a test or a value are not taken. */
export function resultsOf(block: PastedBlock, today: number): PastedResult[] {
  const at = (role: ColumnRole) => block.roles.indexOf(role)
  const cell = (row: readonly string[], role: ColumnRole) => (at(role) < 0 ? '' : (row[at(role)] ?? ''))
  return block.cells.map((row) => {
    const test = labNamed(cell(row, 'test'))
    const read = valueOf(cell(row, 'value'))
    const isNumber = test !== null && test.unit !== ''
    const isFitting = read !== null && test !== null && isNumber === /[0-9]/.test(read.value)
    const named = cell(row, 'unit') || read?.unit || ''
    const meant = test === null || named === '' ? null : unitMeant(test, named)
    const day = cell(row, 'date').split(/[ T]/)[0] ?? ''
    return {
      source: row.filter((each) => each !== '').join(' · '),
      test,
      value: isFitting ? read.value : '',
      unit: test === null ? '' : (meant ?? test.unit),
      unknownUnit: named !== '' && meant === null && isNumber ? named : '',
      day: day === '' ? '' : (readDay(day, today) ?? ''),
      // A unit that is not understood is for a person to decide.
      isTaken: isFitting && (named === '' || meant !== null || !isNumber),
    }
  })
}
