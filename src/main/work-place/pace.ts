/**
 * How many calls one work place may make: far more than people at a screen do, and few enough that one computer, a broken one or
 * somebody's program with its key, keeps the node from nobody else. A new line or session of the same work place has no new allowance.
 */
import { createTokenBucket } from '../node/network/token-bucket.ts'
import type { PlaceLimits } from './limits.ts'

/** `flood`: it goes on although it was told, and is cut. */
export type Pace = 'in-time' | 'too-many' | 'flood'

/** @param now milliseconds */
export function createPace(
  limits: Pick<PlaceLimits, 'callsPerSecond' | 'callsBurst' | 'refusedPerSecond' | 'refusedBurst'>,
  now: () => number,
): () => Pace {
  const calls = createTokenBucket(limits.callsPerSecond, limits.callsBurst, now())
  const refusals = createTokenBucket(limits.refusedPerSecond, limits.refusedBurst, now())
  return () => {
    const at = now()
    // What is refused takes nothing: whoever waits a moment goes on.
    if (calls.take(0, at) === 0) {
      calls.take(1, at)
      return 'in-time'
    }
    if (refusals.take(0, at) > 0) return 'flood'
    refusals.take(1, at)
    return 'too-many'
  }
}
