import { describe, expect, it } from 'vitest'
import { encode, tryDecode, type Cbor } from './codec.ts'
import type { MemberId } from './ids.ts'
import {
  RECOVERY_DELAY_MS,
  recoveryFromCbor,
  recoveryToCbor,
  weighRecoveries,
  type RecoveryContent,
  type SaidRecovery,
} from './recovery.ts'

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill)
const member = (fill: number) => bytes(16, fill) as MemberId
const [north, east, south] = [member(1), member(2), member(3)] as const
const said = { userKeyId: 'u1', at: 5 }
const set = (fill = 7): RecoveryContent => ({
  kind: 'recovery-set',
  setId: bytes(16, fill),
  part: bytes(32, fill),
  threshold: 3,
  shareCount: 5,
  ...said,
})
const request = (over: { memberId?: MemberId; setId?: Uint8Array } = {}): RecoveryContent => ({
  kind: 'recovery-request',
  requestId: bytes(16, 9),
  memberId: north,
  setId: bytes(16, 7),
  text: 'Both disks burnt',
  ...said,
  ...over,
})
const veto = (): RecoveryContent => ({ kind: 'recovery-veto', requestId: bytes(16, 9), text: null, ...said })
const by = (author: MemberId, content: RecoveryContent, time: number | null = 1_000): SaidRecovery => ({
  author,
  content,
  time,
})
const stateAt = (now: number, ...more: SaidRecovery[]) =>
  weighRecoveries([by(north, set()), ...more], now).requests.map(({ state }) => state)

describe('what hospitals say of a recovery', () => {
  it('is the same after coding and decoding, and nothing else is taken for it', () => {
    for (const content of [set(), request(), veto()]) {
      const coded = recoveryToCbor(content)
      expect(recoveryFromCbor(tryDecode(encode(coded)) as Cbor)).toEqual(content)
      const slots = coded as Cbor[]
      expect(recoveryFromCbor(slots.slice(1))).toBe(null)
      for (let i = 0; i < slots.length; i++)
        expect(recoveryFromCbor(slots.map((slot, at) => (at === i ? -1 : slot)))).toBe(null)
    }
  })
})

describe('T34: a request for the hospitals’ part', () => {
  it('waits for three days of the chain’s time, and is ready then', () => {
    expect(stateAt(1_000, by(east, request(), null))).toEqual(['queued'])
    expect(stateAt(1_000 + RECOVERY_DELAY_MS - 1, by(east, request()))).toEqual(['waiting'])
    expect(stateAt(1_000 + RECOVERY_DELAY_MS, by(east, request()))).toEqual(['ready'])
  })

  it('is stopped for good by a veto of any hospital, also one that comes late', () => {
    for (const author of [north, east, south])
      expect(stateAt(9e12, by(east, request()), by(author, veto(), 2_000))).toEqual(['vetoed'])
  })

  it('is void for a set that was replaced, of another hospital, unknown, or asked by the institution itself', () => {
    expect(stateAt(9e12, by(east, request()), by(north, set(8)))).toEqual(['void'])
    expect(stateAt(9e12, by(east, request({ memberId: south })))).toEqual(['void'])
    expect(stateAt(9e12, by(east, request({ setId: bytes(16, 1) })))).toEqual(['void'])
    expect(stateAt(9e12, by(north, request()))).toEqual(['void'])
  })

  it('keeps the first of two with one id: the second cannot outlive a veto or jump the delay', () => {
    const requests = weighRecoveries(
      [by(north, set()), by(east, request(), 5_000), by(south, request(), 1)],
      5_001,
    ).requests
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ author: east, state: 'waiting' })
  })
})
