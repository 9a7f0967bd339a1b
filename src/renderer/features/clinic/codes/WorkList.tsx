/** What visits say without a code of our lists: looked through, proposed, and coded one by one or by the map at once. */
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { CodeHit, Uncoded } from '../../../../shared/contract/codes.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { DialogButtons } from '../../../parts/Dialog.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { GiveCode } from './GiveCode.tsx'
import { CodingOutcome } from './CodingOutcome.tsx'
import styles from './Codes.module.css'
import { useCoding } from './use-coding.ts'
import { WorkRows } from './WorkRows.tsx'

export const targetOf = (hit: CodeHit, name: string) => ({
  system: hit.system,
  code: hit.code,
  display: name,
})

export function WorkList() {
  const words = useWords()
  const t = words.codes
  const locale = useLocale()
  const { lookJobId, codingJobId, look, code, forgetReport } = useCoding()
  const lookJob = useJob(lookJobId)
  const codingJob = useJob(codingJobId)
  const [chosen, setChosen] = useState<Uncoded>()
  const [isAsking, setAsking] = useState(false)
  const list = useAsk(
    async () =>
      lookJobId !== null && lookJob?.state === 'done' ? node.codes.workList({ jobId: lookJobId }) : null,
    [lookJobId, lookJob?.state],
  ).value
  const isRunning = lookJob?.state === 'running' || codingJob?.state === 'running'
  // Coded visits are gone from the list: it is looked through again, which opens only what is new.
  const wasCoding = useRef(false)
  useEffect(() => {
    if (codingJob?.state === 'running') wasCoding.current = true
    else if (wasCoding.current && codingJob !== undefined) {
      wasCoding.current = false
      setChosen(undefined)
      look().catch(tellFailure)
    }
  }, [codingJob?.state])
  const mapped = list?.rows.filter(({ suggestion }) => suggestion?.from === 'map') ?? []
  const nameOf = (hit: CodeHit) => (locale === 'zh-Hant' ? hit.zh || hit.en : hit.en)
  const number = (value: number) => formatNumber(value, locale)
  const begin = (
    choices: readonly { key: string; hit: CodeHit }[],
    how: { teaches: boolean; amends: boolean },
  ) => {
    const targets = choices.map(({ key, hit }) => ({ key, target: targetOf(hit, nameOf(hit)) }))
    code(targets, how).catch(tellFailure)
  }
  return (
    <div className={styles.stack}>
      <Panel title={t.workTitle}>
        <div className={styles.stack}>
          <p className="secondary">{t.workWhat}</p>
          <div className={styles.buttons}>
            <Button
              variant={list ? 'default' : 'filled'}
              disabled={isRunning}
              data-autofocus
              onClick={() => {
                forgetReport()
                look().catch(tellFailure)
              }}
            >
              {list ? t.lookAgain : t.look}
            </Button>
            {list && (
              <Text size="sm" role="status">
                {list.total === 0 ? t.nothingLeft : t.looked(number(list.visitsLookedAt), number(list.total))}{' '}
                {list.sealedCount > 0 && t.sealed(number(list.sealedCount))}
              </Text>
            )}
          </div>
          {lookJob?.state === 'running' && <JobProgress job={lookJob} />}
          {lookJob?.state === 'failed' && <FailureNote code={lookJob.error?.code ?? 'unexpected'} />}
          {codingJob?.state === 'running' && <JobProgress job={codingJob} />}
          {codingJob?.state === 'failed' && <FailureNote code={codingJob.error?.code ?? 'unexpected'} />}
          {codingJobId !== null && codingJob !== undefined && codingJob.state !== 'running' && (
            <CodingOutcome jobId={codingJobId} />
          )}
          {mapped.length > 0 && (
            <Callout
              tone="plain"
              title={t.mappedTitle(number(mapped.length))}
              action={
                <Button disabled={isRunning} onClick={() => setAsking(true)}>
                  {t.mappedNow}
                </Button>
              }
            />
          )}
        </div>
      </Panel>
      {chosen && (
        <GiveCode
          key={chosen.key}
          row={chosen}
          isBusy={isRunning}
          onClose={() => setChosen(undefined)}
          onCode={(hit, how) => begin([{ key: chosen.key, hit }], how)}
        />
      )}
      {list && list.rows.length > 0 && (
        <Panel>
          <WorkRows rows={list.rows} chosenKey={chosen?.key} onChoose={setChosen} />
        </Panel>
      )}
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={t.confirmTitle}
        closeButtonProps={{ 'aria-label': words.shell.close }}
      >
        <Stack>
          <Text>
            {t.confirmBody(
              number(mapped.reduce((sum, { visitCount }) => sum + visitCount, 0)),
              number(mapped.length),
            )}
          </Text>
          <DialogButtons onCancel={() => setAsking(false)}>
            <Button
              data-autofocus
              onClick={() => {
                setAsking(false)
                begin(
                  mapped.map(({ key, suggestion }) => ({ key, hit: suggestion!.hit })),
                  { teaches: false, amends: true },
                )
              }}
            >
              {t.confirm}
            </Button>
          </DialogButtons>
        </Stack>
      </Modal>
    </div>
  )
}
