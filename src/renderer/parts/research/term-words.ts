/** Columns, levels and terms of a study's models as people say them, wherever they are read. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { StudyDocument } from '../../../shared/domain/study.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import { resultLabelName } from './result-code-name.ts'
import { columnWords } from './study-sentence.ts'

type ValueWords = Pick<AllWords, 'clinical' | 'question'>
type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'question'>

/** What a label means: of sex, of a result's code, of yes and no in words, else itself. */
export function valueWords(study: StudyDocument, column: string, label: string, words: ValueWords): string {
  const kind = study.intervals.covariates.find(({ name }) => name === column)?.kind
  if (kind === 'coded' || kind === 'coded-before') return resultLabelName(label, words)
  const sexes = words.clinical.sex as Readonly<Record<string, string>>
  if (kind === 'sex') return sexes[label] ?? label
  if (kind === 'since' || kind === 'before')
    return label === '1' ? words.question.tables.yes : label === '0' ? words.question.tables.no : label
  return label
}

/** `sexmale` is a level of `sex`, `age''` the second bend of `age`, `sexmale:age` a product: written as R and Harrell write them. */
export function termWords(
  term: string,
  study: StudyDocument,
  m: number,
  words: Words,
  locale: Locale,
): string {
  const model = study.models[m]
  const pair = model?.interactions.length === 0 ? [term] : term.split(':')
  if (pair.length > 1) return pair.map((each) => termWords(each, study, m, words, locale)).join(' × ')
  const t = words.question.tables
  const name = term.replace(/'+$/, '')
  if (model?.splines.some((spline) => spline.name === name) === true)
    return t.bendOf(columnWords(name, study, words, locale), String(term.length - name.length + 1))
  const factor = model?.factors
    .filter((each) => term.startsWith(each) && term !== each)
    .sort((x, y) => y.length - x.length)[0]
  if (factor === undefined) return columnWords(term, study, words, locale)
  return t.levelOf(
    columnWords(factor, study, words, locale),
    valueWords(study, factor, term.slice(factor.length), words),
  )
}
