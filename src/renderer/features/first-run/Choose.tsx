/** What would you like to do? The folders used last come first. */
import { UnstyledButton } from '@mantine/core'
import {
  IconBuildingHospital,
  IconDeviceDesktop,
  IconFlask,
  IconFolderOpen,
  IconLifebuoy,
  IconMailOpened,
  IconUsersGroup,
} from '@tabler/icons-react'
import { Brand } from '../../parts/Brand.tsx'
import { useWords } from '../../words/catalogue.ts'
import styles from './FirstRun.module.css'
import type { Way } from './FirstRun.tsx'

interface Props {
  readonly recent: readonly {
    readonly folder: string
    readonly name: string
    readonly isSynthetic: boolean
  }[]
  onWay(way: Way): void
  onRecent(folder: string): void
}

const WAYS = [
  ['found', IconBuildingHospital],
  ['join', IconMailOpened],
  ['together', IconUsersGroup],
  ['workPlace', IconDeviceDesktop],
  ['open', IconFolderOpen],
  ['restore', IconLifebuoy],
  ['demonstration', IconFlask],
] as const

export function Choose({ recent, onWay, onRecent }: Props) {
  const words = useWords()
  const t = words.firstRun
  const titles = {
    ...t,
    join: words.joining.join,
    together: words.joining.together,
    workPlace: words.workPlaces.way,
  }
  return (
    <>
      <Brand title={t.welcome} />
      <p className={styles.tagline}>{t.tagline}</p>
      {recent.length > 0 && (
        <section>
          <h2>{t.recent}</h2>
          <ul className={styles.recent}>
            {recent.map((profile) => (
              <li key={profile.folder}>
                <UnstyledButton className={styles.profile} onClick={() => onRecent(profile.folder)}>
                  <strong>{profile.name}</strong>
                  {profile.isSynthetic && <span className="secondary">{t.recentSynthetic}</span>}
                  <bdi className={styles.path}>{profile.folder}</bdi>
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>{t.choose}</h2>
        <div className={styles.ways}>
          {WAYS.map(([way, Icon]) => (
            <UnstyledButton key={way} className={styles.way} data-way={way} onClick={() => onWay(way)}>
              <Icon size={22} stroke={1.6} aria-hidden />
              <span>
                <strong>{titles[way].title}</strong>
                <span>{titles[way].body}</span>
              </span>
            </UnstyledButton>
          ))}
        </div>
      </section>
    </>
  )
}
