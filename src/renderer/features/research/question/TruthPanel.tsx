/** The generator's truth beside the example's estimates, where the records are the generator's: in a demonstration, and not of a synthetic twin. */
import { useMemo } from 'react'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { Found } from './found.ts'
import { truthTable } from './truth-table.ts'

export function TruthPanel({ found }: { readonly found: Found }) {
  const words = useWords()
  const locale = useLocale()
  const session = useOpenSession()
  const { value } = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  const isGenerated = session?.demonstration !== undefined && value?.kind === 'ready' && !value.isTwin
  const table = useMemo(
    () => (isGenerated ? truthTable(found, words, locale) : null),
    [isGenerated, found, words, locale],
  )
  if (table === null) return null
  return (
    <Panel
      title={table.title}
      side={<ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={{ jobId: found.jobId }} />}
    >
      <div data-testid="truth">
        <PaperTableView table={table} />
      </div>
    </Panel>
  )
}
