/** Asks for the passphrase once more where a call needs it; the room that made the call notices only its answer. */
import { Button, Modal, Stack, Text } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { onQuestion, type Question } from '../lib/confirm.ts'
import { node } from '../lib/node.ts'
import { DialogButtons } from '../parts/Dialog.tsx'
import { tellFailure } from '../parts/FailureNote.tsx'
import { OwnPassphrase } from '../parts/OwnPassphrase.tsx'
import { Callout } from '../ui/Callout.tsx'
import { useWords } from '../words/catalogue.ts'

export function ConfirmPassphrase() {
  const words = useWords()
  const t = words.accounts.confirm
  const [question, setQuestion] = useState<Question | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [waitSeconds, setWaitSeconds] = useState<number | null | undefined>()
  const [isBusy, setBusy] = useState(false)
  useEffect(
    () =>
      onQuestion((next) => {
        setPassphrase('')
        setWaitSeconds(undefined)
        setQuestion((before) => {
          before?.answer(false)
          return next
        })
      }),
    [],
  )
  const end = (isConfirmed: boolean) => {
    question?.answer(isConfirmed)
    setPassphrase('')
    setQuestion(null)
  }
  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    if (question === null || isBusy) return
    setBusy(true)
    try {
      const { operation, input } = question
      const answer = await node.people.confirm({ operation, input, passphrase })
      if (answer.kind === 'confirmed') end(true)
      else setWaitSeconds(answer.waitSeconds)
    } catch (error) {
      tellFailure(error)
      end(false)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened={question !== null}
      onClose={() => end(false)}
      title={t.title}
      // Above the dialog in which the call was made.
      zIndex={300}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
      <form onSubmit={(event) => void confirm(event)} noValidate>
        <Stack>
          <Text>{question !== null && t.why(question.operation)}</Text>
          <OwnPassphrase
            data-autofocus
            label={words.accounts.ownPassphrase}
            value={passphrase}
            onChange={setPassphrase}
          />
          {waitSeconds !== undefined && (
            <Callout tone="bad" isLive>
              {words.accounts.wrong(waitSeconds)}
            </Callout>
          )}
          <DialogButtons onCancel={() => end(false)}>
            <Button type="submit" loading={isBusy} disabled={passphrase === ''}>
              {t.now}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Modal>
  )
}
