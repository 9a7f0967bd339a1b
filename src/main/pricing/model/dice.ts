/** Dice from a seed, for limits by draws alone: the second user gets the same limits as the first. */

import { log } from '../../stats/det/log.ts'

/** Numbers in (0, 1): xorshift of Marsaglia (2003) on 32 bits. */
export function uniformOf(seed: number): () => number {
  let state = seed >>> 0 || 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return (state + 0.5) / 2 ** 32
  }
}

/** Standard normal numbers by Marsaglia's polar method: of many draws the quantile function would take most of the time. */
export function normalOf(uniform: () => number): () => number {
  let kept: number | null = null
  return () => {
    if (kept !== null) {
      const value = kept
      kept = null
      return value
    }
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1]
      const s = u * u + v * v
      if (!(s > 0 && s < 1)) continue
      const scale = Math.sqrt((-2 * log(s)) / s)
      kept = v * scale
      return u * scale
    }
  }
}
