/** Registering a patient in line; people who look alike are shown before a second entry of the same person is made. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import type { DuplicateCandidate, Patient, PatientInput } from '../../shared/contract/patients.ts'
import { node } from '../lib/node.ts'
import { formatCivilDate } from '../lib/format.ts'
import { useSettings } from '../lib/session.ts'
import { focusInvalid, isComposing, moveFocus } from '../ui/keys.ts'
import { valueByLetter } from '../ui/select-by-code.ts'
import { useWords } from '../words/catalogue.ts'
import { tellFailure } from './FailureNote.tsx'
import { DuplicateCandidates } from './DuplicateCandidates.tsx'
import { readBirthDate } from './typed-date.ts'
import { typedPerson } from './typed-person.ts'
import styles from './RegisterPatient.module.css'

interface Props {
  /** What was searched for: name, birth date and ids go where they belong. */
  readonly begin: string
  onRegistered(patient: Patient): void
  onCancel(): void
}

type Refused = {
  readonly field: string
  readonly rule: 'birth-date-impossible' | 'birth-date-future' | 'national-id-taken' | 'name-empty'
}
interface Similar {
  readonly typed: PatientInput
  readonly candidates: readonly DuplicateCandidate[]
  readonly isEstimated: boolean
}
type Although = Parameters<typeof node.patients.register>[0]['although']

export function RegisterPatient({ begin, onRegistered, onCancel }: Props) {
  const words = useWords()
  const t = words.patients
  const calendar = useSettings()?.calendar
  const today = Math.floor((Date.now() - new Date().getTimezoneOffset() * 60_000) / 86_400_000)
  const [typed] = useState(() => typedPerson(begin, today))
  const [name, setName] = useState(typed.name)
  const [latinName, setLatinName] = useState(typed.latinName)
  const [nationalId, setNationalId] = useState(typed.nationalId)
  const [record, setRecord] = useState(typed.recordNumber)
  const [sex, setSex] = useState<Patient['sex']>('unknown')
  const [birth, setBirth] = useState(typed.birthDate)
  const [phone, setPhone] = useState(typed.phone)
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refused | undefined>()
  const [similar, setSimilar] = useState<Similar | null>(null)
  const form = useRef<HTMLFormElement>(null)

  const birthDate = readBirthDate(birth, today)
  const refusedAt = (field: string) => (refused?.field.endsWith(field) ? t.refused[refused.rule] : undefined)

  const sexes = (['unknown', 'female', 'male', 'other'] as const).map((value) => ({
    value,
    label: words.clinical.sex[value],
  }))

  const register = async (although: Although) => {
    setTried(true)
    if (isBusy) return
    if (name.trim() === '' || birthDate === null || birthDate === '') return focusInvalid(form.current)
    const optional = (key: string, value: string) => (value.trim() === '' ? {} : { [key]: value.trim() })
    const patient: PatientInput = {
      name: name.trim(),
      sex,
      birthDate,
      ...optional('latinName', latinName),
      ...optional('nationalId', nationalId),
      ...optional('medicalRecordNumber', record),
      ...optional('phone', phone),
    }
    setBusy(true)
    setRefused(undefined)
    try {
      const answer = await node.patients.register({ patient, although })
      if (answer.kind === 'registered') onRegistered(answer.patient)
      else if (answer.kind === 'similar')
        setSimilar({ typed: patient, candidates: answer.candidates, isEstimated: answer.isEstimated })
      else {
        setSimilar(null)
        setRefused(answer)
        focusInvalid(form.current)
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (isComposing(event)) {
      event.stopPropagation()
      return
    }
    if (event.key === 'Escape') {
      event.preventDefault()
      onCancel()
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void register(null)
    } else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault()
      if (form.current && !moveFocus(form.current, 1)) void register(null)
    }
  }

  return (
    <form
      ref={form}
      className={styles.form}
      aria-label={t.register}
      noValidate
      onKeyDown={onKeyDown}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        void register(null)
      }}
    >
      <div className={styles.fields}>
        <TextInput
          label={t.name}
          value={name}
          autoFocus={name === ''}
          maxLength={200}
          error={refusedAt('name') ?? (isTried && name.trim() === '' ? t.nameMissing : undefined)}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t.birthDate}
          value={birth}
          autoFocus={name !== ''}
          placeholder={t.birthDateHint}
          error={
            refusedAt('birthDate') ??
            (isTried && birthDate === ''
              ? t.birthDateMissing
              : birthDate === null && (isTried || birth.length >= 8)
                ? t.refused['birth-date-impossible']
                : undefined)
          }
          description={birthDate && birthDate !== birth ? formatCivilDate(birthDate, calendar) : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={(event) => setBirth(event.currentTarget.value)}
          onBlur={() => birthDate && setBirth(birthDate)}
        />
        <NativeSelect
          label={t.sex}
          value={sex}
          data={sexes}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.altKey || event.metaKey) return
            const chosen = valueByLetter(event.key, sexes, sex)
            if (chosen !== null) setSex(chosen as Patient['sex'])
          }}
          onChange={(event) => setSex(event.currentTarget.value as Patient['sex'])}
        />
        <TextInput
          label={t.nationalId}
          description={t.nationalIdHint}
          placeholder={t.optional}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={nationalId}
          maxLength={64}
          error={refusedAt('nationalId')}
          onChange={(event) => setNationalId(event.currentTarget.value)}
        />
        <TextInput
          label={t.medicalRecordNumber}
          placeholder={t.optional}
          value={record}
          maxLength={32}
          onChange={(event) => setRecord(event.currentTarget.value)}
        />
        <TextInput
          label={t.latinName}
          placeholder={t.optional}
          value={latinName}
          maxLength={200}
          onChange={(event) => setLatinName(event.currentTarget.value)}
        />
        <TextInput
          label={t.phone}
          placeholder={t.optional}
          value={phone}
          maxLength={64}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
      </div>
      {similar !== null && (
        <DuplicateCandidates
          {...similar}
          onUse={onRegistered}
          onAnyway={(although) => void register(although)}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" onClick={onCancel}>
          {words.shell.cancel}
        </Button>
        <Button type="submit" loading={isBusy}>
          {t.registerNow}
        </Button>
      </Group>
    </form>
  )
}
