/** The tutorial looks at documents and results only: each step is done by its part of the study, and undone by another. */
import { describe, expect, it } from 'vitest'
import { BUILT_IN_STUDIES, builtInStudy } from '../../../../shared/domain/built-in-studies.ts'
import {
  problemsOfStudy,
  studyDocument,
  studyFile,
  warningsOfStudy,
  type StudyDocument,
} from '../../../../shared/domain/study.ts'
import { newStudy } from '../../../parts/research/new-study.ts'
import { en, zhHant } from '../../../words/tutorial.ts'
import {
  isStepDone,
  ratioOf,
  stepNow,
  TUTORIAL_STEPS,
  withStep,
  type TutorialState,
} from './tutorial-steps.ts'
import type { Found } from './found.ts'
import { titlesOf } from './own-copy.ts'

const titles = titlesOf('tutorial', { tutorial: en })
const state = (study: StudyDocument, more: Partial<TutorialState> = {}): TutorialState => ({
  study,
  fitted: null,
  asWritten: null,
  isKept: false,
  ...more,
})

/** A fit of the study in which HbA1c has this coefficient. */
function foundOf(study: StudyDocument, coefficient: number, error: number): Found {
  const names = study.models[0]!.covariates
  const at = names.indexOf('hba1c')
  const numbers = (value: number) => names.map((_, i) => (i === at ? value : 0))
  const result = {
    family: 'cox',
    n: 1,
    dropped: 0,
    warnings: [],
    names,
    coefficients: numbers(coefficient),
    lower: numbers(coefficient - 1.96 * error),
    upper: numbers(coefficient + 1.96 * error),
  }
  const answer = { models: [{ before: { events: 345 }, result }] }
  return { jobId: '1', asked: study, pinned: study, ran: {}, answer } as unknown as Found
}

function studyUpTo(last: (typeof TUTORIAL_STEPS)[number]): StudyDocument {
  let study = newStudy()
  for (const step of TUTORIAL_STEPS) {
    study = withStep(step, study, titles)
    if (step === last) return study
  }
  return study
}

describe('the tutorial', () => {
  it('goes step by step, and every step of the document can be done for whoever asks', () => {
    let study = newStudy()
    for (const step of ['name', 'entry', 'diabetes', 'age', 'event', 'known', 'model'] as const) {
      expect(stepNow(state(study))).toBe(step)
      expect(isStepDone(step, state(study))).toBe(false)
      study = withStep(step, study, titles)
      expect(isStepDone(step, state(study))).toBe(true)
      expect(withStep(step, study, titles).intervals.covariates.length).toBe(
        study.intervals.covariates.length,
      )
    }
    expect(problemsOfStudy(study)).toEqual([])
    expect(warningsOfStudy(study)).toEqual([])
  })

  it('sees what is not meant', () => {
    const study = studyUpTo('model')
    const { cohort, intervals } = study
    const not = (step: (typeof TUTORIAL_STEPS)[number], change: Partial<StudyDocument>) =>
      expect(isStepDone(step, state({ ...study, ...change })), step).toBe(false)
    not('name', { title: ' ' })
    const once = { event: cohort.entry.event, priorDays: 0, which: 'first' as const }
    not('entry', { cohort: { ...cohort, entry: once } })
    const steps = cohort.steps.map((step) =>
      step.rule.kind === 'occurs' ? { ...step, rule: { ...step.rule, window: { from: 0, to: 365 } } } : step,
    )
    // By the future: what is found later is no diagnosis on the day of entry.
    not('diabetes', { cohort: { ...cohort, steps } })
    not('age', {
      cohort: { ...cohort, steps: cohort.steps.map((step) => ({ ...step, use: 'exclude' as const })) },
    })
    const { followUp } = intervals
    not('event', { intervals: { ...intervals, followUp: { ...followUp, earlierEvents: 'keep' } } })
    not('event', {
      intervals: {
        ...intervals,
        followUp: { ...followUp, event: { kind: 'diagnosis', codes: 'cardiovascular' } },
      },
    })
    not('known', { intervals: { ...intervals, covariates: intervals.covariates.slice(0, 2) } })
    not('model', { models: study.models.map((model) => ({ ...model, family: 'km' as const })) })
  })

  it('is through when the same question was found as written and cleaned, and begins again where it changes', () => {
    const plain = { ...studyUpTo('model'), cleaning: null }
    const asWritten = foundOf(plain, 0.016, 0.01)
    expect(stepNow(state(plain, { fitted: asWritten, asWritten }))).toBe('cleaned')
    const cleaned = withStep('cleaned', plain, titles)
    // The fit that is there is of uncleaned records.
    expect(stepNow(state(cleaned, { fitted: asWritten, asWritten }))).toBe('cleaned')
    const fitted = foundOf(cleaned, 0.232, 0.06)
    expect(stepNow(state(cleaned, { fitted, asWritten }))).toBe('own')
    expect(stepNow(state(cleaned, { fitted, asWritten, isKept: true }))).toBeNull()
    const { ratio, lower, upper, events } = ratioOf(fitted)!
    expect(ratio).toBeCloseTo(Math.exp(0.232), 10)
    expect([lower > 1, upper > ratio, events]).toEqual([true, true, 345])
    const other = { ...cleaned, intervals: { ...cleaned.intervals, cuts: [90] } }
    expect(isStepDone('as-written', state(other, { fitted, asWritten }))).toBe(false)
    expect(isStepDone('cleaned', state(other, { fitted, asWritten }))).toBe(false)
  })
})

describe('studies that come with the application', () => {
  it.each(BUILT_IN_STUDIES)(
    '%s: can be asked in either language, without a warning, and asks the same',
    (which) => {
      const [one, other] = [en, zhHant].map((tutorial) => builtInStudy(which, titlesOf(which, { tutorial })))
      for (const study of [one!, other!]) {
        expect(
          studyDocument.parse({
            ...study,
            cohort: { ...study.cohort },
            cleaning: { ...study.cleaning, title: 'x' },
          }).title,
        ).toBe(study.title)
        expect(problemsOfStudy(study)).toEqual([])
        expect(warningsOfStudy(study)).toEqual([])
      }
      expect(one!.title).not.toBe(other!.title)
    },
  )
})

describe('a study of the version before', () => {
  it('says what it said', () => {
    const study = studyUpTo('model')
    const before = {
      ...study,
      schema: 'study/2',
      title: 'x',
      cleaning: null,
      cohort: { ...study.cohort, title: 'x' },
      models: study.models.map(({ splines: _, interactions: __, ...model }) => ({ ...model, title: 'm' })),
    }
    expect(studyFile.parse(before)).toMatchObject({
      schema: 'study/3',
      models: study.models.map(() => ({ splines: [], interactions: [] })),
    })
    expect(studyFile.safeParse({ ...before, schema: 'study/1' }).success).toBe(false)
  })
})
