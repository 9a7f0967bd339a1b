/** Registering a patient in line; people who look alike are shown before a second entry of the same person is made. */
import { useState } from 'react'
import type { Patient } from '../../shared/contract/patients.ts'
import { todayAtFacility } from '../lib/facility-clock.ts'
import { node } from '../lib/node.ts'
import { useWords } from '../words/catalogue.ts'
import { PersonForm } from './PersonForm.tsx'
import { typedPerson } from './typed-person.ts'

interface Props {
  /** What was searched for: name, birth date and ids go where they belong. */
  readonly begin: string
  onRegistered(patient: Patient): void
  onCancel(): void
}

export function RegisterPatient({ begin, onRegistered, onCancel }: Props) {
  const t = useWords().patients
  const [typed] = useState(() => {
    const today = todayAtFacility()
    const empty = { sex: 'unknown' as const, residenceRegion: '', deathDate: '', causeOfDeath: '' }
    return { ...empty, ...typedPerson(begin, today) }
  })
  return (
    <PersonForm
      begin={typed}
      label={t.register}
      submitLabel={t.registerNow}
      isBirthDateNeeded
      save={async ({ birthDate = '', ...patient }, although, confirmed) => {
        const answer = await node.patients.register({
          patient: { ...patient, birthDate },
          although,
          confirmed,
        })
        if (answer.kind !== 'registered') return answer
        onRegistered(answer.patient)
        return { kind: 'done' }
      }}
      onUse={onRegistered}
      onCancel={onCancel}
    />
  )
}
