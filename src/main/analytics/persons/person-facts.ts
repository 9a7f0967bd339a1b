/**
 * What is known of one person at a snapshot: the facts of every version that counts, in the order of their blocks. What the steps of
 * a pipeline read and hand on; the source values in it are never overwritten (docs/spec/warehouse.md).
 */
import type { FactRow, FactTable } from '../facts/fact-tables.ts'

export type PersonFacts = {
  /** Number of the person in the order of the snapshot. */
  readonly person: number
  /** Patient keys in hex that mean this person; more than one where hospitals recorded a link. */
  readonly patients: readonly string[]
} & { readonly [Table in FactTable]: readonly FactRow<Table>[] }
