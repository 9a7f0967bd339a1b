/** What groups pay for each other under community rating, as a table. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PricedAnswer } from '../../../../shared/contract/pricing.ts'
import { formatNumber } from '../../../lib/format.ts'
import { factorName, levelName, money } from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import type { Words } from '../../../words/catalogue.ts'

type Equalisation = NonNullable<PricedAnswer['equalisation']>

/** In whole minor units that add up to 0, as what is written must: what rounding leaves over goes to the largest. */
export function wholeTransfers({ groups }: Equalisation): number[] {
  const whole = groups.map(({ transfer }) => Math.round(transfer))
  const over = whole.reduce((sum, each) => sum + each, 0)
  const sizes = groups.map(({ transfer }) => Math.abs(transfer))
  const largest = sizes.indexOf(Math.max(...sizes))
  return whole.map((each, k) => (k === largest ? each - over : each) + 0)
}

/** What the ones pay and the others get. */
export const transferTotal = (equalisation: Equalisation): number =>
  wholeTransfers(equalisation).reduce((sum, each) => sum + Math.max(0, each), 0)

export function equalisationTable(
  equalisation: Equalisation,
  currency: string,
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing
  const { unit, groups } = equalisation
  const transfers = wholeTransfers(equalisation)
  return {
    title: t.equalisation,
    header: [
      factorName(unit, words),
      t.exposureYears,
      t.equalisationHead.own,
      t.equalisationHead.community,
      t.equalisationHead.transfer,
    ],
    rows: groups.map(({ group, exposure, own, community }, k) => ({
      cells: [
        levelName(unit, group, words),
        formatNumber(exposure, locale, 0),
        money(own, currency, locale),
        money(community, currency, locale),
        money(transfers[k]!, currency, locale),
      ],
    })),
    notes: [t.equalisationNote(unit)],
  }
}
