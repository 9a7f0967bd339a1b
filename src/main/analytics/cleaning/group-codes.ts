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
import { readOnly, type StepWork } from './step-work.ts'

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

export function groupCodes({ charlson, elixhauser, lookBackDays }: StepOf<'group-codes'>): StepWork {
  return readOnly(() => {
    const lists: Scorer[] = []
    if (charlson !== null) lists.push(scorer('charlson', CHARLSON, charlson, lookBackDays))
    if (elixhauser !== null) lists.push(scorer('elixhauser', ELIXHAUSER, elixhauser, lookBackDays))
    return {
      add(persons) {
        for (const person of persons) for (const each of lists) each.add(person)
      },
      finding: () => ({ kind: 'groups', groups: lists.map((each) => each.finding()) }),
      handedOn: () => ({ scores: Object.fromEntries(lists.map(({ list, days }) => [list, days])) }),
    }
  })
}

interface Scorer {
  readonly list: GroupFinding['list']
  /** Grows while persons are added. */
  readonly days: readonly ScoreOnDay[]
  add(person: CleanPerson): void
  finding(): GroupFinding
}

function scorer(
  list: GroupFinding['list'],
  table: ComorbidityTable,
  weights: CharlsonWeights | ElixhauserWeights,
  lookBackDays: number | null,
): Scorer {
  const personsWith = new Map<string, number>()
  const histogram = Array.from({ length: SCORES_SHOWN + 1 }, () => 0)
  const days: ScoreOnDay[] = []
  return {
    list,
    days,
    add(person) {
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
    },
    finding() {
      const conditions = table.categories.map(({ key }) => ({ key, persons: personsWith.get(key) ?? 0 }))
      return { list, weights, conditions, scores: histogram }
    },
  }
}
