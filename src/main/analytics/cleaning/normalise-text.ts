/**
 * Step 2: what was meant by characters. Codes come from the warehouse in capitals and without dots already; what is left are letters
 * in the place of digits, and numbers in digits of another width.
 */
import { comparableCode } from '../../../shared/domain/code-set.ts'
import type { StepOf } from '../../../shared/domain/cleaning.ts'
import { withRows, type CleanPerson } from './cleaned.ts'
import type { Editor } from './editor.ts'

/** ICD-10 and its modifications: a letter, a digit, a digit or A or B, and up to four more without the letters I and O. */
const ICD10 = /^[A-Z][0-9][0-9AB][0-9A-HJ-NP-Z]{0,4}$/

export function normaliseText(
  persons: readonly CleanPerson[],
  { isLetterORepaired, areDigitsFolded }: StepOf<'normalise-text'>,
  editor: Editor,
): CleanPerson[] {
  return persons.map((person) => {
    const coded = withRows(person, 'diagnosis', (row) => {
      if (!row.isKept || row.now.code === null) return row
      const code = comparableCode(row.now.code)
      if (ICD10.test(code))
        return code === row.now.code ? row : editor.derive(person, 'diagnosis', row, { code }, 'letter-o')
      const withZeros = code.slice(0, 1) + code.slice(1).replace(/O/g, '0')
      return isLetterORepaired && ICD10.test(withZeros)
        ? editor.derive(person, 'diagnosis', row, { code: withZeros }, 'letter-o')
        : editor.flag(person, 'diagnosis', row, 'code-not-understood')
    })
    if (!areDigitsFolded) return coded
    return withRows(coded, 'observation', (row) => {
      const { value, textValue } = row.now
      return row.isKept && value === null && textValue !== null
        ? editor.derive(person, 'observation', row, { value: textValue }, 'digits-of-another-width')
        : row
    })
  })
}
