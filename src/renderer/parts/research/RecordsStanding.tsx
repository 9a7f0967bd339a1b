/** How far the records are ready to be asked: whoever asks meanwhile waits, and sees for what. Nothing where they are. */
import { Progress } from '@mantine/core'
import type { AnalysisState } from '../../../shared/contract/cohorts.ts'
import { formatNumber } from '../../lib/format.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'

/** So many more are ready at once: nothing on the page moves for them. */
const FEW = 500

export function RecordsStanding({ state }: { readonly state: AnalysisState | undefined }) {
  const t = useWords().cohorts
  const locale = useLocale()
  if (state?.kind === 'failed')
    return (
      <Callout tone="bad" isLive>
        {t.failed}
      </Callout>
    )
  if (state?.kind === 'ready' && state.unreadableCount > 0)
    return <Callout tone="warn">{t.unreadable(formatNumber(state.unreadableCount, locale))}</Callout>
  if (state?.kind !== 'filling') return null
  const { done, total } = state
  // A visit that came just now is ready before anybody has read of it.
  if (total > 0 && total - done < FEW) return null
  return (
    <Callout tone="plain" isLive title={t.filling}>
      {total > 0 && (
        <>
          {t.fillingOf(formatNumber(done, locale), formatNumber(total, locale))}
          <Progress value={(100 * done) / total} aria-label={t.filling} />
        </>
      )}
    </Callout>
  )
}
