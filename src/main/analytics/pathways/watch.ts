/** Until when a person is watched, from the index day on. Pure. */
import type { PathwaysDefinition } from '../../../shared/domain/pathways.ts'
import { followPerson } from '../intervals/follow-up.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { deathOf } from '../persons/person-says.ts'

/** Days since 1970-01-01, both in the watch. */
export interface Watch {
  readonly from: number
  readonly to: number
  /** Whether death ended it, and not the data, a long absence or the longest time that is asked about. */
  readonly isDeath: boolean
}

/** `until`: the last day of the data, or the definition's own where that is earlier. Whoever enters later is watched on that day only. */
export function watchOf(
  facts: PersonFacts,
  index: number,
  { left, atMostDays }: PathwaysDefinition['watch'],
  until: number,
): Watch {
  // What ends time is that of intervals (docs/spec/intervals.md section 2), with no event that is waited for.
  const followed = followPerson(
    facts,
    index,
    { startAfterDays: 0, earlierEvents: 'keep', left, atMostDays, until: null, atLeastDays: 1 },
    [],
    [],
    until,
  )
  if (followed.kind === 'left-out')
    return { from: index, to: index, isDeath: followed.reason === 'death' && deathOf(facts)! <= index }
  return { from: index, to: followed.end, isDeath: followed.reason === 'death' }
}
