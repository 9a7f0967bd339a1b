/** Step 6: what no living person has is missing, what few have is marked (limits of `lab-tests.ts`). */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { labTestOf } from '../../../shared/domain/lab-tests.ts'
import { withRows, type CleanPerson } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { isWithin } from './harmonise-units.ts'

export function rangeRule(
  persons: readonly CleanPerson[],
  { impossible, unusual }: StepOf<'range-rule'>,
  editor: Editor,
): CleanPerson[] {
  return persons.map((person) =>
    withRows(person, 'observation', (row) => {
      const { canonical, system, code } = row.now
      if (!row.isKept || canonical === null || system === null || code === null) return row
      const test = labTestOf({ system, code })
      if (test === null) return row
      const reason = !isWithin(canonical, test.hard)
        ? ('impossible' as const)
        : !isWithin(canonical, test.soft)
          ? ('unusual' as const)
          : null
      if (reason === null) return row
      return (reason === 'impossible' ? impossible : unusual) === 'missing'
        ? editor.derive(person, 'observation', row, { canonical: null }, reason)
        : editor.flag(person, 'observation', row, reason)
    }),
  )
}
