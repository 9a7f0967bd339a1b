/** Finding one patient of this hospital's table by any of its names, ids or the birth date. */
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { Patient } from '../../shared/contract/patients.ts'
import { formatDay } from '../../shared/domain/dates.ts'
import { todayAtFacility } from '../lib/facility-clock.ts'
import { ageOn, formatCivilDate } from '../lib/format.ts'
import { node } from '../lib/node.ts'
import { useSettings } from '../lib/session.ts'
import { Picker } from '../ui/Picker.tsx'
import { useWords } from '../words/catalogue.ts'

interface Props {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly isAutoFocused?: boolean
  readonly id?: string
  onPick(patient: Patient): void
  /** Nothing fits: register what was typed. */
  onRegister?(text: string): void
}

export function PersonPicker({ label, isLabelHidden, isAutoFocused, id, onPick, onRegister }: Props) {
  const t = useWords()
  const calendar = useSettings()?.calendar
  const [text, setText] = useState('')
  const today = formatDay(todayAtFacility())
  const line = (patient: Patient) => {
    const age = ageOn(patient.birthDate, today)
    return [
      t.clinical.sex[patient.sex],
      patient.birthDate === undefined ? undefined : formatCivilDate(patient.birthDate, calendar),
      age === undefined ? undefined : t.clinical.age(age),
      patient.medicalRecordNumber,
      patient.nationalId,
    ]
      .filter((part) => part !== undefined)
      .join(' · ')
  }
  return (
    <Picker<Patient>
      label={label}
      {...(isLabelHidden === undefined ? {} : { isLabelHidden })}
      {...(isAutoFocused === undefined ? {} : { isAutoFocused })}
      {...(id === undefined ? {} : { id })}
      placeholder={t.patients.searchHint}
      leftSection={<IconSearch size={16} aria-hidden />}
      text={text}
      words={{ nothing: t.patients.nothing(text) }}
      search={async (wanted) => {
        const found = await node.patients.search({ text: wanted.trim(), limit: 8 })
        return found.patients.map((patient) => ({
          id: patient.patientId,
          value: patient,
          main: <strong>{patient.name}</strong>,
          side: line(patient),
        }))
      }}
      extra={
        onRegister === undefined || text.trim() === ''
          ? undefined
          : { label: t.entry.newPatientNamed(text.trim()), run: (typed) => onRegister(typed.trim()) }
      }
      onText={setText}
      onPick={(patient) => {
        setText(patient.name)
        onPick(patient)
      }}
    />
  )
}
