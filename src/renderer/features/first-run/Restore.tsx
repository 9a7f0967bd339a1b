/** Bringing an institution back on an empty machine, from its recovery kit. */
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { node } from '../../lib/node.ts'
import { isPassphraseReady, PassphraseFields } from '../../parts/PassphraseFields.tsx'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { focusInvalid } from '../../ui/keys.ts'
import { useWords } from '../../words/catalogue.ts'
import { FolderField } from './FolderField.tsx'
import { Step } from './Step.tsx'
import { useOpening } from './use-opening.ts'

/** A kit is a few kilobytes of text; anything larger is not one. */
const MAX_KIT = 20_000

export function Restore({ onBack }: { onBack(): void }) {
  const t = useWords().firstRun
  const [text, setText] = useState('')
  const [folder, setFolder] = useState('')
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [isTried, setTried] = useState(false)
  const opening = useOpening()
  const form = useRef<HTMLFormElement>(null)
  const restore = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (opening.isBusy) return
    if (text.trim() === '' || folder.trim() === '' || !isPassphraseReady(first, second))
      return focusInvalid(form.current)
    void opening.run(() => node.app.restoreFromKit({ folder, text, passphrase: first }))
  }
  const read = async (file: File | null) => {
    if (file) setText((await file.slice(0, MAX_KIT).text()).slice(0, MAX_KIT))
  }
  return (
    <Step title={t.restoreTitle} onBack={onBack}>
      <form ref={form} onSubmit={restore} noValidate>
        <Stack>
          <Text>{t.restoreBody}</Text>
          <Textarea
            label={t.kitText}
            description={t.kitTextHint}
            value={text}
            autosize
            minRows={3}
            maxRows={8}
            maxLength={MAX_KIT}
            spellCheck={false}
            autoFocus
            classNames={{ input: 'mono' }}
            onChange={(event) => setText(event.currentTarget.value)}
            error={isTried && text.trim() === '' ? t.kitMissing : undefined}
          />
          <Group>
            <FileButton onChange={(file) => void read(file)}>
              {(props) => (
                <Button variant="default" {...props}>
                  {t.kitFile}
                </Button>
              )}
            </FileButton>
          </Group>
          <FolderField value={folder} purpose="found" isTried={isTried} onChange={setFolder} />
          <PassphraseFields
            label={t.newPassphrase}
            first={first}
            second={second}
            isTried={isTried}
            onChange={(one, two) => {
              setFirst(one)
              setSecond(two)
            }}
          />
          <RefusalNote refusal={opening.refusal} />
          <Group justify="flex-end">
            <Button type="submit" loading={opening.isBusy}>
              {t.restoreNow}
            </Button>
          </Group>
        </Stack>
      </form>
    </Step>
  )
}
