/**
 * From facts of persons to the (start, stop] table (docs/spec/intervals.md; R: `tmerge`). Persons come in batches, in the order of
 * their numbers; the table is made when all are there. The same persons give the same table, bit for bit. Pure.
 */
import { formatDay, parseDay } from '../../../shared/domain/dates.ts'
import type { IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import {
  mergeRecords,
  startIntervals,
  type IntervalTable,
  type MergeCount,
} from '../../stats/survival/intervals.ts'
import { daysOfEvent } from '../persons/event-days.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { birthOf, deathOf } from '../persons/person-says.ts'
import { changingCovariates, fixedCovariates } from './covariates.ts'
import {
  daysOfCompeting,
  END_REASONS,
  followPerson,
  LEFT_OUT,
  type EndReason,
  type LeftOut,
} from './follow-up.ts'
import type { IntervalRows, TableColumn } from './interval-table.ts'

/** A person and the day on which the person's study begins. */
export interface IndexedPerson {
  readonly index: number
  readonly facts: PersonFacts
}

export interface IntervalContext {
  /** Last day of a visit at the snapshot: where the definition names no day, data end here. */
  readonly lastDay: number
  /** By test: days after which a result says nothing any more, where a covariate names none. */
  readonly oldestDays: Readonly<Record<string, number>>
}

/**
 * Persons that are left, and of them those whose time the event ends: what happens to somebody who has left, died or been followed
 * for as long as it takes is no event of the study. The last step says what is in the rows.
 */
export interface AttritionStep {
  readonly step: 'cohort' | LeftOut
  readonly persons: number
  readonly events: number
}

export interface IntervalReport {
  /** The day on which data end, and whether the definition named a later one: after it nobody knows that nothing happened. */
  readonly dataEnd: { readonly day: string; readonly isBeforeUntil: boolean }
  readonly attrition: readonly AttritionStep[]
  /** Persons by what ended their time. */
  readonly ends: Readonly<Record<EndReason, number>>
  readonly rows: number
  readonly personDays: number
  /** Where the dated records of each column fell. */
  readonly counts: readonly MergeCount[]
  /** Rows in which a column says nothing; such a row is not in a model that uses the column. */
  readonly missing: readonly { readonly name: string; readonly rows: number }[]
  /** Persons to whom it had happened before the start, by column. */
  readonly already: readonly { readonly name: string; readonly persons: number }[]
  readonly earlierEvents: number
  /** Persons who are followed though what competes had happened to them before the start. */
  readonly earlierCompeting: number
  /** Persons to whom it happens after something else had ended their time: it is in no row. */
  readonly laterEvents: number
  readonly visitsAfterDeath: number
}

export interface Intervals {
  readonly rows: IntervalRows
  readonly report: IntervalReport
}

export interface IntervalBuilder {
  add(persons: readonly IndexedPerson[]): void
  finish(): Intervals
}

/** What else than the event ends a person's time for good: kinds of `status`. */
const STATUS: Readonly<Partial<Record<EndReason, number>>> = { death: 2, competing: 3 }

/** Where time is cut, and counted, for all persons alike. */
const CUTS = ' cuts'
const PIECES = ' pieces'

export function createIntervals(definition: IntervalDefinition, context: IntervalContext): IntervalBuilder {
  const { followUp, codeSets, clock } = definition
  const asked = followUp.until === null ? context.lastDay : present(parseDay(followUp.until))
  // Days after the last visit are unobserved, not free of events.
  const until = Math.min(context.lastDay, asked)
  const eventDays = daysOfEvent(followUp.event, codeSets)
  const competingDays = daysOfCompeting(definition)
  const fixed = fixedCovariates(definition).map((covariate) => ({
    ...covariate,
    values: [] as (number | string | null)[],
  }))
  const changing = changingCovariates(definition, context.oldestDays).map((covariate) => ({
    ...covariate,
    records: emptyRecords(),
    /** Numbers of the labels, by first use. */
    labels: new Map<string, number>(),
  }))
  const events = emptyRecords()
  const people = {
    id: [] as number[],
    start: [] as number[],
    stop: [] as number[],
    reason: [] as EndReason[],
    /** Up to when a person could have been followed, had nothing happened. */
    possible: [] as number[],
    /** Days of all visits, in order, of one person after the other, and where each person's begin. */
    visitDays: [] as number[],
    visitsFrom: [] as number[],
  }
  const left = new Map<AttritionStep['step'], { persons: number; events: number }>(
    (['cohort', ...LEFT_OUT] as const).map((step) => [step, { persons: 0, events: 0 }]),
  )
  let earlierEvents = 0
  let earlierCompeting = 0
  let laterEvents = 0
  let visitsAfterDeath = 0
  let last = -1

  const count = (hasEvent: boolean, why: LeftOut | null): void => {
    for (const [step, at] of left) {
      if (step === why) return
      at.persons++
      if (hasEvent) at.events++
    }
  }

  function addPerson({ index, facts }: IndexedPerson): void {
    assert(facts.person > last, 'persons come in the order of their numbers')
    last = facts.person
    const days = eventDays(facts)
    const start = index + followUp.startAfterDays
    const competing = competingDays(facts)
    const followed = followPerson(facts, index, followUp, days, competing, until)
    const hasEvent = followed.reason === 'event'
    const origin = originOf(clock, facts, index)
    if (origin === null) return count(hasEvent, 'no-birth')
    if (followed.kind === 'left-out') return count(hasEvent, followed.why)
    count(hasEvent, null)
    if (days.some((day) => day <= start)) earlierEvents++
    if (competing.some((day) => day <= start)) earlierCompeting++
    if (!hasEvent && days.some((day) => day > followed.end && day <= until)) laterEvents++
    const death = deathOf(facts)
    if (death !== null && facts.visit.some(({ day }) => day !== null && day > death)) visitsAfterDeath++
    people.id.push(facts.person)
    people.start.push(followed.start - origin)
    people.stop.push(followed.end - origin)
    people.reason.push(followed.reason)
    people.possible.push(Math.min(until, start + (followUp.atMostDays ?? Infinity)) - origin)
    people.visitsFrom.push(people.visitDays.length)
    for (const day of visitDaysOf(facts)) people.visitDays.push(day - origin)
    for (const each of fixed) each.values.push(each.valueOf(facts, index))
    for (const day of days) push(events, facts.person, day - origin, 1)
    for (const each of changing)
      for (const { day, value } of each.recordsOf(facts))
        push(each.records, facts.person, day - origin, numberOf(value, each.labels))
  }

  return {
    add: (persons) => persons.forEach(addPerson),
    finish() {
      let table = startIntervals(
        Int32Array.from(people.id),
        Float64Array.from(people.start),
        Float64Array.from(people.stop),
      )
      table = mergeRecords(table, 'event', recordsOf(events), { kind: 'event' })
      for (const { name, how, records } of changing)
        table = mergeRecords(table, name, recordsOf(records), how)
      const { counts } = table
      const already = changing.flatMap(({ name, isHappening }) =>
        isHappening ? [{ name, persons: startingWith(table, name) }] : [],
      )
      const labels = new Map(
        changing.flatMap((each) => (each.isLabel ? [[each.name, [...each.labels.keys()]] as const] : [])),
      )
      const rows = rowsOf(table, definition, people, fixed, labels)
      const ends = Object.fromEntries(END_REASONS.map((reason) => [reason, 0])) as Record<EndReason, number>
      for (const reason of people.reason) ends[reason]++
      return {
        rows,
        report: {
          dataEnd: { day: formatDay(until), isBeforeUntil: until < asked },
          attrition: [...left].flatMap(([step, at]) => (isAsked(step, definition) ? [{ step, ...at }] : [])),
          ends,
          rows: rows.rowCount,
          personDays: personDaysOf(rows),
          counts,
          missing: missingOf(rows),
          already,
          earlierEvents,
          earlierCompeting,
          laterEvents,
          visitsAfterDeath,
        },
      }
    },
  }
}

/** Steps that can leave nobody out are none. */
function isAsked(step: AttritionStep['step'], { clock, followUp }: IntervalDefinition): boolean {
  if (step === 'no-birth') return clock === 'age'
  return step !== 'earlier-competing' || followUp.competing !== undefined
}

/** Day on which the clock shows 0. */
function originOf(clock: IntervalDefinition['clock'], facts: PersonFacts, index: number): number | null {
  switch (clock) {
    case 'index':
      return index
    case 'age':
      return birthOf(facts)
    case 'calendar':
      return 0
    default:
      return unreachable(clock)
  }
}

interface People {
  readonly id: readonly number[]
  readonly start: readonly number[]
  readonly stop: readonly number[]
  readonly reason: readonly EndReason[]
  readonly possible: readonly number[]
  readonly visitDays: readonly number[]
  readonly visitsFrom: readonly number[]
}

/** Cuts the table at the definition's days, joins rows of one piece, and adds what stays the same. */
function rowsOf(
  merged: IntervalTable,
  { cuts, rows: form, covariates }: IntervalDefinition,
  people: People,
  fixed: readonly { name: string; isLabel: boolean; values: readonly (number | string | null)[] }[],
  labels: ReadonlyMap<string, readonly string[]>,
): IntervalRows {
  const cutRecords = emptyRecords()
  const pieceRecords = emptyRecords()
  for (const [p, id] of people.id.entries()) {
    for (const [i, cut] of cuts.entries())
      if (cut < people.stop[p]! && (cuts[i + 1] ?? Infinity) > people.start[p]!)
        push(cutRecords, id, cut, i + 1)
    if (form.kind === 'every')
      for (let at = people.start[p]! + form.days, i = 1; at < people.stop[p]!; at += form.days, i++)
        push(pieceRecords, id, at, i)
  }
  let table = mergeRecords(merged, CUTS, recordsOf(cutRecords), { kind: 'tdc', initial: 0 })
  if (form.kind === 'every')
    table = mergeRecords(table, PIECES, recordsOf(pieceRecords), { kind: 'tdc', initial: 0 })
  const cut = table.columns.get(CUTS)!.values
  const piece = table.columns.get(PIECES)?.values ?? null
  const firsts: number[] = []
  for (let r = 0; r < table.id.length; r++) {
    const isSame =
      piece !== null &&
      r > 0 &&
      table.id[r] === table.id[r - 1] &&
      piece[r] === piece[r - 1] &&
      cut[r] === cut[r - 1]
    if (!isSame) firsts.push(r)
  }
  const lasts = firsts.map((_, k) => (firsts[k + 1] ?? table.id.length) - 1)
  const personOf = new Map(people.id.map((id, p) => [id, p]))
  const person = firsts.map((r) => personOf.get(table.id[r]!)!)
  const event = Uint8Array.from(lasts, (r) => table.columns.get('event')!.values[r]!)
  const status = Uint8Array.from(lasts, (r, k) => {
    if (event[k] === 1) return 1
    const p = person[k]!
    return table.stop[r] === people.stop[p] ? (STATUS[people.reason[p]!] ?? 0) : 0
  })
  // Of the pieces that the end of data or of the study cuts short neither sort counts: only events would be left of them.
  const isWhole = Uint8Array.from(firsts, (_, k) => {
    if (form.kind !== 'every') return 1
    const p = person[k]!
    const border = people.start[p]! + form.days * (piece![firsts[k]!]! + 1)
    const isOver = table.stop[lasts[k]!]! >= border
    return Number(isOver || (event[k] === 1 && border <= people.possible[p]!))
  })
  const columns = new Map<string, TableColumn>()
  const counted = cuts.length === 0 && piece !== null ? piece : cut
  if (cuts.length > 0 || piece !== null)
    columns.set('period', { kind: 'number', values: Float64Array.from(firsts, (r) => counted[r]!) })
  for (const { name } of covariates) {
    const stays = fixed.find((each) => each.name === name)
    if (stays !== undefined) {
      columns.set(name, fixedColumn(stays, person))
      continue
    }
    const { values } = table.columns.get(name)!
    const named = labels.get(name)
    columns.set(
      name,
      named === undefined
        ? { kind: 'number', values: Float64Array.from(firsts, (r) => values[r]!) }
        : labelColumn(firsts.map((r) => named[values[r]!] ?? null)),
    )
  }
  return {
    rowCount: firsts.length,
    id: Int32Array.from(firsts, (r) => table.id[r]!),
    start: Float64Array.from(firsts, (r) => table.start[r]!),
    stop: Float64Array.from(lasts, (r) => table.stop[r]!),
    event,
    status,
    isWhole,
    visits: {
      before: Int32Array.from(firsts, (r, k) => visitsUpTo(people, person[k]!, table.start[r]!)),
      inAll: Int32Array.from(firsts, (_, k) => visitsUpTo(people, person[k]!, people.stop[person[k]!]!)),
    },
    columns,
  }
}

/** By a day of the clock, that day too. */
function visitsUpTo({ visitDays, visitsFrom }: People, person: number, day: number): number {
  const from = visitsFrom[person]!
  const end = visitsFrom[person + 1] ?? visitDays.length
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (visitDays[middle]! <= day) low = middle + 1
    else high = middle
  }
  return low - from
}

function visitDaysOf({ visit }: PersonFacts): number[] {
  return visit.flatMap(({ day }) => (day === null ? [] : [day])).sort((a, b) => a - b)
}

function fixedColumn(
  { isLabel, values }: { isLabel: boolean; values: readonly (number | string | null)[] },
  person: readonly number[],
): TableColumn {
  if (!isLabel)
    return { kind: 'number', values: Float64Array.from(person, (p) => (values[p] as number | null) ?? NaN) }
  return labelColumn(person.map((p) => values[p] as string | null))
}

/** Labels in order; only those that a row has. */
function labelColumn(said: readonly (string | null)[]): TableColumn {
  const labels = [...new Set(said)].filter((label) => label !== null).sort()
  const codeOf = new Map(labels.map((label, code) => [label, code]))
  return {
    kind: 'label',
    codes: Int32Array.from(said, (label) => (label === null ? -1 : codeOf.get(label)!)),
    labels,
  }
}

/** Of a label its number, a new one where it is new. */
function numberOf(value: number | string, labels: Map<string, number>): number {
  if (typeof value === 'number') return value
  const known = labels.get(value) ?? labels.size
  labels.set(value, known)
  return known
}

function startingWith(table: IntervalTable, name: string): number {
  const { values } = table.columns.get(name)!
  let persons = 0
  for (let r = 0; r < table.id.length; r++)
    if ((r === 0 || table.id[r] !== table.id[r - 1]) && values[r]! > 0) persons++
  return persons
}

function personDaysOf({ rowCount, start, stop }: IntervalRows): number {
  let days = 0
  for (let r = 0; r < rowCount; r++) days += stop[r]! - start[r]!
  return days
}

function missingOf({ columns }: IntervalRows): { name: string; rows: number }[] {
  return [...columns].map(([name, column]) => {
    let rows = 0
    if (column.kind === 'number') for (const value of column.values) rows += value === value ? 0 : 1
    else for (const code of column.codes) rows += code < 0 ? 1 : 0
    return { name, rows }
  })
}

interface GrowingRecords {
  readonly id: number[]
  readonly time: number[]
  readonly value: number[]
}

function emptyRecords(): GrowingRecords {
  return { id: [], time: [], value: [] }
}

function push(records: GrowingRecords, id: number, time: number, value: number): void {
  records.id.push(id)
  records.time.push(time)
  records.value.push(value)
}

function recordsOf({ id, time, value }: GrowingRecords) {
  return { id: Int32Array.from(id), time: Float64Array.from(time), value: Float64Array.from(value) }
}
