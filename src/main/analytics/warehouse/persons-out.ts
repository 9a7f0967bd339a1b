/**
 * Facts of persons out of DuckDB, some persons at a time: steps of a pipeline and intervals read objects, and a million visits
 * as objects at once would not fit. Persons stand in the order of their first visit in the chain, so that every node that asks
 * the same of the same chain reads the same; DuckDB's own numbers depend on how the facts were loaded.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { present } from '../../../shared/std/assert.ts'
import { FACT_TABLES, type FactTable } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'

/** A person of a cohort. */
export interface CohortMember {
  /** The index day. */
  readonly index: number
  readonly facts: PersonFacts
}

/** Members of a cohort by their place among each other: half-open, or each by name, in whatever order. */
export type MemberRange =
  { readonly from: number; readonly to: number } | { readonly places: readonly number[] }

/** The persons of a snapshot, numbered. */
export function selectOrder(visits: string): string {
  return `SELECT person, (row_number() OVER (ORDER BY min(block)) - 1)::INTEGER AS number FROM ${visits} GROUP BY person`
}

/** Members in that order: place, number, person, day. */
export function selectPlaces(members: string, order: string): string {
  return (
    `SELECT (row_number() OVER (ORDER BY o.number) - 1)::INTEGER AS place, o.number, m.person, m.day ` +
    `FROM ${members} m JOIN ${order} o ON o.person = m.person`
  )
}

/** Which facts of whom. */
export interface MembersAsked {
  /** As `selectPlaces` says. */
  readonly places: string
  readonly visits: string
  readonly range: MemberRange
  readonly tables: readonly FactTable[]
}

/** In the order of their places; fewer than asked for when there are no more. Of other tables than those asked for there is nothing. `textOf` gives the text of a number. */
export async function readMembers(
  connection: DuckDBConnection,
  { places, visits, range, tables }: MembersAsked,
  textOf: (number: number) => string,
): Promise<CohortMember[]> {
  const isAsked =
    'from' in range
      ? `place >= ${range.from} AND place < ${range.to}`
      : `place IN (${[-1, ...range.places].join(', ')})`
  const asked = await connection.runAndReadAll(
    `SELECT place, number, day FROM ${places} WHERE ${isAsked} ORDER BY place`,
  )
  const byPlace = new Map(
    (asked.getRows() as [number, number, number][]).map(([place, person, index]) => [
      place,
      { index, facts: { person, patients: [] as string[], ...noFacts() } },
    ]),
  )
  for (const table of tables) {
    const kinds = Object.entries(FACT_TABLES[table])
    const columns = kinds.map(([name]) => `f."${name}"`)
    const order = table === 'visit' ? 'f.block' : 'f.block, f.seq'
    const read = await connection.runAndReadAll(
      `SELECT p.place, ${columns.join(', ')} FROM ${table} f JOIN ${visits} v ON v.block = f.block ` +
        `JOIN (SELECT place, person FROM ${places} WHERE ${isAsked}) p ON p.person = v.person ORDER BY p.place, ${order}`,
    )
    // Where nothing was found there are no columns either.
    const [placed = [], ...cells] = read.getColumns() as (number | bigint | null)[][]
    const fields = kinds.map(([name, kind], c) => ({ name, isText: kind === 'text', cells: cells[c] }))
    for (const [at, place] of (placed as number[]).entries()) {
      const row: Record<string, string | number | null> = {}
      for (const { name, isText, cells } of fields) {
        const cell = cells?.[at] ?? null
        row[name] = cell === null ? null : isText ? textOf(Number(cell)) : Number(cell)
      }
      const { facts } = present(byPlace.get(place))
      ;(facts[table] as unknown[]).push(row)
    }
  }
  const members = [...byPlace.values()]
  for (const { facts } of members)
    facts.patients.push(...new Set(facts.visit.map(({ patient }) => present(patient))))
  return members
}

type GrowingFacts = { [Table in FactTable]: PersonFacts[Table][number][] }
function noFacts(): GrowingFacts {
  return { visit: [], observation: [], diagnosis: [], procedure: [], prescription: [], claim: [] }
}
