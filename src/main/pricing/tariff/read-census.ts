/**
 * A census as it comes from a spreadsheet: one line for each cell, or a line for each level of one factor and a column for each of another
 * (age bands down, sexes across). Everything wrong is listed with its line; a census with an error prices nothing.
 */
import { nearest } from '../expression/nearest.ts'
import { CENSUS_ROWS_MAX, IMPORT_ERRORS_MAX } from '../limits.ts'
import type { CensusRow } from '../model/price-group.ts'
import type { Factor } from '../model/tariff-table.ts'
import { factorSaid, levelSaid, plainOf } from './said-names.ts'

export interface CensusError {
  readonly code:
    'empty' | 'no-lives' | 'unknown-column' | 'missing-factor' | 'unknown-level' | 'not-a-number' | 'too-many'
  /** 1 is the first line that was pasted. */
  readonly line: number
  /** The column's heading, or the factor that is missing. */
  readonly column: string
  readonly found: string
  readonly hint: string | null
}

export type ReadCensus =
  | { readonly kind: 'read'; readonly rows: readonly CensusRow[]; readonly lines: readonly number[] }
  | { readonly kind: 'refused'; readonly errors: readonly CensusError[]; readonly errorCount: number }

/** Headings that spreadsheets use, without blanks and signs, in small letters. */
const LIVES = ['lives', 'members', 'headcount', 'persons', 'exposure', 'memberyears', 'count', '人數', '人年']

/** What a census usually says, also where a tariff does not ask for it: lives of women and men are then added up. */
const SEX: Factor = { name: 'sex', levels: ['female', 'male'], isOrdered: false }

/**
 * @param factors of the tariff
 * @param fixed a level for each factor that the census does not name: the group, the plan
 */
export function readCensus(
  text: string,
  factors: readonly Factor[],
  fixed: Readonly<Record<string, string>>,
): ReadCensus {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  const filled = lines.flatMap((content, i) => (content.trim() === '' ? [] : [{ line: i + 1, content }]))
  const [head, ...body] = filled
  if (head === undefined || body.length === 0) return refused([problem('empty', 1, '', '')])
  if (body.length > CENSUS_ROWS_MAX)
    return refused([problem('too-many', 1, '', String(body.length), String(CENSUS_ROWS_MAX))])
  const separator = head.content.includes('\t') ? '\t' : head.content.includes(';') ? ';' : ','
  const split = (content: string): string[] =>
    content.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  const plan = planOf(split(head.content), factors, fixed)
  if (plan.errors.length > 0) return refused(plan.errors)
  const errors: CensusError[] = []
  const rows: CensusRow[] = []
  const at: number[] = []
  for (const { line, content } of body) {
    const cells = split(content)
    const levels: Record<string, string> = { ...plan.fixed }
    let isWrong = false
    for (const { column, factor, heading } of plan.factors) {
      const found = cells[column] ?? ''
      const level = levelOf(factor, found)
      if (level === null) {
        isWrong = true
        errors.push(
          problem(
            'unknown-level',
            line,
            heading,
            found,
            nearest(found, factor.levels) ?? factor.levels[0] ?? '',
          ),
        )
      } else levels[factor.name] = level
    }
    for (const { column, heading, across } of plan.amounts) {
      const found = cells[column] ?? ''
      // A blank cell of a matrix is nobody; thousands are grouped by commas where cells are not.
      const plain = separator === ',' ? found : found.replace(/(?<=[0-9]),(?=[0-9]{3}\b)/g, '')
      const exposure = plain === '' && plan.amounts.length > 1 ? 0 : plain === '' ? NaN : Number(plain)
      if (!(exposure >= 0 && exposure < Infinity)) {
        errors.push(problem('not-a-number', line, heading, found))
        continue
      }
      if (isWrong || exposure === 0) continue
      const { [SEX.name]: sex, ...rest } = across ?? {}
      const asked: Record<string, string> = {}
      if (sex !== undefined && factors.some(({ name }) => name === SEX.name)) asked[SEX.name] = sex
      rows.push({ levels: { ...levels, ...rest, ...asked }, exposure })
      at.push(line)
    }
  }
  if (errors.length === 0 && rows.length === 0) errors.push(problem('no-lives', head.line, '', ''))
  return errors.length > 0 ? refused(errors) : { kind: 'read', rows, lines: at }
}

interface Plan {
  readonly errors: readonly CensusError[]
  readonly fixed: Readonly<Record<string, string>>
  readonly factors: readonly {
    readonly column: number
    readonly heading: string
    readonly factor: Factor
  }[]
  /** Columns with lives; `across`: the level that the column itself says. */
  readonly amounts: readonly {
    readonly column: number
    readonly heading: string
    readonly across: Readonly<Record<string, string>> | null
  }[]
}

function planOf(
  headings: readonly string[],
  factors: readonly Factor[],
  fixed: Readonly<Record<string, string>>,
): Plan {
  const errors: CensusError[] = []
  const found: Plan['factors'][number][] = []
  const amounts: Plan['amounts'][number][] = []
  const across = acrossOf(headings, factors) ?? acrossOf(headings, [SEX])
  headings.forEach((heading, column) => {
    if (heading === '' && column > 0) return
    const factor = factors.find(({ name }) => isNamed(heading, name))
    const level = across === null ? null : levelOf(across, heading)
    if (factor !== undefined && factor !== across) found.push({ column, heading, factor })
    else if (across !== null && level !== null)
      amounts.push({ column, heading, across: { [across.name]: level } })
    else if (across === null && LIVES.includes(plainOf(heading)))
      amounts.push({ column, heading, across: null })
    else if (isNamed(heading, SEX.name)) return
    else if (column === 0 && across !== null) {
      // The corner of a matrix is often blank or says what stands across: the lines are then of the factor that is left.
      const left = factors.find((each) => each !== across && fixed[each.name] === undefined)
      if (left === undefined) errors.push(problem('unknown-column', 1, heading, heading))
      else found.push({ column, heading: left.name, factor: left })
    } else
      errors.push(
        problem(
          'unknown-column',
          1,
          heading,
          heading,
          nearest(
            heading,
            factors.map(({ name }) => name),
          ),
        ),
      )
  })
  const named = new Set([
    ...found.map(({ factor }) => factor.name),
    ...(across === null ? [] : [across.name]),
  ])
  const rest: Record<string, string> = {}
  for (const factor of factors) {
    if (named.has(factor.name)) continue
    const level = levelOf(factor, fixed[factor.name] ?? '')
    if (level === null) errors.push(problem('missing-factor', 1, factor.name, fixed[factor.name] ?? ''))
    else rest[factor.name] = level
  }
  if (amounts.length === 0) errors.push(problem('no-lives', 1, '', headings.join(' ').slice(0, 80)))
  return { errors, fixed: rest, factors: found, amounts }
}

/** The factor whose levels stand across, where no column of lives is there: at least two columns are levels of it. */
function acrossOf(headings: readonly string[], factors: readonly Factor[]): Factor | null {
  if (headings.some((heading) => LIVES.includes(plainOf(heading)))) return null
  return (
    factors.find((factor) => headings.filter((heading) => levelOf(factor, heading) !== null).length >= 2) ??
    null
  )
}

function isNamed(heading: string, name: string): boolean {
  const plain = plainOf(heading)
  return plain === plainOf(name) || factorSaid(heading) === name
}

function levelOf({ name, levels }: Factor, text: string): string | null {
  const plain = plainOf(text)
  const same = levels.find((level) => level === text) ?? levels.find((level) => plainOf(level) === plain)
  if (same !== undefined) return plain === '' ? null : same
  const said = levelSaid(factorSaid(name) ?? name, text)
  return levels.find((level) => level === said) ?? null
}

const problem = (
  code: CensusError['code'],
  line: number,
  column: string,
  found: string,
  hint: string | null = null,
): CensusError => ({ code, line, column: column.slice(0, 80), found: found.slice(0, 80), hint })

const refused = (errors: readonly CensusError[]): ReadCensus => ({
  kind: 'refused',
  errors: errors.slice(0, IMPORT_ERRORS_MAX),
  errorCount: errors.length,
})
