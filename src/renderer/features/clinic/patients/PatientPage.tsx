/** One patient: the visits in order, every version of them readable and marked. */
import { ActionIcon, Button, Checkbox, Skeleton, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import {
  formatCivilDate,
  formatCode,
  formatNumber,
  formatRecordedInstant,
  ageOn,
} from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { useSettings } from '../../../lib/session.ts'
import { useCodeNames } from '../../../parts/code-names.ts'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { RecordView } from '../../../parts/RecordView.tsx'
import { StateMark } from '../../../parts/StateMark.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { ChangeVisit, type ChangeOp } from './ChangeVisit.tsx'
import styles from './Patients.module.css'
import { principalOf, summaryOf, type VersionRow, versionsInOrder } from './versions.ts'

const FIRST = 50

export function PatientPage({ patientId }: { readonly patientId: string }) {
  const words = useWords()
  const t = words.patients
  const locale = useLocale()
  const calendar = useSettings()?.calendar ?? 'gregory'
  const [limit, setLimit] = useState(FIRST)
  const [showsOld, setShowsOld] = useState(false)
  const [open, setOpen] = useState<string | null>(null)
  const [changing, setChanging] = useState<{ row: VersionRow; op: ChangeOp } | null>(null)
  const person = useAsk(() => node.patients.get({ patientId }), [patientId])
  const asked = useAsk(
    () => node.records.ofPatient({ patientId, limit }),
    [patientId, limit],
    ['records.visitChanged', 'node.segmentFinal'],
  )
  const rows = versionsInOrder(asked.value?.visits ?? [])
  const nameOf = useCodeNames(rows.flatMap((row) => principalOf(row.record)?.code ?? []))
  const patient = person.value
  if (person.failure !== undefined && patient === undefined)
    return (
      <aside className={styles.pane}>
        <FailureNote code={person.failure} onRetry={person.again} />
      </aside>
    )
  if (patient === undefined)
    return (
      <aside className={styles.pane}>
        <Skeleton height={24} width="40%" mb="md" />
        <Skeleton height={90} />
      </aside>
    )
  if (patient === null)
    return (
      <aside className={styles.pane}>
        <EmptyState>{t.gone}</EmptyState>
      </aside>
    )
  const shown = rows.filter((row) => showsOld || !row.isSuperseded)
  const hasOld = rows.some((row) => row.isSuperseded)
  const age = ageOn(patient.birthDate, new Date().toISOString().slice(0, 10))
  return (
    <aside className={styles.pane} aria-label={patient.name}>
      <header className={styles.paneHead}>
        <div>
          <h2>{patient.name}</h2>
          <span className="secondary">
            {[
              words.clinical.sex[patient.sex],
              age === undefined ? undefined : words.clinical.age(age),
              patient.latinName,
            ]
              .filter((part) => part !== undefined)
              .join(' · ')}
          </span>
        </div>
        <div className={styles.tools}>
          <Button onClick={() => go('record', 'for', patientId)}>{t.newVisit}</Button>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={words.shell.close}
            onClick={() => go('patients')}
          >
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </div>
      </header>
      <Fields>
        {patient.birthDate !== undefined && (
          <Field name={t.birthDate}>{formatCivilDate(patient.birthDate, calendar)}</Field>
        )}
        {patient.medicalRecordNumber !== undefined && (
          <Field name={t.medicalRecordNumber}>{patient.medicalRecordNumber}</Field>
        )}
        {patient.nationalId !== undefined && <Field name={t.nationalId}>{patient.nationalId}</Field>}
        {patient.phone !== undefined && <Field name={t.phone}>{patient.phone}</Field>}
      </Fields>
      <div className={styles.tools}>
        <h3>{t.visits}</h3>
        {hasOld && (
          <Checkbox
            ml="auto"
            size="xs"
            label={t.showOld}
            checked={showsOld}
            onChange={(event) => setShowsOld(event.currentTarget.checked)}
          />
        )}
      </div>
      {asked.failure !== undefined && !asked.value && (
        <FailureNote code={asked.failure} onRetry={asked.again} />
      )}
      {!asked.value && asked.failure === undefined && <Skeleton height={120} />}
      {asked.value && rows.length === 0 && (
        <EmptyState action={t.newVisit} onAction={() => go('record', 'for', patientId)}>
          {t.visitsEmpty}
        </EmptyState>
      )}
      <ul className={styles.visits}>
        {shown.map((row) => {
          const isOpen = open === row.merkleRoot
          const { envelope, encounter } = row.record
          return (
            <li
              key={row.merkleRoot}
              className={styles.visit}
              data-old={row.isSuperseded || undefined}
              data-testid="visit-version"
            >
              <UnstyledButton
                className={styles.visitHead}
                aria-expanded={isOpen}
                onClick={() => setOpen(isOpen ? null : row.merkleRoot)}
              >
                {isOpen ? (
                  <IconChevronDown size={16} aria-hidden />
                ) : (
                  <IconChevronRight size={16} aria-hidden />
                )}
                <span className={styles.visitDate}>
                  {formatRecordedInstant(encounter.admission.at, calendar)}
                </span>
                <span>{words.clinical.class[encounter.class]}</span>
                <span className={styles.visitWhat}>{summaryOf(row.record, formatCode, nameOf)}</span>
                {envelope.op !== 'create' && (
                  <span className={styles.tag} data-bad={envelope.op === 'retract' || undefined}>
                    {words.clinical.op[envelope.op]}
                  </span>
                )}
                {row.isSuperseded && <span className={styles.tag}>{t.superseded}</span>}
                <StateMark state={row.state} />
              </UnstyledButton>
              {isOpen && (
                <div className={styles.visitBody}>
                  <div className={styles.tools}>
                    {row.index !== null && (
                      <Button size="compact-sm" variant="default" onClick={() => go('chain', row.index ?? 0)}>
                        {t.openBlock(formatNumber(row.index, locale))}
                      </Button>
                    )}
                    {row.mayChange && envelope.op !== 'retract' && (
                      <>
                        <Button
                          size="compact-sm"
                          variant="default"
                          onClick={() => go('record', 'correct', patientId, row.merkleRoot)}
                        >
                          {t.correct}
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="default"
                          onClick={() => setChanging({ row, op: 'retract' })}
                        >
                          {t.retract}
                        </Button>
                      </>
                    )}
                    {row.mayChange && envelope.op === 'retract' && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => setChanging({ row, op: 'restore' })}
                      >
                        {t.restore}
                      </Button>
                    )}
                  </div>
                  <RecordView record={row.record} />
                </div>
              )}
            </li>
          )
        })}
      </ul>
      {asked.value && asked.value.total > limit && (
        <Button variant="default" onClick={() => setLimit(1000)}>
          {t.showAll(formatNumber(asked.value.total, locale))}
        </Button>
      )}
      {changing && (
        <ChangeVisit
          row={changing.row}
          op={changing.op}
          patientId={patientId}
          onClose={() => setChanging(null)}
          onChanged={() => {
            setChanging(null)
            asked.again()
          }}
        />
      )}
    </aside>
  )
}
