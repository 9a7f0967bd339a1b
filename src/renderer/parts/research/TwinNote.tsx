/** Says on every screen of the workbench that its people are invented, where they are. */
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'

export function TwinNote() {
  const t = useWords().cohorts
  const { value } = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  const isTwin = (value?.kind === 'filling' || value?.kind === 'ready') && value.isTwin
  return isTwin ? (
    <Callout tone="warn" title={t.twin}>
      {t.twinMeans}
    </Callout>
  ) : null
}
