/** Asking all hospitals: what may be asked, the request and its price, what was asked and answered, and registered protocols. */
import { Button, Skeleton, Tabs } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { replacePlace } from '../../../lib/router.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useCopiesReleased } from '../../../parts/research/use-copies-released.ts'
import type { RoomProps } from '../../../parts/route.ts'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import { Catalogue } from './Catalogue.tsx'
import { Compose } from './Compose.tsx'
import { Protocols } from './Protocols.tsx'
import { RequestList } from './RequestList.tsx'

const TABS = ['catalogue', 'compose', 'list', 'protocols'] as const
type Tab = (typeof TABS)[number]

export function Requests({ parts }: RoomProps) {
  const t = useWords().requests
  const catalog = useAsk(() => node.requests.catalog(), [], ['requests.changed'])
  const list = useAsk(() => node.requests.list(), [], ['requests.changed', 'node.segmentFinal'])
  const tab = TABS.find((each) => each === parts[0]) ?? 'catalogue'
  const open = (next: Tab) => replacePlace('requests', ...(next === 'catalogue' ? [] : [next]))
  const count = list.value?.length ?? 0
  // What is copied beside an answer carries the answer's mark, not that of a member's own people.
  const answered = list.value?.find(({ studyHash, state }) => studyHash === parts[1] && state === 'answered')
  const copies = useCopiesReleased(
    tab === 'list' && answered !== undefined ? { jobId: null, studyHash: answered.studyHash } : null,
  )
  return (
    <div className="room" {...copies}>
      <header className="room-head">
        <h1>{t.title}</h1>
        {tab !== 'compose' && (
          <Button ml="auto" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => open('compose')}>
            {t.start}
          </Button>
        )}
      </header>
      <Tabs
        value={tab}
        onChange={(next) => open((next ?? 'catalogue') as Tab)}
        keepMounted={false}
        className={room.tabs}
      >
        <Tabs.List className={room.tabList}>
          <Tabs.Tab value="catalogue">{t.tabs.catalogue}</Tabs.Tab>
          <Tabs.Tab value="compose">{t.tabs.compose}</Tabs.Tab>
          <Tabs.Tab value="list">
            {t.tabs.list}
            {count > 0 && ` (${count})`}
          </Tabs.Tab>
          <Tabs.Tab value="protocols">{t.tabs.protocols}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={tab} className={room.tab}>
          {catalog.failure !== undefined && catalog.value === undefined ? (
            <FailureNote code={catalog.failure} onRetry={catalog.again} />
          ) : catalog.value === undefined ? (
            <Skeleton height={320} />
          ) : tab === 'catalogue' ? (
            <Catalogue catalog={catalog.value} onCompose={() => open('compose')} />
          ) : tab === 'compose' ? (
            <Compose catalog={catalog.value} onOpen={(hash) => replacePlace('requests', 'list', hash)} />
          ) : tab === 'list' ? (
            <RequestList
              rows={list.value}
              failure={list.failure}
              catalog={catalog.value}
              chosen={parts[1]}
              onRetry={list.again}
              onCompose={() => open('compose')}
            />
          ) : (
            <Protocols catalog={catalog.value} onCompose={() => open('compose')} />
          )}
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}
