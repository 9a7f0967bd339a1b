/** Every bound of the node on size, count and time that the format does not fix. */

export interface NodeLimits {
  /** Below this many free bytes nothing new is admitted; what was admitted still becomes final. */
  readonly admitFreeBytes: number
  /** Below this the node decides nothing more, so that the store can always close in order. */
  readonly decideFreeBytes: number
  /**
   * Visits that may wait in the outbox; whoever brings more in bulk waits. So an import cannot outrun the chain without end, and
   * a clerk's visit behind it is final after seconds.
   */
  readonly outboxBytesMax: number
  readonly outboxVisitsMax: number
  /** How long a look at the disk's free space holds. */
  readonly diskLookMs: number
  /** How often the disk is looked at while nothing asks. */
  readonly diskWatchMs: number
  /** How long a pre-shared key of the network stays open once the next one is in effect: for those who slept. */
  readonly networkOverlapMs: number
  /** How often the clock is looked at to see whether that is over. */
  readonly networkLookMs: number
}

export const NODE_LIMITS: NodeLimits = {
  admitFreeBytes: 1024 * 1024 * 1024,
  decideFreeBytes: 256 * 1024 * 1024,
  outboxBytesMax: 64 * 1024 * 1024,
  outboxVisitsMax: 2_000,
  diskLookMs: 1_000,
  diskWatchMs: 5_000,
  networkOverlapMs: 7 * 86_400_000,
  networkLookMs: 60_000,
}

/** Records that are opened together by the check before a vote. */
export const CHECK_BATCH = 128
