import { describe, expect, it } from 'vitest'
import type { ItemHash, MemberId, SegmentId } from '../node/chain/ids.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { createPolicy } from '../node/chain/policy.ts'
import { applyCharge, budgetOf, EMPTY_LEDGER, type PricedKind } from '../node/chain/privacy-ledger.ts'
import type { ConsortiumState } from '../node/chain/state.ts'
import { bindingOf, budgetView, type Asker } from './budget.ts'

const snapshotHash = new Uint8Array(32).fill(1) as Uint8Array as ItemHash
const member = (n: number) => new Uint8Array(16).fill(n) as Uint8Array as MemberId
const DAY = 20_000
const TIME = DAY * DAY_MS

const empty = {
  policy: createPolicy(),
  ledger: EMPTY_LEDGER,
  snapshots: [
    {
      itemHash: snapshotHash,
      height: 5,
      segmentId: new Uint8Array(32) as Uint8Array as SegmentId,
      microRho: 0,
    },
  ],
} as unknown as ConsortiumState

const university: Asker = { memberId: member(1), class: 'university' }
const insurer: Asker = { memberId: member(2), class: 'insurer' }

function spent(
  state: ConsortiumState,
  asker: Asker,
  kind: PricedKind,
  prices: readonly number[],
): ConsortiumState {
  return prices.reduce((before, microRho, i) => {
    const charge = {
      kind,
      microRho,
      class: asker.class,
      memberId: asker.memberId,
      studyId: new Uint8Array(16).fill(10 + i),
      snapshotHash,
    }
    const result = applyCharge(before, budgetOf(before.policy), charge, DAY)
    if (result.kind === 'refused') throw new Error(result.limit)
    return { ...before, ledger: result.ledger, snapshots: result.snapshots }
  }, state)
}
const table = (microRho: number) => ({ kind: 'table' as const, microRho, snapshotHash, studyId: null })

describe('bindingOf', () => {
  it('says how many more tables like this fit, by the limit that leaves least', () => {
    // Of an institution 150,000 a year: thirty tables at 5,000.
    expect(bindingOf(empty, university, table(5_000), TIME)).toEqual({
      limit: 'requester',
      room: 150_000,
      times: 30,
    })
    const after = spent(empty, university, 'table', [20_000, 20_000, 20_000, 20_000, 20_000, 20_000])
    expect(bindingOf(after, university, table(20_000), TIME)).toMatchObject({ limit: 'requester', times: 1 })
    // Another institution draws on the same pool.
    const both = spent(
      after,
      { memberId: member(3), class: 'hospital' },
      'table',
      Array<number>(7).fill(20_000),
    )
    expect(bindingOf(both, { memberId: member(4), class: 'university' }, table(5_000), TIME)).toEqual({
      limit: 'pool',
      room: 40_000,
      times: 8,
    })
    expect(bindingOf(both, insurer, table(5_000), TIME)).toMatchObject({ limit: 'requester', room: 50_000 })
  })
  it('says that one request of this kind is too dear, and that a study has spent its own', () => {
    expect(bindingOf(empty, university, table(20_001), TIME)).toEqual({
      limit: 'charge',
      room: 20_000,
      times: 0,
    })
    const studyId = new Uint8Array(16).fill(10)
    const counts = spent(empty, university, 'count', [2_000])
    expect(bindingOf(counts, university, { ...table(20_000), studyId }, TIME)).toMatchObject({
      limit: 'requester',
    })
  })
  it('has nothing to say of what costs nothing, or of a snapshot that is none', () => {
    expect(bindingOf(empty, university, { ...table(0), kind: 'by-rule' }, TIME)).toBeNull()
    const other = { ...table(5_000), snapshotHash: new Uint8Array(32) as Uint8Array as ItemHash }
    expect(bindingOf(empty, university, other, TIME)).toBeNull()
  })
  it('gives back what was spent a year ago', () => {
    const after = spent(empty, university, 'table', [20_000, 20_000])
    expect(bindingOf(after, university, table(20_000), TIME)?.room).toBe(110_000)
    expect(bindingOf(after, university, table(20_000), TIME + 366 * DAY_MS)?.room).toBe(150_000)
  })
})

describe('budgetView', () => {
  it('has each limit with what is left and with the whole', () => {
    const after = spent(empty, university, 'table', [20_000])
    const view = budgetView(after, university, snapshotHash, TIME)!
    const of = (name: string) => view.limits.find(({ limit }) => limit === name)
    expect(of('requester')).toEqual({ limit: 'requester', room: 130_000, whole: 150_000 })
    expect(of('pool')).toEqual({ limit: 'pool', room: 280_000, whole: 300_000 })
    expect(of('lifetime')).toEqual({ limit: 'lifetime', room: 1_980_000, whole: 2_000_000 })
    expect(of('study')).toEqual({ limit: 'study', room: 125_000, whole: 125_000 })
    expect(view.chargeMost.table).toBe(20_000)
  })
  it('is none for a snapshot that nobody declared', () => {
    expect(budgetView(empty, university, new Uint8Array(32), TIME)).toBeNull()
  })
})
