/**
 * A block of results copied from a table or a laboratory system: two or more columns, the test in one, the value in
 * another, unit and date where there are any, in any order, with or without a line of headings. Pure: what is understood
 * is proposed, what is not stays in sight, nothing is taken silently.
 */
import { LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { ucumRatio } from '../../../../shared/domain/ucum.ts'
import { normaliseUnit, unitUnderstood } from '../../../../shared/domain/units.ts'
import { readDay } from '../../../parts/typed-date.ts'
import { labNamed } from '../../../../shared/domain/lab-search.ts'
import { emptyRow, type LabRow, VITALS, type VitalKey } from './form.ts'
import { isUnit } from './read-results.ts'
import { readRange } from './result-range.ts'
import { fold, parseTypedNumber, readTime, unitMeant } from './typed.ts'

export interface PastedResult {
  /** The line as it was copied. */
  readonly source: string
  /** Null for a test that our table lacks: it goes under the name that the block gives it. */
  readonly test: LabTest | null
  readonly name: string
  /** Empty where nothing can be taken. */
  readonly value: string
  /** A unit of the test, its own where the block names none; that of the block for a test that our table lacks. */
  readonly unit: string
  /** The unit of the block where it is none of the test's. */
  readonly unknownUnit: string
  /** YYYY-MM-DD, with the time where the block says it, or empty. */
  readonly day: string
  /** The laboratory's own range as it is printed, or empty. */
  readonly range: string
  /** Taken unless somebody says otherwise. */
  readonly isTaken: boolean
}
export type ColumnRole = 'test' | 'value' | 'unit' | 'range' | 'date' | 'none'

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

/** The cells of a block of at least two columns, one with names of tests, one with values; null for any other text. */
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
  const test = best(columns, (cell) => labNamed(cell) !== null, 0.2) ?? unknownTests()
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
      return named === null ? looksLikeUnit(cell) : unitUnderstood(named, cell) !== null
    },
    0.3,
  )
  if (unit !== undefined) roles[unit] = 'unit'
  const range = best(
    rest.filter((column) => column !== date && column !== value && column !== unit),
    looksLikeRange,
    0.3,
  )
  if (range !== undefined) roles[range] = 'range'
  return roles

  /** Where our table knows none of the tests: the first column of words, beside one of numbers. */
  function unknownTests(): number | undefined {
    const isValue = (cell: string) => valueOf(cell) !== null && !isDate(cell, today)
    const numbers = cells.length < 2 ? undefined : best(columns, isValue, 0.6)
    if (numbers === undefined) return undefined
    return best(
      columns.filter((column) => column !== numbers),
      (cell) => /\p{L}/u.test(cell) && !isValue(cell) && !isDate(cell, today),
      0.8,
    )
  }
}

/** Two numbers, or one with a limit; a date of a day and a month is no range of a column of dates. */
function looksLikeRange(cell: string): boolean {
  const { refLow, refHigh } = readRange(cell)
  return refLow !== undefined || refHigh !== undefined
}

/** A single letter is more often a mark for high or low. */
function looksLikeUnit(cell: string): boolean {
  const unit = normaliseUnit(cell)
  return unit === '%' || (unit.length > 1 && ucumRatio(unit, unit) !== null)
}

const isDate = (cell: string, today: number) =>
  /[0-9][/.\-年][0-9]/.test(cell) && (readDay(cell.split(/[ T]/)[0] ?? '', today) ?? '') !== ''

/** A value as it goes into the field: comparator kept, the laboratory's own mark for high and low dropped. */
function valueOf(cell: string): { value: string; unit: string } | null {
  const plain = fold(cell)
  const word = QUALITATIVE[plain.toLowerCase()]
  if (word !== undefined) return { value: word, unit: '' }
  const number = parseTypedNumber(plain.replace(/(?<=[0-9\s])\s*(\(?[HL]{1,2}\)?|\*+|↑|↓)$/u, ''))
  return number === null
    ? null
    : { value: `${number.comparator ?? ''}${number.value}`, unit: number.unitTyped ?? '' }
}

/**
 * The lines of a block under these roles. A test that our table lacks is a result all the same: its number or word is taken as
 * it stands. Not taken is what has no name or no value, and a line that may be a heading: words beside an unknown name.
 */
export function resultsOf(block: PastedBlock, today: number): PastedResult[] {
  const at = (role: ColumnRole) => block.roles.indexOf(role)
  const cell = (row: readonly string[], role: ColumnRole) => (at(role) < 0 ? '' : (row[at(role)] ?? ''))
  return block.cells.map((row) => {
    const name = cell(row, 'test').trim()
    const test = labNamed(name)
    const read = valueOf(cell(row, 'value'))
    if (test === null) return ownResult(name, read, row)
    const isNumber = test.unit !== ''
    const isFitting = read !== null && isNumber === /[0-9]/.test(read.value)
    const named = cell(row, 'unit') || read?.unit || ''
    const meant = named === '' ? null : unitMeant(test, named)
    return {
      source: sourceOf(row),
      test,
      name,
      value: isFitting ? read.value : '',
      unit: meant ?? test.unit,
      unknownUnit: named !== '' && meant === null && isNumber ? named : '',
      day: dayOf(row),
      range: isFitting && isNumber ? cell(row, 'range') : '',
      // A unit that is not understood is for a person to decide.
      isTaken: isFitting && (named === '' || meant !== null || !isNumber),
    }
  })

  function ownResult(name: string, read: ReturnType<typeof valueOf>, row: readonly string[]): PastedResult {
    const written = fold(cell(row, 'value'))
    // A dash says that there is nothing; `1:80` and `3+` begin with a number and are none.
    const isNothing = name === '' || written === '-'
    const isWhole = read !== null && (read.unit === '' || isUnit(read.unit))
    return {
      source: sourceOf(row),
      test: null,
      name,
      value: isNothing ? '' : isWhole ? read.value : written,
      unit: cell(row, 'unit') || (isWhole ? read.unit : ''),
      unknownUnit: '',
      day: dayOf(row),
      range: isNothing ? '' : cell(row, 'range'),
      isTaken: !isNothing && read !== null,
    }
  }

  function dayOf(row: readonly string[]): string {
    const [day = '', clock = ''] = cell(row, 'date').split(/[ T]+/)
    const read = day === '' ? '' : (readDay(day, today) ?? '')
    // `08:15:30` of a laboratory system; what else stands behind the day is no time.
    const time = readTime(clock.replace(/^([0-9]{1,2}:[0-9]{2}):[0-9]{2}$/, '$1')) ?? ''
    return read === '' ? '' : `${read} ${time}`.trim()
  }
}

const sourceOf = (row: readonly string[]) => row.filter((each) => each !== '').join(' · ')

/** What the taken lines are in the form: vital signs in a set for each time, all else a row each. */
export function fieldsOfResults(
  taken: readonly PastedResult[],
  { nameOf, freshId, admissionDay }: FieldTools,
): { rows: LabRow[]; sets: PastedSet[] } {
  const sets: { of: string; at: string; values: Partial<Record<VitalKey, string>> }[] = []
  const rows: LabRow[] = []
  for (const { test, name, value, unit, day, range } of taken) {
    if (test !== null && (VITALS as readonly string[]).includes(test.key)) {
      const key = test.key as VitalKey
      let set = sets.find((each) => each.of === day && each.values[key] === undefined)
      if (set === undefined) {
        // A second value of one time is another set, for a person to give its time.
        const at = sets.some((each) => each.of === day) ? '' : day
        sets.push((set = { of: day, at, values: {} }))
      }
      set.values[key] = unit === test.unit ? value : `${value}${unit}`
      continue
    }
    rows.push({
      ...emptyRow.labs(freshId()),
      test:
        test === null
          ? { text: name, code: null }
          : { text: nameOf(test), code: { system: LOINC_SYSTEM, code: test.loinc, display: test.en } },
      value,
      unit,
      collected: day || admissionDay,
      resulted: day || admissionDay,
      range,
    })
  }
  return { rows, sets: sets.map(({ at, values }) => ({ at, values })) }
}

/** Vital signs of one time; `at` is empty where the block does not say it. */
export interface PastedSet {
  readonly at: string
  readonly values: Readonly<Partial<Record<VitalKey, string>>>
}

interface FieldTools {
  nameOf(test: LabTest): string
  freshId(): string
  readonly admissionDay: string
}
