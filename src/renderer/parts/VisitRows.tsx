/** The last visits with their way into the chain. */
import { UnstyledButton } from '@mantine/core'
import type { SubmittedVisit } from '../../shared/contract/records.ts'
import { clockAtFacility } from '../lib/facility-clock.ts'
import { formatNumber, formatRecordedInstant } from '../lib/format.ts'
import { go } from '../lib/router.ts'
import { useSettings } from '../lib/session.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import { StateMark } from './StateMark.tsx'
import styles from './VisitRows.module.css'

interface Props {
  readonly visits: readonly SubmittedVisit[]
  /** What the name does; without it, it opens the patient. */
  onOpen?(visit: SubmittedVisit): void
}

export function VisitRows({ visits, onOpen }: Props) {
  return (
    <ul className={styles.rows}>
      {visits.map((visit) => (
        <VisitRow key={visit.recordId} visit={visit} {...(onOpen ? { onOpen } : {})} />
      ))}
    </ul>
  )
}

export function VisitRow({
  visit,
  onOpen,
}: Pick<Props, 'onOpen'> & {
  readonly visit: SubmittedVisit
}) {
  const t = useWords()
  const locale = useLocale()
  const calendar = useSettings()?.calendar
  const classes: Record<string, string> = t.clinical.class
  return (
    <li className={styles.row} data-testid="visit-row" data-state={visit.state}>
      <span className={styles.time}>{clockAtFacility(visit.submittedAt)}</span>
      <UnstyledButton
        className={styles.name}
        onClick={() => {
          if (onOpen) onOpen(visit)
          else if (visit.patientId !== null) go('patients', visit.patientId)
        }}
        title={onOpen ? t.entry.reopen : undefined}
        disabled={visit.patientId === null}
      >
        {visit.patientName}
      </UnstyledButton>
      <span className={styles.what}>
        {classes[visit.encounterClass] ?? visit.encounterClass} ·{' '}
        {formatRecordedInstant(visit.admission, calendar)}
        {visit.op !== 'create' && ` · ${t.clinical.op[visit.op]}`}
      </span>
      <span className={styles.end}>
        {visit.index !== null && (
          <UnstyledButton className={styles.block} onClick={() => go('chain', visit.index ?? 0)}>
            {t.chain.block(formatNumber(visit.index, locale))}
          </UnstyledButton>
        )}
        <StateMark state={visit.state} />
      </span>
    </li>
  )
}
