/** Snapshots that hospitals declare together, and the keys of their noise (docs/spec/gateways.md section 4). */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { ItemHash } from '../chain/ids.ts'

/** What a gateway says of a height that shall be declared. */
export type MayDeclare = 'yes' | 'too-few-patients' | 'too-few-hospitals'

export type ProposeSnapshotResult =
  | { readonly kind: 'submitted'; readonly itemHash: ItemHash; readonly height: number }
  /** Nothing is in the chain since the last one. */
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'refused'; readonly reason: Exclude<MayDeclare, 'yes'> }
  /** So few gateways contributed within the time. */
  | { readonly kind: 'too-few-gateways'; readonly contributed: number; readonly needed: number }

export interface Snapshots {
  /** Asks the gateways for contributions to a snapshot of the newest height and submits it. Hospitals only. */
  propose(): Promise<ProposeSnapshotResult>
  /** The 32 bytes from which the noise of a snapshot is drawn; null where this node cannot open enough. Gateways only. */
  noiseKeyOf(snapshotHash: ItemHash): Promise<Bytes | null>
  /** Answered from the warehouse; until it is set, a gateway contributes to nothing. */
  setMayDeclare(ask: (height: number) => Promise<MayDeclare>): void
}
