/** What a cleaning gave, as lines of one form: two runs on the same facts are compared, and named by the hash, of these. Pure. */
import { canonicalJson, type CanonicalValue } from '../../../shared/std/canonical-json.ts'
import { FACT_TABLE_NAMES, type FactRow, type FactTable } from '../facts/fact-tables.ts'
import type { Cleaning } from './clean.ts'
import type { CleanRow } from './cleaned.ts'

/** Counts, reasons and profiles first; then what became of each row, person by person. */
export function* cleaningLines({
  start,
  steps,
  before,
  after,
  persons,
  handedOn,
}: Cleaning): Generator<string> {
  yield canonicalJson(asText({ start, before, after, maxGapDays: handedOn.maxGapDays }))
  for (const report of steps) yield canonicalJson(asText(report))
  for (const person of persons) {
    yield canonicalJson({ person: person.person, patients: person.patients })
    for (const table of FACT_TABLE_NAMES)
      for (const row of person[table] as readonly CleanRow<FactTable>[])
        yield canonicalJson(
          asText({
            table,
            source: row.source,
            isKept: row.isKept,
            derived: derivedOf(row),
            flags: row.flags,
          }),
        )
  }
  for (const [list, scores] of Object.entries(handedOn.scores))
    for (const { person, day, score } of scores) yield canonicalJson({ list, person, day, score })
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
