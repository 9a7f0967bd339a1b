/** Rates from elsewhere as the rating of a tariff: what was imported is priced, balanced to what was observed like every other model (docs/spec/pricing.md section 6). */
import { PricingFailure } from '../failure.ts'
import { importRating } from '../tariff/import-rates.ts'
import type { Rating } from './rating.ts'

export interface ImportedRates {
  readonly kind: 'imported'
  readonly text: string
  readonly format: 'csv' | 'json'
  /** All factors of the rates and no others: permitted factors are judged by them. */
  readonly factors: readonly string[]
}

/** @throws {PricingFailure} `bad-option` for what is no table of rates, or of other factors than it says */
export function importedRating({ text, format, factors }: ImportedRates): Rating {
  const imported = importRating(text, format)
  if (imported.kind === 'refused') {
    const [first] = imported.errors
    throw new PricingFailure({
      code: 'bad-option',
      option: 'rates',
      value: `${first?.place ?? ''} ${first?.found ?? ''}`.trim().slice(0, 80),
      allowed: first?.expected ?? '',
    })
  }
  const { rating } = imported
  const names = rating.factors.map(({ name }) => name)
  if (names.toSorted().join('\n') !== [...factors].sort().join('\n'))
    throw new PricingFailure({
      code: 'bad-option',
      option: 'factors',
      value: factors.join(', ').slice(0, 80),
      allowed: names.join(', ').slice(0, 80),
    })
  return rating
}
