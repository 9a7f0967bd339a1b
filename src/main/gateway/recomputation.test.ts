import { describe, expect, it } from 'vitest'
import type { MemberId } from '../node/chain/ids.ts'
import { isAwaited, RECOMPUTE_WAIT_MS } from './recomputation.ts'

const [a, b, c, d] = [1, 2, 3, 4].map((byte) => new Uint8Array(16).fill(byte) as MemberId) as [
  MemberId,
  MemberId,
  MemberId,
  MemberId,
]
const by = (...of: MemberId[]) => of.map((memberId) => ({ memberId }))
const four = { gateways: [a, b, c, d], within: [a, b, c, d], waitedMs: 0 }

describe('a recomputation', () => {
  it('waits for whoever is within reach, whoever had signed the answer', () => {
    expect(isAwaited({ ...four, spoken: by(a, b, c), signers: by(a, b, c) })).toBe(true)
    expect(isAwaited({ ...four, spoken: by(b, c, d), signers: by(a, b, c) })).toBe(true)
    expect(isAwaited({ ...four, spoken: by(a, b, c, d), signers: by(a, b, c) })).toBe(false)
  })

  it('does not wait for one that is away, unless nobody else took part who had not signed', () => {
    const within = [a, b, c]
    expect(isAwaited({ ...four, within, spoken: by(a, b, c), signers: by(a, b, d) })).toBe(false)
    expect(isAwaited({ ...four, within, spoken: by(a, b, c), signers: by(a, b, c) })).toBe(true)
    // Where all had signed it there is nobody else to wait for.
    expect(isAwaited({ ...four, within, spoken: by(a, b, c), signers: by(a, b, c, d) })).toBe(false)
  })

  it('waits for no longer than it may', () => {
    const waited = { ...four, spoken: by(a, b, c), signers: by(a, b, c) }
    expect(isAwaited({ ...waited, waitedMs: RECOMPUTE_WAIT_MS - 1 })).toBe(true)
    expect(isAwaited({ ...waited, waitedMs: RECOMPUTE_WAIT_MS })).toBe(false)
  })
})
