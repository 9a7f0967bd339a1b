/** This computer becomes a work place: address and code from an administrator, nothing else. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { isAddress } from '../../../shared/domain/address.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { focusInvalid } from '../../ui/keys.ts'
import { useWords } from '../../words/catalogue.ts'
import { FolderField } from './FolderField.tsx'
import { Step } from './Step.tsx'
import { useOpening } from './use-opening.ts'

export function WorkPlace({ onBack }: { onBack(): void }) {
  const t = useWords().workPlaces
  const [address, setAddress] = useState('')
  const [code, setCode] = useState('')
  const [folder, setFolder] = useState('')
  const [isTried, setTried] = useState(false)
  const opening = useOpening()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    node.app.proposeFolder({ name: t.title }).then(setFolder, tellFailure)
  }, [])
  const isAddressWrong = !isAddress(address.trim().toLowerCase())
  const connect = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isAddressWrong || code.trim() === '' || folder.trim() === '') return focusInvalid(form.current)
    if (opening.isBusy) return
    void opening.run(() =>
      node.joining.pairWorkPlace({ folder, address: address.trim().toLowerCase(), code }),
    )
  }
  return (
    <Step title={t.way.title} onBack={onBack}>
      <form ref={form} onSubmit={connect} noValidate>
        <Stack>
          <Text>{t.connectBody}</Text>
          <TextInput
            label={t.addressField}
            description={t.addressHint}
            value={address}
            autoFocus
            spellCheck={false}
            autoComplete="off"
            error={isTried && isAddressWrong ? t.addressWrong : undefined}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <TextInput
            label={t.codeField}
            description={t.codeHint}
            value={code}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            spellCheck={false}
            autoComplete="off"
            maxLength={40}
            error={isTried && code.trim() === '' ? t.codeMissing : undefined}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <FolderField
            value={folder}
            purpose="found"
            hint={t.folderHint}
            isTried={isTried}
            onChange={setFolder}
          />
          <RefusalNote refusal={opening.refusal} />
          <Group justify="flex-end">
            {opening.isBusy && (
              <Text size="xs" c="dimmed" role="status">
                {t.connecting}
              </Text>
            )}
            <Button type="submit" loading={opening.isBusy}>
              {t.connectNow}
            </Button>
          </Group>
        </Stack>
      </form>
    </Step>
  )
}
