/** A set of 32-byte hashes in flat memory: a verifier must know every record of a chain of millions. */

const WORDS = 4
const LOAD_MAX = 0.6

/**
 * Keeps the first 16 bytes of each hash. That two records of one chain share them is beyond what anybody can compute
 * (a birthday search of 2^64 hashes), and would be reported as a duplicate, never passed over.
 */
export class RootSet {
  size = 0
  private table: Uint32Array
  private slotCount: number

  constructor(expectedCount = 1_024) {
    this.slotCount = 1_024
    while (this.slotCount * LOAD_MAX < expectedCount) this.slotCount *= 2
    this.table = new Uint32Array(this.slotCount * WORDS)
  }

  has(hash: Uint8Array): boolean {
    return this.table[this.slotOf(wordsOf(hash)) * WORDS] !== 0
  }

  /** False where it was there already. */
  add(hash: Uint8Array): boolean {
    const words = wordsOf(hash)
    const at = this.slotOf(words) * WORDS
    if (this.table[at] !== 0) return false
    for (let i = 0; i < WORDS; i++) this.table[at + i] = words[i]!
    this.size++
    if (this.size > this.slotCount * LOAD_MAX) this.grow()
    return true
  }

  /** The slot that holds the words, or the empty one where they belong. */
  private slotOf(words: Uint32Array): number {
    const mask = this.slotCount - 1
    for (let slot = words[3]! & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS
      const isFree = this.table[at] === 0
      const isSame =
        this.table[at] === words[0] &&
        this.table[at + 1] === words[1] &&
        this.table[at + 2] === words[2] &&
        this.table[at + 3] === words[3]
      if (isFree || isSame) return slot
    }
  }

  private grow(): void {
    const old = this.table
    this.slotCount *= 2
    this.table = new Uint32Array(this.slotCount * WORDS)
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] === 0) continue
      const words = old.subarray(at, at + WORDS)
      this.table.set(words, this.slotOf(words) * WORDS)
    }
  }
}

const scratch = new Uint32Array(WORDS)

function wordsOf(hash: Uint8Array): Uint32Array {
  for (let i = 0; i < WORDS; i++)
    scratch[i] = hash[4 * i]! | (hash[4 * i + 1]! << 8) | (hash[4 * i + 2]! << 16) | (hash[4 * i + 3]! << 24)
  // A first word of 0 marks a free slot; one hash in 2^32 is told apart by 31 bits less.
  if (scratch[0] === 0) scratch[0] = 1
  return scratch
}
