/** Reading other hospitals' visits because the patient agreed, for as long as was agreed. */
import { Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { CONSENT_DAYS_MAX } from '../../../../shared/contract/access.ts'
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
    <Modal
      opened
      onClose={onClose}
      title={t.consentTitle}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
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
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {words.shell.cancel}
            </Button>
            <Button type="submit" loading={isBusy}>
              {t.consentNow}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
