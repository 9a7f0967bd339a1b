/** The lists that visits are coded with: editions, importing, what waits for a coder, and the hospital's own codes. */
import { Tabs } from '@mantine/core'
import { go } from '../../../lib/router.ts'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { useOpenSession } from '../../../lib/session.ts'
import type { RoomProps } from '../../../parts/route.ts'
import { useWords } from '../../../words/catalogue.ts'
import { ImportList } from './ImportList.tsx'
import { Lists } from './Lists.tsx'
import { OurOwn } from './OurOwn.tsx'
import { WorkList } from './WorkList.tsx'
import styles from './Codes.module.css'

const TABS = ['lists', 'import', 'work', 'own'] as const

export function CodesPage({ parts }: RoomProps) {
  const t = useWords().codes
  const session = useOpenSession()
  if (!session) return null
  const isAdministrator = session.person.roles.includes('administrator')
  const { roles } = session.person
  const tabs = TABS.filter(
    (each) =>
      (each !== 'import' || isAdministrator) && (each !== 'work' || mayCall('codes.startWorkList', roles)),
  )
  const here = tabs.find((each) => each === parts[0]) ?? 'lists'
  return (
    <div className="room">
      <header className="room-head">
        <h1>{t.title}</h1>
      </header>
      <div className={`room-body ${styles.body}`}>
        <Tabs value={here} onChange={(next) => go('codes', next ?? 'lists')} keepMounted={false}>
          <Tabs.List mb="md">
            {tabs.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t.tabs[each]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="lists">
            <Lists mayChange={isAdministrator} />
          </Tabs.Panel>
          <Tabs.Panel value="import">
            <ImportList />
          </Tabs.Panel>
          <Tabs.Panel value="work">
            <WorkList />
          </Tabs.Panel>
          <Tabs.Panel value="own">
            <OurOwn mayChange={isAdministrator} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  )
}
