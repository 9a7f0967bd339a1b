/** Which consortium this is, with the number that a newcomer compares. */
import type { Overview } from '../../../../shared/contract/governance.ts'
import { formatNumber } from '../../../lib/format.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

export function About({ view }: { readonly view: Overview }) {
  const t = useWords().network.about
  const locale = useLocale()
  return (
    <Panel title={t.title}>
      <Fields>
        <Field name={t.name}>{view.consortiumName}</Field>
        <Field name={t.number}>
          <span className="mono">{view.chainFingerprint}</span>
        </Field>
        <Field name={t.chain}>
          <BlockHash hash={view.chainId} />
        </Field>
        <Field name={t.epoch}>{formatNumber(view.epoch, locale)}</Field>
        <Field name={t.protocol}>
          {t.protocolHere(
            formatNumber(view.protocolVersion, locale),
            formatNumber(view.newestProtocol, locale),
          )}
        </Field>
        <Field name={t.generation}>{formatNumber(view.networkGeneration, locale)}</Field>
      </Fields>
    </Panel>
  )
}
