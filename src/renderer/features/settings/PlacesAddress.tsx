/** Where the node listens for work places; empty lets nobody in. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import type { PlacesListening } from '../../../shared/contract/work-places.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'

interface Props {
  readonly isOpen: boolean
  readonly listening: PlacesListening | undefined
  onClose(): void
}

export function PlacesAddress({ isOpen, listening, onClose }: Props) {
  const words = useWords()
  const t = words.workPlaces
  const [listen, setListen] = useState('')
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    if (!isOpen) return
    setRefused(undefined)
    setListen(listening === undefined || listening.kind === 'off' ? '' : listening.listen)
  }, [isOpen])
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    try {
      const answer = await node.workPlaces.setListening({
        listen: listen.trim() === '' ? null : listen.trim(),
      })
      if (answer.kind === 'set') onClose()
      else setRefused(t.refusals[answer.reason])
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t.title}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
      <form onSubmit={(event) => void save(event)} noValidate>
        <Stack>
          <TextInput
            data-autofocus
            label={t.listen}
            description={t.listenHint}
            value={listen}
            spellCheck={false}
            onChange={(event) => setListen(event.currentTarget.value)}
          />
          {refused !== undefined && (
            <Callout tone="bad" isLive>
              {refused}
            </Callout>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={isBusy}>
              {t.saveListen}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
