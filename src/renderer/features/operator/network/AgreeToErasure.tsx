/** The last question before keys are destroyed for good: whose records, how many, and the number that was compared. */
import { Button, NumberInput, Stack } from '@mantine/core'
import { useState } from 'react'
import type { ErasureView } from '../../../../shared/contract/erasures.ts'
import { formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly erasure: ErasureView
  onAgreed(): void
  onClose(): void
}

export function AgreeToErasure({ erasure, onAgreed, onClose }: Props) {
  const words = useWords()
  const t = words.erasures
  const locale = useLocale()
  const { erasureId, hospital, versionCount, reason } = erasure
  const [compared, setCompared] = useState<number | null>(null)
  const [refusal, setRefusal] = useState<'not-open' | 'too-many-today' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const agree = async () => {
    if (compared === null) return
    setBusy(true)
    try {
      // What was compared, not what is shown: main refuses another number.
      const answer = await node.erasures.approve({ erasureId, versionCount: compared })
      if (answer.kind === 'taken') onAgreed()
      else setRefusal(answer.reason)
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const isOther = compared !== null && compared !== versionCount
  return (
    <Dialog onClose={onClose} title={t.agree.title}>
      <Stack gap="sm">
        <p>
          <strong>{t.agree.takes(hospital, formatNumber(versionCount, locale))}</strong>
        </p>
        <p>
          {t.reason}: {t.reasons[reason] ?? reason}
        </p>
        <Callout tone="warn">{t.agree.forGood}</Callout>
        <NumberInput
          label={t.agree.compared}
          description={t.approveHint}
          data-autofocus
          value={compared ?? ''}
          min={0}
          allowDecimal={false}
          error={isOther ? t.agree.other : undefined}
          onChange={(value) => setCompared(typeof value === 'number' ? value : null)}
        />
        {refusal !== null && (
          <Callout tone="bad" isLive>
            {t.agree.refused[refusal]}
          </Callout>
        )}
        <DialogButtons onCancel={onClose}>
          <Button
            color="red.8"
            loading={isBusy}
            disabled={compared === null || isOther}
            onClick={() => void agree()}
          >
            {t.agree.now}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
