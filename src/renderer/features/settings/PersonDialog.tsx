/** One change of the people: what is wished, and the administrator's own passphrase, with which the institution signs. */
import { Button, Checkbox, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { role, type Role } from '../../../shared/contract/app.ts'
import type { PersonView } from '../../../shared/contract/people.ts'
import { node } from '../../lib/node.ts'
import { DialogButtons } from '../../parts/Dialog.tsx'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords, type Words } from '../../words/catalogue.ts'

export type PersonWish = { kind: 'add' } | { kind: 'change' | 'leave' | 'come-back'; person: PersonView }

interface Props {
  readonly wish: PersonWish | null
  onClose(): void
  onChanged(): void
}

export function PersonDialog({ wish, onClose, onChanged }: Props) {
  const words = useWords()
  const t = words.accounts
  return (
    <Modal
      opened={wish !== null}
      onClose={onClose}
      title={wish === null ? '' : titleOf(wish, t)}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
      {wish !== null && <PersonForm wish={wish} onClose={onClose} onChanged={onChanged} />}
    </Modal>
  )
}

function PersonForm({ wish, onClose, onChanged }: Props & { readonly wish: PersonWish }) {
  const words = useWords()
  const t = words.accounts
  const person = wish.kind === 'add' ? null : wish.person
  const [name, setName] = useState(person?.name ?? '')
  const [account, setAccount] = useState('')
  const [roles, setRoles] = useState<readonly Role[]>(person?.roles ?? ['clerk'])
  const [theirs, setTheirs] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [problem, setProblem] = useState<string>()
  const [isTheirsWeak, setTheirsWeak] = useState(false)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => setProblem(undefined), [wish])
  const isNamed = wish.kind === 'add' || wish.kind === 'change'
  const isEntered = wish.kind === 'add' || wish.kind === 'come-back'
  const isReady =
    passphrase !== '' &&
    (!isNamed || (name.trim() !== '' && roles.length > 0)) &&
    (wish.kind !== 'add' || account.trim() !== '') &&
    (!isEntered || theirs !== '')

  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (!isReady || isBusy) return
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await sent()
      if (answer.kind === 'changed') {
        onChanged()
        onClose()
        // It is about the other one: one's own signs, and is what it is.
      } else if (answer.kind === 'refused' && answer.reason === 'passphrase-too-weak') setTheirsWeak(true)
      else setProblem(answer.kind === 'refused' ? t.refusals[answer.reason] : t.wrong(answer.waitSeconds))
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const sent = () => {
    switch (wish.kind) {
      case 'add':
        return node.people.add({ name, account, roles: [...roles], theirPassphrase: theirs, passphrase })
      case 'change':
        return node.people.change({ personId: wish.person.personId, name, roles: [...roles], passphrase })
      case 'leave':
        return node.people.leave({ personId: wish.person.personId, passphrase })
      case 'come-back':
        return node.people.comeBack({ personId: wish.person.personId, theirPassphrase: theirs, passphrase })
    }
  }

  return (
    <form onSubmit={(event) => void send(event)} noValidate>
      <Stack>
        {wish.kind === 'leave' && <Text>{t.leaveBody}</Text>}
        {isNamed && (
          <TextInput
            data-autofocus
            label={t.name}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {wish.kind === 'add' && (
          <TextInput
            label={t.account}
            description={t.accountHint}
            value={account}
            maxLength={60}
            onChange={(event) => setAccount(event.currentTarget.value)}
          />
        )}
        {isNamed && (
          <Checkbox.Group
            label={t.roles}
            error={roles.length === 0 ? t.rolesMissing : undefined}
            value={[...roles]}
            onChange={(value) => setRoles(role.options.filter((each) => value.includes(each)))}
          >
            <Group gap="sm" mt="xs">
              {role.options.map((each) => (
                <Checkbox key={each} value={each} label={words.clinical.roleNames[each]} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        {isEntered && (
          <PasswordInput
            label={t.theirPassphrase}
            description={`${t.theirPassphraseHint} ${words.firstRun.passphraseHint}`}
            value={theirs}
            error={isTheirsWeak ? t.refusals['passphrase-too-weak'] : undefined}
            autoComplete="new-password"
            onChange={(event) => {
              setTheirs(event.currentTarget.value)
              setTheirsWeak(false)
            }}
            visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
          />
        )}
        <PasswordInput
          label={t.ownPassphrase}
          description={t.signs}
          value={passphrase}
          autoComplete="current-password"
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
        />
        {problem !== undefined && (
          <Callout tone="bad" isLive>
            {problem}
          </Callout>
        )}
        <DialogButtons onCancel={onClose}>
          <Button type="submit" loading={isBusy} disabled={!isReady}>
            {actOf(wish, t)}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  )
}

function titleOf(wish: PersonWish, t: Words['accounts']): string {
  switch (wish.kind) {
    case 'add':
      return t.add
    case 'change':
      return wish.person.name
    case 'leave':
      return t.leaveTitle(wish.person.name)
    case 'come-back':
      return wish.person.name
  }
}

function actOf({ kind }: PersonWish, t: Words['accounts']): string {
  switch (kind) {
    case 'add':
      return t.addNow
    case 'change':
      return t.changeNow
    case 'leave':
      return t.leaveNow
    case 'come-back':
      return t.comeBackNow
  }
}
