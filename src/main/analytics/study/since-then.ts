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
      /** Links and their ends up to this height were in effect. */
      readonly height: number
      readonly day: number
      /** A record of it was erased since: what it gave had more in it than anybody finds now. */
      readonly hasLost: boolean
      /** What was found of it for this very snapshot, of the same definition or of another; null where it has to be. */
      readonly words: Uint32Array | null
    }
  /** It goes further than the asked one and lost a record: who was in it is found otherwise before that and after. */
  | { readonly kind: 'lost' }

type ComparedRows = Omit<IntervalRows, 'visits'>

/** Who each person of the asked snapshot (`one`) and of the earlier one (`other`) is: `peopleOf` of the warehouse. */
export interface PeopleOfBoth {
  readonly one: Int32Array
  readonly other: Int32Array
}

/**
 * People of one definition at two snapshots who are in one table and not in the other, or have other rows in it. Whom links make one person at either of
 * them counts once: two who became one, or one who became two, are one who changed. A link that leaves the rows as they were changed nobody: if it
 * counted, eleven such would hide one who did.
 */
export function changedPeople(asked: ComparedRows, earlier: ComparedRows, people: PeopleOfBoth): number {
  const [now, then] = [rowsByPeople(asked, people.one), rowsByPeople(earlier, people.other)]
  const isSameRow = comparing(asked, earlier)
  const isSame = (here: RowsOfPerson, there: RowsOfPerson): boolean => {
    if (here.count !== there.count) return false
    for (let i = 0; i < here.count; i++) if (!isSameRow(here.first + i, there.first + i)) return false
    return true
  }
  let changed = 0
  for (const who of new Set([...now.keys(), ...then.keys()]))
    if (!areSame(now.get(who) ?? [], then.get(who) ?? [], isSame)) changed++
  return changed
}

/** Each of the one list with one of the other. */
function areSame<T>(here: readonly T[], there: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  const left = [...there]
  return (
    here.length === there.length &&
    here.every((each) => {
      const found = left.findIndex((other) => isSame(each, other))
      if (found >= 0) left.splice(found, 1)
      return found >= 0
    })
  )
}

/**
 * People of another definition by their numbers at the asked snapshot: a bitmap, how many are not there, then of each who has several numbers there (a link
 * ended since) every further one with the first, which stands for all.
 */
export function wordsHere(rows: Pick<IntervalRows, 'rowCount' | 'id'>, people: PeopleOfBoth): Uint32Array {
  const numbers = new Map<number, number>()
  const further: number[] = []
  for (const [number, who] of people.one.entries()) {
    const first = numbers.get(who)
    if (first === undefined) numbers.set(who, number)
    else further.push(number, first)
  }
  const inIt = new Set(personsIn(rows).map((person) => people.other[person]!))
  const here = [...inIt].flatMap((who) => numbers.get(who) ?? [])
  const { words } = bitsOf('', here, people.one.length)
  return Uint32Array.from([...words, inIt.size - here.length, ...further])
}

/** Whether it was found for a definition like this one, and a snapshot of so many words. */
export function isFoundFor(found: Uint32Array, isSameDefinition: boolean, wordCount: number): boolean {
  if (isSameDefinition) return found.length === 1
  return found.length > wordCount && (found.length - wordCount) % 2 === 1
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
  const further = found.subarray(asked.length + 1)
  return { kind: 'differs', patients: differing(eachByFirst(asked, further), found) + found[asked.length]! }
}

/** Who has several numbers is in it by the first one, by whichever of them they are. */
function eachByFirst(words: Uint32Array, further: Uint32Array): Uint32Array {
  const folded = words.slice()
  for (let i = 0; i < further.length; i += 2) {
    const [number, first] = [further[i]!, further[i + 1]!]
    if ((words[number >> 5]! & (1 << (number & 31))) === 0) continue
    folded[number >> 5]! &= ~(1 << (number & 31))
    folded[first >> 5]! |= 1 << (first & 31)
  }
  return folded
}

interface RowsOfPerson {
  readonly first: number
  count: number
}

/** Rows of one person stand together; of several who are the same one here or there each has its own. */
function rowsByPeople(
  { rowCount, id }: Pick<IntervalRows, 'rowCount' | 'id'>,
  people: Int32Array,
): Map<number, RowsOfPerson[]> {
  const found = new Map<number, RowsOfPerson[]>()
  let last: RowsOfPerson | null = null
  for (let row = 0; row < rowCount; row++)
    if (last !== null && id[row] === id[row - 1]) last.count++
    else {
      last = { first: row, count: 1 }
      const who = people[id[row]!]!
      const known = found.get(who)
      if (known === undefined) found.set(who, [last])
      else known.push(last)
    }
  return found
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
