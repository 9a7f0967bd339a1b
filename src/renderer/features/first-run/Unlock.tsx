/** The session is locked; the node goes on. Pasting is allowed. */
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Session } from '../../../shared/contract/app.ts'
import { formatSince } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { session as liveSession } from '../../lib/session.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { Forgotten } from './Forgotten.tsx'
import { Step } from './Step.tsx'
import { useOpening } from './use-opening.ts'

type Locked = Extract<Session, { state: 'locked' }>

export function Unlock({ session }: { readonly session: Locked }) {
  const [isByPin, setByPin] = useState(true)
  const [wasGone, setGone] = useState(false)
  return session.pin !== undefined && isByPin ? (
    <ByPin
      session={session}
      onGone={() => {
        setGone(true)
        setByPin(false)
      }}
      onPassphrase={() => setByPin(false)}
    />
  ) : (
    <ByPassphrase session={session} isPinGone={wasGone} />
  )
}

/** The node of a work place is another machine, and may be away. */
function AtPlace({ session }: { readonly session: Locked }) {
  const t = useWords().workPlaces
  const locale = useLocale()
  const { workPlace } = session
  if (workPlace === undefined) return null
  const { name, awaySince, isTurnedAway, otherVersion, keptDrafts, address } = workPlace
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t.atPlace(name)}
      </Text>
      {awaySince !== null && (
        <Callout tone={isTurnedAway ? 'bad' : 'warn'} isLive>
          {!isTurnedAway
            ? t.awayLocked(formatSince(awaySince, locale))
            : otherVersion === null
              ? t.turnedAway
              : t.turnedAwayByVersion(otherVersion)}{' '}
          {otherVersion === null && t.dials(address)}
        </Callout>
      )}
      {awaySince === null && otherVersion !== null && (
        <Callout tone="warn">{t.otherVersion(otherVersion)}</Callout>
      )}
      {keptDrafts > 0 && <Callout tone="plain">{t.kept(keptDrafts)}</Callout>}
    </Stack>
  )
}

interface ByPinProps {
  readonly session: Locked
  onGone(): void
  onPassphrase(): void
}

function ByPin({ session, onGone, onPassphrase }: ByPinProps) {
  const t = useWords().firstRun
  const [digits, setDigits] = useState('')
  const opening = useOpening()
  const unlock = async (event: FormEvent) => {
    event.preventDefault()
    if (opening.isBusy || digits === '') return
    let isGone = false
    const isOpen = await opening.run(async () => {
      const answer = await node.app.unlockByPin({ digits })
      isGone = answer.kind === 'refused' && answer.reason === 'pin-gone'
      return answer
    })
    if (isGone) onGone()
    else if (!isOpen) setDigits('')
  }
  return (
    <Step title={t.unlockTitle(session.institutionName)}>
      <form onSubmit={(event) => void unlock(event)} noValidate>
        <Stack>
          <Text>{t.pinBody}</Text>
          <PasswordInput
            label={t.pin}
            value={digits}
            autoFocus
            inputMode="numeric"
            autoComplete="off"
            maxLength={12}
            onChange={(event) => setDigits(event.currentTarget.value.replace(/[^0-9]/g, ''))}
            visibilityToggleButtonProps={{ 'aria-label': t.show }}
          />
          <RefusalNote refusal={opening.refusal} />
          <Group justify="space-between">
            <Button variant="subtle" size="compact-sm" onClick={onPassphrase}>
              {t.passphraseInstead}
            </Button>
            <Button type="submit" loading={opening.isBusy}>
              {t.unlockNow}
            </Button>
          </Group>
        </Stack>
      </form>
    </Step>
  )
}

function ByPassphrase({ session, isPinGone }: { readonly session: Locked; readonly isPinGone: boolean }) {
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
          <AtPlace session={session} />
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
          <RefusalNote refusal={opening.refusal ?? (isPinGone ? { reason: 'pin-gone' } : undefined)} />
          <Group justify="space-between">
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => node.app.closeProfile().then(liveSession.set, tellFailure)}
            >
              {session.workPlace ? words.workPlaces.leave : words.shell.closeProfile}
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
