/** What a correction keeps of its source without a field for it, one by one. Pure. */
import type { Observation } from '../../../../shared/domain/visit.ts'
import type { Source } from './form.ts'
import { fieldsOfObservations } from './from-record.ts'

export interface KeptPart {
  /** As the form says that it goes: `observations.4`. */
  readonly path: string
  readonly result: Observation
}

/** In the order of the source. Lists of diagnoses, procedures, medicines and claims have a row for each of theirs. */
export function keptParts(source: Source | null): readonly KeptPart[] {
  if (source === null) return []
  const shownBy = fieldsOfObservations(source)
  return source.observations.flatMap((result, i) =>
    shownBy[i] === null ? [{ path: `observations.${i}`, result }] : [],
  )
}
