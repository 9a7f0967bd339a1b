/** The visits of today with their way into the chain: what was just saved stays in sight until it is final. */
import { UnstyledButton } from '@mantine/core'
import { useEffect } from 'react'
import type { SubmittedVisit } from '../../../../shared/contract/records.ts'
import { formatClock } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { StateMark } from '../../../parts/StateMark.tsx'
import { VisitRows } from '../../../parts/VisitRows.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

/** Alt+T goes to the newest visit of today; Enter opens it again. */
export const TODAY_ID = 'visits-today'

export function TodayStrip({ isLarge }: { readonly isLarge: boolean }) {
  const t = useWords()
  const locale = useLocale()
  const lastQueued = useEntry((entry) => entry.lastQueued)
  const asked = useAsk(
    () => node.records.recent({ limit: 20 }),
    [],
    ['records.visitChanged', 'node.segmentFinal'],
  )
  useEffect(() => {
    if (lastQueued) asked.again()
  }, [lastQueued])
  const midnight = new Date().setHours(0, 0, 0, 0)
  const known = (asked.value ?? []).filter((each) => each.submittedAt >= midnight)
  // Between the answer of the save and the next asking the visit is shown as it was answered.
  const visits =
    lastQueued && !known.some((each) => each.recordId === lastQueued.recordId)
      ? [lastQueued, ...known]
      : known
  // Opening one again begins a correction: what is in the chain stays as it is.
  const reopen = (visit: SubmittedVisit) => {
    if (visit.patientId === null) return
    if (visit.op === 'retract') go('patients', visit.patientId)
    else go('record', 'correct', visit.patientId, visit.merkleRoot)
  }
  return (
    <section id={TODAY_ID} className={isLarge ? styles.todayLarge : styles.today} aria-label={t.entry.today}>
      <h2 className={styles.smallHead}>{t.entry.today}</h2>
      {visits.length === 0 && <span className="secondary">{t.entry.todayEmpty}</span>}
      {isLarge
        ? visits.length > 0 && (
            <div className="card">
              <VisitRows visits={visits} onOpen={reopen} />
            </div>
          )
        : visits.slice(0, 8).map((visit) => (
            <UnstyledButton
              key={visit.recordId}
              className={styles.todayItem}
              data-testid="visit-chip"
              data-state={visit.state}
              title={t.entry.reopen}
              onClick={() => reopen(visit)}
            >
              <span className="secondary">{formatClock(visit.submittedAt, locale)}</span> {visit.patientName}{' '}
              <StateMark state={visit.state} />
            </UnstyledButton>
          ))}
    </section>
  )
}
