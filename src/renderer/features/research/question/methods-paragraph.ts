/** The methods section of a paper, as far as the document and its answer know it: whoever reads it could run it again. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import {
  isCurve,
  isPooled,
  isRate,
  type StudyDocument,
  type StudyModel,
} from '../../../../shared/domain/study.ts'
import { formatNumber } from '../../../lib/format.ts'
import { countOfText, countText } from '../../../parts/research/small-count.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { isFit, type StudyAnswer } from './study-answer.ts'
import { columnWords, inARow, studySentences } from '../../../parts/research/study-sentence.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question' | 'cleaning'>

interface RunFacts {
  /** Hash of the study, of its result, and the engine that found it. */
  readonly hash: string
  readonly resultHash: string
  readonly engine: string
}

export function methodsParagraph(
  study: StudyDocument,
  answer: StudyAnswer,
  run: RunFacts,
  words: Words,
  locale: Locale,
): string {
  const t = words.question.methods
  const people = (count: number): string => countText(count, words.cohorts.small, locale)
  /** Visits or rows of so many persons. */
  const countOf = (count: number, persons: number): string =>
    countOfText(
      count,
      persons,
      { small: words.cohorts.small, withheld: words.question.tables.withheld },
      locale,
    )
  const sentences = studySentences(study, words, locale)
  const { cleaning, models } = study
  const followed = answer.intervals.attrition.at(-1)
  const families = new Set(models.map(({ family }) => family))
  const ofPieces = models.flatMap(({ timeFrom, title }) => (timeFrom === undefined ? [] : [title]))
  const parts = [
    t.source(
      countOf(answer.snapshot.visits, answer.snapshot.persons),
      people(answer.snapshot.persons),
      formatNumber(answer.snapshot.upTo, locale),
    ),
    ...sentences.cohort,
    cleaning === null
      ? t.asWritten
      : t.cleaned(cleaning.steps.map(({ step }) => words.cleaning.steps[step]).join(t.listComma)),
    ...(study.cohortOn === 'cleaned' ? [t.judgedAfter] : []),
    sentences.followUp,
    t.ended(answer.intervals.dataEnd.day),
    sentences.known,
    t.acting,
    ...sentences.models,
    ...(families.has('cox') ? [t.cox(tiesWords(models, t))] : []),
    ...(ofPieces.length === 0 ? [] : [t.ofPieces(ofPieces.join(t.listComma))]),
    ...(families.has('finegray') ? [t.finegray] : []),
    ...(models.some(({ family }) => isPooled(family)) ? [t.pooled] : []),
    ...(models.some(({ family }) => isRate(family)) ? [t.rates] : []),
    ...(models.some(({ family }) => isCurve(family)) ? [t.curves] : []),
    ...(models.some(({ curvesOf }) => curvesOf !== null) ? [t.adjusted] : []),
    ...(followed === undefined ? [] : [t.left(people(followed.persons), people(followed.events))]),
    ...(models.every(({ imputation }) => imputation !== undefined) ? [] : [t.complete]),
    ...models.flatMap((model, m) => imputed(model, answer.models[m]?.result)),
    ...models.flatMap((model, m) => analysed(model, answer.models[m])),
    t.engine(run.engine, run.hash, run.resultHash),
  ]
  return inARow(parts, locale)

  function imputed({ title }: StudyModel, result: StudyAnswer['models'][number]['result']): string[] {
    if (!isFit(result) || result.imputation === undefined) return []
    const { columns, sets, rounds, donors } = result.imputation
    if (columns.length === 0) return [t.nothingToImpute(title)]
    const named = columns.map(({ name, rows, persons }) =>
      t.imputedColumn(columnWords(name, study, words, locale), countOf(rows, persons)),
    )
    return [
      t.imputed(title, named.join(t.listComma), String(sets), String(rounds), String(donors), study.seed),
    ]
  }

  /** What was in the fit: as the rows say it, which is as the fit counts (`run-study.test.ts`). */
  function analysed(
    { title, family }: StudyModel,
    found: StudyAnswer['models'][number] | undefined,
  ): string[] {
    if (found?.result === undefined) return []
    if (!isFit(found.result)) return [t.noFit(title)]
    const { persons, events, deaths, competing = 0 } = found.before
    const rows = countOf(found.before.rows, persons)
    const competed =
      study.intervals.followUp.competing === undefined ? [] : [t.competed(title, people(competing))]
    return family === 'aj' || family === 'finegray'
      ? [t.analysedBeside(title, rows, people(persons), people(events), people(deaths)), ...competed]
      : [t.analysed(title, rows, people(persons), people(events))]
  }
}

function tiesWords(models: StudyDocument['models'], t: Words['question']['methods']): string {
  const ties = [...new Set(models.flatMap(({ family, ties: of }) => (family === 'cox' ? [of] : [])))]
  return ties.map((each) => t.ties[each]).join(t.listComma)
}
