/** A question that nobody has changed yet, and the same one with names where people gave none. Pure. */
import { presetSteps } from '../../../shared/domain/cleaning.ts'
import { USUAL_LEFT } from '../../../shared/domain/intervals.ts'
import type { StudyDocument, StudyModel } from '../../../shared/domain/study.ts'
import { newCohort } from './new-cohort.ts'

/** It can be asked as it is: everybody with a visit, until they come again, by age and sex. */
export const newStudy = (): StudyDocument => ({
  schema: 'study/3',
  title: '',
  cohort: newCohort(''),
  cleaning: { schema: 'cleaning/1', title: '', steps: [...presetSteps('careful')] },
  intervals: {
    schema: 'intervals/1',
    codeSets: {},
    followUp: {
      startAfterDays: 0,
      event: { kind: 'visit' },
      earlierEvents: 'keep',
      left: USUAL_LEFT,
      atMostDays: null,
      until: null,
      atLeastDays: 1,
    },
    covariates: [
      { kind: 'age', name: 'age' },
      { kind: 'sex', name: 'sex' },
    ],
    clock: 'index',
    cuts: [],
    rows: { kind: 'changes' },
  },
  models: [newModel(['age', 'sex'], ['sex'])],
  baselineBy: 'sex',
  snapshot: null,
  seed: '1',
  engine: null,
})

export const newModel = (covariates: readonly string[], factors: readonly string[]): StudyModel => ({
  title: '',
  family: 'cox',
  covariates: [...covariates],
  factors: [...factors],
  splines: [],
  interactions: [],
  strata: [],
  isClusteredByPerson: false,
  ties: 'efron',
  confidencePercent: 95,
  curvesOf: null,
})

export interface StudyNames {
  readonly study: string
  readonly cohort: string
  readonly cleaning: string
  model(number: string): string
}

/** As it is asked, kept and saved: a document has a name everywhere. */
export function named(study: StudyDocument, names: StudyNames): StudyDocument {
  const { cohort, cleaning, models } = study
  return {
    ...study,
    title: study.title === '' ? names.study : study.title,
    cohort: cohort.title === '' ? { ...cohort, title: names.cohort } : cohort,
    cleaning: cleaning?.title === '' ? { ...cleaning, title: names.cleaning } : cleaning,
    models: models.map((model, m) =>
      model.title === '' ? { ...model, title: names.model(String(m + 1)) } : model,
    ),
  }
}
