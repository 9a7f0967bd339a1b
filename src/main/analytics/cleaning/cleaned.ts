/**
 * Facts under cleaning: each row keeps its source untouched beside what analysis shall read instead, whether it counts, and why.
 * The shape of the facts stays, so whatever reads facts of persons reads cleaned ones too. Pure.
 */
import type { CleaningReason, CleaningStepName } from '../../../shared/domain/cleaning.ts'
import { FACT_TABLE_NAMES, type FactRow, type FactTable } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'

export interface CleaningFlag {
  readonly step: CleaningStepName
  readonly reason: CleaningReason
  /** What was found out, e.g. the conversion that was used. */
  readonly note?: string
}

export interface CleanRow<Table extends FactTable> {
  readonly source: Readonly<FactRow<Table>>
  /** What analysis reads: the source itself where nothing was derived. */
  readonly now: Readonly<FactRow<Table>>
  readonly isKept: boolean
  readonly flags: readonly CleaningFlag[]
}

export type CleanPerson = {
  readonly person: number
  readonly patients: readonly string[]
} & { readonly [Table in FactTable]: readonly CleanRow<Table>[] }

const NO_FLAGS: readonly CleaningFlag[] = []

export function underCleaning(facts: PersonFacts): CleanPerson {
  const rows = <Table extends FactTable>(table: Table): CleanRow<Table>[] =>
    (facts[table] as readonly FactRow<Table>[]).map((row) => ({
      source: row,
      now: row,
      isKept: true,
      flags: NO_FLAGS,
    }))
  return {
    person: facts.person,
    patients: facts.patients,
    visit: rows('visit'),
    observation: rows('observation'),
    diagnosis: rows('diagnosis'),
    procedure: rows('procedure'),
    prescription: rows('prescription'),
    claim: rows('claim'),
  }
}

/** What analysis reads after the steps: rows that count, with what was derived in its place; persons without a visit are gone. */
export function cleanedFacts(persons: readonly CleanPerson[]): PersonFacts[] {
  return persons.filter(hasVisit).map((each) => {
    const rows = <Table extends FactTable>(table: Table): FactRow<Table>[] =>
      (each[table] as readonly CleanRow<Table>[]).flatMap(({ isKept, now }) =>
        isKept ? [now as FactRow<Table>] : [],
      )
    return {
      person: each.person,
      patients: each.patients,
      visit: rows('visit'),
      observation: rows('observation'),
      diagnosis: rows('diagnosis'),
      procedure: rows('procedure'),
      prescription: rows('prescription'),
      claim: rows('claim'),
    }
  })
}

export function hasVisit({ visit }: CleanPerson): boolean {
  return visit.some(({ isKept }) => isKept)
}

/** The same person where no row changed. */
export function withRows<Table extends FactTable>(
  person: CleanPerson,
  table: Table,
  change: (row: CleanRow<Table>) => CleanRow<Table>,
): CleanPerson {
  const before = person[table] as readonly CleanRow<Table>[]
  let after: CleanRow<Table>[] | null = null
  for (const [i, row] of before.entries()) {
    const changed = change(row)
    if (changed === row) continue
    after ??= before.slice()
    after[i] = changed
  }
  return after === null ? person : { ...person, [table]: after }
}

export function keptRows<Table extends FactTable>(person: CleanPerson, table: Table): CleanRow<Table>[] {
  return (person[table] as readonly CleanRow<Table>[]).filter(({ isKept }) => isKept)
}

export function rowCountOf(persons: readonly CleanPerson[]): number {
  let count = 0
  for (const person of persons)
    for (const table of FACT_TABLE_NAMES) for (const { isKept } of person[table]) if (isKept) count++
  return count
}
