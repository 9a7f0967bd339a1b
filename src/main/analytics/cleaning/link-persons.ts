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
import { mostOften } from './most-often.ts'
import { itemsByVisit } from './shared-items.ts'

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
  readonly person: CleanPerson
  readonly birth: number | null
  readonly sex: number | null
  readonly region: string | null
  /** Texts that name a visit by its day and results, with the bits that it carries. */
  readonly visits: ReadonlyMap<string, number>
}

export function linkPersons(
  persons: readonly CleanPerson[],
  params: StepOf<'link-persons'>,
  editor: Editor,
): { persons: CleanPerson[]; finding: LinkFinding } {
  const seen = sightOf(persons, params.sharedResults)
  const shares = {
    birth: sharesOf(seen.map(({ birth }) => birth)),
    sex: sharesOf(seen.map(({ sex }) => sex)),
    region: sharesOf(seen.map(({ region }) => region)),
  }
  const linkFrom = Number(params.linkFromBits)
  const reviewFrom = Number(params.reviewFromBits)
  const rootOf = new Map<number, number>()
  const root = (i: number): number => {
    const up = rootOf.get(i) ?? i
    return up === i ? i : root(up)
  }
  const review = new Set<number>()
  let forReview = 0
  for (const [i, j] of pairsOf(seen)) {
    const bits = bitsOf(seen[i]!, seen[j]!, shares)
    if (bits >= linkFrom) {
      const [low, high] = [root(i), root(j)].sort((a, b) => a - b) as [number, number]
      if (low !== high) rootOf.set(high, low)
    } else if (bits >= reviewFrom) {
      forReview++
      review.add(i).add(j)
    }
  }
  const groups = new Map<number, number[]>()
  for (let i = 0; i < persons.length; i++) {
    const top = root(i)
    const list = groups.get(top)
    if (list) list.push(i)
    else groups.set(top, [i])
  }
  const out: CleanPerson[] = []
  for (const members of groups.values()) {
    const all = members.map((i) => persons[i]!)
    let person = all[0]!
    if (all.length > 1) person = joined(all, editor)
    else if (review.has(members[0]!)) person = marked(person, editor)
    out.push(person)
  }
  return { persons: out, finding: { linked: persons.length - out.length, forReview } }
}

function sightOf(persons: readonly CleanPerson[], sharedResults: number): Seen[] {
  const ofTest = new Map<string, number>()
  const ofResult = new Map<string, number>()
  const items = persons.map(itemsByVisit)
  for (const each of items)
    for (const { results } of each.values())
      for (const result of results) {
        const test = result.slice(0, result.indexOf('|', result.indexOf('|') + 1))
        ofTest.set(test, (ofTest.get(test) ?? 0) + 1)
        ofResult.set(result, (ofResult.get(result) ?? 0) + 1)
      }
  const rarity = (result: string): number => {
    const test = result.slice(0, result.indexOf('|', result.indexOf('|') + 1))
    return bits(ofTest.get(test)! / ofResult.get(result)!)
  }
  return persons.map((person, i) => {
    const visits = keptRows(person, 'visit')
    const named = new Map<string, number>()
    for (const { now } of visits) {
      const { results } = items[i]!.get(now.block!)!
      if (results.length < sharedResults) continue
      let information = 0
      for (const result of results) information += rarity(result)
      named.set([now.day, now.class, ...results].join('\n'), Math.min(VISIT_BITS_MAX, information))
    }
    return {
      person,
      birth: mostOften(visits, 'birth'),
      sex: mostOften(visits, 'sex'),
      region: mostOften(visits, 'region'),
      visits: named,
    }
  })
}

/** Pairs that share a visit, each once, in order. A visit that more than this many share is a template, not a person. */
const SHARED_BY_MAX = 20
function pairsOf(seen: readonly Seen[]): [number, number][] {
  const holders = new Map<string, number[]>()
  for (const [i, { visits }] of seen.entries())
    for (const name of visits.keys()) {
      const list = holders.get(name)
      if (list) list.push(i)
      else holders.set(name, [i])
    }
  const pairs = new Map<string, [number, number]>()
  for (const list of holders.values()) {
    if (list.length > SHARED_BY_MAX) continue
    for (const [k, i] of list.entries()) for (const j of list.slice(k + 1)) pairs.set(`${i} ${j}`, [i, j])
  }
  return [...pairs.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1])
}

type Shares = ReadonlyMap<number | string, number>
function bitsOf(a: Seen, b: Seen, shares: { birth: Shares; sex: Shares; region: Shares }): number {
  let sum = 0
  if (a.birth !== null && b.birth !== null) {
    const byChance = shares.birth.get(a.birth)!
    if (a.birth === b.birth) sum += bits(AGREES.birth / byChance)
    else if (swappedDay(a.birth) === b.birth) sum += bits(AGREES.birthSwapped / byChance)
    else sum += bits((1 - AGREES.birth - AGREES.birthSwapped) / (1 - byChance))
  }
  sum += agreement(a.sex, b.sex, AGREES.sex, shares.sex)
  sum += agreement(a.region, b.region, AGREES.region, shares.region)
  for (const [name, information] of a.visits) if (b.visits.has(name)) sum += information + bits(AGREES.visit)
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
