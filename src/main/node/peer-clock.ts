/** How far this machine's clock is from its peers' (docs/spec/consensus.md R8): the median of what voters say. */
import { keyOf, type MemberId } from './chain/ids.ts'

export interface PeerClock {
  /** @param localTime what the peer's clock showed; `halfTripMs`: about how long ago that was */
  heard(peer: MemberId, localTime: number, halfTripMs: number): void
  /** Peers' median minus own clock, in milliseconds; null while fewer than two have spoken lately. */
  readonly offsetMs: number | null
  readonly state: 'right' | 'warn' | 'wrong'
}

export const CLOCK_WARN_MS = 2_000
/** Beyond this a node's birth times would be refused, and it would refuse others' (R8). */
export const CLOCK_WRONG_MS = 5_000
const REMEMBER_MS = 60_000
/** One peer alone may be the one whose clock is wrong. */
const PEERS_MIN = 2

/** @param elapsed milliseconds of a clock that nobody sets */
export function createPeerClock(now: () => number, elapsed: () => number): PeerClock {
  const offsets = new Map<string, { readonly offsetMs: number; readonly at: number }>()

  function offset(): number | null {
    const fresh: number[] = []
    for (const [name, { offsetMs, at }] of offsets)
      if (elapsed() - at > REMEMBER_MS) offsets.delete(name)
      else fresh.push(offsetMs)
    if (fresh.length < PEERS_MIN) return null
    fresh.sort((a, b) => a - b)
    // Of an even number the one nearer to our own clock: half of the peers say that it is right so far.
    const [low, high] = [fresh[(fresh.length - 1) >> 1]!, fresh[fresh.length >> 1]!]
    return Math.abs(low) < Math.abs(high) ? low : high
  }

  return {
    heard(peer, localTime, halfTripMs) {
      offsets.set(keyOf(peer), { offsetMs: Math.round(localTime + halfTripMs - now()), at: elapsed() })
    },
    get offsetMs() {
      return offset()
    },
    get state() {
      const distance = Math.abs(offset() ?? 0)
      return distance > CLOCK_WRONG_MS ? 'wrong' : distance > CLOCK_WARN_MS ? 'warn' : 'right'
    },
  }
}
