/**
 * A person's time, day by day: who is at risk, whether the event happens, and what is known. Slow, without cutting or merging
 * anything; the property test holds the table against it.
 */
import type { Covariate, IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'
import { parseDay } from '../../../shared/domain/dates.ts'
import { CHARLSON, ELIXHAUSER } from '../../stats/comorbidity/comorbidity.ts'
import { daysOf, deathByHand, filtrationByHand, mostOften, type Visit } from '../cohort/by-hand.test-kit.ts'
import { FACT_CODES, type Facts } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'

export interface DayOfPerson {
  readonly day: number
  readonly isEvent: boolean
  readonly isCompeting: boolean
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
  const death = deathByHand(visits)
  const competing =
    followUp.competing === undefined
      ? new Set<number>()
      : new Set(daysOf(followUp.competing, codeSets, visits))
  if (followUp.earlierEvents === 'leave-out' && [...competing].some((day) => day <= start))
    return { days: [], leftOut: 'earlier-competing' }
  const seen = new Set(visits.map((visit) => visit.day))

  // The day up to which a person counts who is seen no more.
  let goneAfter = Infinity
  if (followUp.left !== null)
    for (let day = index, last = index; day <= until; day++) {
      if (day > index && day - last > followUp.left.withoutVisitDays) {
        // Who is at risk does not hang on whether they come again later.
        goneAfter = last + Math.max(followUp.left.countedDays, followUp.left.withoutVisitDays)
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
    const isCompeting = !isEvent && competing.has(day)
    days.push({
      day,
      isEvent,
      isCompeting,
      isDeath: !isEvent && !isCompeting && day === death,
      values: Object.fromEntries(knowledge.map(({ name, at }) => [name, at(day)])),
    })
    if (isEvent || isCompeting) break
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
      const known = resultsByHand(covariate.test, facts, visits).filter(({ day }) =>
        inWindow(day, covariate.window),
      )
      const values = known.map(({ value }) => value)
      return () => {
        if (values.length === 0) return null
        if (covariate.as === 'slope') return slopeByHand(known)
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
    case 'coded-before': {
      const code = codesByHand(covariate.test, facts, visits)
        .filter(({ day }) => inWindow(day, covariate.window))
        .at(-1)?.code
      return () => labelByHand(code, covariate.categories)
    }
    case 'coded': {
      const codes = codesByHand(covariate.test, facts, visits)
      return (today) => {
        const known = codes.filter(({ day }) => day + covariate.delayDays < today).at(-1)
        const isTooOld =
          known !== undefined && covariate.oldestDays !== null && today - known.day > covariate.oldestDays
        return isTooOld ? null : labelByHand(known?.code, covariate.categories)
      }
    }
    case 'score-before': {
      const diagnoses = diagnosesByHand(facts, visits).filter(({ day }) => inWindow(day, covariate.window))
      return () => scoreByHand(diagnoses, covariate.weights)
    }
    case 'score': {
      const diagnoses = diagnosesByHand(facts, visits)
      return (today) =>
        scoreByHand(
          diagnoses.filter(
            ({ day }) =>
              day + covariate.delayDays < today &&
              (covariate.lookBackDays === null || today - day <= covariate.lookBackDays),
          ),
          covariate.weights,
        )
    }
    case 'slope': {
      const results = resultsByHand(covariate.test, facts, visits)
      return (today) =>
        slopeByHand(
          results.filter(({ day }) => day + covariate.delayDays < today && today - day <= covariate.overDays),
        )
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

function observedByHand(key: string, facts: PersonFacts, visits: readonly Visit[]) {
  const { loinc } = labTestByKey(key)!
  return facts.observation.flatMap((row, place) => {
    if (row.system !== 'http://loinc.org' || row.code !== loinc) return []
    if (!['final', 'amended', 'corrected'].includes(FACT_CODES.observationStatus[row.status!]!)) return []
    const day = row.known ?? visits.find((visit) => visit.block === row.block)!.day!
    return [{ row, day, place }]
  })
}

function resultsByHand(key: string, facts: PersonFacts, visits: readonly Visit[]) {
  const isFiltration = key === 'egfrCreat'
  return observedByHand(isFiltration ? 'creat' : key, facts, visits)
    .flatMap(({ row, day, place }) => {
      const read = isFiltration ? filtrationByHand(row, day, visits) : row
      return read === null || read.canonical === null || read.comparator !== null
        ? []
        : [{ day, value: read.canonical, place }]
    })
    .sort((a, b) => a.day - b.day || a.place - b.place)
}

function codesByHand(key: string, facts: PersonFacts, visits: readonly Visit[]) {
  return observedByHand(key, facts, visits)
    .flatMap(({ row, day, place }) => (row.valueCode === null ? [] : [{ day, code: row.valueCode, place }]))
    .sort((a, b) => a.day - b.day || a.place - b.place)
}

function labelByHand(code: string | undefined, categories: readonly string[]): string | null {
  if (code === undefined) return null
  for (const [i, each] of categories.entries()) if (each === code) return `0${i + 1}-${each}`
  return 'other'
}

/** What was there on admission is known then, all else when the visit is over. */
function diagnosesByHand(facts: PersonFacts, visits: readonly Visit[]) {
  return facts.diagnosis
    .filter(({ verification }) => FACT_CODES.verification[verification!] !== 'refuted')
    .map(({ block, code, presentOnAdmission }) => {
      const visit = visits.find((each) => each.block === block)!
      const isThere = presentOnAdmission !== null && FACT_CODES.presentOnAdmission[presentOnAdmission] === 'Y'
      const isLater = !isThere && visit.discharge !== null && visit.discharge > visit.day!
      return { code: code!, day: isLater ? visit.discharge! : visit.day! }
    })
}

/** Condition by condition, each prefix against each code. */
function scoreByHand(diagnoses: readonly { readonly code: string }[], weights: string): number {
  const table = weights === 'charlson1987' || weights === 'quan2011' ? CHARLSON : ELIXHAUSER
  const had = new Set(
    table.categories.flatMap(({ key, prefixes }) =>
      diagnoses.some(({ code }) => prefixes.some((prefix) => code.startsWith(prefix))) ? [key] : [],
    ),
  )
  for (const [severe, mild] of table.hierarchy) if (had.has(severe!)) had.delete(mild!)
  return table.categories.reduce(
    (sum, { key, weights: by }) => sum + (had.has(key) ? (by[weights] ?? 0) : 0),
    0,
  )
}

/** By the normal equations; null on one day. */
function slopeByHand(known: readonly { readonly day: number; readonly value: number }[]): number | null {
  if (new Set(known.map(({ day }) => day)).size < 2) return null
  const n = known.length
  const x = known.map(({ day }) => (day - known[0]!.day) / 365.25)
  const y = known.map(({ value }) => value)
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0)
  const products = sum(x.map((each, i) => each * y[i]!))
  return (n * products - sum(x) * sum(y)) / (n * sum(x.map((each) => each * each)) - sum(x) ** 2)
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
