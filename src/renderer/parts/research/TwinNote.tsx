/** Says on every screen of the workbench that its people are invented, where they are. */
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'
import { useIsTwin } from './use-is-twin.ts'

export function TwinNote() {
  const t = useWords().cohorts
  return useIsTwin() ? (
    <Callout tone="warn" title={t.twin}>
      {t.twinMeans}
    </Callout>
  ) : null
}
