/** What waits to be decided, with the chain's state in the test's hand. */
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../../shared/std/bytes.ts'
import {
  crypto,
  finalise,
  foundConsortium,
  makeItem,
  type Institution,
} from '../chain/consortium.test-kit.ts'
import { nothingEarlier } from '../chain/apply-segment.ts'
import type { SegmentId } from '../chain/ids.ts'
import { signVote } from '../chain/vote.ts'
import type { Ledger } from '../ledger.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { openWaitingItems } from './items.ts'
import { EVIDENCE_AHEAD_MAX } from './may-wait.ts'

const four = foundConsortium({ seed: 'items', voters: 4 })
const [a, b, liar] = four.institutions as [Institution, Institution, Institution]

function evidenceOf(height: number, author: Institution, sequence = 1): Uint8Array {
  const vote = (segmentId: SegmentId | null) =>
    signVote(
      crypto,
      four.chainId,
      {
        type: 'precommit',
        protocolVersion: 1,
        epoch: 0,
        height,
        round: 0,
        segmentId,
        memberId: liar.member.memberId,
      },
      liar.consensusSecret,
    )
  const other = vote(new Uint8Array(32).fill(1) as SegmentId)
  return makeItem(four, author, { kind: 'evidence', first: vote(null), second: other }, sequence)
}

function machine(store = createMemoryStore()) {
  const dropped: string[] = []
  const at = {
    store,
    dropped,
    ledger: { chainId: four.chainId, state: four.start, earlierFor: async () => nothingEarlier },
    open: () =>
      openWaitingItems({
        store,
        crypto,
        ledger: at.ledger as unknown as Ledger,
        now: () => at.ledger.state.lastTime + 60_000,
        signAgain: () => null,
        onReady() {},
        onOwnDropped: ({ clear }) => dropped.push(clear.kind),
      }),
    /** One more segment. */
    grow(given?: number, author = b) {
      const sequence = given ?? at.ledger.state.height + 1
      const item = makeItem(
        four,
        author,
        { kind: 'policy', name: 'smallestCount', value: 12 + (at.ledger.state.height % 2), approvals: [] },
        sequence,
      )
      at.ledger.state = finalise(four, at.ledger.state, { items: [item] }).state
    },
  }
  return at
}

describe('evidence of a height that is not reached here', () => {
  it('waits until it is', async () => {
    const at = machine()
    const items = await at.open()
    const bytes = evidenceOf(2, a)
    await items.takeIn(a.member.memberId, [bytes])
    expect(items.candidates()).toEqual([bytes])
    expect(items.readyCount).toBe(0)
    at.grow()
    await items.refresh()
    expect(items.readyCount).toBe(1)
  })

  it('stays where it was submitted here and the store was put back to an older state', async () => {
    const at = machine()
    const first = await at.open()
    for (let height = 1; height <= 3; height++) at.grow()
    await first.submit(evidenceOf(4, a))
    at.ledger.state = four.start
    expect((await at.open()).submittedHere()).toEqual([evidenceOf(4, a)])
  })

  it('is not held for others where it is far off, and is taken when it is offered again near it', async () => {
    const at = machine()
    const items = await at.open()
    const bytes = evidenceOf(2 + EVIDENCE_AHEAD_MAX, a)
    await items.takeIn(a.member.memberId, [bytes])
    expect(items.candidates()).toEqual([])
    at.grow()
    await items.takeIn(a.member.memberId, [bytes])
    expect(items.candidates()).toEqual([bytes])
  })
})

describe('evidence against a voter whom another item that waits would name first', () => {
  it('stays, durably, until the chain names the voter, for that other item may never be decided', async () => {
    const at = machine()
    const first = await at.open()
    const [ofA, ofB] = [evidenceOf(1, a), evidenceOf(1, b)]
    await first.submit(ofA)
    await first.submit(ofB)
    expect(first.readyCount).toBe(1)
    const second = await at.open()
    expect(second.submittedHere()).toHaveLength(2)
    // Whichever stands first is overtaken by another item of its author.
    const overtaken = equalBytes(second.candidates()[0]!, ofA) ? a : b
    at.grow(2, overtaken)
    await second.refresh()
    expect(second.submittedHere()).toEqual([overtaken === a ? ofB : ofA])
    expect(second.readyCount).toBe(1)
    expect(at.dropped).toEqual(['evidence'])
    at.ledger.state = finalise(four, at.ledger.state, { items: second.candidates() as Uint8Array[] }).state
    await second.refresh()
    expect(second.candidates()).toEqual([])
  })

  it('stays also where others sent both, and leaves when the voter is named', async () => {
    const at = machine()
    const items = await at.open()
    const both = [evidenceOf(1, a), evidenceOf(1, b)]
    await items.takeIn(a.member.memberId, both)
    expect(items.candidates()).toHaveLength(2)
    at.ledger.state = finalise(four, at.ledger.state, { items: [items.candidates()[0]!] }).state
    await items.refresh()
    expect(items.candidates()).toEqual([])
  })
})

describe('an own item that can never stand any more', () => {
  it('is told of, so that what it says can be said anew, also where that is seen after a restart', async () => {
    const at = machine()
    const first = await at.open()
    await first.submit(evidenceOf(1, b, 1))
    // Another item of the same author is decided before it.
    at.grow(2)
    expect(at.dropped).toEqual([])
    const second = await at.open()
    expect(second.submittedHere()).toEqual([])
    expect(at.dropped).toEqual(['evidence'])
  })

  it('is told of while the node runs', async () => {
    const at = machine()
    const items = await at.open()
    await items.submit(evidenceOf(1, b, 1))
    at.grow(2)
    await items.refresh()
    expect(at.dropped).toEqual(['evidence'])
  })
})
