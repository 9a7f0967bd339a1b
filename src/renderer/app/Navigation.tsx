/** The rooms that this person may enter: icons with words, or icons alone. */
import { Tooltip, UnstyledButton } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { formatPlace } from '../lib/router.ts'
import { saveSettings } from '../lib/session.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import type { Route } from '../parts/route.ts'
import { useWords } from '../words/catalogue.ts'
import { ConsiliumMark } from '../parts/ConsiliumMark.tsx'
import styles from './Navigation.module.css'

interface Props {
  readonly rooms: readonly Route[]
  readonly here: string
  readonly isNarrow: boolean
}

export function Navigation({ rooms, here, isNarrow }: Props) {
  const t = useWords()
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
              >
                <route.icon size={18} stroke={1.6} aria-hidden />
                <span className={styles.words}>{route.title(t)}</span>
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
