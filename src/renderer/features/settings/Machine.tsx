/** What this machine keeps of the keys beside the passphrase, and what becomes of the node's vote after a restart. */
import { Button, Checkbox, Group, PasswordInput, Stack } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useWords, type Words } from '../../words/catalogue.ts'

export function Machine() {
  const words = useWords()
  const t = words.upkeep.machine
  const asked = useAsk(() => node.upkeep.machine(), [])
  const view = asked.value
  const [startsAlone, setStartsAlone] = useState(false)
  const [isSecondFactor, setSecondFactor] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ tone: 'good' | 'bad'; text: (words: Words) => string }>()
  useEffect(() => {
    if (!view) return
    setStartsAlone(view.startsAlone)
    setSecondFactor(view.isSecondFactor)
  }, [view])
  if (!view) return null
  const isChanged = startsAlone !== view.startsAlone || isSecondFactor !== view.isSecondFactor
  const mayChoose = view.store.kind === 'real' || view.startsAlone || view.isSecondFactor
  const send = async () => {
    setBusy(true)
    setSaid(undefined)
    try {
      const answer = await node.upkeep.chooseMachine({ passphrase, startsAlone, isSecondFactor })
      if (answer.kind === 'chosen') setSaid({ tone: 'good', text: ({ upkeep }) => upkeep.machine.saved })
      else {
        const { reason, detail } = answer
        const text = ({ accounts, firstRun, upkeep }: Words): string =>
          reason === 'not-real'
            ? upkeep.machine.notReal
            : reason === 'wrong-passphrase'
              ? accounts.wrong(Number(detail ?? 0))
              : firstRun.refusals[reason]
        setSaid({ tone: 'bad', text })
      }
      if (answer.kind === 'chosen') asked.again()
    } catch (error) {
      tellFailure(error)
    } finally {
      setPassphrase('')
      setBusy(false)
    }
  }
  return (
    <Panel title={t.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void send()
        }}
        aria-label={t.title}
        noValidate
      >
        <Stack gap="sm">
          <p className="secondary">
            {view.store.kind === 'real' ? t.real(t.stores[view.store.name]) : t.none[view.store.because]}
          </p>
          <Callout tone={view.restart === 'alone' ? 'good' : 'plain'}>{t.restart[view.restart]}</Callout>
          {said && (
            <Callout tone={said.tone} isLive>
              {said.text(words)}
            </Callout>
          )}
          {mayChoose && (
            <>
              <Checkbox
                label={t.startsAlone}
                description={t.startsAloneHint}
                checked={startsAlone}
                onChange={(event) => setStartsAlone(event.currentTarget.checked)}
              />
              <Checkbox
                label={t.isSecondFactor}
                description={t.isSecondFactorHint}
                checked={isSecondFactor}
                onChange={(event) => setSecondFactor(event.currentTarget.checked)}
              />
            </>
          )}
          {isChanged && (
            <Group align="end">
              <PasswordInput
                flex={1}
                label={t.passphrase}
                value={passphrase}
                autoComplete="current-password"
                onChange={(event) => setPassphrase(event.currentTarget.value)}
                visibilityToggleButtonProps={{ 'aria-label': words.firstRun.show }}
              />
              <Button type="submit" loading={isBusy} disabled={passphrase === ''}>
                {t.save}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Panel>
  )
}
