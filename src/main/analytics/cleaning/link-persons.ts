/**
 * Step 3: entries of one person under two patient keys, by Fellegi and Sunter (J Am Stat Assoc 1969;64:1183) on what facts have: no
 * name and no number, but date of birth, sex, region, and visits that were written down twice. Only persons that share such a
 * visit are compared. What hospitals stated in the chain is linked before any step.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { civilOfDay, dayOfCivil, daysInMonth } from '../../../shared/domain/dates.ts'
import { log } from '../../stats/det/log.ts'
import { FACT_TABLE_NAMES, type FactTable } from '../facts/fact-tables.ts'
import { keptRows, type CleanPerson, type CleanRow } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { growingNumbers } from './growing-numbers.ts'
import { mostOften } from './most-often.ts'
import { itemsByVisit } from './shared-items.ts'
import type { Flow, Joining, StepWork } from './step-work.ts'

export interface LinkFinding {
  readonly linked: number
  /** Pairs between the two limits: nobody decided them. */
  readonly forReview: number
}

/** Chance that two entries of one person agree. */
const AGREES = { birth: 0.97, birthSwapped: 0.01, sex: 0.99, region: 0.9, visit: 0.9 } as const
/** No single visit says more than this, however rare its values: they depend on each other. */
const VISIT_BITS_MAX = 20

interface Seen {
  readonly birth: number | null
  readonly sex: number | null
  readonly region: string | null
}

export function linkPersons(params: StepOf<'link-persons'>): StepWork {
  const entries = createEntries(params.sharedResults)
  let found: LinkFinding = { linked: 0, forReview: 0 }
  let joining: Joining | null = null
  let review: ReadonlySet<number> = new Set()
  return {
    look: {
      isOfVisits: false,
      add(persons) {
        for (const person of persons) entries.add(person)
      },
      end() {
        const decided = decide(entries, params)
        ;({ joining, review } = decided)
        found = decided.finding
        return joining
      },
    },
    isReadOnly: false,
    begin: (editor) => ({
      change: (flow) => changed(flow, joining, review, editor),
      finding: () => ({ kind: 'links', links: found }),
      handedOn: () => ({}),
    }),
  }
}

/** Who is one person with whom. `review`: places before, of those who may be somebody else too. */
function decide(
  entries: Entries,
  params: StepOf<'link-persons'>,
): { joining: Joining | null; review: ReadonlySet<number>; finding: LinkFinding } {
  const { seen } = entries
  const shares = {
    birth: sharesOf(seen.map(({ birth }) => birth)),
    sex: sharesOf(seen.map(({ sex }) => sex)),
    region: sharesOf(seen.map(({ region }) => region)),
  }
  const linkFrom = Number(params.linkFromBits)
  const reviewFrom = Number(params.reviewFromBits)
  const rootOf = Int32Array.from(seen, (_, i) => i)
  const root = (i: number): number => {
    let top = i
    while (rootOf[top] !== top) top = rootOf[top]!
    return top
  }
  const review = new Set<number>()
  let forReview = 0
  const visits = entries.visits()
  for (const [i, j] of visits.pairs()) {
    const sum = bitsOf(seen[i]!, seen[j]!, shares, visits.sharedBits(i, j))
    if (sum >= linkFrom) {
      const [low, high] = [root(i), root(j)].sort((a, b) => a - b) as [number, number]
      if (low !== high) rootOf[high] = low
    } else if (sum >= reviewFrom) {
      forReview++
      review.add(i).add(j)
    }
  }
  const placeAfter = new Int32Array(seen.length)
  let left = 0
  // The lowest of a group is its root, so each group stands where its first entry stood.
  for (let i = 0; i < seen.length; i++) {
    const top = root(i)
    placeAfter[i] = top === i ? left++ : placeAfter[top]!
  }
  const linked = seen.length - left
  return {
    joining: linked === 0 ? null : joiningOf(placeAfter, left),
    review,
    finding: { linked, forReview },
  }
}

function joiningOf(placeAfter: Int32Array, left: number): Joining {
  const starts = new Int32Array(left + 1)
  for (const place of placeAfter) starts[place + 1]!++
  for (let place = 0; place < left; place++) starts[place + 1]! += starts[place]!
  const next = starts.slice()
  const members = new Int32Array(placeAfter.length)
  for (const [before, place] of placeAfter.entries()) members[next[place]!++] = before
  return { placeAfter, starts, members }
}

/** All members of whoever is among the persons are among them too, those of one person in the order of their places. */
function changed(
  { persons, places }: Flow,
  joining: Joining | null,
  review: ReadonlySet<number>,
  editor: Editor,
): Flow {
  const groups = new Map<number, { persons: CleanPerson[]; isForReview: boolean }>()
  for (const [k, person] of persons.entries()) {
    const before = places[k]!
    const after = joining === null ? before : joining.placeAfter[before]!
    const group = groups.get(after)
    if (group === undefined) groups.set(after, { persons: [person], isForReview: review.has(before) })
    else group.persons.push(person)
  }
  const out: CleanPerson[] = []
  for (const { persons: all, isForReview } of groups.values()) {
    const [first] = all as [CleanPerson]
    if (all.length > 1) out.push(joined(all, editor))
    else out.push(isForReview ? marked(first, editor) : first)
  }
  return { persons: out, places: [...groups.keys()] }
}

/** What is kept of the entries and their visits while they come. */
interface Entries {
  readonly seen: readonly Seen[]
  add(person: CleanPerson): void
  /** When all were added. */
  visits(): SharedVisits
}

interface SharedVisits {
  /** Entries that share a visit, each pair once, in order. */
  pairs(): [number, number][]
  /** Bits of evidence of each visit that two entries share. */
  sharedBits(i: number, j: number): number[]
}

/** A visit that more than this many share is a template, not a person. */
const SHARED_BY_MAX = 20
const NO_DAY = -(2 ** 31)

function createEntries(sharedResults: number): Entries {
  const seen: Seen[] = []
  /** Results get numbers as they come; how often each was seen, and each test. */
  const numberOf = new Map<string, number>()
  const testNumberOf = new Map<string, number>()
  const testOf: number[] = []
  const timesSeen: number[] = []
  const ofTest: number[] = []
  /** Visits with enough results: whose, when, of what class, and where their results begin; in order. */
  const visits = {
    entry: growingNumbers(),
    day: growingNumbers(),
    class: growingNumbers(),
    from: growingNumbers(),
  }
  const results = growingNumbers()

  const numbered = (result: string): number => {
    const known = numberOf.get(result)
    if (known !== undefined) {
      timesSeen[known]!++
      ofTest[testOf[known]!]!++
      return known
    }
    const test = result.slice(0, result.indexOf('|', result.indexOf('|') + 1))
    let testNumber = testNumberOf.get(test)
    if (testNumber === undefined) {
      testNumber = ofTest.length
      testNumberOf.set(test, testNumber)
      ofTest.push(0)
    }
    ofTest[testNumber]!++
    numberOf.set(result, timesSeen.length)
    testOf.push(testNumber)
    timesSeen.push(1)
    return timesSeen.length - 1
  }

  return {
    seen,
    add(person) {
      const items = itemsByVisit(person)
      const kept = keptRows(person, 'visit')
      const numbers = new Map([...items].map(([block, each]) => [block, each.results.map(numbered)]))
      for (const { now } of kept) {
        const of = numbers.get(now.block!)!
        if (of.length < sharedResults) continue
        visits.entry.push(seen.length)
        visits.day.push(now.day ?? NO_DAY)
        visits.class.push(now.class ?? -1)
        visits.from.push(results.length)
        for (const number of of) results.push(number)
      }
      seen.push({
        birth: mostOften(kept, 'birth'),
        sex: mostOften(kept, 'sex'),
        region: mostOften(kept, 'region'),
      })
    },
    visits() {
      const entry = visits.entry.values()
      const day = visits.day.values()
      const ofClass = visits.class.values()
      const from = visits.from.values()
      const pool = results.values()
      const end = (v: number): number => from[v + 1] ?? pool.length
      const isSame = (v: number, w: number): boolean => {
        const length = end(v) - from[v]!
        if (day[v] !== day[w] || ofClass[v] !== ofClass[w] || end(w) - from[w]! !== length) return false
        for (let k = 0; k < length; k++) if (pool[from[v]! + k] !== pool[from[w]! + k]) return false
        return true
      }
      const names = namesOf(entry.length, isSame, (v) => {
        let hash = Math.imul(day[v]! ^ 0x9e3779b1, 0x85ebca6b) ^ ofClass[v]!
        for (let k = from[v]!; k < end(v); k++) hash = Math.imul(hash ^ (hash >>> 15) ^ pool[k]!, 0x2c1b3c6d)
        return (hash ^ (hash >>> 13)) >>> 0
      })
      const informationOf = (v: number): number => {
        let information = 0
        for (let k = from[v]!; k < end(v); k++) {
          const result = pool[k]!
          information += bits(ofTest[testOf[result]!]! / timesSeen[result]!)
        }
        return Math.min(VISIT_BITS_MAX, information)
      }
      /** Different visits of an entry, as they came. */
      const firstOf = firstVisits(entry, seen.length)
      const namesOfEntry = (i: number): Set<number> => {
        const out = new Set<number>()
        for (let v = firstOf[i]!; v < firstOf[i + 1]!; v++) out.add(names[v]!)
        return out
      }
      return {
        pairs: () => pairsOf(seen.length, namesOfEntry, entry.length),
        sharedBits(i, j) {
          const ofOther = namesOfEntry(j)
          const shared = [...namesOfEntry(i)].filter((name) => ofOther.has(name))
          return shared.map((name) => informationOf(name) + bits(AGREES.visit))
        },
      }
    },
  }
}

/** Of each visit the first that says the same, by an open-addressed table: a million visits as texts would not fit. */
function namesOf(
  count: number,
  isSame: (v: number, w: number) => boolean,
  hashOf: (v: number) => number,
): Int32Array {
  let size = 16
  while (size < 2 * count) size *= 2
  const table = new Int32Array(size).fill(-1)
  return Int32Array.from({ length: count }, (_, v) => {
    let slot = hashOf(v) & (size - 1)
    while (table[slot] !== -1 && !isSame(table[slot]!, v)) slot = (slot + 1) & (size - 1)
    if (table[slot] === -1) table[slot] = v
    return table[slot]!
  })
}

/** Where each entry's visits begin, and behind the last one where they end. */
function firstVisits(entry: Float64Array, entries: number): Int32Array {
  const first = new Int32Array(entries + 1)
  for (const i of entry) first[i + 1]!++
  for (let i = 0; i < entries; i++) first[i + 1]! += first[i]!
  return first
}

function pairsOf(
  entries: number,
  namesOfEntry: (i: number) => ReadonlySet<number>,
  names: number,
): [number, number][] {
  const holderCounts = new Int32Array(names)
  for (let i = 0; i < entries; i++) for (const name of namesOfEntry(i)) holderCounts[name]!++
  const holders = new Map<number, number[]>()
  for (let i = 0; i < entries; i++)
    for (const name of namesOfEntry(i)) {
      const count = holderCounts[name]!
      if (count < 2 || count > SHARED_BY_MAX) continue
      const list = holders.get(name)
      if (list) list.push(i)
      else holders.set(name, [i])
    }
  const pairs = new Set<number>()
  for (const list of holders.values())
    for (const [k, i] of list.entries()) for (const j of list.slice(k + 1)) pairs.add(i * entries + j)
  return [...pairs].sort((a, b) => a - b).map((pair) => [Math.floor(pair / entries), pair % entries])
}

type Shares = ReadonlyMap<number | string, number>
function bitsOf(
  a: Seen,
  b: Seen,
  shares: { birth: Shares; sex: Shares; region: Shares },
  ofVisits: readonly number[],
): number {
  let sum = 0
  if (a.birth !== null && b.birth !== null) {
    const byChance = shares.birth.get(a.birth)!
    if (a.birth === b.birth) sum += bits(AGREES.birth / byChance)
    else if (swappedDay(a.birth) === b.birth) sum += bits(AGREES.birthSwapped / byChance)
    else sum += bits((1 - AGREES.birth - AGREES.birthSwapped) / (1 - byChance))
  }
  sum += agreement(a.sex, b.sex, AGREES.sex, shares.sex)
  sum += agreement(a.region, b.region, AGREES.region, shares.region)
  for (const each of ofVisits) sum += each
  return sum
}

function agreement<T extends number | string>(
  a: T | null,
  b: T | null,
  agrees: number,
  shares: Shares,
): number {
  if (a === null || b === null) return 0
  const byChance = shares.get(a)!
  if (a === b) return bits(agrees / byChance)
  return byChance >= 1 ? 0 : bits((1 - agrees) / (1 - byChance))
}

function sharesOf(values: readonly (number | string | null)[]): Shares {
  const counts = new Map<number | string, number>()
  let known = 0
  for (const value of values) {
    if (value === null) continue
    known++
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return new Map([...counts].map(([value, count]) => [value, count / known]))
}

/** The day with day and month exchanged; null where that is none. */
export function swappedDay(day: number): number | null {
  const civil = civilOfDay(day)
  if (civil.day > 12 || civil.month > daysInMonth(civil.year, civil.day)) return null
  return dayOfCivil(civil.year, civil.day, civil.month)
}

const LN2 = log(2)
const bits = (ratio: number): number => log(ratio) / LN2

/** One person of several: rows in the order of their blocks. */
function joined(all: readonly CleanPerson[], editor: Editor): CleanPerson {
  const [first] = all as [CleanPerson]
  const out = { ...first, patients: all.flatMap(({ patients }) => patients) }
  const lists = out as unknown as Record<FactTable, CleanRow<FactTable>[]>
  for (const table of FACT_TABLE_NAMES)
    lists[table] = all
      .flatMap((person, k) =>
        (person[table] as readonly CleanRow<FactTable>[]).map((row) =>
          k > 0 && table === 'visit' && row.isKept ? editor.flag(person, table, row, 'same-person') : row,
        ),
      )
      .sort((a, b) => a.source.block! - b.source.block!)
  return out
}

function marked(person: CleanPerson, editor: Editor): CleanPerson {
  const visit = person.visit.map((row) =>
    row.isKept ? editor.flag(person, 'visit', row, 'maybe-same-person') : row,
  )
  return { ...person, visit }
}
