/** Opening a folder that exists. */
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { node } from '../../lib/node.ts'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'
import { FolderField } from './FolderField.tsx'
import { Step } from './Step.tsx'
import { useOpening } from './use-opening.ts'

interface Props {
  readonly folder: string
  readonly isSynthetic: boolean
  /** Several people are known to have accounts there. */
  readonly needsAccount: boolean
  onFolder(folder: string): void
  onBack(): void
}

export function Open({ folder, isSynthetic, needsAccount, onFolder, onBack }: Props) {
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
  const open = (event: FormEvent) => {
    event.preventDefault()
    if (folder !== '' && !opening.isBusy)
      void opening.run(() => node.app.open({ folder, passphrase, account }))
  }
  return (
    <Step title={t.openTitle} onBack={onBack}>
      <form onSubmit={open} noValidate>
        <Stack>
          <FolderField value={folder} purpose="open" onChange={onFolder} />
          {isSynthetic && <Callout tone="plain">{t.syntheticOpen}</Callout>}
          {/* Of a folder that was typed nobody knows it before: the passphrase alone is tried first. */}
          {!isSynthetic &&
            (needsAccount || opening.refusal?.reason === 'wrong-passphrase' || account !== '') && (
              <TextInput
                label={words.accounts.accountToUnlock}
                value={account}
                autoFocus={needsAccount}
                autoComplete="off"
                maxLength={60}
                onChange={(event) => setAccount(event.currentTarget.value)}
              />
            )}
          {!isSynthetic && (
            <PasswordInput
              ref={field}
              label={t.passphrase}
              value={passphrase}
              autoFocus={folder !== '' && !needsAccount}
              autoComplete="current-password"
              onChange={(event) => setPassphrase(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t.show }}
            />
          )}
          <RefusalNote refusal={opening.refusal} />
          <Group justify="flex-end">
            {opening.isBusy && (
              <Text size="xs" c="dimmed" role="status">
                {t.opening}
              </Text>
            )}
            <Button type="submit" loading={opening.isBusy} disabled={folder === ''} autoFocus={isSynthetic}>
              {t.openNow}
            </Button>
          </Group>
        </Stack>
      </form>
    </Step>
  )
}
