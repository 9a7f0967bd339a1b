/** Who the people are at their start, in all and by groups: what papers show as Table 1. Pure. */
import type { Baseline, BaselineColumn, NumberFacts } from '../../../shared/domain/study-answer.ts'
import { present } from '../../../shared/std/assert.ts'
import type { IntervalRows, TableColumn } from '../intervals/interval-table.ts'
import { quantile } from '../persons/quantile.ts'

/** More groups than that are no table of a paper. */
export const BASELINE_GROUPS_MAX = 8
/** Numbers with no more different values than this are counted like labels. */
const FLAG_VALUES = 2

/** Values are those of each person's first row: what was known at the start. */
export function baselineOf(rows: IntervalRows, by: string | null): Baseline {
  const firsts: number[] = []
  const events: number[] = []
  const days: number[] = []
  for (let row = 0; row < rows.rowCount; row++) {
    if (row === 0 || rows.id[row] !== rows.id[row - 1]) {
      firsts.push(row)
      events.push(0)
      days.push(0)
    }
    const person = firsts.length - 1
    if (rows.event[row] === 1) events[person] = 1
    days[person]! += rows.stop[row]! - rows.start[row]!
  }
  const everybody = firsts.map((_, person) => person)
  const groups: { kind: 'all' | 'group'; label: string | null; people: number[] }[] = [
    { kind: 'all', label: null, people: everybody },
  ]
  if (by !== null) {
    const column = present(rows.columns.get(by))
    const valueOf = (person: number) => textAt(column, firsts[person]!)
    const labels = [...new Set(everybody.map(valueOf))].sort(byText)
    if (labels.length <= BASELINE_GROUPS_MAX)
      for (const label of labels)
        groups.push({ kind: 'group', label, people: everybody.filter((person) => valueOf(person) === label) })
  }
  const sumOf = (values: readonly number[], people: readonly number[]) =>
    people.reduce((sum, person) => sum + values[person]!, 0)
  return {
    by: groups.length > 1 ? by : null,
    groups: groups.map(({ kind, label, people }) => ({
      kind,
      label,
      persons: people.length,
      events: sumOf(events, people),
      personDays: sumOf(days, people),
    })),
    columns: [...rows.columns]
      .filter(([name]) => name !== 'period')
      .map(([name, column]) => columnFacts(name, column, firsts, groups)),
  }
}

function columnFacts(
  name: string,
  column: TableColumn,
  firsts: readonly number[],
  groups: readonly { readonly people: readonly number[] }[],
): BaselineColumn {
  const labels = labelsOf(column, firsts)
  if (labels !== null)
    return {
      kind: 'label',
      name,
      labels,
      groups: groups.map(({ people }) => {
        const said = people.map((person) => textAt(column, firsts[person]!))
        return {
          missing: said.filter((each) => each === null).length,
          counts: labels.map((label) => said.filter((each) => each === label).length),
        }
      }),
    }
  const { values } = column as Extract<TableColumn, { kind: 'number' }>
  return {
    kind: 'number',
    name,
    groups: groups.map(({ people }) => numberFacts(people.map((person) => values[firsts[person]!]!))),
  }
}

/** Null for a column that is described by its mean. */
function labelsOf(column: TableColumn, firsts: readonly number[]): string[] | null {
  if (column.kind === 'label') return [...column.labels]
  const different = new Set<number>()
  for (const row of firsts) {
    const value = column.values[row]!
    if (value === value) different.add(value)
    if (different.size > FLAG_VALUES) return null
  }
  return [...different].every((value) => value === 0 || value === 1) ? ['0', '1'] : null
}

function textAt(column: TableColumn, row: number): string | null {
  if (column.kind === 'label') {
    const code = column.codes[row]!
    return code < 0 ? null : column.labels[code]!
  }
  const value = column.values[row]!
  return value === value ? String(value) : null
}

function numberFacts(all: readonly number[]): NumberFacts {
  const values = all.filter((value) => value === value).sort((a, b) => a - b)
  const missing = all.length - values.length
  if (values.length === 0) return { missing, mean: null, sd: null, q1: null, median: null, q3: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return {
    missing,
    mean,
    sd: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
    q1: quantile(values, 0.25),
    median: quantile(values, 0.5),
    q3: quantile(values, 0.75),
  }
}

/** Nothing said comes last. */
function byText(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}
