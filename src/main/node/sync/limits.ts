/** Bounds of catching up. */
export type SyncLimits = {
  /** What one answer carries, about. */
  readonly answerBytes: number
  /** Answers that wait for the one before them, and questions that are open, in bytes. */
  readonly aheadBytesMax: number
  readonly segmentsPerRequestMax: number
  readonly requestsPerPeer: number
  readonly requestMs: number
  /** A peer that could not answer is asked again after this. */
  readonly peerRestMs: number
  /** The chain's height is told this often at most. */
  readonly statusEveryMs: number
}

const MiB = 1024 * 1024

export const SYNC_LIMITS: SyncLimits = {
  answerBytes: 2 * MiB,
  aheadBytesMax: 32 * MiB,
  segmentsPerRequestMax: 4_096,
  requestsPerPeer: 2,
  requestMs: 60_000,
  peerRestMs: 2_000,
  statusEveryMs: 200,
}
