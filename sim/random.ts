/** Seeded dice: the same seed gives the same run on every machine (xorshift128, seeded by SplitMix32). */

export interface Dice {
  /** Integer in [0, below). */
  below(count: number): number
  /** Integer in [least, most]. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  bytes(count: number): Uint8Array
  /** Independent dice, so that one more roll here does not change everything there. */
  fork(name: string): Dice
}

export function createDice(seed: number): Dice {
  let mixed = seed >>> 0
  const split = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0
    let z = mixed
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  let a = split() | 1
  let b = split()
  let c = split()
  let d = split()
  const next = (): number => {
    let t = a ^ (a << 11)
    a = b
    b = c
    c = d
    t = t ^ (t >>> 8)
    d = d ^ (d >>> 19) ^ t
    return d >>> 0
  }
  const dice: Dice = {
    below: (count) => Math.floor((next() / 4294967296) * count),
    between: (least, most) => least + dice.below(most - least + 1),
    chance: (probability) => next() / 4294967296 < probability,
    pick: (choices) => choices[dice.below(choices.length)]!,
    bytes(count) {
      const out = new Uint8Array(count)
      for (let i = 0; i < count; i++) out[i] = next() & 255
      return out
    },
    fork: (name) => createDice(hashText(name, next())),
  }
  return dice
}

/** FNV-1a, 32 bits; for traces and forks, never for anything that matters to the chain. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let hash = start >>> 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}

/** As `hashText`, over bytes. */
export function mixBytes(bytes: Uint8Array, start: number): number {
  let hash = start
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  // FNV's last byte reaches only the low bits: spread it.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export function mixNumber(number: number, start: number): number {
  const hash = Math.imul(start ^ number, 0x85ebca6b)
  return (hash ^ (hash >>> 15)) >>> 0
}
