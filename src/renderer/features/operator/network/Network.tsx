/** Members and their state, consensus, proposals, rules: what an administrator looks at, and where the others agree. */
import { Button, Group, Skeleton, Tabs } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { PlanInput } from '../../../../shared/contract/governance.ts'
import { mayCall } from '../../../../shared/contract/rights.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { replacePlace } from '../../../lib/router.ts'
import { useOpenSession, useStatus } from '../../../lib/session.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { About } from './About.tsx'
import { Accesses } from './Accesses.tsx'
import { Admit } from './Admit.tsx'
import { Alerts } from './Alerts.tsx'
import { CloseButton } from './CloseButton.tsx'
import { ConsensusPanel } from './ConsensusPanel.tsx'
import { Contradiction } from './Contradiction.tsx'
import { Decide } from './Decide.tsx'
import { Erasures } from './Erasures.tsx'
import { Listening } from './Listening.tsx'
import { MemberPane } from './MemberPane.tsx'
import { Members } from './Members.tsx'
import styles from './Network.module.css'
import { OwnKeys } from './OwnKeys.tsx'
import { Pending } from './Pending.tsx'
import { Proposals } from './Proposals.tsx'
import { Rules } from './Rules.tsx'
import { stateSentence } from './sentences.ts'
import { Snapshots } from './Snapshots.tsx'

/** What stands in the side column instead of consensus: one thing at a time. */
type Side =
  | { kind: 'member'; memberId: string }
  | { kind: 'admit' }
  | { kind: 'own-keys' }
  | { kind: 'decide'; plan: PlanInput }
  | null

/** In the address, so that what tells of a proposal can lead to it. */
const TABS = ['members', 'proposals', 'rules', 'snapshots', 'erasures', 'access'] as const

export function Network({ parts }: { readonly parts: readonly string[] }) {
  const words = useWords()
  const t = words.network
  const session = useOpenSession()
  const status = useStatus()
  const [side, setSide] = useState<Side>(null)
  const refresh = ['governance.changed', 'node.segmentFinal', 'node.statusChanged', 'access.changed'] as const
  const overview = useAsk(() => node.governance.overview(), [], refresh)
  const proposals = useAsk(() => node.governance.proposals(), [], refresh)
  const maySeeErasures = mayCall('erasures.list', session?.person.roles ?? [])
  // What the roles do not open is not asked for: every refusal is noted.
  const erasures = useAsk(
    async () => (maySeeErasures ? node.erasures.list() : []),
    [maySeeErasures],
    ['erasures.changed', 'node.segmentFinal'],
  )
  const view = overview.value
  // The form opens at the top of its column, and the wish may have come from far below.
  const beside = useRef<HTMLElement>(null)
  useEffect(() => {
    if (side?.kind !== 'decide') return
    beside.current?.scrollIntoView({ block: 'start' })
    beside.current?.focus({ preventScroll: true })
  }, [side])
  if (!session) return null
  if (!view)
    return (
      <div className="room">
        <header className="room-head">
          <h1>{t.title}</h1>
        </header>
        <div className="room-body">
          {overview.failure === 'read-only' ? (
            <Callout tone="plain">{t.state.stopped}</Callout>
          ) : overview.failure ? (
            <FailureNote code={overview.failure} onRetry={overview.again} />
          ) : (
            <Skeleton height={240} />
          )}
        </div>
      </div>
    )
  const mayDecide = session.person.roles.includes('administrator')
  const silent = session.demonstration?.silent ?? []
  const voters = view.members.filter((each) => each.isVoter)
  const [first] = voters
  const onlyVoter = voters.length === 1 && first !== undefined && !first.isSelf ? first.name : null
  const sentence = stateSentence(view.strength, t, onlyVoter)
  const again = () => {
    overview.again()
    proposals.again()
  }
  // From one voter to four is one decision: two and three tolerate no failure.
  const waiting = view.members.filter((each) => each.kind === 'hospital' && !each.isVoter)
  const together =
    view.strength.voters < 4 && view.strength.voters + waiting.length >= 4
      ? waiting.map(({ memberId }) => memberId)
      : []
  const open = (proposals.value ?? []).filter(({ standing }) => standing === 'open').length
  const openErasures = (erasures.value ?? []).filter(({ state }) => state === 'asked' || state === 'queued')
  const member = side?.kind === 'member' && view.members.find(({ memberId }) => memberId === side.memberId)
  return (
    <div className="room">
      <header className={`room-head ${styles.head}`}>
        <div>
          <h1>{t.title}</h1>
          <p className={styles.state} data-tone={sentence.tone} role="status" data-testid="network-state">
            {sentence.sentence}
          </p>
        </div>
        {mayDecide && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setSide({ kind: 'own-keys' })}>
              {t.ownKeys.start}
            </Button>
            <Button onClick={() => setSide({ kind: 'admit' })}>{t.admit.start}</Button>
          </Group>
        )}
      </header>
      <div className={`room-body ${styles.columns}`}>
        <div className={styles.main}>
          <Alerts
            alerts={view.alerts}
            onOpen={mayDecide ? (memberId) => setSide({ kind: 'member', memberId }) : null}
          />
          {view.contradiction !== null && <Contradiction found={view.contradiction} />}
          <Tabs
            value={TABS.find((tab) => tab === parts[0]) ?? 'members'}
            onChange={(tab) => replacePlace('network', ...(tab === null || tab === 'members' ? [] : [tab]))}
            keepMounted={false}
          >
            <Tabs.List>
              <Tabs.Tab value="members">{t.tabs.members}</Tabs.Tab>
              <Tabs.Tab value="proposals">
                {t.tabs.proposals}
                {open > 0 && ` (${open})`}
              </Tabs.Tab>
              <Tabs.Tab value="rules">{t.tabs.rules}</Tabs.Tab>
              <Tabs.Tab value="snapshots">{words.checks.snapshots.tab}</Tabs.Tab>
              {maySeeErasures && (
                <Tabs.Tab value="erasures">
                  {words.erasures.tab}
                  {openErasures.length > 0 && ` (${openErasures.length})`}
                </Tabs.Tab>
              )}
              {mayCall('access.list', session.person.roles) && (
                <Tabs.Tab value="access">{words.access.tab}</Tabs.Tab>
              )}
            </Tabs.List>
            <Tabs.Panel value="members" className={styles.tab}>
              <Panel
                title={t.membersTitle}
                isFlush
                side={
                  mayDecide &&
                  together.length > 0 && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() =>
                        setSide({ kind: 'decide', plan: { kind: 'give-vote', memberIds: together } })
                      }
                    >
                      {t.member.giveVotes(together.length)}
                    </Button>
                  )
                }
              >
                <Members
                  members={view.members}
                  silent={silent}
                  selectedId={side?.kind === 'member' ? side.memberId : undefined}
                  onOpen={(memberId) => setSide({ kind: 'member', memberId })}
                />
              </Panel>
              <Listening view={view} mayChange={mayDecide} onSaved={again} />
            </Tabs.Panel>
            <Tabs.Panel value="proposals" className={styles.tab}>
              <Pending pending={view.pending} />
              <Proposals
                proposals={proposals.value}
                isVoter={view.members.some((each) => each.isSelf && each.isVoter)}
                mayDecide={mayDecide}
                onChanged={again}
              />
            </Tabs.Panel>
            <Tabs.Panel value="rules" className={styles.tab}>
              <Rules view={view} mayDecide={mayDecide} onWish={(plan) => setSide({ kind: 'decide', plan })} />
            </Tabs.Panel>
            <Tabs.Panel value="snapshots" className={styles.tab}>
              <Snapshots mayPropose={mayDecide} />
            </Tabs.Panel>
            <Tabs.Panel value="access" className={styles.tab}>
              <Accesses roles={session.person.roles} />
            </Tabs.Panel>
            <Tabs.Panel value="erasures" className={styles.tab}>
              {maySeeErasures && (
                <Erasures
                  list={erasures.value}
                  failure={erasures.failure}
                  mayDecide={mayDecide}
                  onChanged={erasures.again}
                />
              )}
            </Tabs.Panel>
          </Tabs>
        </div>
        <aside ref={beside} tabIndex={-1} className={styles.side}>
          {member ? (
            <MemberPane
              key={member.memberId}
              member={member}
              isSilent={silent.includes(member.name)}
              successors={waiting.filter((each) => each !== member)}
              mayDecide={mayDecide}
              onWish={(plan) => setSide({ kind: 'decide', plan })}
              onChanged={again}
              onClose={() => setSide(null)}
            />
          ) : side?.kind === 'admit' ? (
            <Admit
              isAnybodyFound={
                view.ownAddresses.length > 0 ||
                view.members.some(({ connection }) => connection.addresses.length > 0)
              }
              onChanged={again}
              onClose={() => setSide(null)}
            />
          ) : side?.kind === 'own-keys' ? (
            <OwnKeys ownKeys={view.ownKeys} onChanged={again} onClose={() => setSide(null)} />
          ) : side?.kind === 'decide' ? (
            <Panel title={t.decide.title} side={<CloseButton onClose={() => setSide(null)} />}>
              <Decide key={JSON.stringify(side.plan)} plan={side.plan} onDecided={again} />
            </Panel>
          ) : (
            <>
              {view.consensus && (
                <ConsensusPanel consensus={view.consensus} isRunning={status?.state === 'running'} />
              )}
              <About view={view} />
            </>
          )}
        </aside>
      </div>
    </div>
  )
}
