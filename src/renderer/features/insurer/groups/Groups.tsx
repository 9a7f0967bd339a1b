/** The insurer's room: which of its groups changed, the table that says so, and the file of its own exposure. */
import { Skeleton, Tabs } from '@mantine/core'
import type { MonitorSource } from '../../../../shared/contract/monitor.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { replacePlace } from '../../../lib/router.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import type { RoomProps } from '../../../parts/route.ts'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import { AskTable } from './AskTable.tsx'
import { Dashboard } from './Dashboard.tsx'
import { ExposureFiles } from './ExposureFiles.tsx'
import { OverTables } from './OverTables.tsx'

const TABS = ['risk', 'series', 'ask', 'file'] as const
type Tab = (typeof TABS)[number]

export function Groups({ parts }: RoomProps) {
  const t = useWords().groups
  const tables = useAsk(() => node.monitor.tables(), [], ['requests.changed', 'node.segmentFinal'])
  // A program of this institution may have imported one meanwhile.
  const files = useAsk(() => node.exposures.list(), [], ['requests.changed', 'node.segmentFinal'])
  const tab = TABS.find((each) => each === parts[0]) ?? 'risk'
  const open = (next: Tab) => replacePlace('groups', ...(next === 'risk' ? [] : [next]))
  const failed = [tables, files].find(({ failure, value }) => failure !== undefined && value === undefined)
  return (
    <div className="room" {...useCopiesReleased()}>
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <Tabs
        value={tab}
        onChange={(next) => open((next ?? 'risk') as Tab)}
        keepMounted={false}
        className={room.tabs}
      >
        <Tabs.List className={room.tabList}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t.tabs[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} className={room.tab}>
          {failed?.failure !== undefined ? (
            <FailureNote code={failed.failure} onRetry={failed.again} />
          ) : tables.value === undefined || files.value === undefined ? (
            <Skeleton height={320} />
          ) : tab === 'risk' ? (
            <Dashboard
              key={parts[1] ?? ''}
              tables={newestMonthsFirst(tables.value)}
              first={parts[1] ?? null}
              files={files.value}
              onAsk={() => open('ask')}
              onSeries={() => open('series')}
            />
          ) : tab === 'series' ? (
            <OverTables tables={tables.value} files={files.value} />
          ) : tab === 'ask' ? (
            <AskTable files={files.value} onFile={() => open('file')} onOpen={() => open('risk')} />
          ) : (
            <ExposureFiles files={files.value} onChanged={files.again} />
          )}
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

/** A table of older months may have been asked later; of the same months the newest answer is the first. */
const newestMonthsFirst = (tables: readonly MonitorSource[]): readonly MonitorSource[] =>
  tables.toSorted((a, b) => Number(a.lastMonth < b.lastMonth) - Number(a.lastMonth > b.lastMonth))
