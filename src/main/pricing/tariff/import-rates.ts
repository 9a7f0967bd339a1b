/**
 * Coefficients and rating tables from elsewhere: CSV with `term,level,relativity` (or `coefficient`, the logarithm), or JSON of the
 * same (docs/spec/pricing.md section 6). A tariff's own table, as it leaves the room in either language, is one of them. Everything wrong
 * is listed with its line or path, not the first thing alone.
 */
import { RATES_TEXT_MOST } from '../../../shared/domain/pricing-work.ts'
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { log } from '../../stats/det/log.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { type CsvColumn, readCsvColumns } from '../../stats/model/csv-columns.ts'
import { nearest } from '../expression/nearest.ts'
import { FACTORS_MAX, IMPORT_ERRORS_MAX, IMPORT_ROWS_MAX, LEVELS_MAX } from '../limits.ts'
import type { Rating } from '../model/rating.ts'
import { jsonProblem } from './json-place.ts'
import { factorSaid, levelSaid, plainOf } from './said-names.ts'

export interface ImportError {
  readonly code:
    | 'too-large'
    | 'not-a-table'
    | 'not-json'
    | 'missing-column'
    | 'missing-field'
    | 'not-a-number'
    | 'not-positive'
    | 'double-level'
    | 'no-base'
    | 'two-bases'
    | 'empty-name'
    | 'too-many'
  /** `line 7`, `terms[3].relativity`, or empty for the file as a whole. */
  readonly place: string
  readonly found: string
  readonly expected: string
  readonly didYouMean: string | null
}

export type ImportedRating =
  | { readonly kind: 'imported'; readonly rating: Rating; readonly rowCount: number }
  /** At most 50 errors are listed. */
  | { readonly kind: 'refused'; readonly errors: readonly ImportError[]; readonly errorCount: number }

interface Line {
  readonly place: string
  readonly term: string
  readonly level: string
  readonly logRatio: number
}

/** Term of the line that holds the base rate: empty level. As `plainOf` has it. */
const BASE_TERMS = ['base', 'intercept', 'baserate', '基準費率']

/** Headings of columns, likewise. */
const HEADINGS = {
  term: ['term', 'factor', '因子'],
  level: ['level', '水準'],
  relativity: ['relativity', 'rate', '相對係數'],
  coefficient: ['coefficient', 'estimate'],
} as const
const LABELS: readonly string[] = [...HEADINGS.term, ...HEADINGS.level]

/** @param text UTF-8, with or without a byte order mark */
export function importRating(text: string, format: 'csv' | 'json'): ImportedRating {
  if (text.length > RATES_TEXT_MOST)
    return refusal([
      problem('too-large', '', `${text.length} characters`, `${RATES_TEXT_MOST} characters at most`),
    ])
  const read = format === 'csv' ? linesOfCsv(text) : linesOfJson(text)
  if (read.errors.length > 0) return refusal(read.errors)
  return assemble(read.lines)
}

function linesOfCsv(text: string): { lines: Line[]; errors: ImportError[] } {
  let table
  try {
    // Names are kept as they stand: a group `007` is another one than `7`.
    table = readCsvColumns(utf8Encode(plainCsv(text)), 'all', (name) => LABELS.includes(plainOf(name)))
  } catch (error) {
    if (!(error instanceof StatsFailure)) throw error
    const { detail } = error
    const row = detail.code === 'bad-table' ? detail.row : 0
    const reason = detail.code === 'bad-table' ? detail.reason : detail.code
    return { lines: [], errors: [problem('not-a-table', `line ${row + 1}`, reason, 'term,level,relativity')] }
  }
  const errors: ImportError[] = []
  const columnOf = (names: readonly string[]): CsvColumn | null => {
    const name = table.header.find((each) => names.includes(plainOf(each)))
    return name === undefined ? null : table.columns.get(name)!
  }
  const term = columnOf(HEADINGS.term)
  const level = columnOf(HEADINGS.level)
  const relativity = columnOf(HEADINGS.relativity)
  const coefficient = columnOf(HEADINGS.coefficient)
  if (term === null) errors.push(missing('term', table.header))
  if (level === null) errors.push(missing('level', table.header))
  if (relativity === null && coefficient === null) errors.push(missing('relativity', table.header))
  if (table.rowCount > IMPORT_ROWS_MAX)
    errors.push(problem('too-many', '', String(table.rowCount), `${IMPORT_ROWS_MAX} lines`))
  if (errors.length > 0) return { lines: [], errors }
  const lines: Line[] = []
  for (let row = 0; row < table.rowCount; row++) {
    // The header is line 1.
    const place = `line ${row + 2}`
    const values = relativity ?? coefficient!
    const raw = textAt(values, row)
    const value = values.kinds[row] === 0 ? values.numbers[row]! : NaN
    const logRatio = logOf(value, relativity !== null, place, raw, errors)
    lines.push({ place, term: labelAt(term!, row), level: labelAt(level!, row), logRatio })
  }
  return { lines, errors }
}

/** Without the notes that a file of ours has below its lines, and with commas where a spreadsheet put tabs. */
function plainCsv(text: string): string {
  const lines = text.split('\n')
  while (lines.length > 0 && /^(\s*|"?#.*)$/.test(lines.at(-1)!.trimEnd())) lines.pop()
  const isTabbed = lines[0]?.includes('\t') === true && !lines[0].includes(',')
  const cell = (each: string): string =>
    /[",]/.test(each) && !/^".*"$/.test(each) ? `"${each.replaceAll('"', '""')}"` : each
  return `${lines
    .map((line) => (isTabbed ? line.replace(/\r$/, '').split('\t').map(cell).join(',') : line))
    .join('\n')}\n`
}

function linesOfJson(text: string): { lines: Line[]; errors: ImportError[] } {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const wrong = jsonProblem(plain)
  if (wrong !== null) {
    const place = `line ${wrong.line}, column ${wrong.column}`
    return { lines: [], errors: [problem('not-json', place, '', wrong.expected)] }
  }
  const value = JSON.parse(plain) as unknown
  const errors: ImportError[] = []
  const lines: Line[] = []
  const base = fieldOf(value, 'base')
  const terms = fieldOf(value, 'terms')
  if (typeof base === 'number')
    lines.push({
      place: 'base',
      term: 'base',
      level: '',
      logRatio: logOf(base, true, 'base', String(base), errors),
    })
  else if (base !== undefined) errors.push(problem('not-a-number', 'base', shown(base), 'a number above 0'))
  if (!Array.isArray(terms)) {
    errors.push(problem('missing-field', 'terms', shown(terms), 'a list of { term, level, relativity }'))
    return { lines, errors }
  }
  if (terms.length > IMPORT_ROWS_MAX) {
    errors.push(problem('too-many', 'terms', String(terms.length), `${IMPORT_ROWS_MAX} terms`))
    return { lines, errors }
  }
  terms.forEach((each: unknown, index) => {
    const place = `terms[${index}]`
    const term = fieldOf(each, 'term')
    const level = fieldOf(each, 'level') ?? ''
    const relativity = fieldOf(each, 'relativity')
    const coefficient = fieldOf(each, 'coefficient')
    if (typeof term !== 'string')
      errors.push(problem('missing-field', `${place}.term`, shown(term), 'a text'))
    if (typeof level !== 'string')
      errors.push(problem('missing-field', `${place}.level`, shown(level), 'a text'))
    const isRatio = relativity !== undefined
    const raw = isRatio ? relativity : coefficient
    if (typeof raw !== 'number') {
      const known = typeof each === 'object' && each !== null ? Object.keys(each) : []
      const field = `${place}.relativity`
      errors.push({
        ...problem('not-a-number', field, shown(raw), 'a number'),
        didYouMean: raw === undefined ? nearest('relativity', known) : null,
      })
      return
    }
    const logRatio = logOf(
      raw,
      isRatio,
      `${place}.${isRatio ? 'relativity' : 'coefficient'}`,
      String(raw),
      errors,
    )
    lines.push({ place, term: String(term).trim(), level: String(level).trim(), logRatio })
  })
  return { lines, errors }
}

/** Lines to a rating: factors and levels in the order in which they came. */
function assemble(lines: readonly Line[]): ImportedRating {
  const errors: ImportError[] = []
  const factors = new Map<string, Map<string, { logRatio: number; place: string }>>()
  let logBase: number | null = null
  for (const { place, term: said, level: saidLevel, logRatio } of lines) {
    const term = factorSaid(said) ?? said
    const level = levelSaid(term, saidLevel) ?? saidLevel
    if (term === '') {
      errors.push(problem('empty-name', place, '', 'a term'))
      continue
    }
    if (level === '' && BASE_TERMS.includes(plainOf(term))) {
      if (logBase !== null) errors.push(problem('two-bases', place, term, 'one base rate'))
      logBase = logRatio
      continue
    }
    if (level === '') {
      errors.push({ ...problem('empty-name', place, term, 'a level'), didYouMean: nearest(term, BASE_TERMS) })
      continue
    }
    const levels = factors.get(term) ?? new Map<string, { logRatio: number; place: string }>()
    factors.set(term, levels)
    const known = levels.get(level)
    if (known !== undefined)
      errors.push(
        problem('double-level', place, `${term}: ${level}`, `once; it stands at ${known.place} already`),
      )
    else levels.set(level, { logRatio, place })
  }
  if (logBase === null)
    errors.push(problem('no-base', '', '', 'a line “base” without a level, with the base rate'))
  if (factors.size > FACTORS_MAX)
    errors.push(problem('too-many', '', String(factors.size), `${FACTORS_MAX} terms`))
  for (const [name, levels] of factors)
    if (levels.size > LEVELS_MAX)
      errors.push(problem('too-many', name, String(levels.size), `${LEVELS_MAX} levels`))
  if (errors.length > 0) return refusal(errors)
  const named = [...factors]
  return {
    kind: 'imported',
    rating: {
      factors: named.map(([name, levels]) => ({ name, levels: [...levels.keys()], isOrdered: false })),
      logBase: logBase!,
      logRatios: named.map(([, levels]) => Float64Array.from(levels.values(), ({ logRatio }) => logRatio)),
      covariance: null,
      freedom: Infinity,
    },
    rowCount: lines.length,
  }
}

/** The logarithm of a relativity, or the coefficient as it is. */
function logOf(value: number, isRatio: boolean, place: string, found: string, errors: ImportError[]): number {
  if (!(value - value === 0)) {
    errors.push(
      problem(
        'not-a-number',
        place,
        found,
        found.includes(',') ? 'a number with a decimal point' : 'a number',
      ),
    )
    return NaN
  }
  if (!isRatio) return value
  if (!(value > 0)) errors.push(problem('not-positive', place, found, 'above 0'))
  return log(value)
}

/** As it was before a file of ours kept it from being run as a formula. */
const labelAt = (column: CsvColumn, row: number): string =>
  textAt(column, row)
    .trim()
    .replace(/^'(?=[=+\-@])/, '')

function textAt(column: CsvColumn, row: number): string {
  return column.texts.get(row) ?? (column.kinds[row] === 0 ? String(column.numbers[row]!) : '')
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing').slice(0, 40)
}

function missing(name: string, header: readonly string[]): ImportError {
  return {
    ...problem('missing-column', 'line 1', header.join(',').slice(0, 80), name),
    didYouMean: nearest(name, header),
  }
}

function problem(code: ImportError['code'], place: string, found: string, expected: string): ImportError {
  return { code, place, found: found.slice(0, 80), expected, didYouMean: null }
}

function refusal(errors: readonly ImportError[]): ImportedRating {
  return { kind: 'refused', errors: errors.slice(0, IMPORT_ERRORS_MAX), errorCount: errors.length }
}
