/** Whoever prices and whoever decides on a tariff see the same warnings, on the screen and on paper. */
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { type Proxy, proxySaid } from './proxy-said.ts'

export function ProxyWarnings({ warnings }: { readonly warnings: readonly Proxy[] }) {
  const words = useWords()
  const locale = useLocale()
  return warnings.map((warning) => (
    <Callout
      key={`${warning.factor}/${warning.of}/${warning.source}`}
      tone="warn"
      title={words.pricing.warnings}
    >
      {proxySaid(warning, words, locale)}
    </Callout>
  ))
}
