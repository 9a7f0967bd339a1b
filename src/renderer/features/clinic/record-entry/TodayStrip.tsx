/**
 * My visits of today with their way into the chain, my drafts among them: what was just saved stays in sight until it is
 * final, and whatever was left half done is one key away.
 */
import { UnstyledButton } from '@mantine/core'
import type { ListedDraft, SubmittedVisit } from '../../../../shared/contract/records.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { clockAtFacility, facilityZone, momentAtFacility, zoneNoteNow } from '../../../lib/facility-clock.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { civilInZone } from '../../../lib/zone.ts'
import { StateMark } from '../../../parts/StateMark.tsx'
import { VisitRow } from '../../../parts/VisitRows.tsx'
import rowStyles from '../../../parts/VisitRows.module.css'
import { useWords } from '../../../words/catalogue.ts'
import { todayRows, type TodayRow } from './today-rows.ts'
import { todayNow, useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

/** Alt+T goes to the newest visit or draft of today; Enter opens it again. */
export const TODAY_ID = 'visits-today'
/** Along the bottom of the form. */
const CHIPS = 8

export function TodayStrip({ isLarge }: { readonly isLarge: boolean }) {
  const t = useWords()
  const lastQueued = useEntry((entry) => entry.lastQueued)
  const openDraftId = useEntry((entry) => entry.draftId)
  const asked = useAsk(
    () => node.records.recent({ limit: 50, of: 'mine' }),
    [lastQueued],
    ['records.visitChanged', 'node.segmentFinal'],
  )
  const drafts = useAsk(() => node.records.listDrafts(), [openDraftId], ['records.draftsChanged'])
  const zone = facilityZone()
  const today = todayNow()
  const rows = todayRows({
    visits: asked.value ?? [],
    lastQueued,
    drafts: drafts.value ?? [],
    openDraftId,
    today: formatDay(today),
    dayOf: (at) => formatDay(civilInZone(at, zone).day),
  })
  return (
    <section id={TODAY_ID} className={isLarge ? styles.todayLarge : styles.today} aria-label={t.entry.today}>
      <h2 className={styles.smallHead}>{[t.entry.today, zoneNoteNow()].filter(Boolean).join(' · ')}</h2>
      {rows.length === 0 && <span className="secondary">{t.entry.todayEmpty}</span>}
      {isLarge
        ? rows.length > 0 && (
            <div className="card">
              <ul className={rowStyles.rows}>
                {rows.map((row) =>
                  row.kind === 'visit' ? (
                    <VisitRow key={row.visit.recordId} visit={row.visit} onOpen={reopenVisit} />
                  ) : (
                    <DraftRow key={row.draft.draftId} row={row} />
                  ),
                )}
              </ul>
            </div>
          )
        : rows.slice(0, CHIPS).map((row) => <Chip key={keyOf(row)} row={row} />)}
    </section>
  )
}

const keyOf = (row: TodayRow): string => (row.kind === 'visit' ? row.visit.recordId : row.draft.draftId)

/** Opening one again begins a correction: what is in the chain stays as it is. */
function reopenVisit(visit: SubmittedVisit): void {
  if (visit.patientId === null) return
  if (visit.op === 'retract') go('patients', visit.patientId)
  else go('record', 'correct', visit.patientId, visit.merkleRoot)
}

const reopenDraft = ({ draftId }: Pick<ListedDraft, 'draftId'>): void => go('record', 'draft', draftId)

function Chip({ row }: { readonly row: TodayRow }) {
  const t = useWords()
  const time = timeOf(row)
  const isDraft = row.kind === 'draft'
  return (
    <UnstyledButton
      className={styles.todayItem}
      data-testid={isDraft ? 'draft-chip' : 'visit-chip'}
      data-state={isDraft ? 'draft' : row.visit.state}
      title={isDraft ? t.entry.reopenDraft : t.entry.reopen}
      onClick={() => (isDraft ? reopenDraft(row.draft) : reopenVisit(row.visit))}
    >
      <span className="secondary">{time}</span>{' '}
      {isDraft ? row.draft.title || t.entry.draftOfNobody : row.visit.patientName}{' '}
      <StateMark state={isDraft ? 'draft' : row.visit.state} />
    </UnstyledButton>
  )
}

/** The facility's clock for what is of today; month and day for a draft of an earlier one, which is two weeks old at most. */
function timeOf({ at, day }: Pick<TodayRow, 'at' | 'day'>): string {
  return day === null ? clockAtFacility(at) : day.slice(5)
}

function DraftRow({ row }: { readonly row: Extract<TodayRow, { kind: 'draft' }> }) {
  const t = useWords()
  const { draft } = row
  const time = timeOf(row)
  return (
    <li className={rowStyles.row} data-testid="draft-row" data-state="draft">
      <span className={rowStyles.time}>{time}</span>
      <UnstyledButton
        className={rowStyles.name}
        title={t.entry.reopenDraft}
        onClick={() => reopenDraft(draft)}
      >
        {draft.title || t.entry.draftOfNobody}
      </UnstyledButton>
      <span className={rowStyles.what}>{momentAtFacility(draft.savedAt)}</span>
      <span className={rowStyles.end}>
        <StateMark state="draft" />
      </span>
    </li>
  )
}
