/** Opening a folder that exists. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
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
  onFolder(folder: string): void
  onBack(): void
}

export function Open({ folder, isSynthetic, onFolder, onBack }: Props) {
  const t = useWords().firstRun
  const [passphrase, setPassphrase] = useState('')
  const opening = useOpening()
  const field = useRef<HTMLInputElement>(null)
  // What was refused is there to be typed over.
  useEffect(() => {
    if (opening.refusal?.reason === 'wrong-passphrase') field.current?.select()
  }, [opening.refusal])
  const open = (event: FormEvent) => {
    event.preventDefault()
    if (folder !== '' && !opening.isBusy) void opening.run(() => node.app.open({ folder, passphrase }))
  }
  return (
    <Step title={t.openTitle} onBack={onBack}>
      <form onSubmit={open} noValidate>
        <Stack>
          <FolderField value={folder} purpose="open" onChange={onFolder} />
          {isSynthetic && <Callout tone="plain">{t.syntheticOpen}</Callout>}
          {!isSynthetic && (
            <PasswordInput
              ref={field}
              label={t.passphrase}
              value={passphrase}
              autoFocus={folder !== ''}
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
