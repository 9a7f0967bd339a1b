/** What another tariff does to the premiums of a portfolio, as a table. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import type { ImpactView } from '../../../shared/contract/pricing.ts'
import { formatNumber } from '../../lib/format.ts'
import type { Words } from '../../words/catalogue.ts'
import type { PaperTable } from '../research/paper-table.ts'
import { factorName, levelName, percent, signedShare } from './pricing-names.ts'

export function impactTable(impact: ImpactView, title: string, words: Words, locale: Locale): PaperTable {
  const t = words.pricing
  const factors = [...new Set(impact.byFactor.map(({ factor }) => factor))]
  const years = (value: number): string => formatNumber(value, locale, 0)
  const total = impact.up + impact.down + impact.same
  return {
    title,
    header: [t.level, t.exposureYears, t.changeHead],
    rows: factors.flatMap((factor) => [
      { cells: [factorName(factor, words), '', ''], isHeading: true },
      ...impact.byFactor
        .filter((row) => row.factor === factor)
        .map(({ level, exposure, change }) => ({
          cells: [levelName(factor, level, words), years(exposure), signedShare(change, locale)],
          isIndented: true,
        })),
    ]),
    notes: [
      t.impactSaid(signedShare(impact.change, locale)),
      t.impactShares(
        percent(impact.up / total, locale),
        percent(impact.down / total, locale),
        percent(impact.same / total, locale),
      ),
      t.impactQuantiles(
        impact.quantiles
          .map(({ share, change }) => t.impactQuantile(percent(share, locale), signedShare(change, locale)))
          .join(words.groups.listSemicolon),
      ),
      ...(impact.unpriced > 0 ? [t.unpriced(years(impact.unpriced))] : []),
    ],
  }
}
