/** Before anything is open: choose what to do, or give the passphrase of what is locked. */
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { saveSettings, useSession } from '../../lib/session.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { Choose } from './Choose.tsx'
import { Demonstration } from './Demonstration.tsx'
import styles from './FirstRun.module.css'
import { Found } from './Found.tsx'
import { Join } from './Join.tsx'
import { Open } from './Open.tsx'
import { Restore } from './Restore.tsx'
import { Together } from './Together.tsx'
import { Unlock } from './Unlock.tsx'
import { WorkPlace } from './WorkPlace.tsx'

export type Way =
  'choose' | 'found' | 'join' | 'together' | 'workPlace' | 'open' | 'restore' | 'demonstration'

export function FirstRun() {
  const t = useWords()
  const locale = useLocale()
  const session = useSession()
  const [way, setWay] = useState<Way>('choose')
  const [folder, setFolder] = useState('')
  const back = () => setWay('choose')

  const page = () => {
    if (session?.state === 'locked') return <Unlock session={session} />
    if (session?.state !== 'none') return null
    switch (way) {
      case 'choose':
        return (
          <Choose
            recent={session.recentProfiles}
            onWay={setWay}
            onRecent={(chosen) => {
              setFolder(chosen)
              setWay('open')
            }}
          />
        )
      case 'found':
        return <Found onBack={back} />
      case 'join':
        return <Join onBack={back} />
      case 'together':
        return <Together onBack={back} />
      case 'workPlace':
        return <WorkPlace onBack={back} />
      case 'open': {
        const known = session.recentProfiles.find((each) => each.folder === folder)
        return (
          <Open
            folder={folder}
            isSynthetic={known?.isSynthetic === true}
            needsAccount={known?.needsAccount === true}
            onFolder={setFolder}
            onBack={back}
          />
        )
      }
      case 'restore':
        return <Restore onBack={back} />
      case 'demonstration':
        return <Demonstration onBack={back} />
    }
  }
  return (
    <div className={styles.page}>
      <main className={styles.middle}>{page()}</main>
      <footer className={styles.foot}>
        <NativeSelect
          size="xs"
          aria-label={t.firstRun.language}
          value={locale}
          onChange={(event) =>
            saveSettings({ locale: event.currentTarget.value === 'zh-Hant' ? 'zh-Hant' : 'en' }).catch(
              tellFailure,
            )
          }
          data={[
            { value: 'en', label: t.settings.languages.en },
            { value: 'zh-Hant', label: t.settings.languages['zh-Hant'] },
          ]}
        />
      </footer>
    </div>
  )
}
