/** What a request asks, said back in sentences: for whoever asked it, and for whoever checks it. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { RequestQuestion } from '../../../shared/contract/requests.ts'
import type { RequestOutput } from '../../../shared/domain/request-output.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import type { Words as AllWords } from '../../words/catalogue.ts'
import { cohortSentences } from './cohort-sentence.ts'
import { testName } from './test-name.ts'
import { eventNames } from './pathways-answer.ts'
import { nameWithUnit, valueText } from './request-axis.ts'
import { followUpSentence, studySentences } from './study-sentence.ts'

type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'pathways' | 'question' | 'requests'>

/** One sentence for each part, in the order in which it is worked. */
export function requestSentences(
  question:
    | Omit<RequestQuestion & { lane: 'noise' }, 'requestHash' | 'cohortHash'>
    | (RequestQuestion & { lane: 'rule' }),
  words: Words,
  locale: Locale,
): string[] {
  if (question.lane === 'rule') {
    const { cohort, cleaning, followUp, known, models } = studySentences(question.study, words, locale)
    return [...cohort, cleaning, followUp, known, ...models]
  }
  const { cohort, cleaning, followUp, output } = question
  return [
    ...cohortSentences(cohort, words, locale),
    ...(cleaning === null ? [] : [words.requests.sentence.cleaned(String(cleaning.steps.length))]),
    ...(followUp === null ? [] : [followUpSentence(followUp, words, locale)]),
    outputSentence(output, words, locale),
  ]
}

export function outputSentence(output: RequestOutput, words: Words, locale: Locale): string {
  const t = words.requests
  const list = (axes: readonly { readonly variable: string }[]) =>
    axes.map(({ variable }) => nameWithUnit(variable, words)).join(t.listComma)
  switch (output.kind) {
    case 'count':
      return t.sentence.count
    case 'histogram':
      return t.sentence.histogram(t.compose.countedWords[output.counted.unit], list([output.axis]))
    case 'table':
      return t.sentence.histogram(t.compose.countedWords[output.counted.unit], list(output.axes))
    case 'mean': {
      const { variable, least, greatest } = output
      return t.sentence.mean(
        nameWithUnit(variable, words),
        valueText(variable, least, locale),
        valueText(variable, greatest, locale),
      )
    }
    case 'quantiles':
      return t.sentence.quantiles(
        list([output.axis]),
        output.perMille.map((each) => t.answer.quantileOf(String(each / 10))).join(t.listComma),
      )
    case 'kaplan-meier':
      return t.sentence['kaplan-meier'](output.by === null ? null : list([output.by]))
    case 'cox':
      return t.sentence.cox(list(output.covariates))
    case 'poisson':
      return t.sentence.poisson(list(output.factors))
    case 'gamma':
      return t.sentence.gamma(list(output.factors))
    case 'score':
      return t.sentence.score(
        nameWithUnit(output.actual.variable, words),
        list(output.columns.map((variable) => ({ variable }))),
        output.formula,
      )
    case 'cleaning-profile':
      return t.sentence['cleaning-profile'](
        output.tests.map(({ test }) => testName(test, locale)).join(t.listComma),
        String(output.lastYear - output.years + 1),
        String(output.lastYear),
      )
    case 'monitor':
      return t.sentence.monitor(
        output.organisation,
        String(output.groups.length),
        String(output.plans?.length ?? 0),
        String(output.months),
        output.lastMonth,
      )
    case 'pathways':
      return words.pathways.real.sentence(
        String(output.sequence.stepsMost),
        eventNames(output, words, locale).join(t.listComma),
      )
    default:
      return unreachable(output)
  }
}
