/** The file with which anybody checks an answer, without this application. */
import { Anchor, Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { followJob, useJob } from '../../../parts/jobs.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'

type Outcome = {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly text: string
  /** The package is got as a file, and opens in that room. */
  readonly isElsewhere?: boolean
}

export function SavePackage({ studyHash }: { readonly studyHash: string }) {
  const words = useWords()
  const t = words.reviews.save
  const { rooms } = words.shell
  const [jobId, setJobId] = useState<string | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const job = useJob(jobId)
  const isRunning = jobId !== null && (job === undefined || job.state === 'running')

  const start = async () => {
    setOutcome(null)
    const answer = await node.reviews.build({ studyHash })
    if (answer.kind === 'refused') {
      setOutcome({
        tone: 'warn',
        text: t.refused[answer.reason],
        isElsewhere: answer.reason === 'not-given',
      })
      return
    }
    setJobId(answer.jobId)
    await followJob()
  }
  const save = async (made: string) => {
    const { path, isSaved } = await node.reviews.save({ jobId: made })
    if (path !== null)
      setOutcome(isSaved ? { tone: 'good', text: t.saved(path) } : { tone: 'bad', text: t.notSaved })
    setJobId(null)
  }
  useEffect(() => {
    if (jobId !== null && job?.state === 'done') save(jobId).catch(tellFailure)
    if (job?.state === 'cancelled') setJobId(null)
  }, [jobId, job?.state])

  return (
    <Panel
      title={t.title}
      side={
        <Button
          size="compact-sm"
          variant="default"
          disabled={isRunning}
          onClick={() => start().catch(tellFailure)}
        >
          {t.make}
        </Button>
      }
    >
      <p className="secondary">{t.hint}</p>
      {isRunning && job && <JobProgress job={job} />}
      {job?.state === 'failed' && <FailureNote code={job.error?.code ?? 'unexpected'} />}
      {outcome && (
        <Callout tone={outcome.tone} isLive>
          {outcome.text}{' '}
          {outcome.isElsewhere === true && (
            <Anchor href="#/reviews" underline="always">
              {rooms.reviews}
            </Anchor>
          )}
        </Callout>
      )}
    </Panel>
  )
}
