/** Correcting what the hospital's table says of a person, from wherever the person is in sight. */
import { Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Patient } from '../../shared/contract/patients.ts'
import { showIcd10 } from '../../shared/domain/visit-check.ts'
import { node } from '../lib/node.ts'
import { go } from '../lib/router.ts'
import { useWords } from '../words/catalogue.ts'
import { PersonForm } from './PersonForm.tsx'

interface Props {
  readonly patient: Patient
  onUpdated(patient: Patient): void
  onClose(): void
}

export function UpdatePatient({ patient, onUpdated, onClose }: Props) {
  const words = useWords()
  const t = words.patients
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.updateTitle}
      size="xl"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.shell.close }}
    >
      <PersonForm
        begin={{
          name: patient.name,
          latinName: patient.latinName ?? '',
          nationalId: patient.nationalId ?? '',
          recordNumber: patient.medicalRecordNumber ?? '',
          sex: patient.sex,
          birthDate: patient.birthDate ?? '',
          phone: patient.phone ?? '',
          residenceRegion: patient.residenceRegion ?? '',
          deathDate: patient.deathDate ?? '',
          causeOfDeath: showIcd10(patient.causeOfDeath ?? ''),
        }}
        label={t.updateTitle}
        submitLabel={t.updateNow}
        isBirthDateNeeded={patient.birthDate !== undefined}
        isUpdate
        save={async (typed, although, confirmed) => {
          const { patientId } = patient
          const answer = await node.patients.update({ patientId, patient: typed, although, confirmed })
          if (answer.kind === 'similar' || answer.kind === 'refused' || answer.kind === 'question')
            return answer
          const said = { updated: t.updated, unchanged: t.unchanged, unknown: t.gone }
          notifications.show({ message: said[answer.kind] })
          if (answer.kind === 'updated') onUpdated(answer.patient)
          onClose()
          return { kind: 'done' }
        }}
        onUse={({ patientId }) => {
          onClose()
          go('patients', patientId)
        }}
        onCancel={onClose}
      />
    </Modal>
  )
}
