/** The whole question said back in words, from who to which model. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import {
  daysAfterLastVisit,
  type Covariate,
  type IntervalDefinition,
} from '../../../shared/domain/intervals.ts'
import { askedTest } from '../../../shared/domain/asked-tests.ts'
import { isCurve, type StudyDocument, type StudyModel } from '../../../shared/domain/study.ts'
import { cohortSentences, eventWords, windowWords } from './cohort-sentence.ts'
import { resultCodeName } from './result-code-name.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'

/** What sentences are made of. */
type SentenceWords = Pick<AllWords, 'cohorts' | 'clinical' | 'question'>

export interface StudySentences {
  readonly cohort: readonly string[]
  readonly cleaning: string
  readonly followUp: string
  readonly known: string
  readonly models: readonly string[]
}

export function studySentences(study: StudyDocument, words: SentenceWords, locale: Locale): StudySentences {
  const t = words.question.sentence
  const { cohort, cohortOn, cleaning, intervals, models } = study
  const { covariates } = intervals
  return {
    cohort: cohortSentences(cohort, words, locale),
    cleaning:
      cleaning === null
        ? t.asWritten
        : (cohortOn === 'cleaned' ? t.cleanedFirst : t.cleaned)(String(cleaning.steps.length)),
    followUp: followUpSentence(intervals, words, locale),
    known:
      covariates.length === 0
        ? t.nothingKnown
        : t.known(covariates.map((each) => covariateWords(each, study, words, locale)).join(t.listComma)),
    models: models.map((model) => modelSentence(model, study, words, locale)),
  }
}

/** How people are followed, in one sentence. */
export function followUpSentence(
  intervals: IntervalDefinition,
  words: SentenceWords,
  locale: Locale,
): string {
  const t = words.question.sentence
  const { followUp, codeSets, clock, rows } = intervals
  const speech = { words, locale, codeSets }
  const parts = [
    (followUp.earlierEvents === 'keep' ? t.followedOn : t.followed)(eventWords(followUp.event, speech)),
    followUp.competing === undefined ? '' : t.competing(eventWords(followUp.competing, speech)),
    followUp.startAfterDays === 0 ? '' : t.startsAfter(String(followUp.startAfterDays)),
    followUp.earlierEvents === 'leave-out' ? t.earlierLeft : '',
    followUp.atMostDays === null ? '' : t.atMost(String(followUp.atMostDays)),
    followUp.until === null ? '' : t.until(followUp.until),
    followUp.left === null
      ? ''
      : t.leaves(String(followUp.left.withoutVisitDays), String(daysAfterLastVisit(followUp.left))),
    followUp.atLeastDays <= 1 ? '' : t.atLeast(String(followUp.atLeastDays)),
    t.clocks[clock],
    rows.kind === 'every' ? t.pieces(String(rows.days)) : '',
    t.end,
  ]
  return parts.join('')
}

export const wholeSentence = (
  { cohort, cleaning, followUp, known, models }: StudySentences,
  locale: Locale,
): string => inARow([...cohort, cleaning, followUp, known, ...models], locale)

/** Chinese sentences follow each other without a space. */
export const inARow = (sentences: readonly string[], locale: Locale): string =>
  sentences.join(locale === 'en' ? ' ' : '')

/** What a column means, as it is read in a sentence or a table. */
function covariateWords(
  covariate: Covariate,
  { intervals: { codeSets } }: Pick<StudyDocument, 'intervals'>,
  words: SentenceWords,
  locale: Locale,
): string {
  const t = words.question.sentence
  const speech = { words, locale, codeSets }
  const testName = (key: string): string => {
    const test = askedTest(key)
    if (test === null) return key
    const name = locale === 'en' ? test.en : test.zh
    return test.unit === '' ? name : t.withUnit(name, test.unit)
  }
  const codesOf = (codes: readonly string[]): string =>
    codes.map((code) => resultCodeName(code, words)).join(t.listComma)
  const scores = words.question.follow.weightWords
  switch (covariate.kind) {
    case 'age':
      return t.age
    case 'sex':
      return t.sex
    case 'hospital':
      return t.hospital
    case 'before':
      return covariate.as === 'any'
        ? t.before(eventWords(covariate.event, speech), windowWords(covariate.window, words))
        : t.beforeCount(eventWords(covariate.event, speech), windowWords(covariate.window, words))
    case 'result-before':
      return t.resultBefore(
        t.which[covariate.as],
        testName(covariate.test),
        windowWords(covariate.window, words),
      )
    case 'result':
      return t.result(testName(covariate.test))
    case 'since':
      return t.since(eventWords(covariate.event, speech))
    case 'times':
      return t.times(eventWords(covariate.event, speech))
    case 'coded-before':
      return t.codedBefore(
        testName(covariate.test),
        codesOf(covariate.categories),
        windowWords(covariate.window, words),
      )
    case 'coded':
      return t.coded(testName(covariate.test), codesOf(covariate.categories))
    case 'score-before':
      return t.scoreBefore(scores[covariate.weights], windowWords(covariate.window, words))
    case 'score':
      return covariate.lookBackDays === null
        ? t.score(scores[covariate.weights])
        : t.scoreOver(scores[covariate.weights], String(covariate.lookBackDays))
    case 'slope':
      return t.slope(testName(covariate.test), String(covariate.overDays))
  }
}

/** What a column of the table is called for people; `period` is the table's own. */
export function columnWords(
  name: string,
  study: StudyDocument,
  words: SentenceWords,
  locale: Locale,
): string {
  const covariate = study.intervals.covariates.find((each) => each.name === name)
  if (covariate !== undefined) return covariateWords(covariate, study, words, locale)
  return name === 'period' ? words.question.sentence.period : name
}

function modelSentence(
  model: StudyModel,
  study: StudyDocument,
  words: SentenceWords,
  locale: Locale,
): string {
  const t = words.question.sentence
  const { family, covariates, splines, interactions, strata, isClusteredByPerson, imputation, timeFrom } =
    model
  const list = (names: readonly string[]): string =>
    names.map((name) => columnWords(name, study, words, locale)).join(t.listComma)
  const kind = words.question.families[family]
  if (isCurve(family)) return covariates.length === 0 ? t.curve(kind) : t.curveBy(kind, list(covariates))
  const parts = [
    t.model(kind, covariates.length === 0 ? t.nothing : list(covariates)),
    splines.length === 0 ? '' : t.bends(list(splines.map(({ name }) => name))),
    interactions.length === 0
      ? ''
      : t.together(
          interactions.map((pair) => pair.map((name) => list([name])).join(' × ')).join(t.listComma),
        ),
    strata.length === 0 ? '' : t.strata(list(strata)),
    isClusteredByPerson ? t.clustered : '',
    timeFrom === undefined ? '' : t.ofPieces,
    imputation === undefined ? '' : t.imputed(String(imputation.sets)),
    t.end,
  ]
  return parts.join('')
}
