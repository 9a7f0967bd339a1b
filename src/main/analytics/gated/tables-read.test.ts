/** What is read for an answer is enough for it: rows of the facts that are read are those of all facts. */
import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../shared/domain/dates.ts'
import { DICTIONARY_NAMES, needsFollowUp, variableOf } from '../../privacy/request/dictionary.ts'
import type { Output } from '../../privacy/request/outputs.ts'
import { FACT_TABLE_NAMES, type FactTable } from '../facts/fact-tables.ts'
import { personsOf, syntheticFacts } from '../facts/facts.test-kit.ts'
import { rowsOfPersons, tablesRead } from './patient-rows.ts'

const SNAPSHOT_DAY = parseDay('2026-01-01')!
const persons = personsOf(syntheticFacts(300, 'tables'))

const variables = DICTIONARY_NAMES.filter((name) => !needsFollowUp(name))
function tableOf(variable: string, unit: 'patients' | 'visits'): Output {
  const entry = variableOf(variable)!
  const edges = entry.kind === 'label' ? [] : [entry.least + entry.step]
  return {
    kind: 'table',
    axes: [{ variable, edges }],
    counted: unit === 'patients' ? { unit } : { unit, cellsMost: 3, perCellMost: 3 },
  }
}
const monitor = {
  kind: 'monitor',
  organisation: 'ins-1',
  groups: [{ label: 'all', codes: ['G001', 'G002', 'G003', 'G004', 'G005'] }],
  plans: null,
  ageEdges: [50],
  lastMonth: '2018-12',
  months: 12,
  costMost: 200_000,
  insurers: null,
} as const
const score = {
  kind: 'score',
  formula: '1 + age_years + charlson + hba1c_tenths + visits_year',
  columns: ['age-years', 'charlson', 'hba1c-tenths', 'visits-year'],
  edges: [50_000],
  exposure: { variable: 'exposure-days', most: 366 },
  actual: { variable: 'claims', most: 20 },
  cellsMost: 4,
} as const

/** Rows of everybody, by the facts of these tables. */
function rowsBy(output: Output, tables: readonly FactTable[]): unknown[] {
  const benchmarkFrom = null
  const rowsOf = rowsOfPersons({ output, followUp: null, snapshotDay: SNAPSHOT_DAY, benchmarkFrom })
  return persons.map((person) => {
    const others = FACT_TABLE_NAMES.filter((table) => !tables.includes(table))
    const read = { ...person, ...Object.fromEntries(others.map((table) => [table, []])) }
    // Late enough that something was known before.
    return rowsOf(read, person.visit.at(-3)?.day ?? person.visit[0]!.day!)
  })
}

describe('tables that are read for an answer', () => {
  const outputs: [string, Output][] = [
    ...variables.flatMap((name): [string, Output][] => [
      [`${name}, by patients`, tableOf(name, 'patients')],
      [`${name}, by visits`, tableOf(name, 'visits')],
    ]),
    ['a monitoring table', monitor],
    ['a formula', score],
  ]
  it.each(outputs)('are enough, and none of them is read for nothing: %s', (_, output) => {
    const read = tablesRead({ output, followUp: null })
    const rows = rowsBy(output, FACT_TABLE_NAMES)
    expect(rowsBy(output, read)).toEqual(rows)
    for (const table of read) {
      const without = read.filter((each) => each !== table)
      expect(rowsBy(output, without), table).not.toEqual(rows)
    }
  })
})
