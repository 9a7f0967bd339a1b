/**
 * A person's time, day by day: who is at risk, whether the event happens, and what is known. Slow, without cutting or merging
 * anything; the property test holds the table against it.
 */
import type { Covariate, IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { daysOf, mostOften, type Visit } from '../cohort/by-hand.test-kit.ts'
import { FACT_CODES, type Facts } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'

export interface DayOfPerson {
  readonly day: number
  readonly isEvent: boolean
  readonly isDeath: boolean
  /** Null: not known. */
  readonly values: Readonly<Record<string, number | string | null>>
}

/** The days at risk in order; none for whoever is left out. */
export function daysByHand(
  definition: IntervalDefinition,
  facts: PersonFacts,
  index: number,
  lastDay: number,
): { days: DayOfPerson[]; leftOut: string | null } {
  const { followUp, codeSets } = definition
  const visits: Visit[] = facts.visit.map((visit) => ({ ...visit, of: onlyOf(facts, visit.block!) }))
  // Nobody knows what happened after the last visit.
  const until = followUp.until === null ? lastDay : Math.min(lastDay, parseDay(followUp.until)!)
  const start = index + followUp.startAfterDays
  if (definition.clock === 'age' && mostOften(visits.map(({ birth }) => birth)) === null)
    return { days: [], leftOut: 'no-birth' }
  const events = new Set(daysOf(followUp.event, codeSets, visits))
  if (followUp.earlierEvents === 'leave-out' && [...events].some((day) => day <= start))
    return { days: [], leftOut: 'earlier-event' }
  const death = mostOften(visits.map((visit) => visit.death))
  const seen = new Set(visits.map((visit) => visit.day))

  // The day up to which a person counts who is seen no more.
  let goneAfter = Infinity
  if (followUp.left !== null)
    for (let day = index, last = index; day <= until; day++) {
      if (day > index && day - last > followUp.left.withoutVisitDays) {
        goneAfter = last + followUp.left.countedDays
        break
      }
      if (seen.has(day)) last = day
    }

  const days: DayOfPerson[] = []
  const knowledge = definition.covariates.map((covariate) => ({
    name: covariate.name,
    at: knower(covariate, definition, facts, visits, index),
  }))
  for (let day = start + 1; day <= until && day <= goneAfter; day++) {
    if (followUp.atMostDays !== null && day > start + followUp.atMostDays) break
    if (death !== null && day > death) break
    const isEvent = events.has(day)
    days.push({
      day,
      isEvent,
      isDeath: !isEvent && day === death,
      values: Object.fromEntries(knowledge.map(({ name, at }) => [name, at(day)])),
    })
    if (isEvent) break
  }
  if (days.length === 0) return { days, leftOut: 'not-at-risk' }
  if (days.length < followUp.atLeastDays) return { days: [], leftOut: 'too-short' }
  return { days, leftOut: null }
}

/** What is known on the morning of a day: of days before it only. */
function knower(
  covariate: Covariate,
  { codeSets }: IntervalDefinition,
  facts: PersonFacts,
  visits: readonly Visit[],
  index: number,
): (day: number) => number | string | null {
  const inWindow = (day: number, { from, to }: { from: number | null; to: number | null }) =>
    (from === null || day - index >= from) && (to === null || day - index <= to)
  switch (covariate.kind) {
    case 'age': {
      const birth = mostOften(visits.map((visit) => visit.birth))
      return () => (birth === null ? null : (index - birth) / 365.25)
    }
    case 'sex': {
      const sex = mostOften(visits.map((visit) => visit.sex))
      return () => (sex === null ? null : FACT_CODES.sex[sex]!)
    }
    case 'hospital': {
      const onDay = visits.filter(({ day }) => day === index)
      const before = visits.filter(({ day }) => day! < index).sort((a, b) => a.day! - b.day!)
      return () => onDay[0]?.hospital ?? before.at(-1)?.hospital ?? null
    }
    case 'before': {
      const days = daysOf(covariate.event, codeSets, visits).filter((day) => inWindow(day, covariate.window))
      return () => (covariate.as === 'count' ? days.length : days.length > 0 ? 1 : 0)
    }
    case 'result-before': {
      const values = resultsByHand(covariate.test, facts, visits)
        .filter(({ day }) => inWindow(day, covariate.window))
        .map(({ value }) => value)
      return () => {
        if (values.length === 0) return null
        if (covariate.as === 'last') return values.at(-1)!
        if (covariate.as === 'mean') return values.reduce((a, b) => a + b, 0) / values.length
        return covariate.as === 'least' ? Math.min(...values) : Math.max(...values)
      }
    }
    case 'result': {
      const results = resultsByHand(covariate.test, facts, visits)
      return (today) => {
        const known = results.filter(({ day }) => day + covariate.delayDays < today).at(-1)
        if (known === undefined) return null
        return covariate.oldestDays !== null && today - known.day > covariate.oldestDays ? null : known.value
      }
    }
    case 'since':
    case 'times': {
      const days = daysOf(covariate.event, codeSets, visits)
      return (today) => {
        const count = days.filter((day) => day + covariate.delayDays < today).length
        return covariate.kind === 'times' ? count : count > 0 ? 1 : 0
      }
    }
  }
}

function resultsByHand(key: string, facts: PersonFacts, visits: readonly Visit[]) {
  const { loinc } = labTestByKey(key)!
  const all: { day: number; value: number; place: number }[] = []
  for (const [place, row] of facts.observation.entries()) {
    if (row.system !== 'http://loinc.org' || row.code !== loinc) continue
    if (!['final', 'amended', 'corrected'].includes(FACT_CODES.observationStatus[row.status!]!)) continue
    if (row.canonical === null || row.comparator !== null) continue
    const day = row.known ?? visits.find((visit) => visit.block === row.block)!.day!
    all.push({ day, value: row.canonical, place })
  }
  return all.sort((a, b) => a.day - b.day || a.place - b.place)
}

function onlyOf(facts: PersonFacts, block: number): Facts {
  const of = <Row extends { block: number | null }>(rows: readonly Row[]) =>
    rows.filter((row) => row.block === block)
  return {
    visit: of(facts.visit),
    observation: of(facts.observation),
    diagnosis: of(facts.diagnosis),
    procedure: of(facts.procedure),
    prescription: of(facts.prescription),
    claim: of(facts.claim),
  }
}
