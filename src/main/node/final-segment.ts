/** Visits that became final together, as the node tells whoever listens. */
export interface FinalSegment {
  /** Less than `height` where a range came by catching up. */
  readonly fromHeight: number
  readonly height: number
  readonly firstIndex: number
  readonly count: number
  /** Of this institution: Merkle root in hex, block number, own sequence. */
  readonly own: readonly { readonly root: string; readonly index: number; readonly sequence: number }[]
}
