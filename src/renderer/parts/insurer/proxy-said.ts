/** What a tariff's factors may stand in for, as sentences. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { PricedAnswer } from '../../../shared/contract/pricing.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'
import { factorName } from './pricing-names.ts'

export type Proxy = PricedAnswer['warnings'][number]

export function proxySaid(
  { factor, of, source, reason, association }: Proxy,
  words: Pick<Words, 'pricing'>,
  locale: Locale,
): string {
  const t = words.pricing
  const [name, other] = [factorName(factor, words), factorName(of, words)]
  return source === 'declared'
    ? t.declaredProxy(name, other, reason)
    : t.measuredProxy(name, other, formatNumber(association ?? 0, locale, 2))
}
