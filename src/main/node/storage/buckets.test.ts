import { describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { BUCKETS, keyIn } from './buckets.ts'

describe('key spaces', () => {
  it('hold no other: whatever bytes follow, a key of one is never read as a key of another', () => {
    const prefixes = BUCKETS.map((bucket) => toHex(keyIn(bucket)))
    for (const [i, one] of prefixes.entries())
      for (const [j, other] of prefixes.entries())
        if (i !== j) expect(other.startsWith(one), `${BUCKETS[j]} lies in ${BUCKETS[i]}`).toBe(false)
  })
})
