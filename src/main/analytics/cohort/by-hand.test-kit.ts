/**
 * Who belongs to a cohort, counted person by person with loops over plain facts: slow, and knowing nothing of the plan, the
 * warehouse or SQL. The property test holds the product against it.
 */
import { codeMatcher } from '../../../shared/domain/code-set.ts'
import type { CohortDefinition, CohortRule, EventFilter, ValueRange } from '../../../shared/domain/cohort.ts'
import { ageInYears, parseDay } from '../../../shared/domain/dates.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'
import { FACT_CODES, type FactRow, type Facts } from '../facts/fact-tables.ts'

export type Visit = FactRow<'visit'> & { readonly of: Facts }

export interface ByHand {
  /** Persons with the event, with prior days too, in after washout, and left after each step. */
  readonly attrition: readonly number[]
  /** Index day by patient. */
  readonly members: ReadonlyMap<string, number>
}

/** `valid`: the facts of visits that count at the snapshot, in the order of the chain. */
export function cohortByHand(definition: CohortDefinition, valid: readonly Facts[]): ByHand {
  const byPatient = new Map<string, Visit[]>()
  for (const facts of valid) {
    const visit = facts.visit[0]!
    byPatient.set(visit.patient!, [...(byPatient.get(visit.patient!) ?? []), { ...visit, of: facts }])
  }
  const attrition = Array.from({ length: 3 + definition.steps.length }, () => 0)
  const members = new Map<string, number>()
  for (const [patient, visits] of byPatient) {
    const index = indexOf(definition, visits)
    if (index === null) continue
    attrition[0]!++
    if (index.isKnown) attrition[1]!++
    if (!index.isIn) continue
    attrition[2]!++
    let isLeft = true
    for (const [s, { use, rule }] of definition.steps.entries()) {
      isLeft = isLeft && holds(definition, rule, visits, index.day) === (use === 'include')
      if (isLeft) attrition[3 + s]!++
    }
    if (isLeft) members.set(patient, index.day)
  }
  return { attrition, members }
}

function indexOf({ entry, codeSets }: CohortDefinition, visits: readonly Visit[]) {
  let days = daysOf(entry.event, codeSets, visits)
  const { confirmedBy } = entry
  if (confirmedBy !== undefined)
    days = days.filter((day) => {
      const before = days.filter((other) => other <= day)
      const nth = before[before.length - confirmedBy.count]
      return nth !== undefined && day - nth <= confirmedBy.withinDays
    })
  if (days.length === 0) return null
  const firstVisit = Math.min(...visits.map((visit) => visit.day!))
  const judged = days.map((day) => {
    const hasPrior = day - firstVisit >= entry.priorDays
    const isClean =
      entry.washout === undefined ||
      daysOf(entry.washout.event, codeSets, visits).every(
        (other) => other >= day || other < day - entry.washout!.days,
      )
    return { day, hasPrior, isIn: hasPrior && isClean }
  })
  if (entry.which === 'first') {
    const first = judged[0]!
    return { day: first.day, isKnown: first.hasPrior, isIn: first.isIn }
  }
  const found = judged.find(({ isIn }) => isIn)
  return {
    day: (found ?? judged[0]!).day,
    isKnown: judged.some(({ hasPrior }) => hasPrior),
    isIn: found !== undefined,
  }
}

function holds(
  definition: CohortDefinition,
  rule: CohortRule,
  visits: readonly Visit[],
  index: number,
): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.of.every((each) => holds(definition, each, visits, index))
    case 'any':
      return rule.of.some((each) => holds(definition, each, visits, index))
    case 'not':
      return !holds(definition, rule.rule, visits, index)
    case 'occurs': {
      const { from, to } = rule.window
      const days = daysOf(rule.event, definition.codeSets, visits).filter(
        (day) => (from === null || day - index >= from) && (to === null || day - index <= to),
      )
      if (rule.withinDays !== undefined)
        return days.some((_, i) => {
          const last = days[i + rule.atLeast - 1]
          return last !== undefined && last - days[i]! <= rule.withinDays!
        })
      return days.length >= rule.atLeast && (rule.atMost === undefined || days.length <= rule.atMost)
    }
    case 'age': {
      const birth = mostOften(visits.map((visit) => visit.birth))
      if (birth === null) return false
      const age = ageInYears(birth, index)
      return (
        (rule.atLeast === undefined || age >= rule.atLeast) &&
        (rule.atMost === undefined || age <= rule.atMost)
      )
    }
    case 'sex': {
      const sex = mostOften(visits.map((visit) => visit.sex))
      return sex !== null && rule.anyOf.includes(FACT_CODES.sex[sex]!)
    }
    case 'payer':
      return visits.some(
        (visit) => visit.day === index && rule.anyOf.includes(FACT_CODES.payer[visit.payer!]!),
      )
    case 'hospital':
      return visits.some((visit) => visit.day === index && rule.anyOf.includes(visit.hospital!))
    case 'calendar':
      return (
        (rule.from === undefined || index >= parseDay(rule.from)!) &&
        (rule.to === undefined || index <= parseDay(rule.to)!)
      )
    case 'observed': {
      const days = visits.map((visit) => visit.day!)
      return index - Math.min(...days) >= rule.beforeDays && Math.max(...days) - index >= rule.afterDays
    }
  }
}

/** In order, each once. */
export function daysOf(
  event: EventFilter,
  codeSets: CohortDefinition['codeSets'],
  visits: readonly Visit[],
): number[] {
  const days = new Set<number>()
  for (const visit of visits) {
    const isOfClass = (classes: readonly string[] | undefined) =>
      classes === undefined || classes.includes(FACT_CODES.class[visit.class!]!)
    switch (event.kind) {
      case 'visit':
        if (isOfClass(event.classes)) days.add(visit.day!)
        break
      case 'diagnosis': {
        const isMeant = codeMatcher(codeSets[event.codes]!)
        for (const { code, role, verification } of visit.of.diagnosis)
          if (
            isMeant(code!) &&
            FACT_CODES.verification[verification!] !== 'refuted' &&
            (event.isPrincipal !== true || FACT_CODES.role[role!] === 'principal') &&
            isOfClass(event.classes)
          )
            days.add(visit.day!)
        break
      }
      case 'procedure': {
        const isMeant = codeMatcher(codeSets[event.codes]!)
        for (const { code, day, status } of visit.of.procedure)
          if (isMeant(code!) && FACT_CODES.procedureStatus[status!] === 'completed')
            days.add(day ?? visit.day!)
        break
      }
      case 'prescription': {
        const isMeant = codeMatcher(codeSets[event.codes]!)
        const isTakenBack = ['cancelled', 'entered-in-error', 'draft']
        for (const { code, start, status } of visit.of.prescription)
          if (isMeant(code!) && !isTakenBack.includes(FACT_CODES.prescriptionStatus[status!]!))
            days.add(start ?? visit.day!)
        break
      }
      case 'result': {
        const { loinc } = labTestByKey(event.test)!
        for (const row of visit.of.observation)
          if (
            row.code === loinc &&
            row.system === 'http://loinc.org' &&
            ['final', 'amended', 'corrected'].includes(FACT_CODES.observationStatus[row.status!]!) &&
            (event.value === undefined || isInRange(row, event.value))
          )
            days.add(row.known ?? visit.day!)
        break
      }
    }
  }
  return [...days].sort((a, b) => a - b)
}

/** Every value that the result may mean is in the range. */
function isInRange({ canonical, comparator }: FactRow<'observation'>, range: ValueRange): boolean {
  if (canonical === null) return false
  const sign = comparator === null ? '=' : FACT_CODES.comparator[comparator]!
  // Values just beside the limit stand for an open side, and values far off for an endless one.
  const tiny = 1e-9
  const possible = {
    '=': [canonical],
    '<': [canonical - tiny, -1e300],
    '<=': [canonical, -1e300],
    '>': [canonical + tiny, 1e300],
    '>=': [canonical, 1e300],
  }[sign]
  return possible.every(
    (value) =>
      (range.atLeast === undefined || value >= Number(range.atLeast)) &&
      (range.above === undefined || value > Number(range.above)) &&
      (range.atMost === undefined || value <= Number(range.atMost)) &&
      (range.below === undefined || value < Number(range.below)),
  )
}

/** Of the visits that say something; of two that are said as often, the one said first. */
export function mostOften(values: readonly (number | null)[]): number | null {
  let best: number | null = null
  let bestCount = 0
  for (const value of values) {
    if (value === null) continue
    const count = values.filter((other) => other === value).length
    if (count > bestCount) {
      best = value
      bestCount = count
    }
  }
  return best
}
