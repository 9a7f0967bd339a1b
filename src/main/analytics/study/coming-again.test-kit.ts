import type { StudyDocument } from '../../../shared/domain/study.ts'

/** A small study that any records answer: who comes again, by HbA1c. */
export const comingAgain: StudyDocument = {
  schema: 'study/3',
  title: 'Coming again',
  cohort: {
    schema: 'cohort/1',
    title: 'Everybody',
    codeSets: {},
    entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
    steps: [],
  },
  cleaning: null,
  intervals: {
    schema: 'intervals/1',
    codeSets: {},
    followUp: {
      startAfterDays: 0,
      event: { kind: 'visit' },
      earlierEvents: 'keep',
      left: null,
      atMostDays: null,
      until: '2015-12-31',
      atLeastDays: 1,
    },
    covariates: [{ kind: 'result', name: 'hba1c', test: 'hba1c', oldestDays: null, delayDays: 0 }],
    clock: 'index',
    cuts: [],
    rows: { kind: 'changes' },
  },
  models: [
    {
      title: 'By HbA1c',
      family: 'cox',
      covariates: ['hba1c'],
      factors: [],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: false,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
  ],
  baselineBy: null,
  snapshot: null,
  seed: '1',
  engine: null,
}
