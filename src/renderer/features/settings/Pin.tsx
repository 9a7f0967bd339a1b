/** A few digits instead of the passphrase at this machine, for the person at the window. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { node } from '../../lib/node.ts'
import { session as liveSession } from '../../lib/session.ts'
import { DialogButtons } from '../../parts/Dialog.tsx'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'

type Refusal = Extract<Awaited<ReturnType<typeof node.app.setPin>>, { kind: 'refused' }>

export function Pin({ hasPin }: { readonly hasPin: boolean }) {
  const words = useWords()
  const t = words.accounts.pin
  const [isOpen, setOpen] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [digits, setDigits] = useState('')
  const [again, setAgain] = useState('')
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const close = () => {
    setOpen(false)
    setPassphrase('')
    setDigits('')
    setAgain('')
    setRefused(undefined)
  }
  const sentenceOf = ({ reason, detail }: Refusal): string => {
    if (reason === 'not-digits' || reason === 'too-short' || reason === 'too-simple')
      return t.refusals[reason]
    if (reason === 'wrong-passphrase') return words.accounts.wrong(Number(detail ?? 0))
    return words.firstRun.refusals[reason]
  }
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    if (digits !== again) return setRefused(t.differ)
    setBusy(true)
    try {
      const answer = await node.app.setPin({ passphrase, digits })
      if (answer.kind === 'refused') return setRefused(sentenceOf(answer))
      liveSession.set(answer.session)
      close()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const field = (label: string, value: string, set: (value: string) => void) => (
    <PasswordInput
      label={label}
      value={value}
      inputMode="numeric"
      autoComplete="off"
      maxLength={12}
      onChange={(event) => set(event.currentTarget.value.replace(/[^0-9]/g, ''))}
      visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
    />
  )
  return (
    <Stack gap="sm" mt="md">
      <Text size="sm">{hasPin ? t.has : t.hasNone}</Text>
      {isOpen ? (
        <form onSubmit={(event) => void send(event)} noValidate aria-label={t.title}>
          <Stack gap="sm">
            {refused !== undefined && (
              <Callout tone="bad" isLive>
                {refused}
              </Callout>
            )}
            <PasswordInput
              label={words.accounts.ownPassphrase}
              value={passphrase}
              autoFocus
              autoComplete="current-password"
              onChange={(event) => setPassphrase(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
            />
            {field(t.digits, digits, setDigits)}
            {field(t.again, again, setAgain)}
            <DialogButtons onCancel={close}>
              <Button type="submit" loading={isBusy}>
                {t.save}
              </Button>
            </DialogButtons>
          </Stack>
        </form>
      ) : (
        <Group>
          <Button variant="default" onClick={() => setOpen(true)}>
            {hasPin ? t.change : t.make}
          </Button>
          {hasPin && (
            <Button variant="subtle" onClick={() => node.app.removePin().then(liveSession.set, tellFailure)}>
              {t.remove}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  )
}
