/** The premium in its steps as a table: they add up to the gross premium. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { BuildUpView } from '../../../shared/contract/pricing.ts'
import type { Words } from '../../words/catalogue.ts'
import type { PaperTable } from '../research/paper-table.ts'
import { money, percent, ratioOf } from './pricing-names.ts'

/** Whether nothing was added to the pure premium, which is the first line of every build-up. */
export const isPureOnly = ({ lines }: Pick<BuildUpView, 'lines'>): boolean =>
  lines.every(({ kind }) => kind === 'pure-premium')

/**
 * Money is written to its minor unit. What each step adds is what the premium after it, as it is written, has more than the one before: of amounts that were rounded one by one
 * the sum would miss by a unit.
 */
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
    rows: lines.map(({ name, kind, value, after }, i) => ({
      cells: [
        kind === 'pure-premium' ? t.pure : name,
        kind === 'factor'
          ? `× ${ratioOf(value, locale)}`
          : kind === 'share'
            ? percent(value, locale)
            : money(value, currency, locale),
        money(Math.round(after) - Math.round(lines[i - 1]?.after ?? 0), currency, locale),
        money(after, currency, locale),
      ],
    })),
    notes: [],
  }
}
