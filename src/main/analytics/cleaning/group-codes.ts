/**
 * Step 12: burden of disease on the day of each visit, from diagnoses of earlier visits and from those of the visit itself that were
 * there on admission: what is coded at the end of a stay is no knowledge of its beginning.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import {
  CHARLSON,
  comorbidities,
  ELIXHAUSER,
  type CharlsonWeights,
  type ComorbidityTable,
  type ElixhauserWeights,
} from '../../stats/comorbidity/comorbidity.ts'
import { factCode } from '../facts/fact-tables.ts'
import { keptRows, type CleanPerson } from './cleaned.ts'

export interface ScoreOnDay {
  readonly person: number
  readonly day: number
  readonly score: number
}

export interface GroupFinding {
  readonly list: 'charlson' | 'elixhauser'
  readonly weights: CharlsonWeights | ElixhauserWeights
  /** Persons with each condition on the day of at least one visit. */
  readonly conditions: readonly { readonly key: string; readonly persons: number }[]
  /** Visits by score on their day; the last counts those of it and above. */
  readonly scores: readonly number[]
}

export const SCORES_SHOWN = 10
const ON_ADMISSION = factCode('presentOnAdmission', 'Y')

export function groupCodes(
  persons: readonly CleanPerson[],
  { charlson, elixhauser, lookBackDays }: StepOf<'group-codes'>,
): { findings: GroupFinding[]; scores: Partial<Record<GroupFinding['list'], ScoreOnDay[]>> } {
  const findings: GroupFinding[] = []
  const scores: Partial<Record<GroupFinding['list'], ScoreOnDay[]>> = {}
  const add = (
    list: GroupFinding['list'],
    table: ComorbidityTable,
    weights: CharlsonWeights | ElixhauserWeights | null,
  ): void => {
    if (weights === null) return
    const { finding, days } = scored(persons, list, table, weights, lookBackDays)
    findings.push(finding)
    scores[list] = days
  }
  add('charlson', CHARLSON, charlson)
  add('elixhauser', ELIXHAUSER, elixhauser)
  return { findings, scores }
}

function scored(
  persons: readonly CleanPerson[],
  list: GroupFinding['list'],
  table: ComorbidityTable,
  weights: CharlsonWeights | ElixhauserWeights,
  lookBackDays: number | null,
): { finding: GroupFinding; days: ScoreOnDay[] } {
  const personsWith = new Map<string, number>()
  const histogram = Array.from({ length: SCORES_SHOWN + 1 }, () => 0)
  const days: ScoreOnDay[] = []
  for (const person of persons) {
    const visits = keptRows(person, 'visit')
      .flatMap(({ now }) => (now.day === null ? [] : [{ block: now.block!, day: now.day }]))
      .sort((a, b) => a.day - b.day || a.block - b.block)
    const dayOf = new Map(visits.map(({ block, day }) => [block, day]))
    const codes = keptRows(person, 'diagnosis').flatMap(({ now }) => {
      const day = dayOf.get(now.block!)
      return now.code === null || day === undefined
        ? []
        : [{ code: now.code, day, block: now.block!, isKnown: now.presentOnAdmission === ON_ADMISSION }]
    })
    const found = new Set<string>()
    for (const { block, day } of visits) {
      const known = codes.filter(
        (each) =>
          (each.day < day && (lookBackDays === null || each.day >= day - lookBackDays)) ||
          (each.block === block && each.isKnown),
      )
      const burden = comorbidities(table, new Set(known.map(({ code }) => code)), weights)
      for (const key of burden.found) found.add(key)
      histogram[Math.min(SCORES_SHOWN, Math.max(0, burden.score))]!++
      days.push({ person: person.person, day, score: burden.score })
    }
    for (const key of found) personsWith.set(key, (personsWith.get(key) ?? 0) + 1)
  }
  const conditions = table.categories.map(({ key }) => ({ key, persons: personsWith.get(key) ?? 0 }))
  return { finding: { list, weights, conditions, scores: histogram }, days }
}
