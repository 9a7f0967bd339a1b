/** Everything that the workbench offers, asked of the synthetic twin: whoever develops a study on it meets each step and each form with something to see. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInStudy } from '../../shared/domain/built-in-studies.ts'
import { presetSteps, CLEANING_STEPS } from '../../shared/domain/cleaning.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { withCompeting } from '../../shared/domain/intervals.ts'
import { problemsOfPathways, type PathwaysDefinition } from '../../shared/domain/pathways.ts'
import {
  problemsOfStudy,
  studyModel,
  type StudyDocument,
  type StudyModel,
} from '../../shared/domain/study.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { MODEL_FAMILIES, ModelSpec } from '../stats/model/model-spec.ts'
import { fillTwin, TWIN_HOSPITALS } from './fill-twin.ts'
import { runComparison } from './run-comparison.ts'
import { runPathways } from './run-pathways.ts'
import { intervalsOut } from './study/intervals-out.ts'
import type { AskedStudy } from './study/prepare-study.ts'
import { previewCleaning } from './study/preview-cleaning.ts'
import { runStudy, STUDY_ENGINE } from './study/run-study.ts'
import { openWarehouse, type SnapshotScope, type Warehouse } from './warehouse/warehouse.ts'

const control = { hooks: {}, isCancelled: () => false }
/** A tenth of those that a member's twin has, so that this takes seconds. */
const PATIENTS = 400
const titles = {
  study: 'Risk',
  cohort: 'Everybody',
  diabetes: 'diabetes',
  cardiovascular: 'cardiovascular',
  models: ['1', '2', '3', '4', '5', '6'],
}

let warehouse: Warehouse
let scope: SnapshotScope
beforeAll(async () => {
  warehouse = await openWarehouse({ threads: 1, memoryMb: 512 })
  const pool = await openWarehouse({ threads: 1, memoryMb: 512 })
  const blocks = await fillTwin({ seed: 'twin', patients: PATIENTS, tables: [] }, warehouse, pool, () => {})
  await pool.close()
  scope = { upTo: blocks - 1, hospitals: null, samePerson: [] }
}, 120_000)
afterAll(() => warehouse.close())

const careful = { schema: 'cleaning/1' as const, title: 'careful', steps: presetSteps('careful') }

describe('the cleaning of the twin', () => {
  it('has work for every step', { timeout: 120_000 }, async () => {
    const { steps, examples } = await previewCleaning(
      warehouse,
      { scope, cohort: EVERYBODY, pipeline: careful },
      control,
    )
    expect(steps.map(({ step: { step } }) => step)).toEqual(CLEANING_STEPS)
    /** Rows changed, marked or left out; of steps that only look, what they found. */
    const work = steps.map(({ step: { step }, rowsIn, rowsOut, rowsChanged, rowsFlagged, finding }) => {
      const rows = rowsIn - rowsOut + rowsChanged + rowsFlagged
      switch (finding.kind) {
        case 'carry':
          return [step, finding.carry.reduce((sum, { carried }) => sum + carried, rows)] as const
        case 'missing':
          return [step, finding.missing.random === null ? 0 : finding.missing.cells.length + rows] as const
        case 'groups':
          return [
            step,
            Math.min(...finding.groups.map(({ conditions }) => conditions.length)) + rows,
          ] as const
        default:
          return [step, rows] as const
      }
    })
    expect(work.filter(([, count]) => count < 3)).toEqual([])
    expect(examples.length).toBeGreaterThan(0)
  })
})

describe('pathways of the twin', () => {
  const definition: PathwaysDefinition = {
    schema: 'pathways/1',
    title: 'Admissions',
    codeSets: {},
    classes: [
      { name: 'emergency', event: { kind: 'visit', classes: ['EMER'] } },
      { name: 'admission', event: { kind: 'visit', classes: ['IMP'] } },
    ],
    watch: { left: null, atMostDays: null, until: null },
    sequence: { which: 'all', collapseDays: 30, stepsMost: 3 },
    wait: { from: null, to: 1 },
    trajectory: { test: 'hba1c', clock: { kind: 'index', from: 0, to: 1_824, each: 182 } },
    exemplars: { count: 3, seed: '1' },
  }

  it(
    'have sequences, waits, a trajectory and exemplars, of the records as written and of cleaned ones',
    { timeout: 120_000 },
    async () => {
      expect(problemsOfPathways(definition)).toEqual([])
      for (const cleaning of [null, careful]) {
        const found = await runPathways(
          warehouse,
          { scope, cohort: EVERYBODY, cleaning, definition },
          control,
        )
        if (found.kind !== 'traversed') throw new Error(found.kind)
        expect(found.persons).toBeGreaterThan(PATIENTS / 2)
        expect(found.exemplars).toHaveLength(3)
        // Each part says numbers of people, and more than one of them.
        for (const part of [found.people, found.sequences, found.waits, found.trajectory])
          expect(countsIn(part).filter((count) => count > 10).length).toBeGreaterThan(3)
      }
    },
  )

  it('and two cohorts of them are compared', { timeout: 60_000 }, async () => {
    const older = {
      ...EVERYBODY,
      steps: [{ use: 'include' as const, rule: { kind: 'age' as const, atLeast: 65 } }],
    }
    const compared = await runComparison(warehouse, { scope, cohorts: [EVERYBODY, older] }, control)
    if (compared.kind !== 'compared') throw new Error(compared.kind)
    expect(Math.min(...compared.persons)).toBeGreaterThan(20)
    expect(compared.rows!.length).toBeGreaterThan(10)
  })
})

const risk = builtInStudy('cleaning', titles)
const model = (family: StudyModel['family'], change: Partial<StudyModel> = {}): StudyModel => ({
  ...risk.models[0]!,
  title: family,
  family,
  covariates: ['age', 'sex'],
  factors: ['sex'],
  strata: [],
  ...change,
})
/** Of whom is admitted, and before that of whom dies or comes to the emergency department: enough of each among few people. */
const admitted = (
  rows: StudyDocument['intervals']['rows'],
  models: readonly StudyModel[],
): StudyDocument => ({
  ...risk,
  cleaning: null,
  models: [...models],
  intervals: withCompeting(
    {
      ...risk.intervals,
      rows,
      // Of pieces of equal length only those in which, among so few people, somebody is admitted.
      followUp: {
        ...risk.intervals.followUp,
        event: { kind: 'visit', classes: ['IMP'] },
        atMostDays: rows.kind === 'every' ? 4 * rows.days : null,
      },
    },
    { kind: 'visit', classes: ['EMER'] },
  ),
})

interface Fit {
  readonly noAnswer?: unknown
  readonly names?: readonly string[]
  readonly coefficients?: readonly number[]
  readonly stdErr?: readonly number[]
  readonly curves?: readonly { readonly estimate: readonly number[] }[]
  readonly diagnostics?: Readonly<Record<string, unknown>>
  readonly warnings?: readonly { readonly code: string }[]
}

const askedOf = (study: StudyDocument): AskedStudy => {
  expect(problemsOfStudy(study)).toEqual([])
  return {
    study: {
      ...study,
      snapshot: { chain: '00'.repeat(32), upTo: scope.upTo, height: 0, hospitals: [...TWIN_HOSPITALS] },
      engine: STUDY_ENGINE,
    },
    hash: 'x',
    samePerson: [],
  }
}
async function fitsOf(study: StudyDocument): Promise<readonly Fit[]> {
  const ran = await runStudy(warehouse, askedOf(study), control)
  return (JSON.parse(ran.text) as { models: { result: Fit }[] }).models.map(({ result }) => result)
}

/** Finite effects that are not nothing, each with an error above zero. */
function expectEffects(fit: Fit, what: string): void {
  expect(fit.noAnswer, what).toBeUndefined()
  expect(fit.names?.length, what).toBeGreaterThan(1)
  expect(fit.coefficients, what).toHaveLength(fit.names!.length)
  for (const [i, coefficient] of fit.coefficients!.entries()) {
    expect(Number.isFinite(coefficient) && coefficient !== 0, `${what} ${fit.names![i]!}`).toBe(true)
    // Of an effect that cannot be told the error is beyond all bounds.
    if (fit.stdErr !== undefined) {
      expect(fit.stdErr[i], `${what} ${fit.names![i]!}`).toBeGreaterThan(0)
      expect(fit.stdErr[i], `${what} ${fit.names![i]!}`).toBeLessThan(1_000)
    }
  }
}

/** Curves that move, within 0 and 1. */
function expectCurves(fit: Fit, what: string): void {
  expect(fit.noAnswer, what).toBeUndefined()
  expect(fit.curves?.length, what).toBeGreaterThan(1)
  for (const { estimate } of fit.curves!) {
    expect(
      estimate.every((each) => each >= 0 && each <= 1),
      what,
    ).toBe(true)
    expect(new Set(estimate).size, what).toBeGreaterThan(3)
  }
}

describe('every form of a study on the twin', () => {
  const ofChanges = [
    model('km', { covariates: ['sex'], factors: [] }),
    model('aj', { covariates: ['sex'], factors: [] }),
    // What changes with time: pressure and HbA1c as they are measured, not as they were at the start.
    model('cox', { covariates: ['age', 'sex', 'sbp', 'hba1c'], strata: ['hospital'] }),
    model('cox', {
      splines: [{ name: 'age', knots: 4, reference: null }],
      interactions: [['age', 'sex']],
      isClusteredByPerson: true,
      ties: 'breslow',
    }),
    model('cox', { curvesOf: 'sex' }),
    model('finegray'),
    model('poisson'),
    model('negbin', { isClusteredByPerson: true }),
  ] as const
  const ofPieces = [
    model('logistic'),
    model('cloglog', { covariates: ['age', 'sex', 'period'], factors: ['sex', 'period'] }),
  ]

  it('has curves, effects and diagnostics', { timeout: 120_000 }, async () => {
    const families = new Set([...ofChanges, ...ofPieces].map(({ family }) => family))
    expect(families).toEqual(new Set(studyModel.shape.family.options))
    const fits = await fitsOf(admitted({ kind: 'changes' }, ofChanges))
    for (const [m, fit] of fits.entries()) {
      const { family, curvesOf } = ofChanges[m]!
      if (family === 'km' || family === 'aj') expectCurves(fit, family)
      else expectEffects(fit, family)
      if (curvesOf !== null) expectCurves(fit, `${family} by ${curvesOf}`)
      // Beside rates and hazards: what speaks against the model, and who weighs much in it.
      if (family === 'cox' || family === 'poisson')
        expect(finiteIn(fit.diagnostics).length, family).toBeGreaterThan(3)
    }
    const pooled = await fitsOf(admitted({ kind: 'every', days: 365 }, ofPieces))
    for (const [m, fit] of pooled.entries()) expectEffects(fit, ofPieces[m]!.family)
  })

  it(
    'and every other model of the models’ room is fitted to the rows that a study of it takes out',
    { timeout: 120_000 },
    async () => {
      const others = MODEL_FAMILIES.filter(
        (family) => !studyModel.shape.family.options.some((each) => each === family),
      )
      const out = await intervalsOut(
        warehouse,
        askedOf(admitted({ kind: 'changes' }, [model('poisson'), model('cox')])),
        control,
      )
      const table = readCsvColumns(utf8Encode(out.csv), 'all')
      const [rates, hazards] = out.models.map(
        ({ spec }) => JSON.parse(JSON.stringify(spec)) as Record<string, unknown>,
      )
      const pressure = { response: 'sbp', covariates: ['age', 'sex'], factors: ['sex'] }
      const specs: Record<(typeof others)[number], Record<string, unknown>> = {
        quasipoisson: { ...rates, cluster: null, id: null },
        gamma: pressure,
        tweedie: { ...pressure, power: 1.5 },
        ridge: { ...hazards, cluster: null, theta: 1 },
        elasticnet: { ...hazards, cluster: null, lambda: [0.01, 0.001] },
      } as never
      for (const family of others) {
        const fit = fitModel(table, ModelSpec.parse({ ...specs[family], family })) as Record<string, unknown>
        expect(finiteIn(fit).filter((number) => number !== 0).length, family).toBeGreaterThan(5)
        if (family !== 'elasticnet') expectEffects(fit as Fit, family)
      }
    },
  )
})

/** All numbers, however deep. */
function finiteIn(value: unknown): number[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(finiteIn) : []
}
const countsIn = (value: unknown): number[] => finiteIn(value).filter(Number.isInteger)
