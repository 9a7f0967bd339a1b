/** Finding the request that was made on this machine, or making one: what joining and founding together begin with. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { CandidateView } from '../../../shared/contract/joining.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'
import styles from './FirstRun.module.css'
import { FolderField } from './FolderField.tsx'
import { Request } from './Request.tsx'

export interface Found {
  readonly candidate: CandidateView
  readonly passphrase: string
}

interface Props {
  /** What follows once the candidate and its passphrase are known. */
  children(found: Found): ReactNode
}

export function Candidate({ children }: Props) {
  const words = useWords()
  const t = words.joining
  const [way, setWay] = useState<'ask' | 'new' | 'again'>('ask')
  const [folder, setFolder] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [isMissing, setMissing] = useState(false)
  const [saved, setSaved] = useState<string>()
  const [found, setFound] = useState<Found>()
  const [isReady, setReady] = useState(false)
  const look = async (event: FormEvent) => {
    event.preventDefault()
    const candidate = await node.joining.candidate({ folder })
    setMissing(candidate === null)
    if (candidate !== null) {
      setFound({ candidate, passphrase })
      setReady(true)
    }
  }
  if (found && isReady) return children(found)
  if (found)
    return (
      <Stack>
        {saved !== undefined && (
          <Callout tone="good" isLive title={t.saved(saved)}>
            {t.send}
          </Callout>
        )}
        <div>
          <Text fw={600}>{t.asks(found.candidate.institutionName)}</Text>
          <Text>{t.compare}</Text>
          <p className={styles.number} data-testid="fingerprint">
            {found.candidate.fingerprint}
          </p>
        </div>
        <Group justify="flex-end">
          <Button onClick={() => setReady(true)}>{words.shell.next}</Button>
        </Group>
      </Stack>
    )
  if (way === 'ask')
    return (
      <Stack>
        <Text>{t.hasFolder}</Text>
        <Group>
          <Button onClick={() => setWay('new')}>{t.firstTime}</Button>
          <Button variant="default" onClick={() => setWay('again')}>
            {t.again}
          </Button>
        </Group>
      </Stack>
    )
  if (way === 'new')
    return (
      <Request
        onRequested={(candidate, given, path) => {
          setSaved(path)
          setFound({ candidate, passphrase: given })
        }}
      />
    )
  return (
    <form onSubmit={(event) => void look(event).catch(tellFailure)} noValidate>
      <Stack>
        <FolderField value={folder} purpose="open" onChange={setFolder} />
        <PasswordInput
          label={words.firstRun.passphrase}
          value={passphrase}
          autoComplete="current-password"
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
        />
        {isMissing && (
          <Callout tone="bad" isLive>
            {t.noCandidate}
          </Callout>
        )}
        <Group justify="flex-end">
          <Button type="submit" disabled={folder === '' || passphrase === ''}>
            {words.shell.next}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
