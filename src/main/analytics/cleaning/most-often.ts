/** What most visits of a person say; of two that are said as often, the one that stands first in the chain. Pure. */
import type { FactRow } from '../facts/fact-tables.ts'
import type { CleanRow } from './cleaned.ts'

export function mostOften<Column extends 'birth' | 'sex' | 'region'>(
  visits: readonly CleanRow<'visit'>[],
  column: Column,
): FactRow<'visit'>[Column] | null {
  const counts = new Map<FactRow<'visit'>[Column], number>()
  let best: FactRow<'visit'>[Column] | null = null
  for (const { now } of visits) {
    const said = now[column]
    if (said !== null) counts.set(said, (counts.get(said) ?? 0) + 1)
  }
  // A map keeps the order in which its keys came.
  for (const [said, count] of counts) if (best === null || count > counts.get(best)!) best = said
  return best
}
