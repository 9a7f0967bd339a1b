/** Making the file that proves the chosen field to somebody else. */
import { Button } from '@mantine/core'
import { IconFileCertificate } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { followJob, useJob } from '../../../parts/jobs.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Chain.module.css'

type Outcome = { readonly tone: 'good' | 'warn' | 'bad'; readonly text: string }

export function SaveFieldProof({ index, leaf }: { readonly index: number; readonly leaf: number }) {
  const t = useWords().chain.fieldProof
  const [jobId, setJobId] = useState<string | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const job = useJob(jobId)
  const isRunning = jobId !== null && (job === undefined || job.state === 'running')

  const start = async () => {
    setOutcome(null)
    const answer = await node.proofs.start({ index, leafIndex: leaf })
    if (answer.kind === 'refused') {
      setOutcome({ tone: 'warn', text: t.sealed })
      return
    }
    setJobId(answer.jobId)
    await followJob()
  }
  const save = async (made: string) => {
    const { text } = await node.proofs.text({ jobId: made })
    if (text === null) setOutcome({ tone: 'bad', text: t.damaged })
    else {
      const { path, isSaved } = await node.proofs.save({ jobId: made })
      if (path !== null)
        setOutcome(isSaved ? { tone: 'good', text: t.saved(path) } : { tone: 'bad', text: t.notSaved })
    }
    setJobId(null)
  }
  useEffect(() => {
    if (jobId !== null && job?.state === 'done') save(jobId).catch(tellFailure)
    if (job?.state === 'cancelled') setJobId(null)
  }, [jobId, job?.state])

  return (
    <div className={styles.prover}>
      <Button
        variant="default"
        size="compact-md"
        leftSection={<IconFileCertificate size={16} aria-hidden />}
        disabled={isRunning}
        onClick={() => start().catch(tellFailure)}
      >
        {t.make}
      </Button>
      <span className="secondary">{t.hint}</span>
      {isRunning && job && <JobProgress job={job} />}
      {job?.state === 'failed' && <FailureNote code={job.error?.code ?? 'unexpected'} />}
      {outcome && (
        <Callout tone={outcome.tone} isLive>
          {outcome.text}
        </Callout>
      )}
    </div>
  )
}
