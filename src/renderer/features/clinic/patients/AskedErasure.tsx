/** That an erasure of this person was asked for: how far it is, and where it is answered or taken back. */
import { Button } from '@mantine/core'
import type { ErasureView } from '../../../../shared/contract/erasures.ts'
import { formatMinute, formatNumber } from '../../../lib/format.ts'
import { go } from '../../../lib/router.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

export function AskedErasure({ erasure }: { readonly erasure: ErasureView }) {
  const words = useWords()
  const t = words.erasures
  const locale = useLocale()
  const { versionCount, askedAt, state, mayApprove, here } = erasure
  const standing =
    state === 'decided'
      ? t.here[here]
      : `${t.state[state]}. ${mayApprove === 'own-request' ? t.own : ''}`.trim()
  return (
    <Callout
      tone="warn"
      title={t.askedFor(formatNumber(versionCount, locale), formatMinute(askedAt))}
      action={
        <Button variant="default" onClick={() => go('network', 'erasures')}>
          {words.network.alerts.look}
        </Button>
      }
    >
      {standing}
    </Callout>
  )
}
