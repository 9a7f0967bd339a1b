/** What results look like before and after the cleaning, in people (docs/spec/privacy.md Q10). */
import {
  PROFILE_REASONS,
  PROFILE_TESTS_MAX,
  PROFILE_UNITS_MAX,
} from '../../../../shared/domain/cleaning-profile.ts'
import type { Cbor } from '../../../node/chain/codec.ts'
import { asArray, asList } from '../../../node/chain/ids.ts'
import type { Axis } from '../axis.ts'
import { AS_TABLE, type OutputForm, type RequestProblem } from '../output-form.ts'
import type { PartName, Share } from '../part.ts'
import {
  canonicalProfile,
  isProfileInForm,
  profileAxes,
  REASONS_PER_PERSON,
  SORTS_PER_TEST,
  YEARS_PER_PERSON,
  type ProfiledTest,
  type ProfileOutput,
} from '../profile-output.ts'
import { textsFromCbor } from '../slots.ts'

export const cleaningProfile: OutputForm<ProfileOutput> = {
  kind: 'cleaning-profile',
  charged: AS_TABLE,
  levels: 'dictionary',
  peopleIn: 'all',
  axesOf: (output) => {
    // The largest of its joint tables.
    const { test, known } = profileAxes(output)
    return [test, known]
  },
  sumsOf: () => [],
  problemsOf: (output, isCleaned) => {
    const problems: RequestProblem[] = []
    if (!isProfileInForm(output)) problems.push('profile')
    // Nothing that is not cleaned has a reason.
    if (!isCleaned && output.reasons.length > 0) problems.push('profile')
    return problems
  },
  canonical: canonicalProfile,
  toCbor: ({ tests, reasons, lastYear, years }) => [
    tests.map(({ test, units }): Cbor => [test, units]),
    reasons,
    lastYear,
    years,
  ],
  fromCbor,
  sharesOf: profileShares,
}

function fromCbor([named, listed, lastYear, years]: readonly Cbor[]): ProfileOutput | null {
  const tests = asList(named, PROFILE_TESTS_MAX)?.map(profiledFromCbor) ?? null
  const reasons = textsFromCbor(listed, PROFILE_REASONS.length)
  if (tests === null || !tests.every((test) => test !== null) || reasons === null) return null
  if (typeof lastYear !== 'number' || typeof years !== 'number') return null
  return { kind: 'cleaning-profile', tests, reasons, lastYear, years }
}

function profiledFromCbor(value: Cbor): ProfiledTest | null {
  const [test, listed] = asArray(value, 2) ?? []
  const units = textsFromCbor(listed, PROFILE_UNITS_MAX)
  return typeof test === 'string' && units !== null ? { test, units } : null
}

/**
 * Tables of a cleaning profile (Q10): people, each once in a cell. Sorts and units of a person are cut off at so many a test, years are chosen evenly; what is
 * left out of whom is decided by their own rows alone.
 */
function profileShares(output: ProfileOutput): readonly Share[] {
  const { left, tested, test, written, cleaned, unit, seen, known, reason } = profileAxes(output)
  const tests = output.tests.length
  const years = lesser(output.years, YEARS_PER_PERSON)
  const of = (weight: number, name: PartName, axes: readonly Axis[], cellsMost: number): Share => ({
    weight,
    part: {
      name,
      axes,
      measure: { kind: 'one' },
      rows: 'all',
      needs: [axes.at(-1)!.variable],
      cellsMost,
      perCellMost: 1n,
    },
  })
  return [
    of(2, 'count', [left], 1),
    of(2, 'tested', [tested], tests),
    of(4, 'written', [test, written], SORTS_PER_TEST * tests),
    of(4, 'cleaned', [test, cleaned], SORTS_PER_TEST * tests),
    of(3, 'units', [unit], SORTS_PER_TEST * tests),
    of(1, 'seen', [seen], years),
    of(4, 'known', [test, known], years * tests),
    ...(output.reasons.length === 0
      ? []
      : [of(2, 'reasons', [reason], lesser(output.reasons.length, REASONS_PER_PERSON))]),
  ]
}

/** Of two whole numbers. */
const lesser = (a: number, b: number): number => (a < b ? a : b)
