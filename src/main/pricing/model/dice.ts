/** Dice from a seed, for the bootstrap alone: the second user gets the same limits as the first. */

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
