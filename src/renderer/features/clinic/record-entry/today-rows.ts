/** What stands in the strip of today: my visits as I entered them and my drafts, newest first. Pure. */
import type { ListedDraft, SubmittedVisit } from '../../../../shared/contract/records.ts'

export type TodayRow =
  /** `day` is that of a draft of an earlier day, YYYY-MM-DD; null where it is of today. */
  | {
      readonly kind: 'draft'
      readonly at: number
      readonly day: string | null
      readonly draft: ListedDraft
    }
  | { readonly kind: 'visit'; readonly at: number; readonly day: null; readonly visit: SubmittedVisit }

export interface TodayInput {
  readonly visits: readonly SubmittedVisit[]
  /** Between the answer of a save and the next asking the visit is shown as it was answered. */
  readonly lastQueued: SubmittedVisit | null
  readonly drafts: readonly ListedDraft[]
  /** The one that the form shows is no row: it is open already. */
  readonly openDraftId: string
  readonly today: string
  /** The civil day of an instant at this hospital. */
  readonly dayOf: (at: number) => string
}

/** A draft of an earlier day still waits to be finished: it stands below what is of today. */
export function todayRows({ visits, lastQueued, drafts, openDraftId, today, dayOf }: TodayInput): TodayRow[] {
  const known = visits.some(({ recordId }) => recordId === lastQueued?.recordId)
  const all = lastQueued === null || known ? visits : [lastQueued, ...visits]
  const newest = new Map<string, SubmittedVisit>()
  // A visit that was corrected is one row: only its newest version can be corrected again.
  for (const visit of all) if (!newest.has(visit.visitId)) newest.set(visit.visitId, visit)
  const rows: TodayRow[] = [
    ...[...newest.values()]
      .filter(({ submittedAt }) => dayOf(submittedAt) === today)
      .map((visit): TodayRow => ({ kind: 'visit', at: visit.submittedAt, day: null, visit })),
    ...drafts
      .filter(({ draftId, isDamaged }) => draftId !== openDraftId && isDamaged !== true)
      .map((draft): TodayRow => {
        const day = dayOf(draft.savedAt)
        return { kind: 'draft', at: draft.savedAt, day: day === today ? null : day, draft }
      }),
  ]
  return rows.sort((a, b) => b.at - a.at)
}
