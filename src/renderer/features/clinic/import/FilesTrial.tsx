/** A trial of files that need no mapping: what would come of them, before anything is taken in. */
import { Button, Skeleton } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { hasAny } from './trial.ts'
import { TrialIssues, TrialNumbers, TrialPreview } from './TrialFindings.tsx'
import { useImport } from './use-import.ts'
import importStyles from './Import.module.css'
import styles from './Wizard.module.css'

export function FilesTrial({ jobId }: { readonly jobId: string }) {
  const words = useWords()
  const t = words.tables.trial
  const job = useJob(jobId)
  const begin = useImport((state) => state.begin)
  const chosen = useImport((state) => state.chosen)
  const leaveTrial = useImport((state) => state.leaveTrial)
  const [isStarting, setStarting] = useState(false)
  const state = job?.state
  const asked = useAsk(
    async () => (state !== undefined && state !== 'running' ? node.tables.trialReport({ jobId }) : null),
    [jobId, state],
  )
  const heading = useRef<HTMLHeadingElement>(null)
  // The buttons that began it are gone; the keyboard goes on here.
  useEffect(() => heading.current?.focus(), [])
  const take = async () => {
    setStarting(true)
    await begin(chosen, null).catch(tellFailure)
    setStarting(false)
  }
  const report = asked.value
  return (
    <Panel title={words.imports.trialTitle}>
      <header className={styles.head}>
        <h2 ref={heading} tabIndex={-1}>
          {words.imports.trialHead}
        </h2>
      </header>
      <div className={styles.step}>
        {report === undefined || report === null ? <p>{t.why}</p> : <TrialNumbers report={report} />}
        {state === 'running' && job && <JobProgress job={job} />}
        {state === undefined && <Skeleton height={40} />}
        {state === 'failed' && <FailureNote code={job?.error?.code ?? 'unexpected'} />}
        {state === 'cancelled' && <Callout tone="plain">{t.cancelled}</Callout>}
        {asked.failure !== undefined && <FailureNote code={asked.failure} onRetry={asked.again} />}
        {report && (
          <>
            {!hasAny(report) && <Callout tone="bad">{words.imports.trialNothing}</Callout>}
            {hasAny(report) && report.leftOutCount === 0 && (
              <Callout tone="good" isLive>
                {words.imports.trialWhole}
              </Callout>
            )}
            <TrialIssues jobId={jobId} report={report} />
            <TrialPreview visits={report.preview} />
          </>
        )}
      </div>
      <div className={importStyles.buttons}>
        <Button variant="default" onClick={leaveTrial}>
          {words.tables.back}
        </Button>
        <Button
          loading={isStarting}
          disabled={state !== 'done' || !report || !hasAny(report)}
          onClick={() => void take()}
        >
          {words.tables.importNow}
        </Button>
      </div>
    </Panel>
  )
}
