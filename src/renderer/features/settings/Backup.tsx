/** Backing the folder up while the node goes on, and trying a backup before it is needed. */
import { Button, Checkbox, Group, PasswordInput, Stack } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatBytes, formatInstant, formatNumber } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { JobProgress } from '../../parts/JobProgress.tsx'
import { followJob, useJob } from '../../parts/jobs.ts'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useLocale, useWords, type Words } from '../../words/catalogue.ts'
import styles from './Settings.module.css'

export function Backup() {
  const t = useWords().upkeep.backup
  const locale = useLocale()
  const asked = useAsk(() => node.upkeep.checklist(), [])
  const [jobId, setJobId] = useState<string | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [isKeyApart, setKeyApart] = useState(false)
  const [problem, setProblem] = useState<string>()
  const job = useJob(jobId)
  const isRunning = job?.state === 'running'
  const state = job?.state
  const again = asked.again
  useEffect(() => {
    if (jobId === null || job === undefined || state === 'running') return
    again()
    if (state === 'failed') setProblem(failureSentence(job.error?.code ?? '', t))
    else if (state === 'done' && job.kind === 'restore-check')
      node.upkeep.restoreReport({ jobId }).then((report) => {
        if (report?.kind === 'broken') setProblem(t.broken(report.reason))
      }, tellFailure)
  }, [jobId, state])
  const start = (work: () => Promise<{ kind: string; jobId?: string }>) => {
    setProblem(undefined)
    work().then(async (answer) => {
      if (answer.jobId === undefined) return
      setJobId(answer.jobId)
      await followJob()
    }, tellFailure)
  }
  const last = asked.value?.backup.last ?? null
  const lastCheck = asked.value?.backup.lastCheck ?? null
  const isTried = last !== null && lastCheck !== null && lastCheck.madeAt === last.at
  const visits = (count: number) => formatNumber(count, locale)
  return (
    <Panel title={t.title}>
      <Stack gap="sm">
        <p className="secondary">{t.what}</p>
        <p className="secondary">{t.keys}</p>
        {asked.value && (
          <Callout tone={isTried ? 'good' : last === null ? 'warn' : 'plain'}>
            {last === null ? (
              t.none
            ) : (
              <>
                {t.last(formatInstant(last.at), visits(last.blockCount), formatBytes(last.byteCount, locale))}{' '}
                {!isTried && t.untried}
                <div className={styles.path}>{last.path}</div>
                {last.readableUntil !== undefined && (
                  <div>{t.readableUntil(formatInstant(last.readableUntil), last.keysPath ?? '')}</div>
                )}
              </>
            )}
            {lastCheck && <div>{t.tried(formatInstant(lastCheck.at), visits(lastCheck.blockCount))}</div>}
          </Callout>
        )}
        {(asked.value?.keysLeft ?? []).map(({ place, dueSince }) => (
          <Callout
            key={place}
            tone="warn"
            action={
              <Button
                variant="default"
                onClick={() => node.upkeep.forgetKeysPlace({ place }).then(() => asked.again(), tellFailure)}
              >
                {t.keysGone}
              </Button>
            }
          >
            {t.keysLeft(place, formatInstant(dueSince))}
          </Callout>
        ))}
        {problem && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
        {isRunning && job && <JobProgress job={job} />}
        <Group>
          <Button
            variant={last === null ? 'filled' : 'default'}
            disabled={isRunning}
            onClick={() => start(() => node.upkeep.startBackup(isKeyApart ? { isKeyApart } : {}))}
          >
            {t.now}
          </Button>
          <Checkbox
            label={t.isKeyApart}
            checked={isKeyApart}
            onChange={(event) => setKeyApart(event.currentTarget.checked)}
          />
        </Group>
        {last && (
          <form
            className={styles.trial}
            onSubmit={(event) => {
              event.preventDefault()
              const given = passphrase
              setPassphrase('')
              start(() => node.upkeep.startRestoreCheck({ passphrase: given }))
            }}
          >
            <h3 className={styles.trialTitle}>{t.tryTitle}</h3>
            <p className="secondary">{t.tryWhat}</p>
            <Group align="flex-end">
              <PasswordInput
                className={styles.grow}
                label={t.passphrase}
                value={passphrase}
                autoComplete="current-password"
                onChange={(event) => setPassphrase(event.currentTarget.value)}
              />
              <Button
                type="submit"
                variant={isTried ? 'default' : 'filled'}
                disabled={isRunning || passphrase === ''}
              >
                {t.tryNow}
              </Button>
            </Group>
            <p className="secondary">{t.restored}</p>
          </form>
        )}
      </Stack>
    </Panel>
  )
}

function failureSentence(code: string, t: Words['upkeep']['backup']): string {
  return code in t.failed ? t.failed[code as keyof typeof t.failed] : t.failed.other
}
