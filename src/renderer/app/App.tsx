/** What the window shows: the first run, the unlock screen, or the rooms. */
import { MantineProvider, mergeThemeOverrides, Notification } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Notifications } from '@mantine/notifications'
import { Suspense, useEffect, useMemo } from 'react'
import type { Session } from '../../shared/contract/app.ts'
import { writeTimesIn } from '../lib/format.ts'
import { replacePlace } from '../lib/router.ts'
import { ofOnePerson, session, useSession, useSettings } from '../lib/session.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { route as firstRun } from '../features/first-run/route.tsx'
import { theme } from '../ui/theme.ts'
import { ConfirmPassphrase } from './ConfirmPassphrase.tsx'
import { keepCopiesShort } from './copies.ts'
import { keepAwake } from './idle.ts'
import { NOTICE_MS, releaseRestingNotices } from './resting-notices.ts'
import { RoomBoundary } from './RoomBoundary.tsx'
import { Shell } from './Shell.tsx'

// Before anything is drawn of a session: every time in it is one of its institution.
session.subscribe(() => {
  const now = session.now()
  writeTimesIn(now?.state === 'open' ? now.zone : undefined)
})
// Whoever unlocks after somebody else begins at Home: the place of before may name a patient. The same person goes on where
// they were; in the demonstration one person plays all of them, and looks at the same room with other eyes.
ofOnePerson(() => {
  const now = session.now()
  if (now?.state !== 'open' || now.demonstration === undefined) replacePlace('')
})

export function App() {
  const wanted = useSettings()?.theme ?? 'system'
  const isSystemDark = useMediaQuery(
    '(prefers-color-scheme: dark)',
    window.matchMedia('(prefers-color-scheme: dark)').matches,
  )
  const isReduced = useMediaQuery('(prefers-reduced-motion: reduce)')
  const scheme = wanted === 'system' ? (isSystemDark ? 'dark' : 'light') : wanted
  const locale = useLocale()
  const { close } = useWords().shell
  // The one control of Mantine that has a name and is made by nobody here.
  const named = useMemo(() => {
    const closing = { closeButtonProps: { 'aria-label': close } }
    const components = { Notification: Notification.extend({ defaultProps: closing }) }
    return mergeThemeOverrides(theme, { components })
  }, [close])
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  useEffect(keepAwake, [])
  useEffect(keepCopiesShort, [])
  useEffect(releaseRestingNotices, [])
  return (
    <MantineProvider theme={named} forceColorScheme={scheme} env="default">
      <Notifications
        position="bottom-right"
        autoClose={NOTICE_MS}
        // Pointing at one holds that one, not all.
        pauseResetOnHover="notification"
        transitionDuration={isReduced ? 0 : 120}
        limit={4}
      />
      <RoomBoundary>
        <Content />
        <ConfirmPassphrase />
      </RoomBoundary>
    </MantineProvider>
  )
}

function Content() {
  const session = useSession()
  const t = useWords()
  // Another institution begins at its Home: a place may name a patient, and founding goes on there with the kit.
  const isNoneOpen = session?.state === 'none'
  useEffect(() => {
    if (isNoneOpen) replacePlace('')
  }, [isNoneOpen])
  useEffect(() => {
    document.title = session?.state === 'open' ? `${session.institutionName} · Consilium` : 'Consilium'
  }, [session])
  // Known within milliseconds: an empty page is calmer than a flash of something else.
  if (!session) return <div role="status" aria-label={t.shell.loading} />
  if (session.state === 'open') return <Shell key={whoIsHere(session)} session={session} />
  return (
    <Suspense fallback={null}>
      <firstRun.Page parts={[]} />
    </Suspense>
  )
}

/** Rooms keep what one person saw; somebody else begins with fresh ones. */
function whoIsHere({ memberId, person, demonstration }: Extract<Session, { state: 'open' }>): string {
  return [memberId, person.userKeyId, demonstration?.personId].join(' ')
}
