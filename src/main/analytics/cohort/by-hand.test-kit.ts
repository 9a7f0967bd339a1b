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
    case 'last': {
      const { event, window } = rule
      if (event.kind !== 'result' && event.kind !== 'coded-result') return false
      let last: { day: number; isMeant: boolean } | null = null
      for (const visit of visits)
        for (const row of usableByHand(event.test === 'egfrCreat' ? 'creat' : event.test, visit)) {
          const day = row.known ?? visit.day!
          const read = event.test === 'egfrCreat' ? filtrationByHand(row, day, visits) : row
          const isOutside =
            (window.from !== null && day - index < window.from) ||
            (window.to !== null && day - index > window.to)
          if (read === null || isOutside || (last !== null && day < last.day)) continue
          if (event.kind === 'coded-result') {
            if (read.valueCode !== null) last = { day, isMeant: event.anyOf.includes(read.valueCode) }
          } else if (read.canonical !== null)
            last = { day, isMeant: event.value === undefined || isInRange(read, event.value) }
        }
      return last?.isMeant === true
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
      case 'claim': {
        const reversed = visits.flatMap(({ of }) => of.claim.map(({ reverses }) => reverses))
        for (const { claim, status, reverses } of visit.of.claim)
          if (
            reverses === null &&
            (claim === null || !reversed.includes(claim)) &&
            !['draft', 'denied', 'reversed'].includes(FACT_CODES.claimStatus[status!]!)
          )
            days.add(visit.day!)
        break
      }
      case 'death': {
        const death = deathByHand(visits)
        if (death !== null) days.add(death)
        break
      }
      case 'result': {
        const isFiltration = event.test === 'egfrCreat'
        for (const row of usableByHand(isFiltration ? 'creat' : event.test, visit)) {
          const day = row.known ?? visit.day!
          const read = isFiltration ? filtrationByHand(row, day, visits) : row
          if (read !== null && (event.value === undefined || isInRange(read, event.value))) days.add(day)
        }
        break
      }
      case 'coded-result':
        for (const row of usableByHand(event.test, visit))
          if (event.anyOf.some((code) => code === row.valueCode)) days.add(row.known ?? visit.day!)
        break
    }
  }
  return [...days].sort((a, b) => a - b)
}

/** Results of a test that somebody stands for. */
function usableByHand(key: string, visit: Visit): FactRow<'observation'>[] {
  const { loinc } = labTestByKey(key)!
  return visit.of.observation.filter(
    (row) =>
      row.code === loinc &&
      row.system === 'http://loinc.org' &&
      ['final', 'amended', 'corrected'].includes(FACT_CODES.observationStatus[row.status!]!),
  )
}

/** The published table of CKD-EPI 2021 by sex and creatinine, each row written out; the row with the filtration in its place, or null. */
export function filtrationByHand(
  row: FactRow<'observation'>,
  day: number,
  visits: readonly Visit[],
): FactRow<'observation'> | null {
  const birth = mostOften(visits.map((visit) => visit.birth))
  const sex = mostOften(visits.map((visit) => visit.sex))
  const mg = row.canonical
  if (birth === null || sex === null || mg === null || mg <= 0 || row.comparator !== null) return null
  const age = ageInYears(birth, day)
  if (age < 18) return null
  const shape: number | undefined = {
    female: mg <= 0.7 ? 143.704 * (mg / 0.7) ** -0.241 : 143.704 * (mg / 0.7) ** -1.2,
    male: mg <= 0.9 ? 142 * (mg / 0.9) ** -0.302 : 142 * (mg / 0.9) ** -1.2,
    other: undefined,
    unknown: undefined,
  }[FACT_CODES.sex[sex]!]
  return shape === undefined ? null : { ...row, canonical: shape * 0.9938 ** age }
}

/** A stated day counts, then the end of the visit in which somebody died, then what is left of a month or a year that is stated. */
export function deathByHand(visits: readonly Visit[]): number | null {
  const ends = visits.map((visit) => (visit.died === 1 ? (visit.discharge ?? visit.day) : null))
  const texts = visits.flatMap(({ deathFrom, death }) => (death === null ? [] : [`${deathFrom} ${death}`]))
  const timesOf = (text: string) => texts.filter((other) => other === text).length
  const [most] = [...new Set(texts)].sort((a, b) => timesOf(b) - timesOf(a))
  if (most === undefined) return mostOften(ends)
  const [from, last] = most.split(' ').map(Number) as [number, number]
  const within = (day: number | null) => (day !== null && from <= day && day <= last ? day : null)
  const lengthsOf = visits.flatMap((visit) =>
    within(visit.death) === null ? [] : [visit.death! - visit.deathFrom!],
  )
  const ofLength = (days: number) =>
    mostOften(visits.map((visit) => (visit.death! - visit.deathFrom! === days ? within(visit.death) : null)))
  return ofLength(0) ?? mostOften(ends.map(within)) ?? ofLength(Math.min(...lengthsOf))
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
