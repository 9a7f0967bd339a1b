/** People who may be the one that is being registered, side by side with what was typed, and what speaks for it. */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { DuplicateCandidate, Patient, PatientInput } from '../../shared/contract/patients.ts'
import { formatCivilDate, formatNumber } from '../lib/format.ts'
import { useSettings } from '../lib/session.ts'
import { Callout } from '../ui/Callout.tsx'
import { useLocale, useWords } from '../words/catalogue.ts'
import styles from './DuplicateCandidates.module.css'

type Reason = 'other-person' | 'twins' | 'unknown-identity' | 'other'

interface Props {
  readonly typed: Partial<Omit<PatientInput, 'causeOfDeath'>>
  readonly candidates: readonly DuplicateCandidate[]
  readonly isEstimated: boolean
  /** A person is corrected, not registered. */
  readonly isUpdate?: boolean
  onUse(patient: Patient): void
  onAnyway(although: { reason: Reason; text?: string }): void
}

export function DuplicateCandidates(props: Props) {
  const { typed, candidates, isEstimated, isUpdate = false, onUse, onAnyway } = props
  const words = useWords()
  const t = words.people.duplicates
  const locale = useLocale()
  const calendar = useSettings()?.calendar
  const [reason, setReason] = useState<Reason | ''>('')
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const cells = (person: Partial<Patient>) => [
    person.name,
    person.latinName,
    person.birthDate === undefined ? undefined : formatCivilDate(person.birthDate, calendar),
    person.sex === undefined ? undefined : words.clinical.sex[person.sex],
    person.nationalId,
    person.medicalRecordNumber,
    person.phone,
  ]
  const heads = [
    words.patients.name,
    words.patients.latinName,
    words.patients.birthDate,
    words.patients.sex,
    words.patients.nationalId,
    words.patients.medicalRecordNumber,
    words.patients.phone,
  ]
  const anyway = () => {
    setTried(true)
    if (reason !== '') onAnyway({ reason, ...(text.trim() === '' ? {} : { text: text.trim() }) })
  }
  return (
    <Callout tone="warn" title={t.title} isLive>
      <Stack gap="xs">
        <Text size="sm">{isUpdate ? t.bodyUpdate : t.body}</Text>
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <td />
                <th scope="col">{t.typed}</th>
                {candidates.map(({ patient, band }) => (
                  <th scope="col" key={patient.patientId}>
                    {t.band[band]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {heads.map((head, row) => (
                <tr key={head}>
                  <th scope="row">{head}</th>
                  {[typed, ...candidates.map(({ patient }) => patient)].map((person, i) => (
                    <td key={i}>{cells(person)[row] ?? ''}</td>
                  ))}
                </tr>
              ))}
              <tr>
                <td />
                <td />
                {candidates.map(({ patient, weight, evidence }, i) => (
                  <td key={patient.patientId} className={styles.evidence}>
                    <ul>
                      {evidence.map(({ field, level, weight: bits }) => (
                        <li key={field} data-against={bits < 0 || undefined}>
                          {t.fields[field]} {t.levels[level]} ({bits < 0 ? '−' : '+'}
                          {formatNumber(Math.abs(bits), locale, 1)})
                        </li>
                      ))}
                    </ul>
                    <div className="secondary">{t.weight(formatNumber(weight, locale, 1))}</div>
                    <Button size="compact-sm" mt={4} autoFocus={i === 0} onClick={() => onUse(patient)}>
                      {isUpdate ? t.look(patient.name) : t.use(patient.name)}
                    </Button>
                  </td>
                ))}
              </tr>
            </tbody>
          </table>
        </div>
        <Text size="xs" c="dimmed">
          {isEstimated ? t.estimated : t.defaults}
        </Text>
        <Group align="flex-end" gap="xs">
          <NativeSelect
            label={t.reason}
            value={reason}
            error={isTried && reason === '' ? t.reasonMissing : undefined}
            data={[
              { value: '', label: '' },
              ...(['other-person', 'twins', 'unknown-identity', 'other'] as const).map((value) => ({
                value,
                label: t.reasons[value],
              })),
            ]}
            onChange={(event) => setReason(event.currentTarget.value as Reason | '')}
          />
          <TextInput
            flex="1 1 12rem"
            label={t.text}
            value={text}
            maxLength={500}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button variant="default" onClick={anyway}>
            {isUpdate ? t.anywayUpdate : t.anyway}
          </Button>
        </Group>
      </Stack>
    </Callout>
  )
}
