/**
 * Who belongs to a cohort, judged on facts of persons: the meaning of docs/spec/cohort.md where the records were cleaned first, and the
 * warehouse, which holds them as they were written, cannot say. Pure.
 */
import type { CohortDefinition, CohortEntry, CohortRule } from '../../../shared/domain/cohort.ts'
import { ageInYears, parseDay } from '../../../shared/domain/dates.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { FACT_CODES } from '../facts/fact-tables.ts'
import { daysOfEvent, judgedResults, type DaysOf } from './event-days.ts'
import type { PersonFacts } from './person-facts.ts'
import { birthOf, sexOf } from './person-says.ts'

export interface JudgedCohort {
  /** Persons with the event, with prior days too, in after washout, then left after each step. */
  readonly withEvent: number
  readonly withPriorDays: number
  readonly afterWashout: number
  readonly steps: readonly number[]
  /** Who is in, in the order in which they came, with the index day of each. */
  readonly members: readonly { readonly index: number; readonly facts: PersonFacts }[]
}

export function judgeCohort(definition: CohortDefinition, persons: readonly PersonFacts[]): JudgedCohort {
  const indexOf = indexJudge(definition)
  const steps = definition.steps.map(({ use, rule }) => {
    const holds = ruleJudge(rule, definition)
    return (facts: PersonFacts, index: number) => holds(facts, index) === (use === 'include')
  })
  const left = steps.map(() => 0)
  const members: { index: number; facts: PersonFacts }[] = []
  let [withEvent, withPriorDays, afterWashout] = [0, 0, 0]
  for (const facts of persons) {
    const entry = indexOf(facts)
    if (entry === null) continue
    withEvent++
    if (entry.isKnown) withPriorDays++
    if (!entry.isIn) continue
    afterWashout++
    const fails = steps.findIndex((isMet) => !isMet(facts, entry.index))
    for (let step = 0; step < (fails === -1 ? steps.length : fails); step++) left[step]!++
    if (fails === -1) members.push({ index: entry.index, facts })
  }
  return { withEvent, withPriorDays, afterWashout, steps: left, members }
}

interface Entry {
  readonly index: number
  /** Prior days are there. */
  readonly isKnown: boolean
  readonly isIn: boolean
}

/** Null for whoever never has the event. */
function indexJudge({ entry, codeSets }: CohortDefinition): (facts: PersonFacts) => Entry | null {
  const eventDays = daysOfEvent(entry.event, codeSets)
  const washedDays = entry.washout === undefined ? () => [] : daysOfEvent(entry.washout.event, codeSets)
  return (facts) => {
    const { first } = seenDays(facts)
    const washed = washedDays(facts)
    const judged = confirmed(eventDays(facts), entry.confirmedBy).map((day): Entry => {
      const isKnown = first !== null && first <= day - entry.priorDays
      const latest = washed.findLast((each) => each < day)
      const isClean = latest === undefined || latest < day - present(entry.washout).days
      return { index: day, isKnown, isIn: isKnown && isClean }
    })
    const [earliest] = judged
    if (earliest === undefined || entry.which === 'first') return earliest ?? null
    const qualifying = judged.find(({ isIn }) => isIn)
    return qualifying ?? { ...earliest, isKnown: judged.some(({ isKnown }) => isKnown) }
  }
}

/** Days that are the last of so many within so many days. */
function confirmed(days: readonly number[], rule: CohortEntry['confirmedBy']): readonly number[] {
  if (rule === undefined) return days
  return days.filter((day, i) => {
    const earlier = days[i - rule.count + 1]
    return earlier !== undefined && day - earlier <= rule.withinDays
  })
}

type Judge = (facts: PersonFacts, index: number) => boolean

/** What is not known is not met. */
function ruleJudge(rule: CohortRule, definition: CohortDefinition): Judge {
  switch (rule.kind) {
    case 'all': {
      const all = rule.of.map((each) => ruleJudge(each, definition))
      return (facts, index) => all.every((holds) => holds(facts, index))
    }
    case 'any': {
      const all = rule.of.map((each) => ruleJudge(each, definition))
      return (facts, index) => all.some((holds) => holds(facts, index))
    }
    case 'not': {
      const holds = ruleJudge(rule.rule, definition)
      return (facts, index) => !holds(facts, index)
    }
    case 'occurs':
      return occursJudge(rule, daysOfEvent(rule.event, definition.codeSets))
    case 'last': {
      const { event, window } = rule
      assert(event.kind === 'result' || event.kind === 'coded-result', 'only results are the last of a test')
      const judged = judgedResults(event)
      return (facts, index) =>
        judged(facts).findLast(
          ({ day }) =>
            (window.from === null || day >= index + window.from) &&
            (window.to === null || day <= index + window.to),
        )?.isMeant === true
    }
    case 'age':
      return (facts, index) => {
        const birth = birthOf(facts)
        if (birth === null) return false
        const age = ageInYears(birth, index)
        return age >= (rule.atLeast ?? -Infinity) && age <= (rule.atMost ?? Infinity)
      }
    case 'sex':
      return (facts) => {
        const sex = sexOf(facts)
        return sex !== null && rule.anyOf.includes(sex)
      }
    case 'payer':
      return ({ visit }, index) =>
        visit.some(({ day, payer }) => day === index && (rule.anyOf as string[]).includes(payerWord(payer)))
    case 'hospital':
      return ({ visit }, index) =>
        visit.some(({ day, hospital }) => day === index && hospital !== null && rule.anyOf.includes(hospital))
    case 'calendar': {
      const from = rule.from === undefined ? -Infinity : present(parseDay(rule.from))
      const to = rule.to === undefined ? Infinity : present(parseDay(rule.to))
      return (_, index) => index >= from && index <= to
    }
    case 'observed':
      return (facts, index) => {
        const { first, last } = seenDays(facts)
        return (
          first !== null &&
          last !== null &&
          first <= index - rule.beforeDays &&
          last >= index + rule.afterDays
        )
      }
    default:
      return unreachable(rule)
  }
}

function occursJudge(
  { window, atLeast, atMost, withinDays }: Extract<CohortRule, { kind: 'occurs' }>,
  daysOf: DaysOf,
): Judge {
  return (facts, index) => {
    const from = window.from === null ? -Infinity : index + window.from
    const to = window.to === null ? Infinity : index + window.to
    const days = daysOf(facts).filter((day) => day >= from && day <= to)
    if (withinDays === undefined) return days.length >= atLeast && days.length <= (atMost ?? Infinity)
    return days.some((day, i) => {
      const earlier = days[i - atLeast + 1]
      return earlier !== undefined && day - earlier <= withinDays
    })
  }
}

function seenDays({ visit }: PersonFacts): { first: number | null; last: number | null } {
  let first: number | null = null
  let last: number | null = null
  for (const { day } of visit) {
    if (day === null) continue
    first = first === null || day < first ? day : first
    last = last === null || day > last ? day : last
  }
  return { first, last }
}

function payerWord(payer: number | null): string {
  return payer === null ? '' : (FACT_CODES.payer[payer] ?? '')
}
