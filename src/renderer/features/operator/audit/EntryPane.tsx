/** One entry with everything that was noted. */
import { ActionIcon, Button, Group } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { AuditEntryView } from '../../../../shared/contract/audit.ts'
import type { Role } from '../../../../shared/contract/app.ts'
import { formatDuration, formatInstant, formatNumber } from '../../../lib/format.ts'
import { go } from '../../../lib/router.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Audit.module.css'
import { basisReasonOf } from '../../../parts/audit-words.ts'
import { outcomeOf, patientOf, whatOf, whoOf } from './entry-words.ts'

interface Props {
  readonly entry: AuditEntryView
  onPatient(patientId: string): void
  onPerson(person: string): void
  onClose(): void
}

export function EntryPane({ entry, onPatient, onPerson, onClose }: Props) {
  const words = useWords()
  const t = words.audit
  const locale = useLocale()
  const patientId = patientOf(entry)
  const { person, basis } = entry
  return (
    <aside className={styles.pane} aria-label={t.detail}>
      <header className={styles.paneHead}>
        <h2>
          {t.detail} {formatNumber(entry.sequence, locale)}
        </h2>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={words.shell.close} onClick={onClose}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      {entry.isChanged ? (
        <Callout tone="bad">{t.changed}</Callout>
      ) : (
        <>
          <p className={styles.sentence}>{whatOf(entry, words)}</p>
          <Fields>
            <Field name={t.columns.at}>{formatInstant(entry.at)}</Field>
            <Field name={t.columns.person}>
              {whoOf(entry, t)}
              {entry.roles.length > 0 &&
                ` · ${entry.roles.map((role) => words.clinical.roleNames[role as Role] ?? role).join(t.disclosure.comma)}`}
            </Field>
            <Field name={t.columns.outcome}>{outcomeOf(entry, words)}</Field>
            {entry.subject.map(({ name, value }) => (
              <Field key={name} name={t.subjects[name] ?? name}>
                <span className={styles.id}>{value.replaceAll('+', ' ')}</span>
              </Field>
            ))}
            {basis !== null && <Field name={t.basis}>{t.bases[basis.kind] ?? basis.kind}</Field>}
            {basis !== null && (basis.reason !== null || basis.isErased) && (
              <Field name={t.reason}>
                {basis.reason === null
                  ? t.reasonErased
                  : basisReasonOf({ kind: basis.kind, reason: basis.reason }, words)}
              </Field>
            )}
          </Fields>
          {entry.clockBehindMs > 0 && (
            <Callout tone="warn">
              {t.clockBack(formatDuration(entry.clockBehindMs / 1000, words.shell.duration))}
            </Callout>
          )}
          <Group gap="xs">
            {patientId !== null && (
              <>
                <Button variant="default" size="xs" onClick={() => onPatient(patientId)}>
                  {t.ofPatient}
                </Button>
                <Button variant="default" size="xs" onClick={() => go('audit', 'patient', patientId)}>
                  {t.report}
                </Button>
              </>
            )}
            {person !== null && (
              <Button variant="default" size="xs" onClick={() => onPerson(person)}>
                {t.ofPerson}
              </Button>
            )}
          </Group>
          <p className={`secondary ${styles.id}`}>{entry.operation}</p>
        </>
      )}
    </aside>
  )
}
