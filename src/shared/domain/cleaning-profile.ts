/**
 * What a cleaning profile of all hospitals counts (docs/spec/privacy.md Q10): tests, sorts of results, units and reasons, as everybody names them. It is
 * people that are counted, never results: whoever has one such result or a hundred counts once.
 */
import {
  CLEANING_REASONS,
  type CleaningReason,
  type CleaningStep,
  type CleaningStepName,
} from './cleaning.ts'
import { LAB_TESTS, labTestByKey } from './lab-tests.ts'
import { unitsOf } from './units.ts'

export const PROFILE_TESTS_MAX = 8
export const PROFILE_YEARS_MAX = 12
/** Of a test: more than any of the table has. */
export const PROFILE_UNITS_MAX = 12
/** In the order in which a person's count, rarest first: what is cut off, of whoever has too many, is the most usual. */
export const PROFILE_SORTS = ['impossible', 'no-number', 'unusual', 'usual'] as const
export type ProfileSort = (typeof PROFILE_SORTS)[number]
/** Whether a person has a visit left after the steps. */
export const PROFILE_LEFT = ['kept', 'gone'] as const
/** Stands for a result without a unit. */
export const NO_UNIT = '{none}'

/**
 * What a step that looks at one person at a time can say of a row. Steps that compare people, and versions that the warehouse never gives out, have none.
 */
const REASONS_OF: Partial<Record<CleaningStepName, readonly CleaningReason[]>> = {
  'select-version': ['visit-status', 'result-status', 'entered-in-error', 'refuted', 'visit-left-out'],
  'normalise-text': ['letter-o', 'code-not-understood', 'digits-of-another-width'],
  deduplicate: [
    'visit-left-out',
    'exact-duplicate',
    'near-duplicate',
    'maybe-duplicate',
    'joined-to-kept-visit',
    'transfer',
  ],
  'harmonise-units': [
    'unit-understood',
    'unit-guessed',
    'unit-doubtful',
    'unit-unknown',
    'decimal-point-likely',
  ],
  'range-rule': ['impossible', 'unusual'],
  'date-rules': [
    'birth-day-and-month',
    'birth-differs',
    'birth-after-visit',
    'sex-differs',
    'discharge-before-admission',
    'onset-after-visit',
    'onset-before-birth',
    'death-before-visit',
    'result-before-birth',
    'end-before-start',
  ],
}

/** In the order of all reasons, each once. */
export function reasonsOfSteps(steps: readonly Pick<CleaningStep, 'step'>[]): readonly CleaningReason[] {
  const possible = new Set(steps.flatMap(({ step }) => REASONS_OF[step] ?? []))
  return CLEANING_REASONS.filter((reason) => possible.has(reason))
}

const STEPS = Object.keys(REASONS_OF) as CleaningStepName[]

/** All that may be asked about. */
export const PROFILE_REASONS: readonly CleaningReason[] = reasonsOfSteps(STEPS.map((step) => ({ step })))

/** The step that says so, of those of a pipeline; null where none does. */
export function stepOfReason(
  reason: CleaningReason,
  steps: readonly Pick<CleaningStep, 'step'>[],
): CleaningStepName | null {
  return steps.find(({ step }) => REASONS_OF[step]?.includes(reason))?.step ?? null
}

/** Tests whose result is a number, in the order of the table. */
export const PROFILE_TESTS: readonly string[] = LAB_TESTS.filter(({ unit }) => unit !== '').map(
  ({ key }) => key,
)

/** Units of the table of tests, in the order in which a request names them; null for a test that has no number. */
export function unitsOfTest(key: string): readonly string[] | null {
  const test = labTestByKey(key)
  return test === null || test.unit === '' ? null : [...new Set(unitsOf(test))].sort()
}

/** A test and a unit in one name: keys have no blank. */
export const unitPair = (test: string, unit: string): string => `${test} ${unit}`
export function pairOf(name: string): readonly [test: string, unit: string] {
  const blank = name.indexOf(' ')
  return [name.slice(0, blank), name.slice(blank + 1)]
}
