/** Saying in the chain, to hospitals only, that another hospital's visit is wrong. */
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { node } from '../lib/node.ts'
import { Dialog, DialogButtons } from './Dialog.tsx'
import { tellFailure } from './FailureNote.tsx'
import { Callout } from '../ui/Callout.tsx'
import { useWords } from '../words/catalogue.ts'

export function DisputeVisit({ merkleRoot, onClose }: { readonly merkleRoot: string; onClose(): void }) {
  const words = useWords()
  const t = words.people.dispute
  const [path, setPath] = useState('')
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const [refused, setRefused] = useState<keyof typeof t.refused | null>(null)
  const [isBusy, setBusy] = useState(false)
  const commit = async () => {
    setTried(true)
    if (text.trim() === '') return
    setBusy(true)
    try {
      const { kind } = await node.records.dispute({ merkleRoot, path: path.trim(), text: text.trim() })
      if (kind !== 'queued') return setRefused(kind)
      notifications.show({ message: t.queued })
      onClose()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} title={t.title}>
      <Stack gap="sm">
        <Text>{t.body}</Text>
        <TextInput
          label={t.path}
          placeholder={t.pathHint}
          data-autofocus
          value={path}
          maxLength={200}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <TextInput
          label={t.text}
          value={text}
          maxLength={500}
          error={isTried && text.trim() === '' ? t.textMissing : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {refused && (
          <Callout tone="bad" isLive>
            {t.refused[refused]}
          </Callout>
        )}
        <DialogButtons onCancel={onClose}>
          <Button loading={isBusy} onClick={() => void commit()}>
            {t.now}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
