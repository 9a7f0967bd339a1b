/** The table of tests as a list to search, for whoever gives a code to what a hospital calls a test. Pure. */
import type { CodeHit } from '../../shared/contract/codes.ts'
import { searchLabs } from '../../shared/domain/lab-search.ts'
import { isLoincCode, LAB_TESTS, LOINC_SYSTEM, type LabTest } from '../../shared/domain/lab-tests.ts'

const hitOf = ({ loinc, en, zh }: LabTest): CodeHit => ({ system: LOINC_SYSTEM, code: loinc, en, zh })

/** A LOINC code that the table lacks is offered as it stands: its check digit says that it is one. */
export function testHits(text: string, limit: number): CodeHit[] {
  const found = searchLabs(text, limit).map(hitOf)
  const code = text.normalize('NFKC').trim()
  if (!isLoincCode(code) || found.some((hit) => hit.code === code)) return found
  return [testHit(code), ...found].slice(0, limit)
}

/** What a LOINC code is called; the code alone where the table does not know it. */
export function testHit(code: string): CodeHit {
  const test = LAB_TESTS.find(({ loinc }) => loinc === code)
  return test === undefined ? { system: LOINC_SYSTEM, code, en: '', zh: '' } : hitOf(test)
}
