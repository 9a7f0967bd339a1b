/** Retracting or restoring a visit: a new version with a reason; the old one stays. */
import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { z } from 'zod'
import type { reasonCode } from '../../../../shared/domain/visit.ts'
import { node } from '../../../lib/node.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import type { VersionOfVisit } from '../../../../shared/contract/records.ts'

export type ChangeOp = 'retract' | 'restore'

interface Props {
  readonly row: VersionOfVisit
  readonly op: ChangeOp
  readonly patientId: string
  onClose(): void
  onChanged(): void
}

const REASONS = ['entered-in-error', 'wrong-patient', 'duplicate', 'consent-withdrawn', 'other'] as const

export function ChangeVisit({ row, op, patientId, onClose, onChanged }: Props) {
  const words = useWords()
  const t = words.patients
  const [code, setCode] = useState<z.infer<typeof reasonCode>>(
    op === 'retract' ? 'entered-in-error' : 'other',
  )
  const [text, setText] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [refused, setRefused] = useState<keyof typeof t.changeRefused | null>(null)
  const change = async () => {
    setBusy(true)
    setRefused(null)
    try {
      const answer = await node.records.submit({
        visit: visitInputOf(row.record, patientId),
        draftId: null,
        change: {
          op,
          visitId: row.record.envelope.visitId,
          supersedes: row.merkleRoot,
          reason: { code, ...(text.trim() === '' ? {} : { text: text.trim() }) },
        },
      })
      if (answer.kind === 'queued') {
        notifications.show({ message: t.changeDone })
        onChanged()
      } else if (answer.kind === 'refused') setRefused(answer.reason)
      else setRefused('superseded-meanwhile')
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} title={op === 'retract' ? t.retractTitle : t.restoreTitle}>
      <Stack>
        <Text>{op === 'retract' ? t.retractBody : t.restoreBody}</Text>
        <NativeSelect
          label={t.reasonLabel}
          data-autofocus
          value={code}
          data={REASONS.map((value) => ({ value, label: words.clinical.reason[value] }))}
          onChange={(event) => setCode(event.currentTarget.value as typeof code)}
        />
        <TextInput
          label={t.reasonText}
          value={text}
          maxLength={500}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {refused && (
          <Callout tone="bad" isLive>
            {t.changeRefused[refused]}
          </Callout>
        )}
        <DialogButtons onCancel={onClose}>
          <Button loading={isBusy} onClick={() => void change()}>
            {words.clinical.changeNow[op]}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
