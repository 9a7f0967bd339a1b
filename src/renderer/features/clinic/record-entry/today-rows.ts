/** What stands in the strip of today: my visits as I entered them and my drafts, newest first. Pure. */
import type { Draft, SubmittedVisit } from '../../../../shared/contract/records.ts'

export type TodayRow =
  | { readonly kind: 'draft'; readonly at: number; readonly draft: Omit<Draft, 'form'> }
  | { readonly kind: 'visit'; readonly at: number; readonly visit: SubmittedVisit }

export interface TodayInput {
  readonly visits: readonly SubmittedVisit[]
  /** Between the answer of a save and the next asking the visit is shown as it was answered. */
  readonly lastQueued: SubmittedVisit | null
  readonly drafts: readonly Omit<Draft, 'form'>[]
  /** The one that the form shows is no row: it is open already. */
  readonly openDraftId: string
  readonly isToday: (at: number) => boolean
}

/** A draft of an earlier day still waits to be finished: it stands below what is of today. */
export function todayRows({ visits, lastQueued, drafts, openDraftId, isToday }: TodayInput): TodayRow[] {
  const known = visits.some(({ recordId }) => recordId === lastQueued?.recordId)
  const all = lastQueued === null || known ? visits : [lastQueued, ...visits]
  const newest = new Map<string, SubmittedVisit>()
  // A visit that was corrected is one row: only its newest version can be corrected again.
  for (const visit of all) if (!newest.has(visit.visitId)) newest.set(visit.visitId, visit)
  const rows: TodayRow[] = [
    ...[...newest.values()]
      .filter(({ submittedAt }) => isToday(submittedAt))
      .map((visit): TodayRow => ({ kind: 'visit', at: visit.submittedAt, visit })),
    ...drafts
      .filter(({ draftId }) => draftId !== openDraftId)
      .map((draft): TodayRow => ({ kind: 'draft', at: draft.savedAt, draft })),
  ]
  return rows.sort((a, b) => b.at - a.at)
}
