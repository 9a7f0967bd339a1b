/** The frame around the rooms: navigation, top bar, and the shortcuts that hold everywhere. */
import { notifications } from '@mantine/notifications'
import { spotlight } from '@mantine/spotlight'
import { Suspense, useEffect, useMemo, useState } from 'react'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Session } from '../../shared/contract/app.ts'
import { mayCall } from '../../shared/contract/rights.ts'
import { useAsk } from '../lib/live.ts'
import { listen, node } from '../lib/node.ts'
import { go, usePlace } from '../lib/router.ts'
import { followJob, forgetJobs } from '../parts/jobs.ts'
import { status, useSettings } from '../lib/session.ts'
import { forgetKitStep } from '../parts/kit-step.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import { useWaitingChecks } from '../parts/waiting-checks.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { isTyping } from '../ui/keys.ts'
import { useWords } from '../words/catalogue.ts'
import { AccessNotice, HouseNotice } from './AccessNotice.tsx'
import { ArrivedProposal } from './ArrivedProposal.tsx'
import { useAskedErasures } from './AskedErasures.tsx'
import { useAuditFound } from './AuditFound.tsx'
import { DemonstrationBar } from './DemonstrationBar.tsx'
import { Navigation } from './Navigation.tsx'
import { Palette } from './Palette.tsx'
import { RoomBoundary } from './RoomBoundary.tsx'
import { mayEnter, rooms } from './rooms.ts'
import { SEARCH_ID } from './search-id.ts'
import styles from './Shell.module.css'
import { ShortcutSheet } from './ShortcutSheet.tsx'
import { TopBar } from './TopBar.tsx'
import { WorkPlaceBar } from './WorkPlaceBar.tsx'

interface Props {
  readonly session: Extract<Session, { state: 'open' }>
}

/** Home says so for as long as it waits. */
const ARRIVED_STAYS_MS = 15_000

export function Shell({ session }: Props) {
  const t = useWords()
  const place = usePlace()
  const isNarrow = useSettings()?.navigationCollapsed ?? false
  const [isSheetOpen, setSheetOpen] = useState(false)
  const roles = session.person.roles
  const consortium = useAsk(() => node.chain.consortium(), [session.memberId]).value
  const kind = consortium?.members.find(({ memberId }) => memberId === session.memberId)?.kind
  const allowed = useMemo(() => rooms.filter((room) => mayEnter(room, roles, kind)), [roles, kind])
  const room = rooms.find((candidate) => candidate.room === place.room)
  const isAllowed = room !== undefined && allowed.includes(room)

  // Another institution, or the same one seen by somebody else: what the last one's node said is not about this one.
  useEffect(() => void status.refresh().catch(() => undefined), [])
  // What this person started before the lock runs on.
  useEffect(() => void followJob().catch(() => undefined), [])
  useEffect(
    () => () => {
      forgetJobs()
      forgetKitStep()
    },
    [],
  )
  // Whoever may answer hears of a proposal wherever in the application it is.
  const mayAnswer = roles.includes('administrator')
  useEffect(() => {
    if (!mayAnswer) return
    return listen('governance', 'proposalArrived', (proposal) => {
      const { proposalId } = proposal
      const close = () => notifications.hide(proposalId)
      notifications.show({
        id: proposalId,
        message: <ArrivedProposal proposal={proposal} onLook={close} />,
        autoClose: ARRIVED_STAYS_MS,
      })
    })
  }, [mayAnswer])
  useAuditFound(roles)
  const waitingChecks = useWaitingChecks()
  useAskedErasures(roles)
  const mayLook = mayCall('access.list', roles)
  useEffect(() => {
    if (!mayLook) return
    return listen('access', 'noticed', (notice) => {
      const id = `access ${notice.kind} ${notice.reader}`
      const close = () => notifications.hide(id)
      notifications.show({
        id,
        color: 'red',
        message: <AccessNotice notice={notice} onLook={close} />,
        autoClose: ARRIVED_STAYS_MS,
      })
    })
  }, [mayLook])
  // Told to administrators and auditors alone.
  useEffect(
    () =>
      listen('access', 'noticedHere', (notice) => {
        const id = `house ${notice.kind} ${notice.personName}`
        const close = () => notifications.hide(id)
        notifications.show({
          id,
          color: 'red',
          message: <HouseNotice notice={notice} onLook={close} />,
          autoClose: ARRIVED_STAYS_MS,
        })
      }),
    [],
  )
  // Where the keyboard goes on after opening, unlocking, or another room: what had the focus may be gone with its room.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return
      const content = document.getElementById('content')
      const first = content?.querySelector<HTMLElement>('[data-autofocus]') ?? content
      first?.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [place.room])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      const isCommand = event.ctrlKey || event.metaKey
      if (isCommand && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        spotlight.toggle()
      } else if (isCommand && event.shiftKey && event.key.toLowerCase() === 'l') {
        event.preventDefault()
        node.app.lock().catch(tellFailure)
      } else if (!isCommand && !event.altKey && !isTyping(event.target)) {
        if (event.key === '/') {
          event.preventDefault()
          document.getElementById(SEARCH_ID)?.focus()
        } else if (event.key === '?') {
          event.preventDefault()
          setSheetOpen(true)
        }
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])

  return (
    <div className={styles.shell} data-narrow={isNarrow || undefined}>
      <a
        className={styles.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('content')?.focus()
        }}
      >
        {t.shell.skipToContent}
      </a>
      <Navigation rooms={allowed} here={place.room} isNarrow={isNarrow} waiting={{ checks: waitingChecks }} />
      <div className={styles.side}>
        <TopBar session={session} title={room?.title(t) ?? ''} onSheet={() => setSheetOpen(true)} />
        {session.workPlace && <WorkPlaceBar workPlace={session.workPlace} />}
        {session.demonstration && <DemonstrationBar demonstration={session.demonstration} />}
        {session.isSynthetic && !session.demonstration && (
          <div className={styles.synthetic} role="note">
            <IconAlertTriangle size={14} aria-hidden /> {t.shell.synthetic}
          </div>
        )}
        <main id="content" tabIndex={-1} className={styles.main}>
          <RoomBoundary key={place.room}>
            <Suspense fallback={null}>
              {room && isAllowed ? (
                <room.Page parts={place.parts} />
              ) : (
                <EmptyState action={t.shell.goHome} onAction={() => go('')}>
                  {room === undefined
                    ? t.shell.notFound
                    : mayEnter(room, roles)
                      ? t.shell.hospitalsOnly
                      : t.shell.notAllowed}
                </EmptyState>
              )}
            </Suspense>
          </RoomBoundary>
        </main>
      </div>
      <Palette session={session} rooms={allowed} isNarrow={isNarrow} onSheet={() => setSheetOpen(true)} />
      <ShortcutSheet isOpen={isSheetOpen} onClose={() => setSheetOpen(false)} />
    </div>
  )
}
