/** On the page of one table: that something lasts over several, with the way there. Nothing where there are too few tables. */
import { Button } from '@mantine/core'
import type { MonitorSource } from '../../../../shared/contract/monitor.ts'
import { PERSISTING_TABLES } from '../../../../shared/domain/group-alert.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

export function LastingNote({
  tables,
  exposure,
  onOpen,
}: {
  readonly tables: readonly MonitorSource[]
  readonly exposure: string | null
  onOpen(): void
}) {
  const t = useWords().groupSeries.persisting
  const locale = useLocale()
  const series = useAsk(
    async () =>
      tables.length < PERSISTING_TABLES || exposure === null ? null : node.monitor.series({ exposure }),
    [exposure, tables.map(({ studyHash }) => studyHash).join(' ')],
  )
  const lasting = series.value?.persisting.filter(({ isOn }) => isOn).length ?? 0
  if (lasting === 0) return null
  return (
    <Callout
      tone="warn"
      title={t.onDashboard(formatNumber(lasting, locale))}
      action={
        <Button size="compact-sm" variant="default" onClick={onOpen}>
          {t.open}
        </Button>
      }
    />
  )
}
