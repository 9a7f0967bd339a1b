/** A number of persons as the node says it (docs/spec/pathways.md section 5). */
import type { Locale } from '../../../shared/contract/app.ts'
import type { SaidCount } from '../../../shared/contract/said.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'

export function saidText(
  persons: SaidCount,
  words: Pick<Words, 'cohorts' | 'question' | 'pathways'>,
  locale: Locale,
): string {
  switch (persons.said) {
    case 'exact':
      return formatNumber(persons.count, locale)
    case 'small':
      return words.cohorts.small
    case 'withheld':
      return words.question.tables.withheld
    case 'hidden':
      return words.pathways.hidden
  }
}
