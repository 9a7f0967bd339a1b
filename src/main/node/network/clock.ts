/** Time as an argument: the system's in the product, a hand-turned one in tests. */
export interface Clock {
  /** Milliseconds; never goes back. */
  now(): number
  /** Calls once after `ms`; returns how to call it off. */
  after(ms: number, call: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}
