/** People at random, ordinary models of them, and ways to let a few of them decide a coefficient; what R5 says of the fit's own columns. */
import type { Dice } from '../../../../sim/random.ts'
import type { StudyDocument, StudyModel } from '../../../shared/domain/study.ts'
import { checkModel } from '../../privacy/rules/models.ts'
import { RULE_DEFAULTS } from '../../privacy/rules/rule-policy.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import { columnsOfRows, type IntervalRows, type TableColumn } from '../intervals/interval-table.ts'
import { specOf } from '../models/study-spec.ts'
import { findingsOf } from './study-findings.ts'

const model: StudyModel = {
  title: 'A model',
  family: 'cox',
  covariates: ['age', 'treated'],
  factors: [],
  splines: [],
  interactions: [],
  strata: [],
  isClusteredByPerson: false,
  ties: 'efron',
  confidencePercent: 95,
  curvesOf: null,
}

interface Made {
  readonly age: Float64Array
  readonly treated: Float64Array
  /** Codes of three areas. */
  readonly area: Int32Array
  readonly tests: Float64Array
  readonly event: Uint8Array
  readonly stop: Float64Array
}

/** One row of each of so many persons; a third has the event. */
export function people(dice: Dice, count = 600): Made {
  const age = new Float64Array(count)
  const treated = new Float64Array(count)
  const area = new Int32Array(count)
  const tests = new Float64Array(count)
  const event = new Uint8Array(count)
  const stop = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    age[i] = 40 + dice.below(20) + dice.below(20)
    treated[i] = dice.chance(0.4) ? 1 : 0
    area[i] = dice.below(3)
    // Long to the right, as counts of visits and tests are.
    while (tests[i]! < 12 && dice.chance(0.6)) tests[i]!++
    event[i] = dice.chance(0.35) ? 1 : 0
    stop[i] = 1 + dice.below(700)
  }
  return { age, treated, area, tests, event, stop }
}

function tableOf({ age, treated, area, tests, event, stop }: Made): IntervalRows {
  const number = (values: Float64Array): TableColumn => ({ kind: 'number', values })
  return {
    rowCount: age.length,
    id: Int32Array.from(age, (_, i) => i),
    start: new Float64Array(age.length),
    stop,
    event,
    status: event,
    isWhole: new Uint8Array(age.length).fill(1),
    visits: { before: new Int32Array(age.length), inAll: new Int32Array(age.length) },
    columns: new Map([
      ['age', number(age)],
      ['treated', number(treated)],
      ['area', { kind: 'label', codes: area, labels: ['east', 'north', 'west'] }],
      ['tests', number(tests)],
    ]),
  }
}

/** What R5 finds broken in a model of these people. */
export function broken(made: Made, change: Partial<StudyModel>): string[] {
  const rows = tableOf(made)
  const asked = { ...model, ...change }
  const study = {
    intervals: { covariates: [] },
    models: [asked],
    baselineBy: null,
  } as unknown as StudyDocument
  const fit = fitModel(columnsOfRows(rows), specOf(asked, rows))
  const found = findingsOf(study, rows, () => fit, 0, RULE_DEFAULTS)!
  const { finding } = found.find(({ name }) => name === 'model/0')!
  if (finding.kind !== 'model') throw new Error('a model gives a model')
  return checkModel(finding.facts, RULE_DEFAULTS)
    .filter(({ verdict }) => verdict === 'broken')
    .map(({ what }) => what)
}

export const ordinary: readonly Partial<StudyModel>[] = [
  {},
  { family: 'logistic' },
  { covariates: ['age', 'treated', 'area'], factors: ['area'] },
  { splines: [{ name: 'age', knots: 4, reference: null }] },
  { interactions: [['age', 'treated']] },
  {
    covariates: ['treated', 'area'],
    factors: ['area'],
    interactions: [['treated', 'area']],
  },
  { splines: [{ name: 'age', knots: 3, reference: null }], interactions: [['age', 'treated']] },
  { covariates: ['age', 'tests'] },
  { covariates: ['age', 'tests', 'treated'], interactions: [['tests', 'treated']] },
  { strata: ['area'] },
  { covariates: ['age', 'tests'], strata: ['area', 'treated'] },
]

interface Plant {
  readonly name: string
  readonly model: Partial<StudyModel>
  readonly plant: (made: Made, few: number) => void
}

/** Each lets a few patients decide a coefficient, and nothing that is counted by level says so. */
export const plants: readonly Plant[] = [
  {
    name: 'a number far from everybody’s',
    model: { covariates: ['age', 'tests'] },
    plant: ({ tests }, few) => void tests.fill(5_000, 0, few),
  },
  {
    name: 'a number that most do not have at all',
    model: { covariates: ['age', 'tests'] },
    plant: ({ tests }, few) =>
      void tests
        .fill(0)
        .fill(2, 0, few)
        .fill(1, few, Math.min(2 * few, 10)),
  },
  {
    name: 'the end of a spline',
    model: {
      covariates: ['tests', 'treated'],
      splines: [{ name: 'tests', knots: 3, reference: null }],
    },
    plant({ tests }, few) {
      for (let i = 0; i < tests.length; i++) tests[i] = 10 + (i % 30)
      tests.fill(900, 0, few)
    },
  },
  {
    name: 'a cell of an interaction of labels',
    model: { covariates: ['treated', 'area'], factors: ['area'], interactions: [['treated', 'area']] },
    plant({ treated, area }, few) {
      for (const [i, code] of area.entries()) if (code === 2) treated[i] = 0
      area.fill(2, 0, few)
      treated.fill(1, 0, few)
    },
  },
  {
    name: 'the cell of an interaction that has no column of its own',
    model: { covariates: ['treated', 'area'], factors: ['area'], interactions: [['treated', 'area']] },
    plant({ treated, area }, few) {
      for (const [i, code] of area.entries()) if (code === 0) treated[i] = 1
      area.fill(0, 0, few)
      treated.fill(0, 0, few)
    },
  },
  {
    name: 'a product of a number with a label',
    model: { covariates: ['treated', 'tests'], interactions: [['treated', 'tests']] },
    plant({ treated, tests }, few) {
      for (const [i, each] of treated.entries()) if (each === 1) tests[i] = 1
      treated.fill(1, 0, few)
      tests.fill(9, 0, few)
    },
  },
  {
    name: 'strata that cross to a few',
    model: { covariates: ['age'], strata: ['treated', 'area'] },
    plant({ treated, area }, few) {
      for (const [i, code] of area.entries()) if (code === 1) treated[i] = 0
      area.fill(1, 0, few)
      treated.fill(1, 0, few)
    },
  },
]

/** People of whom a few are as the plant makes them, half of these with the event. */
export function planted(dice: Dice, plant: Plant['plant'], few: number): Made {
  const made = people(dice)
  plant(made, few)
  for (let i = 0; i < few; i++) made.event[i] = i % 2
  return made
}
