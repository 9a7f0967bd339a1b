/** One's own portfolio beside all insurers together, or one sentence why there is no such table. */
import type { MonitorView } from '../../../../shared/contract/monitor.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { benchmarkTable } from './benchmark-table.ts'
import room from '../../../ui/Room.module.css'

export function BenchmarkPanel({
  benchmark,
  of,
}: {
  readonly benchmark: MonitorView['benchmark']
  readonly of: { readonly jobId: null; readonly studyHash: string }
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.groups.benchmark
  if (benchmark.kind === 'none')
    return (
      <Panel title={t.title}>
        <p className={room.said} data-testid="no-benchmark">
          {t.none[benchmark.reason]}
        </p>
      </Panel>
    )
  const table = benchmarkTable(benchmark, words, locale)
  return (
    <Panel title={t.title} side={<ReleaseMenu what={{ kind: 'table', name: 'benchmark', table }} of={of} />}>
      <PaperTableView table={table} />
    </Panel>
  )
}
