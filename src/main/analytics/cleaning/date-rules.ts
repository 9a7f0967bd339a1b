/**
 * Step 8: birth before onset before admission before discharge, and what does not change in a life. A date of birth is repaired only
 * where exchanged day and month explain it and the person's other visits agree.
 */
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { keptRows, withRows, type CleanPerson } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { swappedDay } from './link-persons.ts'
import { mostOften } from './most-often.ts'

export function dateRules(
  persons: readonly CleanPerson[],
  { isBirthRepaired, isSexByMost, areImpossibleMissing }: StepOf<'date-rules'>,
  editor: Editor,
): CleanPerson[] {
  return persons.map((person) => {
    const visits = keptRows(person, 'visit')
    // A date after its own visit is no witness: held against all other dates it would take a whole life away.
    const witnesses = visits.filter(
      ({ now }) => now.birth === null || now.day === null || now.birth <= now.day,
    )
    const birth = mostOften(witnesses, 'birth')
    const sex = mostOften(visits, 'sex')
    const agreeing = visits.filter(({ now }) => now.birth === birth).length
    let out = withRows(person, 'visit', (row) => {
      if (!row.isKept) return row
      let next = row
      if (birth !== null && row.now.birth !== null && row.now.birth !== birth) {
        const isSwapped = swappedDay(row.now.birth) === birth && agreeing >= 2
        next =
          isBirthRepaired && isSwapped
            ? editor.derive(person, 'visit', next, { birth }, 'birth-day-and-month')
            : editor.flag(person, 'visit', next, 'birth-differs')
      }
      if (sex !== null && row.now.sex !== null && row.now.sex !== sex)
        next = isSexByMost
          ? editor.derive(person, 'visit', next, { sex }, 'sex-differs')
          : editor.flag(person, 'visit', next, 'sex-differs')
      const { day, discharge, death } = next.now
      if (day === null) return next
      if (next.now.birth !== null && next.now.birth > day)
        next = areImpossibleMissing
          ? editor.derive(person, 'visit', next, { birth: null, birthPrecision: null }, 'birth-after-visit')
          : editor.flag(person, 'visit', next, 'birth-after-visit')
      if (discharge !== null && discharge < day)
        next = areImpossibleMissing
          ? editor.derive(person, 'visit', next, { discharge: null }, 'discharge-before-admission')
          : editor.flag(person, 'visit', next, 'discharge-before-admission')
      // Nobody comes after death: which of the two dates is wrong, nobody knows.
      if (death !== null && death < day) next = editor.flag(person, 'visit', next, 'death-before-visit')
      return next
    })
    const days = new Map(visits.map(({ now }) => [now.block!, now.day]))
    out = withRows(out, 'diagnosis', (row) => {
      const { onset, block } = row.now
      if (!row.isKept || onset === null) return row
      const day = days.get(block!) ?? null
      const reason =
        day !== null && onset > day
          ? ('onset-after-visit' as const)
          : birth !== null && onset < birth
            ? ('onset-before-birth' as const)
            : null
      if (reason === null) return row
      return areImpossibleMissing
        ? editor.derive(person, 'diagnosis', row, { onset: null }, reason)
        : editor.flag(person, 'diagnosis', row, reason)
    })
    out = withRows(out, 'observation', (row) =>
      row.isKept && birth !== null && row.now.collected !== null && row.now.collected < birth
        ? areImpossibleMissing
          ? editor.derive(person, 'observation', row, { canonical: null }, 'result-before-birth')
          : editor.flag(person, 'observation', row, 'result-before-birth')
        : row,
    )
    return withRows(out, 'prescription', (row) => {
      const { start, end } = row.now
      if (!row.isKept || start === null || end === null || end >= start) return row
      return areImpossibleMissing
        ? editor.derive(person, 'prescription', row, { end: null }, 'end-before-start')
        : editor.flag(person, 'prescription', row, 'end-before-start')
    })
  })
}
