/** A correction begins with its reason. */
import { NativeSelect, TextInput } from '@mantine/core'
import { useRef } from 'react'
import { formatRecordedInstant } from '../../../lib/format.ts'
import { useRoomKey } from '../../../lib/use-room-key.ts'
import { Keys } from '../../../ui/Kbd.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { CorrectionDiff } from './CorrectionDiff.tsx'
import { type Change, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

const REASONS = ['typo', 'late-result', 'duplicate', 'entered-in-error', 'other'] as const

export function ChangeBar({ change }: { readonly change: Change }) {
  const t = useWords()
  const reason = useRef<HTMLSelectElement>(null)
  useRoomKey('F6', () => reason.current?.focus())
  const setChange = useEntry((entry) => entry.setChange)
  return (
    <div className={styles.change}>
      <span className={styles.changeText}>{t.entry.correcting(formatRecordedInstant(change.admission))}</span>
      <NativeSelect
        ref={reason}
        label={
          <>
            {t.entry.correctReason} <Keys of="F6" />
          </>
        }
        aria-label={t.entry.correctReason}
        value={change.reason}
        data={REASONS.map((value) => ({ value, label: t.clinical.reason[value] }))}
        onChange={(event) => setChange({ reason: event.currentTarget.value as Change['reason'] })}
      />
      <TextInput
        flex={1}
        label={t.entry.correctReasonText}
        value={change.text}
        maxLength={500}
        onChange={(event) => setChange({ text: event.currentTarget.value })}
      />
      <CorrectionDiff change={change} />
    </div>
  )
}
