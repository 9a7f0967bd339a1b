/** The session is locked; the node goes on. Pasting is allowed. */
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Session } from '../../../shared/contract/app.ts'
import { node } from '../../lib/node.ts'
import { session as liveSession } from '../../lib/session.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { useWords } from '../../words/catalogue.ts'
import { Forgotten } from './Forgotten.tsx'
import { Step } from './Step.tsx'
import { useOpening } from './use-opening.ts'

export function Unlock({ session }: { readonly session: Extract<Session, { state: 'locked' }> }) {
  const words = useWords()
  const t = words.firstRun
  const [passphrase, setPassphrase] = useState('')
  const [account, setAccount] = useState('')
  const opening = useOpening()
  const field = useRef<HTMLInputElement>(null)
  // What was refused is there to be typed over.
  useEffect(() => {
    if (opening.refusal?.reason === 'wrong-passphrase') field.current?.select()
  }, [opening.refusal])
  const unlock = (event: FormEvent) => {
    event.preventDefault()
    if (!opening.isBusy) void opening.run(() => node.app.unlock({ passphrase, account }))
  }
  return (
    <Step title={t.unlockTitle(session.institutionName)}>
      <form onSubmit={unlock} noValidate>
        <Stack>
          <Text>{session.isSynthetic ? t.unlockSynthetic : t.unlockBody}</Text>
          {session.needsAccount === true && (
            <TextInput
              label={words.accounts.accountToUnlock}
              value={account}
              autoFocus
              autoComplete="off"
              maxLength={60}
              onChange={(event) => setAccount(event.currentTarget.value)}
            />
          )}
          {!session.isSynthetic && (
            <PasswordInput
              ref={field}
              label={t.passphrase}
              value={passphrase}
              autoFocus={session.needsAccount !== true}
              autoComplete="current-password"
              onChange={(event) => setPassphrase(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t.show }}
            />
          )}
          <RefusalNote refusal={opening.refusal} />
          <Group justify="space-between">
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => node.app.closeProfile().then(liveSession.set, tellFailure)}
            >
              {words.shell.closeProfile}
            </Button>
            <Group gap="sm">
              {opening.isBusy && (
                <Text size="xs" c="dimmed" role="status">
                  {t.opening}
                </Text>
              )}
              <Button type="submit" loading={opening.isBusy} autoFocus={session.isSynthetic}>
                {t.unlockNow}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
      {!session.isSynthetic && <Forgotten />}
    </Step>
  )
}
