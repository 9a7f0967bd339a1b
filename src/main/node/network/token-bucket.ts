/** How much a peer may send: a bucket that fills with time and may be overdrawn by what is already here. */
export interface TokenBucket {
  /** Takes `count` and says for how many milliseconds the sender has to wait: 0 while the bucket is not overdrawn. */
  take(count: number, now: number): number
}

export function createTokenBucket(perSecond: number, burst: number, now: number): TokenBucket {
  let tokens = burst
  let last = now
  return {
    take(count, at) {
      tokens = Math.min(burst, tokens + (Math.max(0, at - last) * perSecond) / 1000)
      last = at
      tokens -= count
      return tokens >= 0 ? 0 : Math.ceil((-tokens * 1000) / perSecond)
    },
  }
}
