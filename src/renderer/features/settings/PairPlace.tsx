/** A code for one more computer: its name, then address and code to read out, until it is typed there. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { WorkPlaceView } from '../../../shared/contract/work-places.ts'
import { formatClock } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import styles from './Settings.module.css'

type Answer = Awaited<ReturnType<typeof node.workPlaces.openPairing>>
type Open = Extract<Answer, { kind: 'open' }>

interface Props {
  readonly isOpen: boolean
  /** Those that are paired: the new one among them says that the code was used. */
  readonly places: readonly WorkPlaceView[]
  onClose(): void
}

export function PairPlace({ isOpen, places, onClose }: Props) {
  const words = useWords()
  const t = words.workPlaces
  const locale = useLocale()
  const [name, setName] = useState('')
  const [open, setOpen] = useState<Open>()
  const [refused, setRefused] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const close = () => {
    setName('')
    setOpen(undefined)
    setRefused(undefined)
    onClose()
  }
  const make = async (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || isBusy) return
    setBusy(true)
    setRefused(undefined)
    try {
      const answer = await node.workPlaces.openPairing({ name: name.trim() })
      if (answer.kind === 'open') setOpen(answer)
      else setRefused(t.refusals[answer.reason])
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const isPaired = open !== undefined && places.some((each) => each.name === name.trim())
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t.pairTitle}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
      {open === undefined ? (
        <form onSubmit={(event) => void make(event)} noValidate>
          <Stack>
            <TextInput
              data-autofocus
              label={t.pairName}
              description={t.pairNameHint}
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {refused !== undefined && (
              <Callout tone="bad" isLive>
                {refused}
              </Callout>
            )}
            <Group justify="flex-end">
              <Button type="submit" loading={isBusy} disabled={name.trim() === ''}>
                {t.pairNow}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : isPaired ? (
        <Stack>
          <Callout tone="good" isLive>
            {t.codeUsed(name.trim())}
          </Callout>
          <Group justify="flex-end">
            <Button data-autofocus onClick={close}>
              {words.shell.close}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack>
          <Text fw={600}>{t.codeTitle(name.trim())}</Text>
          <Text size="sm">{t.codeSteps}</Text>
          <div>
            <Text size="sm">{t.address}</Text>
            <p className={styles.code} data-testid="pairing-address">
              {open.addresses.join(' · ')}
            </p>
            <Text size="sm">{t.code}</Text>
            <p className={styles.code} data-testid="pairing-code">
              {open.code}
            </p>
          </div>
          <Text size="sm" c="dimmed">
            {t.codeUntil(formatClock(open.until, locale))}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => node.workPlaces.closePairing().then(close, tellFailure)}>
              {t.close}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
