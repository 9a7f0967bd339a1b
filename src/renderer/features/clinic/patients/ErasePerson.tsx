/** Asking that a person be forgotten: what goes, what stays, who has to agree. */
import { Button, NativeSelect, Skeleton, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { ERASURE_REASONS } from '../../../../shared/contract/erasures.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly patientId: string
  onAsked(): void
  onClose(): void
}

export function ErasePerson({ patientId, onAsked, onClose }: Props) {
  const words = useWords()
  const t = words.erasures
  const locale = useLocale()
  const asked = useAsk(() => node.erasures.preview({ patientId }), [patientId])
  const [reason, setReason] = useState<(typeof ERASURE_REASONS)[number]>('patient-request')
  const [text, setText] = useState('')
  const [refused, setRefused] = useState<keyof typeof t.refused | null>(null)
  const [isBusy, setBusy] = useState(false)
  const preview = asked.value
  const ask = async () => {
    setBusy(true)
    try {
      const answer = await node.erasures.request({
        patientId,
        reason,
        text: text.trim() === '' ? null : text.trim(),
      })
      if (answer.kind === 'refused') return setRefused(answer.reason)
      notifications.show({ message: answer.kind === 'asked' ? t.asked : t.erasedHere })
      onAsked()
      onClose()
      if (answer.kind === 'erased-here') go('patients')
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} title={preview ? t.title(preview.name) : t.open}>
      {asked.failure !== undefined && <FailureNote code={asked.failure} onRetry={asked.again} />}
      {preview === undefined && asked.failure === undefined && <Skeleton height={160} />}
      {preview === null && <p>{t.refused['unknown-patient']}</p>}
      {preview && (
        <Stack gap="sm">
          {preview.versionCount === 0 ? (
            <p>{t.nothing}</p>
          ) : (
            <>
              <p>{t.takes(formatNumber(preview.versionCount, locale), preview.entryCount)}</p>
              <p>{t.takesBeside(preview.draftCount, preview.summaryCount)}</p>
            </>
          )}
          <Callout tone="warn">{t.stays}</Callout>
          {preview.versionCount > 0 && <p>{preview.otherHospitals > 0 ? t.needsOther : t.needsPerson}</p>}
          {preview.queuedCount > 0 && <Callout tone="plain">{t.queued(preview.queuedCount)}</Callout>}
          <NativeSelect
            label={t.reason}
            data-autofocus
            value={reason}
            data={ERASURE_REASONS.map((each) => ({ value: each, label: t.reasons[each] ?? each }))}
            onChange={(event) => setReason(event.currentTarget.value as typeof reason)}
          />
          <TextInput
            label={t.text}
            value={text}
            maxLength={500}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {refused && (
            <Callout tone="bad" isLive>
              {t.refused[refused]}
            </Callout>
          )}
          <DialogButtons onCancel={onClose}>
            <Button
              color="red.8"
              loading={isBusy}
              disabled={preview.queuedCount > 0}
              onClick={() => void ask()}
            >
              {preview.versionCount === 0 ? t.eraseNow : t.ask}
            </Button>
          </DialogButtons>
        </Stack>
      )}
    </Dialog>
  )
}
