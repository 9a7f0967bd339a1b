/** Opening what nobody has answered for, in an emergency: recorded, told, for four hours, and looked at afterwards. */
import { Button, NativeSelect, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { GLASS_REASONS } from '../../../../shared/contract/access.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { useWords } from '../../../words/catalogue.ts'

type Reason = (typeof GLASS_REASONS)[number]

interface Props {
  readonly isBusy: boolean
  /** A hospital did not answer: the likely reason. */
  readonly isAway: boolean
  onClose(): void
  onDo(reason: Reason, text: string): void
}

const TEXT_MIN = 3

export function BreakGlass({ isBusy, isAway, onClose, onDo }: Props) {
  const words = useWords()
  const t = words.access
  const [reason, setReason] = useState<Reason>(isAway ? 'hospital-away' : 'life-threatening')
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const isShort = text.trim().length < TEXT_MIN
  const commit = () => {
    setTried(true)
    if (!isShort) onDo(reason, text.trim())
  }
  return (
    <Dialog onClose={onClose} title={t.glassTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          commit()
        }}
      >
        <Stack gap="sm">
          <Text>{t.glassBody}</Text>
          <NativeSelect
            label={t.glassReason}
            data-autofocus
            value={reason}
            data={GLASS_REASONS.map((value) => ({ value, label: t.glassReasons[value] ?? value }))}
            onChange={(event) => setReason(event.currentTarget.value as Reason)}
          />
          <Textarea
            label={t.glassText}
            value={text}
            maxLength={500}
            autosize
            minRows={2}
            error={isTried && isShort ? t.glassTextMissing : undefined}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
              event.preventDefault()
              commit()
            }}
          />
          <DialogButtons onCancel={onClose}>
            <Button type="submit" color="red.8" loading={isBusy}>
              {t.glassNow}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
