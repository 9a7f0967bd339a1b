/** Which claims of a person stand. Pure. */
import { factCode, type FactRow } from '../facts/fact-tables.ts'
import type { PersonFacts } from './person-facts.ts'

/** What asks for nothing, or does no more. */
export const NO_CLAIM: readonly number[] = (['draft', 'denied', 'reversed'] as const).map((word) =>
  factCode('claimStatus', word),
)

/** In the order of the chain: neither drafts, denied or reversed ones, nor those that reverse another one. */
export function claimsThatStand({ claim }: Pick<PersonFacts, 'claim'>): readonly FactRow<'claim'>[] {
  const reversed = new Set(claim.flatMap(({ reverses }) => reverses ?? []))
  return claim.filter(
    (each) =>
      each.reverses === null &&
      !(each.claim !== null && reversed.has(each.claim)) &&
      !(each.status !== null && NO_CLAIM.includes(each.status)),
  )
}
