import { describe, expect, it } from 'vitest'
import type { StudyModel } from '../../../shared/domain/study.ts'
import type { IntervalRows, TableColumn } from '../intervals/interval-table.ts'
import { quantile } from '../persons/quantile.ts'
import { baselineOf, BASELINE_GROUPS_MAX } from './baseline.ts'
import { curvePoints } from '../models/curve-points.ts'

const numbers = (...values: number[]): TableColumn => ({ kind: 'number', values: Float64Array.from(values) })
const labels = (...said: (string | null)[]): TableColumn => {
  const all = [...new Set(said.filter((each) => each !== null))].sort()
  return {
    kind: 'label',
    labels: all,
    codes: Int32Array.from(said, (each) => (each === null ? -1 : all.indexOf(each))),
  }
}
/** Of each row the person and whether it ends with the event; each ten days long. */
const rowsOf = (
  persons: readonly (readonly [number, 0 | 1])[],
  columns: Record<string, TableColumn>,
): IntervalRows => ({
  rowCount: persons.length,
  id: Int32Array.from(persons, ([id]) => id),
  start: Float64Array.from(persons, (_, row) =>
    row > 0 && persons[row - 1]![0] === persons[row]![0] ? 10 : 0,
  ),
  stop: Float64Array.from(persons, (_, row) =>
    row > 0 && persons[row - 1]![0] === persons[row]![0] ? 20 : 10,
  ),
  event: Uint8Array.from(persons, ([, event]) => event),
  status: Uint8Array.from(persons, ([, event]) => event),
  isWhole: new Uint8Array(persons.length).fill(1),
  visits: { before: new Int32Array(persons.length), inAll: new Int32Array(persons.length) },
  columns: new Map(Object.entries(columns)),
})

const rows = rowsOf(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 0],
    [3, 1],
  ],
  {
    // Of person 0 the second row is of a later time: it describes nobody at the start.
    age: numbers(50, 99, 60, 70, NaN),
    sex: labels('female', 'male', 'male', 'male', null),
    statin: numbers(0, 1, 1, 0, 0),
  },
)

describe('the description of people at their start', () => {
  it('takes each person once, by their first row', () => {
    const { by, groups, columns } = baselineOf(rows, null)
    expect(by).toBeNull()
    expect(groups).toEqual([{ kind: 'all', label: null, persons: 4, events: 2, personDays: 50 }])
    expect(columns).toEqual([
      {
        kind: 'number',
        name: 'age',
        groups: [{ missing: 1, mean: 60, sd: 10, q1: 55, median: 60, q3: 65 }],
      },
      { kind: 'label', name: 'sex', labels: ['female', 'male'], groups: [{ missing: 1, counts: [1, 2] }] },
      { kind: 'label', name: 'statin', labels: ['0', '1'], groups: [{ missing: 0, counts: [3, 1] }] },
    ])
  })

  it('has a column for each group, whoever says nothing last', () => {
    const { by, groups, columns } = baselineOf(rows, 'sex')
    expect(by).toBe('sex')
    expect(groups.map(({ kind, label, persons }) => [kind, label, persons])).toEqual([
      ['all', null, 4],
      ['group', 'female', 1],
      ['group', 'male', 2],
      ['group', null, 1],
    ])
    expect(columns[0]).toMatchObject({
      groups: [{ mean: 60 }, { mean: 50, sd: null }, { mean: 65 }, { mean: null, missing: 1 }],
    })
  })

  it('is of nobody where nobody is at risk, and of all where groups are too many to read', () => {
    const nobody = baselineOf(rowsOf([], { age: numbers() }), null)
    expect(nobody.groups).toEqual([{ kind: 'all', label: null, persons: 0, events: 0, personDays: 0 }])
    const many = Array.from({ length: BASELINE_GROUPS_MAX + 1 }, (_, i) => i)
    const scattered = rowsOf(
      many.map((id) => [id, 0]),
      { hospital: labels(...many.map(String)) },
    )
    expect(baselineOf(scattered, 'hospital')).toMatchObject({ by: null, groups: [{ kind: 'all' }] })
  })

  it('takes quantiles as R does', () => {
    // quantile(c(1, 2, 4, 8), c(.25, .5, .75))
    expect([0.25, 0.5, 0.75].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1.75, 3, 5])
    expect(quantile([7], 0.25)).toBe(7)
  })
})

describe('the points of adjusted curves', () => {
  const model: StudyModel = {
    title: 'M',
    family: 'cox',
    covariates: ['age', 'sex', 'statin'],
    factors: ['sex'],
    splines: [],
    interactions: [],
    strata: [],
    isClusteredByPerson: false,
    ties: 'efron',
    confidencePercent: 95,
    curvesOf: 'age',
  }
  it('lie at the quartiles of a number, the others at their mean and most frequent label', () => {
    // Four complete rows: ages 50, 99, 60, 70.
    expect(curvePoints(rows, model, 'age')!.map(({ label, covariates }) => [label, covariates])).toEqual([
      ['age = 57.5', { age: 57.5, sex: 'male', statin: 0.5 }],
      ['age = 65', { age: 65, sex: 'male', statin: 0.5 }],
      ['age = 77.25', { age: 77.25, sex: 'male', statin: 0.5 }],
    ])
  })
  it('lie at both values of a column of 0 and 1, and at each label', () => {
    expect(curvePoints(rows, model, 'statin')!.map(({ label }) => label)).toEqual([
      'statin = 0',
      'statin = 1',
    ])
    expect(curvePoints(rows, model, 'sex')!.map(({ covariates }) => covariates['sex'])).toEqual([
      'female',
      'male',
    ])
    expect(
      curvePoints(rowsOf([], { age: numbers(), sex: labels(), statin: numbers() }), model, 'age'),
    ).toBeNull()
  })
})
