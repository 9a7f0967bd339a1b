/** From when to when a person is at risk, and what ends it (docs/spec/intervals.md section 2). Pure. */
import {
  daysAfterLastVisit,
  type FollowUp,
  type IntervalDefinition,
} from '../../../shared/domain/intervals.ts'
import { daysOfEvent, type DaysOf } from '../persons/event-days.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { deathOf } from '../persons/person-says.ts'

/** In the order in which they win on one day. */
export const END_REASONS = ['event', 'competing', 'death', 'left', 'at-most', 'data-end'] as const
export type EndReason = (typeof END_REASONS)[number]

/** Why a person of the cohort is not followed, in the order in which it is asked. */
export const LEFT_OUT = [
  'no-birth',
  'earlier-event',
  'earlier-competing',
  'not-at-risk',
  'too-short',
] as const
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

/** `events`: the days of what is waited for, `competing`: of what keeps it from happening, both in order. `until`: the last day of the study. */
export function followPerson(
  facts: PersonFacts,
  index: number,
  rule: Omit<FollowUp, 'event' | 'competing'>,
  events: readonly number[],
  competing: readonly number[],
  until: number,
): Followed {
  const start = index + rule.startAfterDays
  const dayOf: Record<EndReason, number | null> = {
    event: events.find((day) => day > start) ?? null,
    competing: competing.find((day) => day > start) ?? null,
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
  // To whom it happened, the event can happen no more: among those at risk they would only make it look rarer.
  if (rule.earlierEvents === 'leave-out' && competing.some((day) => day <= start))
    return { kind: 'left-out', why: 'earlier-competing', reason }
  if (end <= start) return { kind: 'left-out', why: 'not-at-risk', reason }
  if (end - start < rule.atLeastDays) return { kind: 'left-out', why: 'too-short', reason }
  return { kind: 'followed', start, end, reason }
}

/**
 * The day on which it is known that a person has left: the first time that no visit comes for so long, counted from the index day on.
 * Whoever dies or comes again before that day was there all the while, and whoever does neither is at risk as long: days that count only
 * for those who come again would be free of events by choice, and those that count only for those who die would be full of deaths.
 */
function leftOn(
  { visit }: PersonFacts,
  index: number,
  left: NonNullable<FollowUp['left']>,
  until: number,
): number | null {
  const later = visit.flatMap(({ day }) => (day !== null && day > index && day <= until ? [day] : []))
  let seen = index
  for (const day of [...later.sort((a, b) => a - b), until]) {
    if (day - seen > left.withoutVisitDays) return seen + daysAfterLastVisit(left)
    seen = day
  }
  return null
}

/** None where nothing but death competes. */
export function daysOfCompeting({ followUp: { competing }, codeSets }: IntervalDefinition): DaysOf {
  return competing === undefined ? () => [] : daysOfEvent(competing, codeSets)
}
