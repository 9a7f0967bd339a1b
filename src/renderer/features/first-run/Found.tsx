/** Founding: institution, passphrase, folder; then the recovery kit, which the shell's Home keeps asking for. */
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { isPassphraseReady, PassphraseFields } from '../../parts/PassphraseFields.tsx'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { forgetKitStep, holdKitStep } from '../../parts/kit-step.ts'
import { focusInvalid } from '../../ui/keys.ts'
import { useWords } from '../../words/catalogue.ts'
import { FolderField } from './FolderField.tsx'
import { areNamesThere, NameFields, type Names } from './NameFields.tsx'
import { Step } from './Step.tsx'
import { useOpening } from './use-opening.ts'
import { ZoneField } from './ZoneField.tsx'

export function Found({ onBack }: { onBack(): void }) {
  const t = useWords()
  const [step, setStep] = useState(0)
  const [names, setNames] = useState<Names>({ institutionName: '', personName: '' })
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const [folder, setFolder] = useState('')
  const [isClerk, setClerk] = useState(true)
  const [isTried, setTried] = useState(false)
  const opening = useOpening()
  const form = useRef<HTMLFormElement>(null)

  const next = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (step === 0) {
      if (!areNamesThere(names)) return focusInvalid(form.current)
      if (folder === '')
        await node.app.proposeFolder({ name: names.institutionName.trim() }).then(setFolder, tellFailure)
      setTried(false)
      setStep(1)
    } else if (step === 1) {
      if (!isPassphraseReady(first, second)) return focusInvalid(form.current)
      setTried(false)
      setStep(2)
    } else {
      if (folder.trim() === '') return focusInvalid(form.current)
      holdKitStep(first)
      const isOpen = await opening.run(() =>
        node.app.found({
          folder,
          institutionName: names.institutionName.trim(),
          personName: names.personName.trim(),
          passphrase: first,
          zone,
          isClerk,
        }),
      )
      if (!isOpen) forgetKitStep()
    }
  }
  const back = () => {
    opening.forget()
    setTried(false)
    if (step === 0) onBack()
    else setStep(step - 1)
  }
  const steps = [
    t.firstRun.steps.institution,
    t.firstRun.steps.passphrase,
    t.firstRun.steps.folder,
    t.firstRun.steps.kit,
  ]
  return (
    <Step title={t.firstRun.found.title} steps={steps} step={step} onBack={back}>
      <form ref={form} onSubmit={(event) => void next(event)} key={step} noValidate>
        <Stack>
          {step === 0 && (
            <>
              <NameFields names={names} isTried={isTried} onChange={setNames} />
              <ZoneField value={zone} onChange={setZone} />
              <Checkbox
                label={t.accounts.founderClerk}
                description={t.accounts.founderClerkHint}
                checked={isClerk}
                onChange={(event) => setClerk(event.currentTarget.checked)}
              />
            </>
          )}
          {step === 1 && (
            <>
              <Text>{t.firstRun.passphraseWhy}</Text>
              <PassphraseFields
                first={first}
                second={second}
                isTried={isTried}
                isFirst
                onChange={(one, two) => {
                  setFirst(one)
                  setSecond(two)
                }}
              />
            </>
          )}
          {step === 2 && (
            <FolderField value={folder} purpose="found" isTried={isTried} onChange={setFolder} />
          )}
          <RefusalNote refusal={opening.refusal} />
          <Group justify="flex-end">
            {opening.isBusy && (
              <Text size="xs" c="dimmed" role="status">
                {t.firstRun.founding}
              </Text>
            )}
            <Button type="submit" loading={opening.isBusy} autoFocus={step === 2}>
              {step === 2 ? t.firstRun.foundNow : t.shell.next}
            </Button>
          </Group>
        </Stack>
      </form>
    </Step>
  )
}
