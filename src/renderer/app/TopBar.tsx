/** Where I am, search, all actions, is everything saved, who I am, lock. */
import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { IconBolt, IconHelp, IconLock } from '@tabler/icons-react'
import type { Session } from '../../shared/contract/app.ts'
import { node } from '../lib/node.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import { Keys } from '../ui/Kbd.tsx'
import { useWords } from '../words/catalogue.ts'
import { Search } from './Search.tsx'
import { StatusPill } from './StatusPill.tsx'
import styles from './TopBar.module.css'

interface Props {
  readonly session: Extract<Session, { state: 'open' }>
  readonly title: string
  onSheet(): void
}

export function TopBar({ session, title, onSheet }: Props) {
  const words = useWords()
  const t = words.shell
  const roles = session.person.roles.map((role) => words.clinical.roleNames[role]).join(words.clinical.comma)
  return (
    <header className={styles.bar}>
      <div className={styles.where}>
        <span className={styles.institution} title={session.institutionName}>
          {session.institutionName}
        </span>
        <span aria-hidden className={styles.slash}>
          /
        </span>
        <span className={styles.room}>{title}</span>
      </div>
      <Search />
      <UnstyledButton className={styles.palette} onClick={spotlight.open} title={t.palette}>
        <span className="visually-hidden">{t.palette}</span>
        <IconBolt size={15} stroke={1.6} aria-hidden />
        <Keys of="Ctrl K" />
      </UnstyledButton>
      <div className={styles.end}>
        <StatusPill />
        <Tooltip label={roles}>
          <span
            className={styles.person}
            role="img"
            aria-label={`${t.person(session.person.name)}, ${roles}`}
          >
            <span className={styles.initial} aria-hidden>
              {[...session.person.name.trim()][0]?.toLocaleUpperCase()}
            </span>
            <span className={styles.name}>{session.person.name}</span>
          </span>
        </Tooltip>
        <Tooltip label={`${t.shortcuts} (?)`}>
          <ActionIcon variant="subtle" color="gray" size={32} aria-label={t.shortcuts} onClick={onSheet}>
            <IconHelp size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`${t.lock}: ${t.lockHint}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t.lock}
            onClick={() => node.app.lock().catch(tellFailure)}
          >
            <IconLock size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  )
}
