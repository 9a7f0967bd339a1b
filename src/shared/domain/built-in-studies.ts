/**
 * Studies that come with the application, each to be opened as one's own: the one of the tutorial, the one that shows what cleaning is
 * worth, and the comparison of models of Ngwa, Cabral et al. (BMC Med Res Methodol 2016;16:148) on a hospital's own records. Pure.
 */
import { presetSteps } from './cleaning.ts'
import type { CohortDefinition } from './cohort.ts'
import { USUAL_LEFT, type Covariate, type IntervalDefinition } from './intervals.ts'
import { RESULT_CODES } from './result-codes.ts'
import type { StudyDocument, StudyModel } from './study.ts'

export const BUILT_IN_STUDIES = ['tutorial', 'cleaning', 'paper'] as const
export type BuiltInStudy = (typeof BUILT_IN_STUDIES)[number]

/** In the reader's language; none of them is part of a hash. */
export interface StudyTitles {
  readonly study: string
  readonly cohort: string
  readonly diabetes: string
  readonly cardiovascular: string
  /** Of the models, in order. */
  readonly models: readonly string[]
}

/** Codes of type 2 diabetes, and of infarction, stroke and heart failure (ICD-10). */
export const DIABETES_CODES = ['E11*']
export const CARDIOVASCULAR_CODES = ['I21*', 'I63*', 'I50*']
/** A value counts for a year; who is not seen for two has left. */
const OLDEST_DAYS = 365
const PIECE_DAYS = 180

export function builtInStudy(which: BuiltInStudy, titles: StudyTitles): StudyDocument {
  switch (which) {
    case 'tutorial':
      return {
        ...base(titles),
        cohort: diabetesCohort(titles),
        intervals: intervalsOf(titles, [result('hba1c'), age, sex, result('bmi')]),
        models: [cox(titles, 0, ['hba1c', 'age', 'sex', 'bmi'])],
      }
    case 'cleaning':
      return {
        ...base(titles),
        cohort: everybody(titles),
        intervals: intervalsOf(titles, [
          age,
          sex,
          hospital,
          asCleaned('sbp'),
          asCleaned('bmi'),
          smoking,
          asCleaned('hba1c'),
          { ...asCleaned('ldlD'), name: 'ldl' },
          { ...asCleaned('egfrCreat'), name: 'egfr' },
        ]),
        models: [
          {
            ...cox(titles, 0, ['age', 'sex', 'sbp', 'bmi', 'smoking', 'hba1c', 'ldl', 'egfr']),
            strata: ['hospital'],
          },
        ],
      }
    case 'paper':
      return paper(titles)
  }
}

/**
 * What synthetic patients were made with, for each term of the study `cleaning`: log hazard ratios per unit of its column, against women and against
 * whoever never smoked (`src/main/generator/model.ts`; LDL there per mmol/L, of 38.67 mg/dL).
 */
export const CLEANING_TRUTH: Readonly<Record<string, number>> = {
  age: 0.55 / 10,
  sexmale: 0.35,
  sbp: 0.18 / 10,
  bmi: 0.1 / 5,
  'smoking02-8517006': 0.2,
  'smoking03-77176002': 0.6,
  hba1c: 0.22,
  ldl: 0.15 / 38.67,
  egfr: -0.12 / 10,
}

/**
 * The seven estimators that the paper compares, on pieces of equal length: the time-dependent Cox model, cross-sectional pooling with the
 * piece as stratum and without, pooled models with the piece as a factor and without, and the Cox model on what was known at the start.
 * Names in the order of `ESTIMATORS` (docs/spec/statistics.md S9).
 */
function paper(titles: StudyTitles): StudyDocument {
  const changing = ['sbp', 'hba1c', 'age', 'sex']
  const atStart = ['sbp_before', 'hba1c_before', 'age', 'sex']
  const before = (test: string): Covariate => ({
    kind: 'result-before',
    name: `${test}_before`,
    test,
    window: { from: -OLDEST_DAYS, to: 0 },
    as: 'last',
  })
  const model = (m: number, family: StudyModel['family'], covariates: readonly string[]): StudyModel => {
    const isWithPiece = covariates.includes('period')
    const plain = cox(titles, m, covariates)
    return { ...plain, family, factors: isWithPiece ? [...plain.factors, 'period'] : plain.factors }
  }
  const intervals = intervalsOf(titles, [
    result('sbp'),
    result('hba1c'),
    age,
    sex,
    before('sbp'),
    before('hba1c'),
  ])
  return {
    ...base(titles),
    schema: 'study/5',
    cohort: everybody(titles),
    intervals: { ...intervals, rows: { kind: 'every', days: PIECE_DAYS } },
    models: [
      model(0, 'cox', changing),
      { ...model(1, 'cox', changing), timeFrom: 'piece', strata: ['period'] },
      { ...model(2, 'cox', changing), timeFrom: 'piece' },
      model(3, 'logistic', [...changing, 'period']),
      model(4, 'logistic', changing),
      model(5, 'cloglog', [...changing, 'period']),
      model(6, 'cox', atStart),
    ],
  }
}

function base({ study }: StudyTitles) {
  return {
    schema: 'study/3' as const,
    title: study,
    cleaning: { schema: 'cleaning/1' as const, title: '', steps: [...presetSteps('careful')] },
    baselineBy: 'sex',
    snapshot: null,
    seed: '1',
    engine: null,
  }
}

/**
 * Type 2 diabetes, at least 40 years old, two HbA1c within 12 months. The index day is that of the second HbA1c: on the first day nobody knew
 * that there would be another one.
 */
function diabetesCohort({ cohort, diabetes }: StudyTitles): CohortDefinition {
  return {
    schema: 'cohort/1',
    title: cohort,
    codeSets: { diabetes: { kind: 'diagnosis', name: diabetes, include: DIABETES_CODES, exclude: [] } },
    entry: {
      event: { kind: 'result', test: 'hba1c' },
      confirmedBy: { count: 2, withinDays: 365 },
      priorDays: 0,
      which: 'first',
    },
    steps: [
      { use: 'include', rule: { kind: 'age', atLeast: 40 } },
      {
        use: 'include',
        rule: {
          kind: 'occurs',
          event: { kind: 'diagnosis', codes: 'diabetes' },
          window: { from: null, to: 0 },
          atLeast: 1,
        },
      },
    ],
  }
}

function everybody({ cohort }: StudyTitles): CohortDefinition {
  return {
    schema: 'cohort/1',
    title: cohort,
    codeSets: {},
    entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
    steps: [],
  }
}

function intervalsOf({ cardiovascular }: StudyTitles, covariates: readonly Covariate[]): IntervalDefinition {
  return {
    schema: 'intervals/1',
    codeSets: {
      cardiovascular: {
        kind: 'diagnosis',
        name: cardiovascular,
        include: CARDIOVASCULAR_CODES,
        exclude: [],
      },
    },
    followUp: {
      startAfterDays: 0,
      event: { kind: 'diagnosis', codes: 'cardiovascular', classes: ['IMP'] },
      earlierEvents: 'leave-out',
      left: USUAL_LEFT,
      atMostDays: null,
      until: null,
      atLeastDays: 1,
    },
    covariates: [...covariates],
    clock: 'index',
    cuts: [],
    rows: { kind: 'changes' },
  }
}

const age: Covariate = { kind: 'age', name: 'age' }
const sex: Covariate = { kind: 'sex', name: 'sex' }
const hospital: Covariate = { kind: 'hospital', name: 'hospital' }

function result(test: string): Extract<Covariate, { kind: 'result' }> {
  return { kind: 'result', name: test, test, oldestDays: OLDEST_DAYS, delayDays: 0 }
}

/** As long as the cleaning says; without one the last value stands for ever, as whoever reads the records as they are has it. */
const asCleaned = (test: string) => ({ ...result(test), oldestDays: null })
const smoking: Covariate = {
  kind: 'coded',
  name: 'smoking',
  test: 'smoking',
  categories: [...RESULT_CODES['smoking']!],
  oldestDays: null,
  delayDays: 0,
}

function cox({ models }: StudyTitles, m: number, covariates: readonly string[]): StudyModel {
  return {
    title: models[m]!,
    family: 'cox',
    covariates: [...covariates],
    factors: covariates.filter((name) => name === 'sex' || name === 'smoking'),
    splines: [],
    interactions: [],
    strata: [],
    isClusteredByPerson: false,
    ties: 'efron',
    confidencePercent: 95,
    curvesOf: null,
  }
}
