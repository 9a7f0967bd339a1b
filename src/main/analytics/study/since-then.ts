/**
 * An earlier study as it was at its own snapshot, beside the asked one: what two answers of one definition tell of is the people who changed between
 * (docs/spec/release-rules.md section 3). Pure.
 */
import { bitsOf, differing, type SinceThen } from '../../privacy/rules/overlap.ts'
import { personsIn } from '../gated/study-findings.ts'
import type { IntervalRows, TableColumn } from '../intervals/interval-table.ts'

/** At which other state of the records an earlier study was asked. */
export type AskedThen =
  | {
      readonly kind: 'kept'
      readonly upTo: number
      readonly day: number
      /** A record of it was erased since: what it gave had more in it than anybody finds now. */
      readonly hasLost: boolean
      /** What was found of it for this very snapshot, of the same definition or of another; null where it has to be. */
      readonly words: Uint32Array | null
    }
  /** It goes further than the asked one and lost a record: who was in it is found otherwise before that and after. */
  | { readonly kind: 'lost' }

type ComparedRows = Omit<IntervalRows, 'visits'>

/**
 * People of one definition at two snapshots who are in one table and not in the other, or have other rows in it.
 * @param numbers of each person of the earlier snapshot, at the asked one; -1 for who is not there
 */
export function changedPeople(asked: ComparedRows, earlier: ComparedRows, numbers: Int32Array): number {
  const rowsNow = rowsByPerson(asked)
  const isSameValue = comparing(asked, earlier)
  let unchanged = 0
  const rowsThen = rowsByPerson(earlier)
  for (const [person, then] of rowsThen) {
    const now = rowsNow.get(numbers[person]!)
    if (now === undefined || now.count !== then.count) continue
    let isSame = true
    for (let i = 0; isSame && i < now.count; i++) isSame = isSameValue(now.first + i, then.first + i)
    if (isSame) unchanged++
  }
  return rowsNow.size + rowsThen.size - unchanged - bothIn(rowsNow, rowsThen, numbers)
}

/** Of those who are in both each is counted once. */
function bothIn(now: RowsByPerson, then: RowsByPerson, numbers: Int32Array): number {
  let both = 0
  for (const person of then.keys()) if (now.has(numbers[person]!)) both++
  return both
}

/** People of another definition by their numbers at the asked snapshot; the last word counts those who are not there. */
export function wordsHere(
  rows: Pick<IntervalRows, 'rowCount' | 'id'>,
  numbers: Int32Array,
  personCount: number,
): Uint32Array {
  const here = personsIn(rows).map((person) => numbers[person]!)
  const { words } = bitsOf(
    '',
    here.filter((number) => number >= 0),
    personCount,
  )
  return Uint32Array.from([...words, here.filter((number) => number < 0).length])
}

/** @param found as `changedPeople` or `wordsHere` say; null where nobody can find it any more */
export function sinceOf(
  then: AskedThen,
  found: Uint32Array | null,
  asked: Uint32Array,
  isSameDefinition: boolean,
): SinceThen {
  if (then.kind === 'lost' || found === null) return { kind: 'not-comparable' }
  if (isSameDefinition) return { kind: 'changed', patients: found[0]!, hasLost: then.hasLost }
  return { kind: 'differs', patients: differing(asked, found) + found[asked.length]! }
}

type RowsByPerson = Map<number, { readonly first: number; count: number }>

/** Rows of one person stand together. */
function rowsByPerson({ rowCount, id }: Pick<IntervalRows, 'rowCount' | 'id'>): RowsByPerson {
  const persons: RowsByPerson = new Map()
  for (let row = 0; row < rowCount; row++) {
    const known = persons.get(id[row]!)
    if (known === undefined) persons.set(id[row]!, { first: row, count: 1 })
    else known.count++
  }
  return persons
}

/** Whether a row of the one table holds what a row of the other one does, in every column of the definition. */
function comparing(asked: ComparedRows, earlier: ComparedRows): (now: number, then: number) => boolean {
  const pairs: ((now: number, then: number) => boolean)[] = (
    ['start', 'stop', 'event', 'status', 'isWhole'] as const
  ).map((name) => {
    const [a, b] = [asked[name], earlier[name]]
    return (now, then) => a[now] === b[then]
  })
  for (const [name, column] of asked.columns) {
    const other = earlier.columns.get(name)
    pairs.push(other === undefined ? () => false : comparingColumn(column, other))
  }
  return (now, then) => pairs.every((isSame) => isSame(now, then))
}

/** Labels by their text: each table numbers its own. */
function comparingColumn(asked: TableColumn, earlier: TableColumn): (now: number, then: number) => boolean {
  if (asked.kind === 'number' && earlier.kind === 'number')
    return (now, then) => Object.is(asked.values[now], earlier.values[then])
  if (asked.kind === 'label' && earlier.kind === 'label')
    return (now, then) => asked.labels[asked.codes[now]!] === earlier.labels[earlier.codes[then]!]
  return () => false
}
