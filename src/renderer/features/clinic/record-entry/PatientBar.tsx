/** Who this visit is of, and what lasts: always in sight while the form scrolls. */
import { Button } from '@mantine/core'
import { IconUserCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { formatCivilDate, formatCode } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useSettings } from '../../../lib/session.ts'
import { useWords } from '../../../words/catalogue.ts'
import { sectionId } from './go-on.ts'
import { ageText } from './PatientSearch.tsx'
import { currentOf } from './same-visit.ts'
import { todayNow, useEntry } from './use-entry.ts'
import { chronicOf } from './what-lasts.ts'
import styles from './Entry.module.css'
import { useCodeNames } from '../../../parts/code-names.ts'
import { useRoomKey } from '../../../lib/use-room-key.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { UpdatePatient } from '../../../parts/UpdatePatient.tsx'
import { Keys } from '../../../ui/Kbd.tsx'

export function PatientBar({ patient }: { readonly patient: Patient }) {
  const t = useWords()
  const calendar = useSettings()?.calendar
  const setAside = useEntry((entry) => entry.setAside)
  const correctPerson = useEntry((entry) => entry.correctPerson)
  const [isUpdating, setUpdating] = useState(false)
  useRoomKey('F4', () => setUpdating(true))
  const visits = useAsk(
    () => node.records.ofPatient({ patientId: patient.patientId, limit: 20 }),
    [patient.patientId],
  )
  // What was taken back, as from the wrong person, is not said of this one.
  const chronic = chronicOf(currentOf(visits.value?.visits ?? [], undefined).map((each) => each.record))
  const nameOf = useCodeNames(chronic.map((each) => each.code))
  return (
    <header id={sectionId(1)} className={styles.patient}>
      <IconUserCircle size={28} stroke={1.4} aria-hidden className={styles.patientIcon} />
      <div className={styles.patientWho}>
        <strong className={styles.patientName}>{patient.name}</strong>
        <span className="secondary">
          {[
            t.clinical.sex[patient.sex],
            ageText(patient, formatDay(todayNow()), t.clinical.age),
            patient.birthDate === undefined
              ? undefined
              : t.clinical.born(formatCivilDate(patient.birthDate, calendar)),
            patient.medicalRecordNumber,
            patient.deathDate === undefined
              ? patient.deceased === true
                ? t.patients.hasDied
                : undefined
              : t.patients.died(formatCivilDate(patient.deathDate, calendar)),
          ]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </span>
      </div>
      <div className={styles.patientChronic}>
        <span className={styles.smallHead}>{t.entry.chronic}</span>
        {chronic.length === 0 ? (
          <span className="secondary">
            {visits.value?.total === 0 ? t.entry.noVisits : t.entry.chronicNone}
          </span>
        ) : (
          chronic.slice(0, 6).map((each) => (
            <span
              key={`${each.code.system}${each.code.code}`}
              className={styles.chip}
              title={nameOf(each.code)}
            >
              {formatCode(each.code)} {nameOf(each.code)}
            </span>
          ))
        )}
      </div>
      <Button
        variant="subtle"
        size="compact-sm"
        title={t.entry.personHint}
        rightSection={<Keys of="F4" />}
        onClick={() => setUpdating(true)}
      >
        {t.entry.person}
      </Button>
      {isUpdating && (
        <UpdatePatient patient={patient} onUpdated={correctPerson} onClose={() => setUpdating(false)} />
      )}
      <Button
        variant="subtle"
        size="compact-sm"
        title={t.entry.leaveHint}
        onClick={() => setAside().catch(tellFailure)}
      >
        {t.entry.leave}
      </Button>
    </header>
  )
}
