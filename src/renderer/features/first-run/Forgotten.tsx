/** A forgotten passphrase, at the locked screen: those who agree give theirs, or the recovery kit. */
import { Button, Group, Modal, PasswordInput, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { isPassphraseReady, PassphraseFields } from '../../parts/PassphraseFields.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'

const NOBODY = { account: '', passphrase: '' }

export function Forgotten() {
  const words = useWords()
  const t = words.accounts
  const [isOpen, setOpen] = useState(false)
  const [account, setAccount] = useState('')
  const [approvers, setApprovers] = useState([NOBODY, NOBODY])
  const [kit, setKit] = useState('')
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ tone: 'good' | 'bad'; text: string }>()

  const close = () => {
    setOpen(false)
    setAccount('')
    setApprovers([NOBODY, NOBODY])
    setKit('')
    setFirst('')
    setSecond('')
    setTried(false)
    setSaid(undefined)
  }
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (account.trim() === '' || !isPassphraseReady(first, second) || isBusy) return
    setBusy(true)
    setSaid(undefined)
    try {
      const answer = await node.people.reset({
        account,
        newPassphrase: first,
        approvers: approvers.filter(({ passphrase }) => passphrase !== ''),
        kit: kit.trim() === '' ? null : kit,
      })
      if (answer.kind === 'reset') setSaid({ tone: 'good', text: t.forgot.done })
      else
        setSaid({
          tone: 'bad',
          text: answer.kind === 'refused' ? t.refusals[answer.reason] : t.forgot.wrongApprover,
        })
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const change = (at: number, part: Partial<typeof NOBODY>) =>
    setApprovers(approvers.map((each, i) => (i === at ? { ...each, ...part } : each)))
  return (
    <>
      <Button variant="subtle" size="compact-sm" onClick={() => setOpen(true)}>
        {t.forgot.link}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t.forgot.title}
        closeButtonProps={{ 'aria-label': words.shell.close }}
      >
        <form onSubmit={(event) => void send(event)} noValidate>
          <Stack>
            <Text size="sm">{t.forgot.body}</Text>
            <TextInput
              data-autofocus
              label={t.accountToUnlock}
              value={account}
              maxLength={60}
              onChange={(event) => setAccount(event.currentTarget.value)}
            />
            <PassphraseFields
              first={first}
              second={second}
              isTried={isTried}
              onChange={(one, two) => {
                setFirst(one)
                setSecond(two)
              }}
            />
            {approvers.map((each, at) => (
              <Group key={at} grow>
                <TextInput
                  label={t.forgot.approver(at + 1)}
                  value={each.account}
                  maxLength={60}
                  onChange={(event) => change(at, { account: event.currentTarget.value })}
                />
                <PasswordInput
                  label={t.forgot.approverPassphrase(at + 1)}
                  value={each.passphrase}
                  autoComplete="off"
                  onChange={(event) => change(at, { passphrase: event.currentTarget.value })}
                  visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
                />
              </Group>
            ))}
            <Textarea
              label={t.forgot.kit}
              value={kit}
              rows={3}
              spellCheck={false}
              onChange={(event) => setKit(event.currentTarget.value)}
            />
            {said !== undefined && (
              <Callout tone={said.tone} isLive>
                {said.text}
              </Callout>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {words.shell.close}
              </Button>
              <Button type="submit" loading={isBusy}>
                {t.forgot.now}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
