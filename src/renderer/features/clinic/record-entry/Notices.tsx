/** Above the form, never in its way: a visit like this one is there already, or somebody has a draft of this patient. */
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import { parseTypedDay } from '../../../../shared/domain/dates.ts'
import { momentAtFacility, sinceAtFacility } from '../../../lib/facility-clock.ts'
import { formatRecordedInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { useCodeNames } from '../../../parts/code-names.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { goToField } from './go-on.ts'
import { currentOf, sameVisits } from './same-visit.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function Notices({ patient }: { readonly patient: Patient }) {
  return (
    <>
      <SameVisit patient={patient} />
      <OtherDraft patient={patient} />
    </>
  )
}

function SameVisit({ patient }: { readonly patient: Patient }) {
  const t = useWords()
  const earlier = useEntry((entry) => entry.earlier)
  const visitId = useEntry((entry) => entry.change?.visitId)
  const typedDay = useEntry((entry) => entry.form.encounter.day)
  const department = useEntry((entry) => entry.form.encounter.department.code)
  const [dismissed, setDismissed] = useState('')
  const day = parseTypedDay(typedDay, todayNow())
  const found = sameVisits(currentOf(earlier, visitId), day, department?.code)[0]
  const place = found?.record.encounter.department
  const nameOf = useCodeNames(place ? [place] : [])
  if (!found || dismissed === found.merkleRoot) return null
  const { record } = found
  return (
    <div className={styles.notice} data-testid="same-visit">
      <Callout
        tone="warn"
        isLive
        action={
          <span className={styles.askedButtons}>
            <Button
              size="compact-sm"
              onClick={() => go('record', 'correct', patient.patientId, found.merkleRoot)}
            >
              {t.entry.same.open}
            </Button>
            <Button variant="default" size="compact-sm" onClick={() => setDismissed(found.merkleRoot)}>
              {t.entry.same.another}
            </Button>
          </span>
        }
      >
        {t.entry.same.body(
          formatRecordedInstant(record.encounter.admission.at),
          (place && nameOf(place)) ?? department?.display ?? '',
        )}
      </Callout>
    </div>
  )
}

/** How often is looked whether a colleague has begun or finished with the same patient. */
const LOOK_EVERY_MS = 15_000

/** Mine is offered to go on with; of a colleague's is said whose it is and since when, and nothing else is known here. */
function OtherDraft({ patient }: { readonly patient: Patient }) {
  const t = useWords()
  const draftId = useEntry((entry) => entry.draftId)
  const openDraft = useEntry((entry) => entry.openDraft)
  const [dismissed, setDismissed] = useState('')
  const { patientId } = patient
  const asked = useAsk(
    () => node.records.draftsOfPatient({ patientId }),
    [draftId, patientId],
    ['records.visitChanged', 'records.draftsChanged'],
  )
  useEffect(() => {
    const timer = setInterval(asked.again, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [asked.again])
  const other = (asked.value ?? []).find((each) => each.draftId !== draftId)
  const name = other && `${other.personName} ${other.begunAt}`
  if (!other || dismissed === name) return null
  if (other.draftId === null)
    return (
      <div className={styles.notice} data-testid="colleague-draft">
        <Callout
          tone="plain"
          isLive
          action={
            <Button variant="subtle" size="compact-sm" onClick={() => setDismissed(name!)}>
              {t.shell.dismiss}
            </Button>
          }
        >
          {t.entry.same.colleague(other.personName, sinceAtFacility(other.begunAt))}
        </Callout>
      </div>
    )
  const own = other.draftId
  const open = async () => {
    await useEntry.getState().saveDraft()
    if (await openDraft(own)) setTimeout(() => goToField('encounter.class'), 30)
  }
  return (
    <div className={styles.notice} data-testid="other-draft">
      <Callout
        tone="warn"
        isLive
        action={
          <span className={styles.askedButtons}>
            <Button size="compact-sm" onClick={() => open().catch(tellFailure)}>
              {t.entry.draftOpen}
            </Button>
            <Button variant="default" size="compact-sm" onClick={() => setDismissed(name!)}>
              {t.entry.same.another}
            </Button>
          </span>
        }
      >
        {t.entry.same.draft(momentAtFacility(other.savedAt))}
      </Callout>
    </div>
  )
}
