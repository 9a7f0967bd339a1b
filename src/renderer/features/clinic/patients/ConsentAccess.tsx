/** Reading other hospitals' visits because the patient agreed, for as long as was agreed. */
import { Button, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { CONSENT_DAYS_MAX } from '../../../../shared/contract/access.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly isBusy: boolean
  onClose(): void
  onDo(days: number, reference: string): void
}

export function ConsentAccess({ isBusy, onClose, onDo }: Props) {
  const words = useWords()
  const t = words.access
  const [days, setDays] = useState<number | string>(7)
  const [reference, setReference] = useState('')
  const [isTried, setTried] = useState(false)
  const isRightDays =
    typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= CONSENT_DAYS_MAX
  const commit = () => {
    setTried(true)
    if (isRightDays && reference.trim() !== '') onDo(days, reference.trim())
  }
  return (
    <Dialog onClose={onClose} title={t.consentTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          commit()
        }}
      >
        <Stack gap="sm">
          <Text>{t.consentBody}</Text>
          <TextInput
            label={t.reference}
            data-autofocus
            value={reference}
            maxLength={200}
            error={isTried && reference.trim() === '' ? t.referenceMissing : undefined}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          <NumberInput
            label={t.days}
            value={days}
            min={1}
            max={CONSENT_DAYS_MAX}
            allowDecimal={false}
            error={isTried && !isRightDays ? t.daysRange : undefined}
            onChange={setDays}
          />
          <DialogButtons onCancel={onClose}>
            <Button type="submit" loading={isBusy}>
              {t.consentNow}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}
