/** From when to when a person is at risk, and what ends it (docs/spec/intervals.md section 2). Pure. */
import type { FollowUp } from '../../../shared/domain/intervals.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { deathOf } from '../persons/person-says.ts'

/** In the order in which they win on one day. */
export const END_REASONS = ['event', 'death', 'left', 'at-most', 'data-end'] as const
export type EndReason = (typeof END_REASONS)[number]

/** Why a person of the cohort is not followed, in the order in which it is asked. */
export const LEFT_OUT = ['no-birth', 'earlier-event', 'not-at-risk', 'too-short'] as const
export type LeftOut = (typeof LEFT_OUT)[number]

/** Days since 1970-01-01: at risk on the days after `start` up to `end`, it too. */
export type Followed =
  | { readonly kind: 'followed'; readonly start: number; readonly end: number; readonly reason: EndReason }
  | {
      readonly kind: 'left-out'
      readonly why: Exclude<LeftOut, 'no-birth'>
      /** What would have ended the person's time. */
      readonly reason: EndReason
    }

/** `events`: the days of what is waited for, in order. `until`: the last day of the study. */
export function followPerson(
  facts: PersonFacts,
  index: number,
  rule: Omit<FollowUp, 'event'>,
  events: readonly number[],
  until: number,
): Followed {
  const start = index + rule.startAfterDays
  const dayOf: Record<EndReason, number | null> = {
    event: events.find((day) => day > start) ?? null,
    death: deathOf(facts),
    left: rule.left === null ? null : leftOn(facts, index, rule.left, until),
    'at-most': rule.atMostDays === null ? null : start + rule.atMostDays,
    'data-end': until,
  }
  let end = until
  let reason: EndReason = 'data-end'
  for (const each of END_REASONS.toReversed()) {
    const day = dayOf[each]
    if (day === null || day > end) continue
    end = day
    reason = each
  }
  if (rule.earlierEvents === 'leave-out' && events.some((day) => day <= start))
    return { kind: 'left-out', why: 'earlier-event', reason }
  if (end <= start) return { kind: 'left-out', why: 'not-at-risk', reason }
  if (end - start < rule.atLeastDays) return { kind: 'left-out', why: 'too-short', reason }
  return { kind: 'followed', start, end, reason }
}

/** The first time that no visit comes for so long, counted from the index day on. */
function leftOn(
  { visit }: PersonFacts,
  index: number,
  { withoutVisitDays, countedDays }: NonNullable<FollowUp['left']>,
  until: number,
): number | null {
  const later = visit.flatMap(({ day }) => (day !== null && day > index && day <= until ? [day] : []))
  let seen = index
  for (const day of [...later.sort((a, b) => a - b), until]) {
    if (day - seen > withoutVisitDays) return seen + countedDays
    seen = day
  }
  return null
}
