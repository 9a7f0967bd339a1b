/** The tables of a cleaning profile without noise, of people who are invented or whose hospital looks at them itself. Pure. */
import { namedCells } from '../../privacy/answers/labelled-tables.ts'
import { planOf } from '../../privacy/request/plan.ts'
import { canonicalProfile, type ProfileOutput } from '../../privacy/request/profile-output.ts'
import { tabulate } from '../../privacy/request/tabulate.ts'
import type { CleanPerson } from '../cleaning/cleaned.ts'
import { profileRows } from '../gated/profile-rows.ts'

/** In the form in which an answer has them; each number is exact. */
export interface PeopleTable {
  readonly name: string
  readonly axes: readonly (readonly string[])[]
  readonly cells: readonly number[]
  readonly halfWidth: 0
  readonly shownFrom: 0
}

/** Any price: it says how much noise there would be, and nothing of what is counted. */
const MICRO_RHO = 1_000_000

export function createPeopleTables(asked: ProfileOutput): {
  /** Some persons at a time, each once. */
  add(persons: readonly CleanPerson[]): void
  tables(): readonly PeopleTable[]
} {
  const output = canonicalProfile(asked)
  const parts = planOf({ output, microRho: MICRO_RHO })
  const rowsOf = profileRows(output)
  const cells = parts.map((part) => tabulate(part, []))
  return {
    add(persons) {
      const patients = persons.map(rowsOf)
      for (const [p, part] of parts.entries())
        for (const [i, count] of tabulate(part, patients).entries()) cells[p]![i] = cells[p]![i]! + count
    },
    tables: () =>
      parts.map((part, p) => {
        const named = namedCells({ part, cells: cells[p]! })
        return { ...named, name: part.name, cells: named.cells.map(Number), halfWidth: 0, shownFrom: 0 }
      }),
  }
}
