/** In the demonstration consortium: whom the visitor is, a change to anybody else, and how far the patients are. */
import { NativeSelect } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import type { Session } from '../../shared/contract/app.ts'
import { formatDuration, formatNumber } from '../lib/format.ts'
import { node } from '../lib/node.ts'
import { replacePlace, usePlace } from '../lib/router.ts'
import { session as liveSession } from '../lib/session.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import { useJobs } from '../parts/jobs.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { mayEnter, rooms } from './rooms.ts'
import styles from './DemonstrationBar.module.css'

interface Props {
  readonly demonstration: NonNullable<Extract<Session, { state: 'open' }>['demonstration']>
}

export function DemonstrationBar({ demonstration }: Props) {
  const words = useWords()
  const t = words.shell
  const place = usePlace()
  const [isBusy, setBusy] = useState(false)
  const { people, personId } = demonstration
  const institutions = [...new Set(people.map(({ institutionName }) => institutionName))]
  const at = (institution: string) => people.filter((each) => each.institutionName === institution)
  /** Their names where there is more than one person. */
  const roleOf = ({ institutionName, name, role }: (typeof people)[number]): string => {
    const isAlone = at(institutionName).every((each) => each.name === name)
    const roleName = words.clinical.roleNames[role]
    return isAlone ? roleName : t.roleOf(roleName, name)
  }

  async function become(next: string) {
    setBusy(true)
    try {
      const answer = await node.app.changePerson({ personId: next })
      if (answer.kind !== 'opened') return
      // The room of the person before may be closed to this one.
      const opened = answer.session.state === 'open' ? answer.session.person.roles : []
      const room = rooms.find((each) => each.room === place.room)
      if (room !== undefined && !mayEnter(room, opened)) replacePlace('')
      liveSession.set(answer.session)
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className={styles.bar} role="note">
      <IconAlertTriangle size={14} aria-hidden />
      <span>{t.synthetic}</span>
      <label className={styles.who}>
        {t.youAre}
        <NativeSelect
          size="xs"
          value={personId}
          disabled={isBusy}
          data={institutions.map((institution) => ({
            group: institution,
            items: at(institution).map((each) => ({
              value: each.personId,
              label: t.personOf(roleOf(each), institution),
            })),
          }))}
          onChange={(event) => void become(event.currentTarget.value)}
        />
      </label>
      <Filling />
    </div>
  )
}

/** The patients stream in while everything can be used already. */
function Filling() {
  const t = useWords().shell
  const locale = useLocale()
  const job = [...useJobs().values()].find(
    ({ kind, state, unit, total }) =>
      kind === 'demonstration' && state === 'running' && unit === 'patients' && total !== null,
  )
  if (job === undefined || job.total === null) return null
  const unit = t.job.units.patients
  const facts = [t.job.of(formatNumber(job.done, locale), formatNumber(job.total, locale), unit)]
  if (job.rate !== null && job.rate >= 1)
    facts.push(t.job.rate(formatNumber(Math.round(job.rate), locale), unit))
  if (job.secondsLeft !== null) facts.push(t.job.left(formatDuration(job.secondsLeft, t.duration)))
  return <span className={styles.filling}>{facts.join(' · ')}</span>
}
