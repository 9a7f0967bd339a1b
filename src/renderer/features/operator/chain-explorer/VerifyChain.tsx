/** Recomputing the whole chain: progress, then green or red with the place and the reason. */
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { JobProgress } from '../../../parts/JobProgress.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { useVerification } from './use-verification.ts'
import styles from './Chain.module.css'

export function VerifyChain() {
  const words = useWords()
  const t = words.chain
  const locale = useLocale()
  const { jobId, forget } = useVerification()
  const job = useJob(jobId)
  const isOver = job !== undefined && job.state !== 'running'
  const result = useAsk(
    async () =>
      jobId !== null && isOver && job.state !== 'failed' ? node.chain.verifyResult({ jobId }) : null,
    [jobId, isOver],
  ).value
  if (jobId === null || !job) return null
  const close = (
    <ActionIcon variant="subtle" color="gray" size={28} aria-label={words.shell.close} onClick={forget}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  )
  return (
    <section className={styles.notice} aria-label={t.verifyChain} data-testid="verify-chain">
      {!isOver && <JobProgress job={job} />}
      {job.state === 'failed' && <FailureNote code={job.error?.code ?? 'unexpected'} />}
      {result?.kind === 'ok' && (
        <Callout
          tone="good"
          isLive
          title={t.chainOk(formatNumber(result.blocks, locale), formatNumber(result.segments, locale))}
          action={close}
        >
          {result.erased > 0 && <p>{t.chainErased(result.erased, formatNumber(result.erased, locale))}</p>}
          {t.chainOkTip} <BlockHash hash={result.tip} />
        </Callout>
      )}
      {result?.kind === 'cancelled' && (
        <Callout tone="plain" isLive action={close}>
          {t.chainCancelled}
        </Callout>
      )}
      {result?.kind === 'failed' && (
        <Callout
          tone="bad"
          isLive
          title={`${t.chainFailed} ${
            result.index !== null
              ? t.chainFailedAt(formatNumber(result.index, locale))
              : result.height !== null
                ? t.chainFailedHeight(formatNumber(result.height, locale))
                : ''
          }`}
          action={
            <>
              {result.index !== null && (
                <Button size="compact-sm" variant="default" onClick={() => go('chain', result.index ?? 0)}>
                  {t.goToFailure}
                </Button>
              )}
              {close}
            </>
          }
        >
          {t.chainReason(failedWords(result.reason, t.failedStep))} {t.chainFailedTodo}
        </Callout>
      )}
    </section>
  )
}

const failedWords = (reason: string, words: Readonly<Record<string, string>>): string =>
  words[reason] ?? reason
