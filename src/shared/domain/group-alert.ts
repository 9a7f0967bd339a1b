/**
 * When two alerts of a group are one: a table is the same every time it is looked at, and the insurer's file beside it may be corrected. A small correction
 * changes nothing; one that makes another story of it makes another alert. Pure.
 */

/** Employer groups and plans are watched in tables of their own; both may have the same name. */
export type WatchLevel = 'group' | 'plan'

/** Tables in a row that say what lasts: of two the second is often chance. */
export const PERSISTING_TABLES = 3

/** Whose tables a product is priced from: with the plan among its factors those by plan, else those by group. */
export const pricedBy = (factors: readonly string[]): WatchLevel =>
  factors.includes('plan') ? 'plan' : 'group'

export interface GroupAlert {
  /** Of what lasts over tables: the newest of them. */
  readonly studyHash: string
  readonly watched: WatchLevel
  readonly kind: 'rise' | 'level' | 'persisting'
  readonly label: string
  /** Of a rise: the month of its last signal; of what lasts over tables: the last one of the newest table. */
  readonly month: string | null
  readonly since: string
  readonly ratio: number
  /** Limits of the ratio. */
  readonly lower: number
  readonly upper: number
}

/**
 * Whether the limits of both meet, and of two rises at least half of all their months is in both; a level above what is expected is not one below it. What
 * lasts over tables goes on with the next one: there the table may be another.
 */
export function isSameAlert(a: GroupAlert, b: GroupAlert): boolean {
  if (a.watched !== b.watched || a.kind !== b.kind || a.label !== b.label) return false
  if (a.kind !== 'persisting' && a.studyHash !== b.studyHash) return false
  if (a.lower > b.upper || b.lower > a.upper) return false
  if (a.kind === 'level') return sideOf(a) === sideOf(b)
  const [firstA, lastA, firstB, lastB] = [a.since, lastOf(a), b.since, lastOf(b)].map(monthNumber)
  const shared = Math.min(lastA!, lastB!) - Math.max(firstA!, firstB!) + 1
  const all = Math.max(lastA!, lastB!) - Math.min(firstA!, firstB!) + 1
  return 2 * shared >= all
}

const lastOf = ({ month, since }: GroupAlert): string => month ?? since

/** @param month as in `2024-03` */
function monthNumber(month: string): number {
  return 12 * Number(month.slice(0, 4)) + Number(month.slice(5, 7))
}

const sideOf = ({ ratio }: GroupAlert): 'above' | 'below' => (ratio >= 1 ? 'above' : 'below')
