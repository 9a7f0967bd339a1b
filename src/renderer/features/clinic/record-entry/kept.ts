/** What a correction keeps of its source without a field for it, one by one. Pure. */
import type { ClaimLine, Observation } from '../../../../shared/domain/visit.ts'
import { sourceRowId, type VisitForm } from './form.ts'
import { fieldsOfObservations } from './from-record.ts'

export type KeptPart =
  | { readonly path: string; readonly kind: 'result'; readonly result: Observation }
  | {
      readonly path: string
      readonly kind: 'line'
      readonly line: ClaimLine
      readonly currency: string
      readonly exponent: number
    }

/** In the order of the source; a line of a claim that was removed goes with its claim. */
export function keptParts({ source, claims }: Pick<VisitForm, 'source' | 'claims'>): readonly KeptPart[] {
  if (source === null) return []
  const shownBy = fieldsOfObservations(source.observations)
  const ids = new Set(claims.map(({ id }) => id))
  return [
    ...source.observations.flatMap((result, i): KeptPart[] =>
      shownBy[i] === null ? [{ path: `observations.${i}`, kind: 'result', result }] : [],
    ),
    ...source.claims.flatMap((claim, i): KeptPart[] =>
      ids.has(sourceRowId(i))
        ? claim.lines.map((line, n) => ({
            path: `claims.${i}.lines.${n}`,
            kind: 'line',
            line,
            currency: claim.currency,
            exponent: claim.currencyExponent,
          }))
        : [],
    ),
  ]
}
