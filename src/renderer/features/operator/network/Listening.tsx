/** Where this node listens and where others reach it. */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Overview } from '../../../../shared/contract/governance.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'

interface Props {
  readonly view: Overview
  readonly mayChange: boolean
  onSaved(): void
}

export function Listening({ view, mayChange, onSaved }: Props) {
  const words = useWords()
  const t = words.network.listening
  const { listening, ownAddresses } = view
  const [isOpen, setOpen] = useState(false)
  const [listen, setListen] = useState(listening?.listen ?? '')
  const [announce, setAnnounce] = useState(listening?.announce.join(', ') ?? '')
  const [answer, setAnswer] = useState<'saved' | 'wrong'>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const { isSaved } = await node.governance.saveListening({
      listen: listen.trim() === '' ? null : listen.trim(),
      announce: announce.split(/[,，\s]+/).filter((each) => each !== ''),
    })
    setAnswer(isSaved ? 'saved' : 'wrong')
    if (!isSaved) return
    setOpen(false)
    onSaved()
  }
  return (
    <Panel
      title={t.title}
      side={
        mayChange &&
        !isOpen && (
          <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
            {t.edit}
          </Button>
        )
      }
    >
      <Stack gap="sm">
        {answer === 'saved' && (
          <Callout
            tone="good"
            isLive
            action={
              <Button
                variant="default"
                size="compact-sm"
                onClick={() => void node.app.closeProfile().catch(tellFailure)}
              >
                {words.shell.closeProfile}
              </Button>
            }
          >
            {t.saved}
          </Callout>
        )}
        {!isOpen ? (
          <p className={ownAddresses.length === 0 ? styles.quiet : 'mono'}>
            {ownAddresses.length > 0
              ? ownAddresses.join(', ')
              : listening === null
                ? t.none
                : (listening.listen ?? t.onlyDials)}
          </p>
        ) : (
          <form onSubmit={(event) => void save(event).catch(tellFailure)} noValidate>
            <Group align="flex-start" gap="sm">
              <TextInput
                flex={1}
                label={t.listen}
                description={t.listenHint}
                value={listen}
                spellCheck={false}
                autoFocus
                onChange={(event) => setListen(event.currentTarget.value)}
                error={answer === 'wrong' ? t.wrong : undefined}
              />
              <TextInput
                flex={1}
                label={t.announce}
                description={t.announceHint}
                value={announce}
                spellCheck={false}
                onChange={(event) => setAnnounce(event.currentTarget.value)}
              />
            </Group>
            <Group justify="flex-end" mt="sm">
              <Button type="submit">{words.shell.save}</Button>
            </Group>
          </form>
        )}
      </Stack>
    </Panel>
  )
}
