/** A visit that was recorded under the wrong patient: retracted there and recorded under the right one, in one step. */
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import type { Finding, VersionOfVisit } from '../../../../shared/contract/records.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { findingSentence } from '../../../parts/finding-sentence.ts'
import { PersonPicker } from '../../../parts/PersonPicker.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly version: VersionOfVisit
  onClose(): void
  onChanged(): void
}
type Refused = Extract<Awaited<ReturnType<typeof node.records.move>>, { kind: 'refused' }>['reason']

export function MoveVisit({ version, onClose, onChanged }: Props) {
  const words = useWords()
  const t = words.people.move
  const [right, setRight] = useState<Patient | null>(null)
  const [text, setText] = useState('')
  const [asked, setAsked] = useState<readonly Finding[]>([])
  const [refused, setRefused] = useState<Refused | null>(null)
  const [isBusy, setBusy] = useState(false)
  const stops = asked.some(({ severity }) => severity === 'refuse')
  const move = async (patient: Patient) => {
    const current = session.now()
    const by = current?.state === 'open' ? current.person.userKeyId : ''
    setBusy(true)
    setRefused(null)
    try {
      const answer = await node.records.move({
        merkleRoot: version.merkleRoot,
        toPatientId: patient.patientId,
        ...(text.trim() === '' ? {} : { text: text.trim() }),
        confirmations: asked.map(({ path, rule, params }) => ({
          path,
          rule,
          value: (params['value'] ?? '').slice(0, 200),
          by,
        })),
      })
      if (answer.kind === 'findings') setAsked(answer.findings)
      else if (answer.kind === 'refused') setRefused(answer.reason)
      else {
        notifications.show({ message: t.queued(patient.name) })
        onChanged()
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} size="lg" title={t.title}>
      <Stack gap="sm">
        <Text>{t.body}</Text>
        <PersonPicker
          label={t.find}
          isAutoFocused
          onPick={(patient) => {
            setRight(patient)
            setAsked([])
          }}
        />
        {right && (
          <Callout tone="plain">
            {t.chosen([right.name, right.birthDate].filter(Boolean).join(' · '))}
          </Callout>
        )}
        <TextInput
          label={words.patients.reasonText}
          value={text}
          maxLength={500}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {asked.length > 0 && (
          <Callout tone={stops ? 'bad' : 'warn'} isLive title={stops ? t.stops : t.asks}>
            <ul>
              {asked.map((finding, i) => (
                <li key={i}>{findingSentence(finding, words)}</li>
              ))}
            </ul>
          </Callout>
        )}
        {refused && (
          <Callout tone="bad" isLive>
            {refused === 'same-patient' || refused === 'sealed'
              ? t.refused[refused]
              : words.patients.changeRefused[refused]}
          </Callout>
        )}
        <DialogButtons onCancel={onClose}>
          <Button
            loading={isBusy}
            disabled={right === null || stops}
            onClick={() => right && void move(right)}
          >
            {asked.length > 0 && !stops ? t.confirm : t.now}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
