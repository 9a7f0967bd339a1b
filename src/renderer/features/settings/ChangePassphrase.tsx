/** The person's own passphrase, changed by nobody else. */
import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { node } from '../../lib/node.ts'
import { DialogButtons } from '../../parts/Dialog.tsx'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { isPassphraseReady, PassphraseFields } from '../../parts/PassphraseFields.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'

export function ChangePassphrase() {
  const words = useWords()
  const t = words.accounts
  const [isOpen, setOpen] = useState(false)
  const [before, setBefore] = useState('')
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [isTried, setTried] = useState(false)
  const [said, setSaid] = useState<{ tone: 'good' | 'bad'; text: string }>()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (before === '' || !isPassphraseReady(first, second)) return
    try {
      const answer = await node.people.changePassphrase({ passphrase: before, newPassphrase: first })
      if (answer.kind === 'changed') {
        setSaid({ tone: 'good', text: t.passphraseChanged })
        setOpen(false)
        setBefore('')
        setFirst('')
        setSecond('')
        setTried(false)
      } else
        setSaid({
          tone: 'bad',
          text: answer.kind === 'refused' ? t.refusals[answer.reason] : t.wrong(answer.waitSeconds),
        })
    } catch (error) {
      tellFailure(error)
    }
  }
  return (
    <Stack gap="sm">
      {said !== undefined && (
        <Callout tone={said.tone} isLive>
          {said.text}
        </Callout>
      )}
      {isOpen ? (
        <form onSubmit={(event) => void send(event)} noValidate aria-label={t.passphraseTitle}>
          <Stack gap="sm">
            <PasswordInput
              label={t.ownPassphrase}
              value={before}
              autoComplete="current-password"
              onChange={(event) => setBefore(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
            />
            <PassphraseFields
              first={first}
              second={second}
              isTried={isTried}
              onChange={(one, two) => {
                setFirst(one)
                setSecond(two)
              }}
            />
            <DialogButtons onCancel={() => setOpen(false)}>
              <Button type="submit">{t.passphraseNow}</Button>
            </DialogButtons>
          </Stack>
        </form>
      ) : (
        <Group>
          <Button
            variant="default"
            onClick={() => {
              setSaid(undefined)
              setOpen(true)
            }}
          >
            {t.passphraseTitle}: {t.passphraseChange}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
