/** Who the people are on their index day, as exemplars need it: sex, and age in whole years. Pure. */
import { ageInYears } from '../../../shared/domain/dates.ts'
import { FACT_CODES } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { birthOf, sexOf } from '../persons/person-says.ts'
import { cellOf, type Cell, type Line } from './protect.ts'
import { spreadOf, wholeDays, type Spread } from './spread.ts'

type Sex = (typeof FACT_CODES.sex)[number]

export interface PeopleTable {
  /** Null: nothing is said of it. */
  readonly sexes: readonly { readonly sex: Sex | null; readonly persons: Cell }[]
  readonly ages: Spread | null
  readonly lines: readonly Line[]
}

export interface PeopleBuilder {
  add(facts: PersonFacts, index: number): void
  finish(total: Cell): PeopleTable
}

export function createPeople(): PeopleBuilder {
  const sexes = new Map<Sex | null, number>()
  const ages: number[] = []
  return {
    add(facts, index) {
      const sex = sexOf(facts)
      sexes.set(sex, (sexes.get(sex) ?? 0) + 1)
      const birth = birthOf(facts)
      if (birth !== null && birth <= index) ages.push(ageInYears(birth, index))
    },
    finish(total) {
      const rows = [...FACT_CODES.sex, null].flatMap((sex) => {
        const count = sexes.get(sex) ?? 0
        return count === 0 ? [] : [{ sex, persons: cellOf(count) }]
      })
      return {
        sexes: rows,
        ages: spreadOf(ages, wholeDays),
        lines: [{ whole: total, parts: rows.map(({ persons }) => persons) }],
      }
    },
  }
}
