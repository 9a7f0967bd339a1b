/**
 * The steps of the tutorial, each of which looks at the document and at what was found, never at clicks: whoever gets there by another way
 * has got there. Pure.
 */
import {
  builtInStudy,
  CARDIOVASCULAR_CODES,
  DIABETES_CODES,
  type StudyTitles,
} from '../../../../shared/domain/built-in-studies.ts'
import { codeMatcher, type CodeSet } from '../../../../shared/domain/code-set.ts'
import type { CohortRule, EventFilter } from '../../../../shared/domain/cohort.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { coefficientRows } from '../../../parts/research/fit-answer.ts'
import { isSameButCleaning } from '../../../parts/research/study-stages.ts'
import { isFit } from './study-answer.ts'
import { isStale, type Found } from './found.ts'

export const TUTORIAL_STEPS = [
  'name',
  'entry',
  'diabetes',
  'age',
  'event',
  'known',
  'model',
  'as-written',
  'cleaned',
  'own',
] as const
export type TutorialStep = (typeof TUTORIAL_STEPS)[number]

/** What the generator was given, for each 1 % of HbA1c; what is found is held against it. */
export const TRUE_RATIO = 1.25
/** Enough for the answer to be told from nothing. */
export const EVENTS_WANTED = 300

export interface TutorialState {
  readonly study: StudyDocument
  readonly fitted: Found | null
  /** The fit of the same question on uncleaned records, found last. */
  readonly asWritten: Found | null
  readonly isKept: boolean
}

export interface Ratio {
  readonly ratio: number
  readonly lower: number
  readonly upper: number
  readonly events: number
}

export function isStepDone(step: TutorialStep, state: TutorialState): boolean {
  const { study, fitted, asWritten, isKept } = state
  const { cohort, cleaning, intervals } = study
  switch (step) {
    case 'name':
      return study.title.trim() !== ''
    case 'entry': {
      const { event, confirmedBy } = cohort.entry
      const isYear =
        confirmedBy !== undefined && confirmedBy.withinDays >= 360 && confirmedBy.withinDays <= 372
      return event.kind === 'result' && event.test === 'hba1c' && isYear && confirmedBy.count === 2
    }
    case 'diabetes':
      return included(study).some(
        (rule) =>
          rule.kind === 'occurs' &&
          isOf(rule.event, cohort.codeSets, DIABETES_CODES, 'I109') &&
          rule.window.to !== null &&
          rule.window.to <= 0,
      )
    case 'age':
      return included(study).some((rule) => rule.kind === 'age' && rule.atLeast === 40)
    case 'event': {
      const { event, earlierEvents } = intervals.followUp
      const classes = 'classes' in event ? event.classes : undefined
      const isAdmission = classes !== undefined && classes.every((each) => each === 'IMP')
      return (
        isOf(event, intervals.codeSets, CARDIOVASCULAR_CODES, 'E119') &&
        isAdmission &&
        earlierEvents === 'leave-out'
      )
    }
    case 'known':
      return (
        hba1cColumn(study) !== null &&
        intervals.covariates.some(({ kind }) => kind === 'age') &&
        intervals.covariates.some((each) => each.kind === 'result' && each.test === 'bmi')
      )
    case 'model':
      return modelOf(study) >= 0
    case 'as-written':
      return asWritten !== null && isSameButCleaning(asWritten.asked, study) && ratioOf(asWritten) !== null
    case 'cleaned':
      return (
        cleaning !== null &&
        cleaning.steps.some(({ step: each }) => each === 'harmonise-units') &&
        fitted !== null &&
        !isStale(fitted, study, 'models') &&
        ratioOf(fitted) !== null
      )
    case 'own':
      return isStepDone('cleaned', state) && isKept
  }
}

/** The first that is not done; null when all are. */
export function stepNow(state: TutorialState): TutorialStep | null {
  return TUTORIAL_STEPS.find((step) => !isStepDone(step, state)) ?? null
}

/** The study with a step done as the built-in one has it; what is run is not done by this. */
export function withStep(step: TutorialStep, study: StudyDocument, titles: StudyTitles): StudyDocument {
  const whole = builtInStudy('tutorial', titles)
  switch (step) {
    case 'name':
      return { ...study, title: whole.title }
    case 'entry':
      return { ...study, cohort: { ...study.cohort, entry: whole.cohort.entry } }
    case 'age':
    case 'diabetes': {
      const wanted = step === 'age' ? 'age' : 'occurs'
      const more = whole.cohort.steps.filter(({ rule }) => rule.kind === wanted)
      const { steps, codeSets } = study.cohort
      return {
        ...study,
        cohort: {
          ...study.cohort,
          codeSets: step === 'age' ? codeSets : { ...codeSets, ...whole.cohort.codeSets },
          steps: [...steps, ...more],
        },
      }
    }
    case 'event':
      return {
        ...study,
        intervals: {
          ...study.intervals,
          codeSets: { ...study.intervals.codeSets, ...whole.intervals.codeSets },
          followUp: whole.intervals.followUp,
        },
      }
    case 'known': {
      const { covariates } = study.intervals
      const missing = whole.intervals.covariates.filter(
        ({ name }) => !covariates.some((each) => each.name === name),
      )
      return { ...study, intervals: { ...study.intervals, covariates: [...covariates, ...missing] } }
    }
    case 'model': {
      const column = hba1cColumn(study)
      const [model] = whole.models
      if (column === null || model === undefined) return study
      const there = new Set(study.intervals.covariates.map(({ name }) => name))
      const covariates = model.covariates.map((name) => (name === 'hba1c' ? column : name))
      return {
        ...study,
        models: [
          { ...model, covariates: covariates.filter((name) => there.has(name)) },
          ...study.models.slice(1),
        ],
      }
    }
    case 'as-written':
      return { ...study, cleaning: null }
    case 'cleaned':
      return { ...study, cleaning: whole.cleaning }
    case 'own':
      return study
  }
}

/** The hazard ratio of HbA1c in the model that the tutorial is about. */
export function ratioOf({ pinned, answer }: Found): Ratio | null {
  const m = modelOf(pinned)
  const found = answer.models[m]
  const column = hba1cColumn(pinned)
  if (found === undefined || !isFit(found.result)) return null
  const row = coefficientRows(found.result).find(({ name }) => name === column)
  if (row === undefined || row.ratio === null || row.lower === null || row.upper === null) return null
  const { ratio, lower, upper } = row
  return { ratio, lower, upper, events: found.before.events }
}

/** Cox models in which HbA1c changes with time, age beside it. */
function modelOf(study: StudyDocument): number {
  const column = hba1cColumn(study)
  const ages = study.intervals.covariates.flatMap((each) => (each.kind === 'age' ? [each.name] : []))
  return study.models.findIndex(
    ({ family, covariates, factors }) =>
      family === 'cox' &&
      column !== null &&
      covariates.includes(column) &&
      !factors.includes(column) &&
      ages.some((age) => covariates.includes(age)),
  )
}

function hba1cColumn({ intervals }: StudyDocument): string | null {
  return intervals.covariates.find((each) => each.kind === 'result' && each.test === 'hba1c')?.name ?? null
}

function included({ cohort }: StudyDocument): CohortRule[] {
  return cohort.steps.flatMap(({ use, rule }) => (use === 'include' ? [rule] : []))
}

/** A diagnosis whose codes are those, and not everything. */
function isOf(
  event: EventFilter,
  codeSets: Readonly<Record<string, CodeSet>>,
  wanted: readonly string[],
  other: string,
): boolean {
  if (event.kind !== 'diagnosis') return false
  const set = codeSets[event.codes]
  if (set === undefined) return false
  const isMeant = codeMatcher(set)
  return wanted.every((pattern) => isMeant(pattern.replace('*', '9'))) && !isMeant(other)
}
