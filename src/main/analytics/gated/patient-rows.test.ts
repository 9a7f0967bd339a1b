import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../shared/domain/dates.ts'
import { LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { planOf } from '../../privacy/request/plan.ts'
import type { Output } from '../../privacy/request/outputs.ts'
import { tabulate } from '../../privacy/request/tabulate.ts'
import { FACT_TABLE_NAMES, factCode } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { rowsOfPersons } from './patient-rows.ts'

const day = parseDay('2024-01-05')!

function personWith(hba1c: number): PersonFacts {
  return {
    ...Object.fromEntries(FACT_TABLE_NAMES.map((name) => [name, []])),
    person: 0,
    patients: ['P'],
    visit: [{ block: 0, day, discharge: null, birth: null, death: null, sex: null }],
    observation: [
      {
        block: 0,
        system: LOINC_SYSTEM,
        code: '4548-4',
        status: factCode('observationStatus', 'final'),
        known: day,
        canonical: hba1c,
        comparator: null,
      },
    ],
  } as unknown as PersonFacts
}

/** Patients, twice the distance from the middle, and its square, of 40 to 120 tenths. */
function tablesOf(hba1c: number): readonly bigint[][] {
  const output: Output = { kind: 'mean', variable: 'hba1c-tenths', least: 40, greatest: 120 }
  const rowsOf = rowsOfPersons({ output, followUp: null, snapshotDay: day + 30, benchmarkFrom: null })
  const patients = [rowsOf(personWith(hba1c), day)]
  return planOf({ output, microRho: 20_000 }).map((part) => tabulate(part, patients))
}

describe('a result that somebody wrote down', () => {
  it('counts as the limit where it is beyond all whole numbers, and stops no answer', () => {
    const [high, low] = [
      [[1n], [80n], [6_400n]],
      [[1n], [-80n], [6_400n]],
    ]
    for (const value of [13, 1e15, 1e300, Infinity]) expect(tablesOf(value)).toEqual(high)
    for (const value of [3, -1e15, -1e300, -Infinity]) expect(tablesOf(value)).toEqual(low)
  })
})
