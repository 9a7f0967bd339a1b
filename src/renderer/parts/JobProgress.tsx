/** Long work: amount, rate, time left, cancel. */
import { Button, Progress } from '@mantine/core'
import type { JobProgress as Job } from '../../shared/contract/jobs.ts'
import { formatBytes, formatDuration, formatNumber } from '../lib/format.ts'
import { node } from '../lib/node.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import styles from './JobProgress.module.css'
import { tellFailure } from './FailureNote.tsx'

interface Props {
  readonly job: Job
  readonly cancelLabel?: string
}

export function JobProgress({ job, cancelLabel }: Props) {
  const t = useWords()
  const locale = useLocale()
  const unit = t.shell.job.units[job.unit]
  const amount = (value: number) =>
    job.unit === 'bytes' ? formatBytes(value, locale) : formatNumber(value, locale)
  const facts = [
    job.total === null && job.done === 0 && job.state === 'running'
      ? t.shell.job.begins
      : job.total === null
        ? t.shell.job.done(amount(job.done), unit)
        : t.shell.job.of(amount(job.done), amount(job.total), unit),
    // Before the first of them is done, and of what takes seconds each, there is no rate to say.
    job.rate !== null && Math.round(job.rate) > 0 && job.state === 'running'
      ? t.shell.job.rate(amount(job.rate), unit)
      : '',
    job.secondsLeft !== null && job.state === 'running'
      ? t.shell.job.left(formatDuration(job.secondsLeft, t.shell.duration))
      : '',
  ]
  const percent = job.total ? Math.min(100, (job.done / job.total) * 100) : job.state === 'running' ? 100 : 0
  return (
    <div className={styles.job}>
      <Progress
        value={percent}
        animated={job.state === 'running' && job.total === null}
        striped={job.total === null}
        aria-label={t.shell.job[job.kind]}
        className={styles.bar}
      />
      <div className={styles.facts}>
        <span>{facts.filter((fact) => fact !== '').join(' · ')}</span>
        {job.state === 'running' ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => node.jobs.cancel({ jobId: job.jobId }).catch(tellFailure)}
          >
            {cancelLabel ?? t.shell.cancel}
          </Button>
        ) : (
          <span>{t.shell.job.states[job.state]}</span>
        )}
      </div>
    </div>
  )
}
