/** Other entries of the same person: linked ones, ended links, and entries that look like it. */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { DuplicateCandidate, Patient, PatientLink } from '../../../../shared/contract/patients.ts'
import { formatInstantBare, formatMinute, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { Dialog, DialogButtons } from '../../../parts/Dialog.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { StateMark } from '../../../parts/StateMark.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './History.module.css'

type Asked = { kind: 'link'; other: Patient } | { kind: 'unlink'; link: PatientLink }

export function PersonLinks({ patient }: { readonly patient: Patient }) {
  const words = useWords()
  const t = words.people.links
  const asked = useAsk(
    () => node.patients.links({ patientId: patient.patientId }),
    [patient.patientId],
    ['patients.linksChanged', 'node.segmentFinal'],
  )
  const registration = useAsk(
    () => node.patients.registration({ patientId: patient.patientId }),
    [patient.patientId],
  )
  const [asking, setAsking] = useState<Asked | null>(null)
  if (asked.failure !== undefined && !asked.value)
    return <FailureNote code={asked.failure} onRetry={asked.again} />
  const { links = [], candidates = [] } = asked.value ?? {}
  const although = registration.value
  return (
    <section aria-label={t.title}>
      {although && (
        <p className="secondary">
          {words.people.duplicates.registeredAlthough(
            [words.people.duplicates.reasons[although.reason], although.text].filter(Boolean).join(' · '),
            formatInstantBare(although.at).slice(0, 10),
          )}
        </p>
      )}
      {asked.value && links.length === 0 && candidates.length === 0 && <Text c="dimmed">{t.none}</Text>}
      <ul className={styles.links}>
        {links.map((link) => (
          <li key={link.linkId} data-ended={link.end !== null || undefined} data-testid="link">
            <span>
              <strong>{t.with(link.other?.name ?? t.unknown)}</strong>{' '}
              <span className="secondary">
                {[
                  link.other?.birthDate,
                  link.other?.medicalRecordNumber,
                  t.reasons[link.reason],
                  link.text,
                  t.by(link.memberName, formatMinute(link.at)),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <Group gap="xs">
              <StateMark state={link.end?.state ?? link.state} />
              {link.other && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => go('patients', link.other!.patientId)}
                >
                  {words.patients.openPatient}
                </Button>
              )}
              {link.end === null && link.isOurs && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => setAsking({ kind: 'unlink', link })}
                >
                  {t.unlink}
                </Button>
              )}
            </Group>
            {link.end && (
              <span className={`secondary ${styles.evidence}`}>
                {t.ended(
                  [t.reasons[link.end.reason], link.end.text].filter(Boolean).join(' · '),
                  formatMinute(link.end.at),
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
      {candidates.length > 0 && <h3>{t.candidates}</h3>}
      <ul className={styles.links}>
        {candidates.map((candidate) => (
          <Candidate
            key={candidate.patient.patientId}
            candidate={candidate}
            onLink={() => setAsking({ kind: 'link', other: candidate.patient })}
          />
        ))}
      </ul>
      {asking && (
        <Ask
          patient={patient}
          asked={asking}
          onClose={() => setAsking(null)}
          onDone={() => {
            setAsking(null)
            asked.again()
          }}
        />
      )}
    </section>
  )
}

function Candidate({ candidate, onLink }: { readonly candidate: DuplicateCandidate; onLink(): void }) {
  const words = useWords()
  const t = words.people
  const locale = useLocale()
  const { patient, band, evidence, weight } = candidate
  return (
    <li>
      <span>
        <strong>{patient.name}</strong>{' '}
        <span className="secondary">
          {[
            words.clinical.sex[patient.sex],
            patient.birthDate,
            patient.medicalRecordNumber,
            patient.nationalId,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Button size="compact-sm" variant="default" onClick={onLink}>
        {t.links.link}
      </Button>
      <span className={`secondary ${styles.evidence}`}>
        {[
          t.duplicates.band[band],
          t.duplicates.weight(formatNumber(weight, locale, 1)),
          ...evidence.map(
            ({ field, level }) => `${t.duplicates.fields[field]} ${t.duplicates.levels[level]}`,
          ),
        ].join(' · ')}
      </span>
    </li>
  )
}

const LINK_REASONS = ['registered-twice', 'new-national-id', 'import', 'other'] as const
const END_REASONS = ['not-same-person', 'other'] as const

function Ask({
  patient,
  asked,
  onClose,
  onDone,
}: {
  readonly patient: Patient
  readonly asked: Asked
  onClose(): void
  onDone(): void
}) {
  const words = useWords()
  const t = words.people.links
  const isLink = asked.kind === 'link'
  const reasons = isLink ? LINK_REASONS : END_REASONS
  const [reason, setReason] = useState<PatientLink['reason']>(reasons[0])
  const [text, setText] = useState('')
  const [refused, setRefused] = useState<keyof typeof t.refused | null>(null)
  const [isBusy, setBusy] = useState(false)
  const commit = async () => {
    setBusy(true)
    setRefused(null)
    const why = { reason, ...(text.trim() === '' ? {} : { text: text.trim() }) }
    try {
      const { kind } = isLink
        ? await node.patients.link({ patientId: patient.patientId, otherId: asked.other.patientId, ...why })
        : await node.patients.unlink({ linkId: asked.link.linkId, ...why })
      if (kind !== 'queued') return setRefused(kind)
      notifications.show({ message: isLink ? t.queued : t.endQueued })
      onDone()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} title={isLink ? t.linkTitle : t.unlinkTitle}>
      <Stack>
        <Text>{isLink ? t.linkBody(patient.name, asked.other.name) : t.unlinkBody}</Text>
        <NativeSelect
          label={words.patients.reasonLabel}
          data-autofocus
          value={reason}
          data={reasons.map((value) => ({ value, label: t.reasons[value] }))}
          onChange={(event) => setReason(event.currentTarget.value as PatientLink['reason'])}
        />
        <TextInput
          label={words.patients.reasonText}
          value={text}
          maxLength={500}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {refused && (
          <Callout tone="bad" isLive>
            {t.refused[refused]}
          </Callout>
        )}
        <DialogButtons onCancel={onClose}>
          <Button loading={isBusy} onClick={() => void commit()}>
            {isLink ? t.linkNow : t.unlinkNow}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
