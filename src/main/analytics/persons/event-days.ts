/**
 * On which days an event happened to a person, and which results were known when: the meaning of docs/spec/cohort.md section 1 on facts
 * of one person, where the cohort's queries have it on tables. Pure.
 */
import { codeMatcher, type CodeSet } from '../../../shared/domain/code-set.ts'
import type { EventFilter, ValueRange } from '../../../shared/domain/cohort.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { present } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { factCode, type FACT_CODES, type FactRow } from '../facts/fact-tables.ts'
import type { PersonFacts } from './person-facts.ts'

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
const COMPLETED = factCode('procedureStatus', 'completed')
const USABLE = (['final', 'amended', 'corrected'] as const).map((word) => factCode('observationStatus', word))
const GIVEN = (['active', 'completed', 'stopped', 'on-hold', 'unknown'] as const).map((word) =>
  factCode('prescriptionStatus', word),
)
const [LESS, AT_MOST, MORE, AT_LEAST] = (['<', '<=', '>', '>='] as const).map((word) =>
  factCode('comparator', word),
)

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
      const isMeant = isOfTest(event.test)
      const { value } = event
      return (facts) => {
        const found = facts.observation.filter(
          (row) => isMeant(row) && (value === undefined || isInRange(row, value)),
        )
        return happeningsOfRows(facts, found, ({ known }) => known)
      }
    }
    default:
      return unreachable(event)
  }
}

export function resultsOfTest(key: string): ResultsOf {
  const isMeant = isOfTest(key)
  return (facts) => {
    const visitOf = visitsByBlock(facts)
    const known = facts.observation.flatMap((row): KnownResult[] => {
      if (!isMeant(row) || row.canonical === null || row.comparator !== null) return []
      const day = row.known ?? visitOf.get(row.block!)?.day ?? null
      return day === null ? [] : [{ day, value: row.canonical }]
    })
    // A stable order: of one day as the chain has it.
    return known.sort((a, b) => a.day - b.day)
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
