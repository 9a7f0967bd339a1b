import { describe, expect, it } from 'vitest'
import { dayOfCivil } from '../dates.ts'
import { labTestByKey, LOINC_SYSTEM } from '../lab-tests.ts'
import type { Observation, VisitRecord } from '../visit.ts'
import { checkVisit, type CheckContext, type CheckedVisit } from '../visit-check.ts'
import { slipsOf } from './plausibility.ts'
import { previousMeasures } from './previous-measures.ts'

const day = dayOfCivil(2026, 2, 1)
const context: CheckContext = {
  mode: 'form',
  patient: { sex: 'male', birthDate: '1960-05-20' },
  today: dayOfCivil(2026, 3, 1),
}

function result(key: string, value: string, unit?: string): Observation {
  const test = labTestByKey(key)!
  return {
    code: { system: LOINC_SYSTEM, code: test.loinc },
    kind: 'vital',
    status: 'final',
    value: { type: 'decimal', value, unit: unit ?? test.unit },
    sourceCodings: [],
  }
}
function visit(...observations: Observation[]): CheckedVisit {
  return {
    encounter: {
      class: 'AMB',
      status: 'in-progress',
      admission: { at: '2026-02-20' },
      payer: { type: 'NHI' },
    },
    observations,
    diagnoses: [],
    procedures: [],
    prescriptions: [],
    claims: [],
  }
}
const asked = (observations: Observation[], change: Partial<CheckContext> = {}) =>
  checkVisit(visit(...observations), { ...context, ...change })
    .filter((each) => /^observations\.[0-9]+\.value$/.test(each.path))
    .map((each) => `${each.rule} ${each.suggestion ?? ''}`.trim())
const previous = (key: string, value: number) => ({ previous: { [key]: { value, day } } })

describe('plausibility at the form', () => {
  it('asks about a slip of the hand that leads away from the last value, and offers what was meant', () => {
    expect(asked([result('creat', '9.1')], previous('creat', 0.9))).toEqual(['differs-from-previous 0.91'])
    expect(asked([result('tg', '1150')], previous('tg', 140))).toEqual(['differs-from-previous 150'])
    expect(asked([result('sbp', '182')], previous('sbp', 126))).toEqual(['differs-from-previous 128'])
  })

  it('asks about a unit that the last value speaks against', () => {
    expect(asked([result('hgb', '8.7')], previous('hgb', 14.1))).toEqual(['differs-from-previous 14.0'])
    // Long ago, so that the rule of 90 days says nothing.
    const longAgo = { previous: { weight: { value: 68.2, day: dayOfCivil(2025, 6, 1) } } }
    expect(asked([result('weight', '150')], longAgo)).toEqual(['differs-from-previous 68.0'])
    expect(asked([result('weight', '150')], previous('weight', 68.2))).toEqual(['weight-jump'])
  })

  it('asks nothing about a change that no slip explains, nor about a value that stayed', () => {
    expect(asked([result('alt', '150')], previous('alt', 40))).toEqual([])
    expect(asked([result('hgb', '7.9')], previous('hgb', 8.1))).toEqual([])
  })

  it('asks about a number that is far from usual here and usual in another unit, while nothing earlier is known', () => {
    expect(asked([result('phos', '1.2')])).toEqual(['other-unit-likely 3.7'])
    expect(asked([result('bili', '12')])).toEqual(['other-unit-likely 0.7'])
    expect(asked([result('hgb', '11.5')])).toEqual([])
  })

  it('asks about height and weight that no adult has together, and about pounds', () => {
    expect(asked([result('height', '190'), result('weight', '45')])).toEqual(['body-mass-index-unusual'])
    expect(asked([result('height', '170'), result('weight', '155')])).toEqual(['other-unit-likely 70.3'])
    expect(asked([result('height', '170'), result('weight', '155')], previous('weight', 152))).toEqual([])
  })

  it('asks nothing in an import', () => {
    expect(asked([result('phos', '1.2')], { mode: 'import' })).toEqual([])
  })
})

describe('slipsOf', () => {
  it('moves the point, takes a doubled digit once and exchanges neighbours', () => {
    expect(slipsOf('1228')).toEqual(
      expect.arrayContaining(['122.8', '12280', '128', '2128', '1282']) as unknown as string[],
    )
    expect(slipsOf('9.1')).toEqual(expect.arrayContaining(['0.91', '91', '1.9']) as unknown as string[])
  })
})

describe('previousMeasures', () => {
  const record = (visitId: string, at: string, observations: Observation[], op = 'create') =>
    ({ envelope: { visitId, op }, encounter: { admission: { at } }, observations }) as unknown as VisitRecord

  it('keeps the newest of each test before the visit, in the unit of the test, and not the visit itself', () => {
    const records = [
      record('c', '2026-03-01T09:00:00+08:00', [result('weight', '90')]),
      record('b', '2026-02-01T09:00:00+08:00', [result('weight', '70'), result('gluc', '7.0', 'mmol/L')]),
      record('a', '2026-01-01T09:00:00+08:00', [result('weight', '60'), result('height', '170')]),
      record('r', '2026-02-02T09:00:00+08:00', [result('height', '100')], 'retract'),
    ]
    const known = previousMeasures(records, { visitId: 'x', day: dayOfCivil(2026, 2, 20) })
    expect(known['weight']?.value).toBe(70)
    expect(known['height']?.value).toBe(170)
    expect(known['gluc']?.value).toBeCloseTo(126.1, 1)
    expect(previousMeasures(records, { visitId: 'b', day })['weight']?.value).toBe(60)
  })
})
