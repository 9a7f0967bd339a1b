/** Somebody else corrected the same version meanwhile: theirs counts, ours is a draft, and both stand side by side. */
import { Button } from '@mantine/core'
import { useDeferredValue } from 'react'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { facilityZone } from '../../../lib/facility-clock.ts'
import { formatRecordedInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { instantText } from '../../../lib/zone.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { VersionDiff } from '../../../parts/VersionDiff.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { goToField } from './go-on.ts'
import { readForm } from './read-form.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function Rival({
  merkleRoot,
  patientId,
}: {
  readonly merkleRoot: string
  readonly patientId: string
}) {
  const t = useWords().entry.rival
  const form = useDeferredValue(useEntry((entry) => entry.form))
  const keepMine = useEntry((entry) => entry.keepMine)
  const takeTheirs = useEntry((entry) => entry.takeTheirs)
  const asked = useAsk(() => node.records.open({ merkleRoot }), [merkleRoot])
  if (asked.value?.kind !== 'record') return null
  const { record } = asked.value
  const isRetracted = record.envelope.op === 'retract'
  const zone = facilityZone()
  const mine = readForm(form, { patientId, today: todayNow(), zone, instantText, confirmations: [] }).visit
  const then = () => queueMicrotask(() => goToField('encounter.class'))
  return (
    <div className={styles.notice} data-testid="rival">
      <Callout
        tone="warn"
        isLive
        title={isRetracted ? t.retracted : t.title(formatRecordedInstant(record.envelope.recordedAt))}
        action={
          <span className={styles.askedButtons}>
            <Button variant="default" size="compact-sm" onClick={() => takeTheirs().then(then, tellFailure)}>
              {isRetracted ? t.discard : t.theirs}
            </Button>
            {!isRetracted && (
              <Button
                size="compact-sm"
                onClick={() => {
                  keepMine()
                  then()
                }}
              >
                {t.mine}
              </Button>
            )}
          </span>
        }
      >
        {isRetracted ? t.retractedBody : t.body}
        {!isRetracted && (
          <VersionDiff
            before={visitInputOf(record, patientId)}
            after={mine}
            heads={{ before: t.headTheirs, after: t.headMine }}
          />
        )}
      </Callout>
    </div>
  )
}
