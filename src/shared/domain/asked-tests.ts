/** Tests as questions name them: those of the table, and those that follow from others and are in no record. */
import { LAB_TESTS, labTestByKey } from './lab-tests.ts'

export interface AskedTest {
  readonly key: string
  readonly en: string
  readonly zh: string
  /** UCUM; empty for tests whose result is a code. */
  readonly unit: string
}

/** What follows from a result and from whom it is of; on the day on which that result was known. */
export interface DerivedTest extends AskedTest {
  /** Key of the test that it follows from, whose limits of age it has where none is said. */
  readonly from: string
}

/** `src/main/analytics/persons/derived-results.ts` has the formula. */
export const DERIVED_TESTS: readonly DerivedTest[] = [
  {
    key: 'egfrCreat',
    from: 'creat',
    en: 'eGFR, derived from creatinine',
    zh: '由肌酸酐推算的腎絲球過濾率',
    unit: 'mL/min/{1.73_m2}',
  },
]

export const ASKED_TESTS: readonly AskedTest[] = [...LAB_TESTS, ...DERIVED_TESTS]

const DERIVED: ReadonlyMap<string, DerivedTest> = new Map(DERIVED_TESTS.map((each) => [each.key, each]))

export function derivedTest(key: string): DerivedTest | null {
  return DERIVED.get(key) ?? null
}

export function askedTest(key: string): AskedTest | null {
  return labTestByKey(key) ?? derivedTest(key)
}
