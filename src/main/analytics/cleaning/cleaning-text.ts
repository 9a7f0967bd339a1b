/** What a cleaning gave, as lines of one form: two runs on the same facts are compared, and named by the hash, of these. Pure. */
import { canonicalJson, type CanonicalValue } from '../../../shared/std/canonical-json.ts'
import { FACT_TABLE_NAMES, FACT_TABLES, type FactRow, type FactTable } from '../facts/fact-tables.ts'
import type { Cleaning } from './clean.ts'
import type { CleanPerson, CleanRow } from './cleaned.ts'

/** Counts, reasons and profiles first; then what became of each row, person by person; then the scores. */
export function* cleaningLines(cleaning: Cleaning): Generator<string> {
  yield* writtenLines(cleaning)
  yield* personLines(cleaning.persons)
  yield* scoreLines(cleaning)
}

export function* writtenLines({
  start,
  steps,
  before,
  after,
  handedOn,
}: Omit<Cleaning, 'persons'>): Generator<string> {
  yield canonicalJson(asText({ start, before, after, maxGapDays: handedOn.maxGapDays }))
  for (const report of steps) {
    const sample = report.sample.map(({ source: _, ...change }) => change)
    yield canonicalJson(asText({ ...report, sample }))
  }
}

export function* personLines(persons: readonly CleanPerson[]): Generator<string> {
  for (const person of persons) {
    yield canonicalJson({ person: person.person, patients: person.patients })
    for (const table of FACT_TABLE_NAMES)
      for (const row of person[table] as readonly CleanRow<FactTable>[]) yield rowLine(table, row)
  }
}

export function* scoreLines({ handedOn }: Pick<Cleaning, 'handedOn'>): Generator<string> {
  for (const [list, scores] of Object.entries(handedOn.scores))
    for (const { person, day, score } of scores) yield canonicalJson({ list, person, day, score })
}

/** Columns in the order of their names, each with its name as it is written. */
const COLUMNS: ReadonlyMap<FactTable, readonly { readonly name: string; readonly text: string }[]> = new Map(
  FACT_TABLE_NAMES.map((table) => [
    table,
    Object.keys(FACT_TABLES[table])
      .sort()
      .map((name) => ({ name, text: `${JSON.stringify(name)}:` })),
  ]),
)

/** The canonical JSON of a row, written straight: there are millions of them. */
function rowLine(table: FactTable, row: CleanRow<FactTable>): string {
  const { isKept, flags } = row
  const source = row.source as Readonly<Record<string, string | number | null | undefined>>
  let cells = ''
  for (const { name, text } of COLUMNS.get(table)!) {
    const value = source[name]
    if (value !== undefined) cells += `${cells === '' ? '' : ','}${text}${cellText(value)}`
  }
  const derived = row.source === row.now ? '{}' : canonicalJson(asText(derivedOf(row)))
  const said = flags.length === 0 ? '[]' : canonicalJson(asText(flags))
  return `{"derived":${derived},"flags":${said},"isKept":${isKept},"source":{${cells}},"table":"${table}"}`
}

function cellText(value: string | number | null): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'))
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : `"${value}"`
}

function derivedOf({ source, now }: CleanRow<FactTable>): Record<string, string | number | null> {
  const out: Record<string, string | number | null> = {}
  if (source === now) return out
  for (const key of Object.keys(now) as (keyof FactRow<FactTable>)[])
    if (now[key] !== source[key]) out[key] = now[key]
  return out
}

/** Numbers with a point as their shortest decimal text, which ECMAScript fixes to the digit. */
function asText(value: unknown): CanonicalValue {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : String(value)
  if (Array.isArray(value)) return value.map(asText)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asText(each)]))
  return value as CanonicalValue
}
