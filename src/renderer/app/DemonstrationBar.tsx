/** In the demonstration consortium: whom the visitor is, a change to anybody else, and how far the patients are. */
import { NativeSelect } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import type { Session } from '../../shared/contract/app.ts'
import { formatDuration, formatNumber } from '../lib/format.ts'
import { fillingOf } from '../parts/filling.ts'
import { useJobs } from '../parts/jobs.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { become, personWords } from './demonstration-people.ts'
import styles from './DemonstrationBar.module.css'

interface Props {
  readonly demonstration: NonNullable<Extract<Session, { state: 'open' }>['demonstration']>
}

export function DemonstrationBar({ demonstration }: Props) {
  const words = useWords()
  const t = words.shell
  const [isBusy, setBusy] = useState(false)
  const { people, personId } = demonstration
  const institutions = [...new Set(people.map(({ institutionName }) => institutionName))]
  const at = (institution: string) => people.filter((each) => each.institutionName === institution)

  async function change(next: string) {
    setBusy(true)
    await become(next)
    setBusy(false)
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
              label: personWords(each, people, words),
            })),
          }))}
          onChange={(event) => void change(event.currentTarget.value)}
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
  const job = fillingOf(useJobs().values())
  if (job === undefined || job.total === null) return null
  // Visits are final at all members in whole blocks: until the first one a count would stand at nothing while all are at work.
  if (job.done === 0)
    return <span className={styles.filling}>{t.fillingBegins(formatNumber(job.total, locale))}</span>
  const unit = t.job.units.patients
  const facts = [t.job.of(formatNumber(job.done, locale), formatNumber(job.total, locale), unit)]
  if (job.rate !== null && job.rate >= 1)
    facts.push(t.job.rate(formatNumber(Math.round(job.rate), locale), unit))
  if (job.secondsLeft !== null) facts.push(t.job.left(formatDuration(job.secondsLeft, t.duration)))
  return <span className={styles.filling}>{t.filling(facts.join(' · '))}</span>
}
