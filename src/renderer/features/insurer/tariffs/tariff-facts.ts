/** What a version is for and what it was made by, as it stands above its relativities on the screen and on paper. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { OpenedTariff } from '../../../../shared/contract/tariffs.ts'
import { formatNumber } from '../../../lib/format.ts'
import { money } from '../../../parts/insurer/pricing-names.ts'
import type { Words } from '../../../words/catalogue.ts'

export interface Fact {
  readonly name: string
  readonly value: string
}

export function tariffFacts(
  { row, work, source }: OpenedTariff,
  words: Pick<Words, 'pricing' | 'tariffs'>,
  locale: Locale,
): readonly Fact[] {
  const { tariffs: t, pricing } = words
  return [
    { name: t.columns.product, value: row.product },
    { name: t.columns.jurisdiction, value: row.jurisdiction },
    { name: t.columns.validFrom, value: row.validFrom },
    { name: pricing.currency, value: row.currency },
    { name: pricing.model, value: modelSaid(work.model, words, locale) },
    {
      name: t.cut,
      value: source.costMost === null ? t.cutUnknown : money(source.costMost, row.currency, locale),
    },
  ]
}

function modelSaid(
  model: OpenedTariff['work']['model'],
  { pricing: t }: Pick<Words, 'pricing'>,
  locale: Locale,
): string {
  const name = t.models[model.kind]
  switch (model.kind) {
    case 'frequency-severity':
      return t.modelOf(name, [t.families[model.frequency]!, t.families['gamma']!])
    case 'pure-premium':
      return model.power === null
        ? name
        : t.modelOf(name, [`${t.power} ${formatNumber(model.power, locale, 2)}`])
    case 'imported':
      return name
  }
}
