/** The premium in its steps as a table: they add up to the gross premium. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { BuildUpView } from '../../../shared/contract/pricing.ts'
import type { Words } from '../../words/catalogue.ts'
import type { PaperTable } from '../research/paper-table.ts'
import { money, percent, ratioOf } from './pricing-names.ts'

export function buildUpTable(
  { lines }: BuildUpView,
  title: string,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  return {
    title,
    header: [t.line, t.stepValue, t.amount, t.after],
    rows: lines.map(({ name, kind, value, amount, after }) => ({
      cells: [
        kind === 'pure-premium' ? t.pure : name,
        kind === 'factor'
          ? `× ${ratioOf(value, locale)}`
          : kind === 'share'
            ? percent(value, locale)
            : money(value, currency, locale),
        money(amount, currency, locale),
        money(after, currency, locale),
      ],
    })),
    notes: [],
  }
}
