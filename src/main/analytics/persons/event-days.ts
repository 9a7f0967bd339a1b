/**
 * On which days an event happened to a person, and which results were known when: the meaning of docs/spec/cohort.md section 1 on facts
 * of one person, where the cohort's queries have it on tables. Pure.
 */
import { derivedTest } from '../../../shared/domain/asked-tests.ts'
import { codeMatcher, type CodeSet } from '../../../shared/domain/code-set.ts'
import type { EventFilter, ValueRange } from '../../../shared/domain/cohort.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { present } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { AT_LEAST, AT_MOST, GIVEN, LESS, MORE, USABLE } from '../facts/counted-codes.ts'
import { factCode, type FACT_CODES, type FactRow } from '../facts/fact-tables.ts'
import { claimsThatStand } from './claims.ts'
import { derivedValue } from './derived-results.ts'
import type { PersonFacts } from './person-facts.ts'
import { birthOf, deathOf, mostOften } from './person-says.ts'

/** In order, each day once. */
export type DaysOf = (facts: PersonFacts) => number[]

export interface KnownResult {
  readonly day: number
  readonly value: number
}
/** In the test's own unit, in order of days; of one day in the order of the chain. `<5` is no value. */
export type ResultsOf = (facts: PersonFacts) => KnownResult[]

const REFUTED = factCode('verification', 'refuted')
const PRINCIPAL = factCode('role', 'principal')
const ON_ADMISSION = factCode('presentOnAdmission', 'Y')
const COMPLETED = factCode('procedureStatus', 'completed')

export function daysOfEvent(event: EventFilter, codeSets: Readonly<Record<string, CodeSet>>): DaysOf {
  const happeningsOf = happeningsOfEvent(event, codeSets)
  return (facts) => inOrder(happeningsOf(facts).map(({ day }) => day))
}

/** One row on which it happened. */
export interface Happening {
  /** Of its visit. */
  readonly block: number
  readonly day: number
}

/** Every row on which it happened, as the facts have them. */
export function happeningsOfEvent(
  event: EventFilter,
  codeSets: Readonly<Record<string, CodeSet>>,
): (facts: PersonFacts) => Happening[] {
  switch (event.kind) {
    case 'visit': {
      const isMeant = ofClasses(event.classes)
      return ({ visit }) =>
        visit.flatMap((each) =>
          isMeant(each) && each.day !== null ? [{ block: each.block!, day: each.day }] : [],
        )
    }
    case 'diagnosis': {
      const isMeant = matcherOf(event.codes, codeSets)
      const isOfClass = ofClasses(event.classes)
      return (facts) => {
        const found = facts.diagnosis.filter(
          ({ code, verification, role }) =>
            isMeant(code) && verification !== REFUTED && (event.isPrincipal !== true || role === PRINCIPAL),
        )
        return happeningsOfRows(facts, found, () => null, isOfClass)
      }
    }
    case 'procedure': {
      const isMeant = matcherOf(event.codes, codeSets)
      return (facts) => {
        const found = facts.procedure.filter(({ code, status }) => isMeant(code) && status === COMPLETED)
        return happeningsOfRows(facts, found, ({ day }) => day)
      }
    }
    case 'prescription': {
      const isMeant = matcherOf(event.codes, codeSets)
      return (facts) => {
        const found = facts.prescription.filter(
          ({ code, status }) => isMeant(code) && GIVEN.includes(status!),
        )
        return happeningsOfRows(facts, found, ({ start }) => start)
      }
    }
    case 'result': {
      const rowsOf = rowsOfTest(event.test)
      const { value } = event
      return (facts) => {
        const found = rowsOf(facts).filter((row) => value === undefined || isInRange(row, value))
        return happeningsOfRows(facts, found, ({ known }) => known)
      }
    }
    case 'coded-result': {
      const isMeant = isOfTest(event.test)
      const codes = new Set(event.anyOf)
      return (facts) => {
        const found = facts.observation.filter(
          (row) => isMeant(row) && row.valueCode !== null && codes.has(row.valueCode),
        )
        return happeningsOfRows(facts, found, ({ known }) => known)
      }
    }
    case 'claim':
      return (facts) => happeningsOfRows(facts, claimsThatStand(facts), () => null)
    case 'death':
      return (facts) => {
        const day = deathOf(facts)
        if (day === null) return []
        // Of the first visit that says so: a person dies once, however many visits know of it.
        const said = facts.visit.find(
          (visit) => visit.death === day || (visit.died === 1 && (visit.discharge ?? visit.day) === day),
        )
        return said === undefined ? [] : [{ block: said.block!, day }]
      }
    default:
      return unreachable(event)
  }
}

export function resultsOfTest(key: string): ResultsOf {
  const rowsOf = rowsOfTest(key)
  return (facts) =>
    knownOf(facts, rowsOf(facts), ({ canonical, comparator }) => (comparator === null ? canonical : null))
}

export interface JudgedResult {
  readonly day: number
  readonly isMeant: boolean
}

/** Every result of the test that has a value, or a code, in order of days; of one day in the order of the chain. Whether it is the one that is meant. */
export function judgedResults(
  event: Extract<EventFilter, { kind: 'result' | 'coded-result' }>,
): (facts: PersonFacts) => JudgedResult[] {
  const judge = (row: FactRow<'observation'>): boolean | null => {
    if (event.kind === 'coded-result')
      return row.valueCode === null ? null : event.anyOf.includes(row.valueCode)
    return row.canonical === null ? null : event.value === undefined || isInRange(row, event.value)
  }
  const rowsOf = rowsOfTest(event.test)
  return (facts) => knownOf(facts, rowsOf(facts), judge).map(({ day, value }) => ({ day, isMeant: value }))
}

export interface KnownCode {
  readonly day: number
  readonly value: string
}

/** Results that are codes, in order of days; of one day in the order of the chain. */
export function codesOfTest(key: string): (facts: PersonFacts) => KnownCode[] {
  const isMeant = isOfTest(key)
  return (facts) => knownOf(facts, facts.observation.filter(isMeant), ({ valueCode }) => valueCode)
}

export interface KnownDiagnosis {
  /** From when on it was known. */
  readonly day: number
  readonly code: string
}

/** Diagnoses that were not refuted. One that was not there on admission is known when its visit ends: what is coded then is no knowledge of the beginning. */
export function diagnosesOf(facts: PersonFacts): KnownDiagnosis[] {
  const visitOf = visitsByBlock(facts)
  return facts.diagnosis.flatMap(({ block, code, verification, presentOnAdmission }) => {
    const visit = visitOf.get(block!)
    const day = visit?.day ?? null
    if (code === null || verification === REFUTED || day === null) return []
    const isKnownAtOnce = presentOnAdmission === ON_ADMISSION
    return [{ code, day: isKnownAtOnce ? day : Math.max(day, visit?.discharge ?? day) }]
  })
}

function knownOf<Value>(
  facts: PersonFacts,
  rows: readonly FactRow<'observation'>[],
  valueOf: (row: FactRow<'observation'>) => Value | null,
): { day: number; value: Value }[] {
  const visitOf = visitsByBlock(facts)
  const known = rows.flatMap((row) => {
    const value = valueOf(row)
    const day = row.known ?? visitOf.get(row.block!)?.day ?? null
    return value === null || day === null ? [] : [{ day, value }]
  })
  // A stable order: of one day as the chain has it.
  return known.sort((a, b) => a.day - b.day)
}

/** The results of a test; of a derived one those of the test that it follows from, with what follows in the place of the number. */
function rowsOfTest(key: string): (facts: PersonFacts) => readonly FactRow<'observation'>[] {
  const derived = derivedTest(key)
  const isMeant = isOfTest(derived?.from ?? key)
  if (derived === null) return ({ observation }) => observation.filter(isMeant)
  return (facts) => {
    const visitOf = visitsByBlock(facts)
    const owner = { birth: birthOf(facts), sex: mostOften(facts.visit.map(({ sex }) => sex)) }
    return facts.observation.filter(isMeant).flatMap((row) => {
      const day = row.known ?? visitOf.get(row.block!)?.day ?? null
      const canonical = day === null ? null : derivedValue(derived, row, day, owner)
      return canonical === null ? [] : [{ ...row, canonical }]
    })
  }
}

function isOfTest(key: string): (row: FactRow<'observation'>) => boolean {
  const { loinc } = present(labTestByKey(key))
  return ({ system, code, status }) => code === loinc && system === LOINC_SYSTEM && USABLE.includes(status!)
}

function matcherOf(
  id: string,
  codeSets: Readonly<Record<string, CodeSet>>,
): (code: string | null) => boolean {
  const isMeant = codeMatcher(present(codeSets[id]))
  return (code) => code !== null && isMeant(code)
}

function ofClasses(
  classes: readonly (typeof FACT_CODES.class)[number][] | undefined,
): (visit: FactRow<'visit'>) => boolean {
  if (classes === undefined) return () => true
  const numbers = classes.map((each) => factCode('class', each))
  return (visit) => numbers.includes(visit.class!)
}

/** A row has its own day, else its visit's. */
function happeningsOfRows<Row extends { block: number | null }>(
  facts: PersonFacts,
  rows: readonly Row[],
  dayOf: (row: Row) => number | null,
  isMeant: (visit: FactRow<'visit'>) => boolean = () => true,
): Happening[] {
  if (rows.length === 0) return []
  const visitOf = visitsByBlock(facts)
  return rows.flatMap((row) => {
    const visit = visitOf.get(row.block!)
    if (visit === undefined || !isMeant(visit)) return []
    const day = dayOf(row) ?? visit.day
    return day === null ? [] : [{ block: row.block!, day }]
  })
}

function visitsByBlock({ visit }: PersonFacts): ReadonlyMap<number, FactRow<'visit'>> {
  return new Map(visit.map((each) => [each.block!, each]))
}

/** `<5` is in a range only when everything below 5 is. */
function isInRange({ canonical, comparator }: FactRow<'observation'>, range: ValueRange): boolean {
  if (canonical === null) return false
  const { atLeast, above, atMost, below } = range
  const isUnder = comparator === LESS || comparator === AT_MOST
  const isOver = comparator === MORE || comparator === AT_LEAST
  if (atLeast !== undefined && (isUnder || canonical < Number(atLeast))) return false
  if (
    above !== undefined &&
    (isUnder || (comparator === MORE ? canonical < Number(above) : canonical <= Number(above)))
  )
    return false
  if (atMost !== undefined && (isOver || canonical > Number(atMost))) return false
  if (
    below !== undefined &&
    (isOver || (comparator === LESS ? canonical > Number(below) : canonical >= Number(below)))
  )
    return false
  return true
}

function inOrder(days: readonly number[]): number[] {
  return [...new Set(days)].sort((a, b) => a - b)
}
