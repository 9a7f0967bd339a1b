/** The first field: who is here? Results under the cursor; a new patient is registered in line. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconSearch, IconUserPlus } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { Patient } from '../../../../shared/contract/patients.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { ageOn, formatCivilDate } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { useSettings } from '../../../lib/session.ts'
import { RegisterPatient } from '../../../parts/RegisterPatient.tsx'
import { Keys } from '../../../ui/Kbd.tsx'
import { Picker } from '../../../ui/Picker.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { goToField } from './go-on.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function PatientSearch() {
  const t = useWords()
  const calendar = useSettings()?.calendar
  const choose = useEntry((entry) => entry.choosePatient)
  const [text, setText] = useState('')
  const [registering, setRegistering] = useState<string | null>(null)
  const today = formatDay(todayNow())

  const chosen = (patient: Patient) => {
    choose(patient)
    // After the form has come into being and before the next key: its first field is where typing goes on.
    queueMicrotask(() => goToField('encounter.class'))
  }
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'F4' && !event.altKey) {
        event.preventDefault()
        setRegistering('')
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])

  if (registering !== null)
    return (
      <section className={`card ${styles.search}`} aria-label={t.patients.register}>
        <h2 className={styles.question}>{t.patients.register}</h2>
        <RegisterPatient begin={registering} onRegistered={chosen} onCancel={() => setRegistering(null)} />
      </section>
    )
  const line = (patient: Patient) =>
    [
      t.clinical.sex[patient.sex],
      patient.birthDate === undefined ? undefined : formatCivilDate(patient.birthDate, calendar),
      ageText(patient, today, t.clinical.age),
      patient.medicalRecordNumber,
      patient.nationalId,
    ]
      .filter((part) => part !== undefined)
      .join(' · ')
  return (
    <section className={`card ${styles.search}`}>
      <h2 className={styles.question}>{t.entry.findPatient}</h2>
      <Stack gap="xs">
        <Picker<Patient>
          label={t.entry.findPatient}
          isLabelHidden
          id="patient-search"
          isAutoFocused
          placeholder={t.entry.findPatientHint}
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
            text.trim() === ''
              ? undefined
              : { label: t.entry.newPatientNamed(text.trim()), run: (typed) => setRegistering(typed.trim()) }
          }
          onText={setText}
          onPick={chosen}
        />
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed" flex="1 1 20rem">
            {t.entry.findPatientEmpty}
          </Text>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconUserPlus size={15} aria-hidden />}
            rightSection={<Keys of="F4" />}
            onClick={() => setRegistering(text.trim())}
          >
            {t.entry.newPatient}
          </Button>
        </Group>
      </Stack>
    </section>
  )
}

export function ageText(
  patient: Patient,
  today: string,
  words: (years: number) => string,
): string | undefined {
  const age = ageOn(patient.birthDate, today)
  return age === undefined ? undefined : words(age)
}
