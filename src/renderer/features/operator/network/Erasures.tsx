/** What was asked to be forgotten, who agreed, and which hospitals have said that their keys are gone. */
import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { useState } from 'react'
import type { ErasureView } from '../../../../shared/contract/erasures.ts'
import { formatList, formatMinute, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { AgreeToErasure } from './AgreeToErasure.tsx'

interface Props {
  readonly list: readonly ErasureView[] | undefined
  /** Code of what kept the list from coming. */
  readonly failure: string | undefined
  readonly mayDecide: boolean
  onChanged(): void
}

export function Erasures({ list, failure, mayDecide, onChanged }: Props) {
  const t = useWords().erasures
  return (
    <Stack gap="sm">
      <p className="secondary">{t.intro}</p>
      {failure !== undefined && !list && <FailureNote code={failure} onRetry={onChanged} />}
      {!list && failure === undefined && <Skeleton height={120} />}
      {list?.length === 0 && <EmptyState>{t.none}</EmptyState>}
      {[...(list ?? [])].reverse().map((erasure) => (
        <ErasureCard key={erasure.erasureId} erasure={erasure} mayDecide={mayDecide} onChanged={onChanged} />
      ))}
    </Stack>
  )
}

interface CardProps {
  readonly erasure: ErasureView
  readonly mayDecide: boolean
  onChanged(): void
}

function ErasureCard({ erasure, mayDecide, onChanged }: CardProps) {
  const t = useWords().erasures
  const locale = useLocale()
  const { erasureId, approval, receipts, missing } = erasure
  const [isAgreeing, setAgreeing] = useState(false)
  const act = (work: () => Promise<unknown>) => void work().then(onChanged).catch(tellFailure)
  const hidden = erasure.versionCount - erasure.blocks.length
  const when = (at: number) => formatMinute(at)
  return (
    <Panel title={t.row(erasure.hospital, formatNumber(erasure.versionCount, locale))}>
      <Stack gap="xs" data-testid="erasure" data-state={erasure.state}>
        {erasure.state === 'decided' ? (
          <Callout tone={missing.length === 0 ? 'good' : erasure.isLate ? 'bad' : 'plain'} isLive>
            {t.done(receipts.length, erasure.expectedCount)}
            {missing.length > 0 && ` · ${t.missing(formatList(missing, locale))}`}
            {erasure.isLate && ` ${t.late}`}
          </Callout>
        ) : (
          <Callout tone="plain" isLive>
            {t.state[erasure.state]}
          </Callout>
        )}
        {erasure.here === 'refused' && <Callout tone="bad">{t.here.refused}</Callout>}
        <div>
          {t.reasons[erasure.reason] ?? erasure.reason}
          {erasure.text !== null && `: ${erasure.text}`}
        </div>
        <div className="secondary">
          {t.askedAt(when(erasure.askedAt))}
          {approval !== null &&
            ` · ${approval.isFinal ? t.approvedAt(approval.hospital, when(approval.at)) : t.approvalWaits(approval.hospital)}`}
          {erasure.here !== 'refused' && t.here[erasure.here] !== '' && ` · ${t.here[erasure.here]}`}
        </div>
        {erasure.blocks.length > 0 && (
          <div className="secondary">
            {t.blocks(
              formatList(
                erasure.blocks.map((index) => formatNumber(index, locale)),
                locale,
              ),
            )}
            {hidden > 0 && ` ${t.more(formatNumber(hidden, locale))}`}
          </div>
        )}
        {mayDecide && erasure.state === 'asked' && erasure.mayApprove === 'yes' && (
          <Group gap="sm">
            <Button onClick={() => setAgreeing(true)}>{t.approve}</Button>
            <span className="secondary">{t.approveHint}</span>
          </Group>
        )}
        {isAgreeing && (
          <AgreeToErasure
            erasure={erasure}
            onAgreed={() => {
              setAgreeing(false)
              onChanged()
            }}
            onClose={() => setAgreeing(false)}
          />
        )}
        {mayDecide && erasure.isOwn && (erasure.state === 'asked' || erasure.state === 'queued') && (
          <Group gap="sm">
            <Button variant="default" onClick={() => act(() => node.erasures.withdraw({ erasureId }))}>
              {t.withdraw}
            </Button>
            {erasure.mayApprove === 'own-request' && <span className="secondary">{t.own}</span>}
          </Group>
        )}
      </Stack>
    </Panel>
  )
}
