/** The rooms that this person may enter: icons with words, or icons alone. */
import { Tooltip, UnstyledButton } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { formatNumber } from '../lib/format.ts'
import { formatPlace } from '../lib/router.ts'
import { saveSettings } from '../lib/session.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import type { Route } from '../parts/route.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { ConsiliumMark } from '../parts/ConsiliumMark.tsx'
import styles from './Navigation.module.css'

interface Props {
  readonly rooms: readonly Route[]
  readonly here: string
  readonly isNarrow: boolean
  /** By room: what waits there for this person. */
  readonly waiting: Readonly<Record<string, number>>
}

export function Navigation({ rooms, here, isNarrow, waiting }: Props) {
  const t = useWords()
  const locale = useLocale()
  const Toggle = isNarrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  const toggleLabel = isNarrow ? t.shell.expand : t.shell.collapse
  return (
    <nav className={styles.navigation} aria-label={t.shell.navigation} data-narrow={isNarrow || undefined}>
      <div className={styles.brand}>
        <ConsiliumMark />
        <span className={styles.words}>{t.firstRun.welcome}</span>
      </div>
      <ul className={styles.list}>
        {rooms.map((route) => (
          <li key={route.room}>
            <Tooltip label={route.title(t)} position="right" disabled={!isNarrow}>
              <a
                href={formatPlace(route.room)}
                className={styles.link}
                aria-current={route.room === here ? 'page' : undefined}
                aria-label={route.title(t)}
                aria-description={
                  (waiting[route.room] ?? 0) > 0
                    ? t.checks.waiting(waiting[route.room]!, formatNumber(waiting[route.room]!, locale))
                    : undefined
                }
              >
                <route.icon size={18} stroke={1.6} aria-hidden />
                <span className={styles.words}>{route.title(t)}</span>
                {(waiting[route.room] ?? 0) > 0 && (
                  // Drawn, not written: what is read aloud is the description.
                  <span className={styles.count} data-count={formatNumber(waiting[route.room]!, locale)} />
                )}
              </a>
            </Tooltip>
          </li>
        ))}
      </ul>
      <UnstyledButton
        className={styles.toggle}
        aria-label={toggleLabel}
        title={toggleLabel}
        onClick={() => saveSettings({ navigationCollapsed: !isNarrow }).catch(tellFailure)}
      >
        <Toggle size={18} stroke={1.6} aria-hidden />
      </UnstyledButton>
    </nav>
  )
}
