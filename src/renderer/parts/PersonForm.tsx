/** What a person is registered with and corrected by: the fields, their checks, and who else it might be. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import type {
  DuplicateCandidate,
  Patient,
  PatientInput,
  PersonQuestion,
  PersonRefusal,
} from '../../shared/contract/patients.ts'
import { checkNationalId } from '../../shared/domain/national-id.ts'
import { todayAtFacility } from '../lib/facility-clock.ts'
import { formatCivilDate } from '../lib/format.ts'
import type { node } from '../lib/node.ts'
import { useSettings } from '../lib/session.ts'
import { focusInvalid, moveFocus } from '../ui/keys.ts'
import { Callout } from '../ui/Callout.tsx'
import { valueByLetter } from '../ui/select-by-code.ts'
import { useWords } from '../words/catalogue.ts'
import { DuplicateCandidates } from './DuplicateCandidates.tsx'
import { tellFailure } from './FailureNote.tsx'
import { readPartialDay } from './typed-date.ts'
import styles from './RegisterPatient.module.css'

/** As typed. */
export interface PersonText {
  readonly name: string
  readonly latinName: string
  readonly nationalId: string
  readonly recordNumber: string
  readonly sex: Patient['sex']
  readonly birthDate: string
  readonly phone: string
  readonly residenceRegion: string
  readonly deathDate: string
  readonly causeOfDeath: string
}
export type TypedPerson = Omit<PatientInput, 'birthDate'> & { birthDate?: string | undefined }
export type Although = Parameters<typeof node.patients.register>[0]['although']
export type PersonAnswer =
  | { kind: 'done' }
  | { kind: 'similar'; candidates: readonly DuplicateCandidate[]; isEstimated: boolean }
  | { kind: 'refused'; field: string; rule: PersonRefusal }
  | { kind: 'question'; field: string; question: PersonQuestion }

interface Props {
  readonly begin: PersonText
  readonly label: string
  readonly submitLabel: string
  /** An entry of an import may have none; a person is registered with one. */
  readonly isBirthDateNeeded: boolean
  readonly isUpdate?: boolean
  save(typed: TypedPerson, although: Although, confirmed: PersonQuestion[]): Promise<PersonAnswer>
  /** It is the person of another entry. */
  onUse(patient: Patient): void
  onCancel(): void
}

export function PersonForm(props: Props) {
  const { begin, label, submitLabel, isBirthDateNeeded, isUpdate = false, save, onUse, onCancel } = props
  const words = useWords()
  const t = words.patients
  const calendar = useSettings()?.calendar
  const today = todayAtFacility()
  const [person, setPerson] = useState(begin)
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [refused, setRefused] = useState<{ field: string; rule: PersonRefusal } | undefined>()
  const [similar, setSimilar] = useState<{
    typed: TypedPerson
    candidates: readonly DuplicateCandidate[]
    isEstimated: boolean
  } | null>(null)
  /** A national id that was asked about, and whether the person at the desk said that it is right. */
  const [doubted, setDoubted] = useState<{ id: string; isConfirmed: boolean } | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const nationalId = useRef<HTMLInputElement>(null)
  const set = (patch: Partial<PersonText>) => setPerson((before) => ({ ...before, ...patch }))
  const birthDate = readPartialDay(person.birthDate, today)
  const deathDate = readPartialDay(person.deathDate, today)
  const refusedAt = (field: string) => (refused?.field === field ? t.refused[refused.rule] : undefined)
  const sexes = (['unknown', 'female', 'male', 'other'] as const).map((value) => ({
    value,
    label: words.clinical.sex[value],
  }))

  const isDoubted = doubted !== null && doubted.id === person.nationalId && !doubted.isConfirmed
  const isIdOdd = checkNationalId(person.nationalId) === 'wrong-check-digit'

  const commit = async (although: Although, hasConfirmed = false) => {
    setTried(true)
    if (isBusy) return
    const isBirthMissing = birthDate === '' && isBirthDateNeeded
    if (person.name.trim() === '' || birthDate === null || deathDate === null || isBirthMissing)
      return focusInvalid(form.current)
    const optional = (key: string, value: string) => (value.trim() === '' ? {} : { [key]: value.trim() })
    const typed: TypedPerson = {
      name: person.name.trim(),
      sex: person.sex,
      ...optional('birthDate', birthDate),
      ...optional('latinName', person.latinName),
      ...optional('nationalId', person.nationalId),
      ...optional('medicalRecordNumber', person.recordNumber),
      ...optional('phone', person.phone),
      ...optional('residenceRegion', person.residenceRegion),
      ...optional('deathDate', deathDate),
      ...optional('causeOfDeath', person.causeOfDeath),
    }
    setBusy(true)
    setRefused(undefined)
    try {
      const isConfirmed = hasConfirmed || (doubted?.isConfirmed === true && doubted.id === person.nationalId)
      const answer = await save(typed, although, isConfirmed ? ['national-id-check-digit'] : [])
      if (answer.kind === 'similar') setSimilar({ typed, ...answer })
      else if (answer.kind === 'refused') {
        setSimilar(null)
        setRefused(answer)
        focusInvalid(form.current)
      } else if (answer.kind === 'question') {
        setSimilar(null)
        setDoubted({ id: person.nationalId, isConfirmed: false })
        nationalId.current?.focus()
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    // Events pass through a dialog to the room behind it, which would take Ctrl+Enter for its own save.
    if (isUpdate) event.stopPropagation()
    if (event.key === 'Escape') {
      event.preventDefault()
      onCancel()
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void commit(null)
    } else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault()
      if (form.current && !moveFocus(form.current, 1)) void commit(null)
    }
  }
  const plain = (field: keyof PersonText, name: string, maxLength: number, refusal: string = field) => (
    <TextInput
      label={name}
      placeholder={t.optional}
      value={person[field]}
      maxLength={maxLength}
      error={refusedAt(refusal)}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  )
  const dateError = (field: 'birthDate' | 'deathDate', read: string | null) =>
    refusedAt(field) ??
    (read === null && (isTried || person[field].length >= 8)
      ? t.refused[field === 'birthDate' ? 'birth-date-impossible' : 'death-date-impossible']
      : undefined)
  const spelt = (read: string | null, typed: string) =>
    read && read !== typed ? formatCivilDate(read, calendar) : undefined

  return (
    <form
      ref={form}
      className={styles.form}
      aria-label={label}
      noValidate
      onKeyDown={onKeyDown}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        void commit(null)
      }}
    >
      <div className={styles.fields}>
        <TextInput
          label={t.name}
          value={person.name}
          autoFocus={isUpdate || begin.name === ''}
          data-autofocus={isUpdate || undefined}
          maxLength={200}
          error={refusedAt('name') ?? (isTried && person.name.trim() === '' ? t.nameMissing : undefined)}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t.birthDate}
          value={person.birthDate}
          autoFocus={!isUpdate && begin.name !== ''}
          placeholder={t.birthDateHint}
          error={
            dateError('birthDate', birthDate) ??
            (isTried && birthDate === '' && isBirthDateNeeded ? t.birthDateMissing : undefined)
          }
          description={spelt(birthDate, person.birthDate)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={(event) => set({ birthDate: event.currentTarget.value })}
          onBlur={() => birthDate && set({ birthDate })}
        />
        <NativeSelect
          label={t.sex}
          value={person.sex}
          data={sexes}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.altKey || event.metaKey) return
            const chosen = valueByLetter(event.key, sexes, person.sex)
            if (chosen !== null) set({ sex: chosen as Patient['sex'] })
          }}
          onChange={(event) => set({ sex: event.currentTarget.value as Patient['sex'] })}
        />
        <TextInput
          ref={nationalId}
          label={t.nationalId}
          description={isIdOdd ? <span className={styles.odd}>{t.nationalIdOdd}</span> : t.nationalIdHint}
          placeholder={t.optional}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={person.nationalId}
          maxLength={64}
          error={refusedAt('nationalId')}
          onChange={(event) => set({ nationalId: event.currentTarget.value })}
        />
        {plain('recordNumber', t.medicalRecordNumber, 32)}
        {plain('latinName', t.latinName, 200)}
        {plain('phone', t.phone, 64)}
        {plain('residenceRegion', t.residenceRegion, 64)}
        <TextInput
          label={t.deathDate}
          placeholder={t.optional}
          value={person.deathDate}
          error={dateError('deathDate', deathDate)}
          description={spelt(deathDate, person.deathDate)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={(event) => set({ deathDate: event.currentTarget.value })}
          onBlur={() => deathDate && set({ deathDate })}
        />
        {plain('causeOfDeath', t.causeOfDeath, 16)}
      </div>
      {isDoubted && (
        <Callout
          tone="warn"
          title={t.questions['national-id-check-digit'](person.nationalId)}
          isLive
          action={
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                setDoubted({ id: person.nationalId, isConfirmed: true })
                void commit(null, true)
              }}
            >
              {t.questionYes}
            </Button>
          }
        >
          {t.questionBody}
        </Callout>
      )}
      {similar !== null && (
        <DuplicateCandidates
          typed={similar.typed}
          candidates={similar.candidates}
          isEstimated={similar.isEstimated}
          isUpdate={isUpdate}
          onUse={onUse}
          onAnyway={(although) => void commit(although)}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" onClick={onCancel}>
          {words.shell.cancel}
        </Button>
        <Button type="submit" loading={isBusy}>
          {submitLabel}
        </Button>
      </Group>
    </form>
  )
}
