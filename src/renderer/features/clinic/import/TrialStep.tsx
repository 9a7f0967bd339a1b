/** What would come of the import, before anything is taken in. */
import { Button, Skeleton, TextInput } from '@mantine/core'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { ownWordsOf } from './own-words.ts'
import { TrialIssues, TrialNumbers, TrialPreview } from './TrialFindings.tsx'
import { useWizard } from './use-wizard.ts'
import styles from './Wizard.module.css'

const UNKNOWN_NAMED = 3

export function TrialStep() {
  const words = useWords()
  const t = words.tables.trial
  const { jobId, tryOut, answers, change, knownName, askAbout, go } = useWizard()
  const job = useJob(jobId)
  const asked = useAsk(
    async () =>
      jobId !== null && job !== undefined && job?.state !== 'running'
        ? node.tables.trialReport({ jobId })
        : null,
    [jobId, job?.state],
  )
  if (job?.state === 'failed')
    return <FailureNote code={job.error?.code ?? 'unexpected'} onRetry={() => void tryOut()} />
  if (job === undefined || job === null || job.state === 'running')
    return (
      <div className={styles.step}>
        <p>{t.why}</p>
        {job ? <JobProgress job={job} /> : <Skeleton height={40} />}
      </div>
    )
  if (asked.failure !== undefined) return <FailureNote code={asked.failure} onRetry={asked.again} />
  const report = asked.value
  if (report === undefined || report === null)
    return job.state === 'cancelled' ? (
      <Callout tone="plain">
        {t.cancelled} <Button onClick={() => void tryOut().catch(tellFailure)}>{t.again}</Button>
      </Callout>
    ) : (
      <Skeleton height={80} />
    )
  const unknown = ownWordsOf(report.unknown, answers.layouts)
  const explain = async () => {
    askAbout(unknown)
    await go('codes')
  }
  return (
    <div className={styles.step}>
      {knownName !== null && <Callout tone="good">{words.tables.known(knownName)}</Callout>}
      <TrialNumbers report={report} />
      {report.visits === 0 && <Callout tone="bad">{t.nothing}</Callout>}
      {report.visits > 0 && report.leftOutCount === 0 && <Callout tone="good">{t.none}</Callout>}
      {unknown.length > 0 && (
        <Callout tone="warn">
          {t.unknown(
            unknown.length,
            unknown.slice(0, UNKNOWN_NAMED).map(({ text }) => text),
          )}{' '}
          <Button size="compact-sm" variant="default" onClick={() => explain().catch(tellFailure)}>
            {t.explain}
          </Button>
        </Callout>
      )}
      <TrialIssues jobId={jobId!} report={report} />
      <TrialPreview visits={report.preview} />
      <TextInput
        label={words.tables.name}
        description={words.tables.nameHint}
        value={answers.name}
        maxLength={80}
        maw={420}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
    </div>
  )
}
