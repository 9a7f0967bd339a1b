/** What a model on filled-in rows cannot say, where a model on whole rows would say it (docs/spec/study.md section 8). Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'
import type { FitAnswer } from './fit-answer.ts'

/** Null where nothing was filled in: then it is one fit like any other. */
export function notCombinedWords(
  { imputation, family }: FitAnswer,
  { models: t }: Pick<Words, 'models'>,
  locale: Locale,
): string | null {
  if (imputation === undefined || imputation.columns.length === 0) return null
  return t.notCombined(formatNumber(imputation.sets, locale), family === 'cox')
}
