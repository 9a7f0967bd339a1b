/** A hospital whose clock is ten minutes ahead (A17): it says so itself, and nothing of its time comes into the chain. */
import { afterEach, describe, expect, it } from 'vitest'
import { testWorld } from '../governance/institution.test-kit.ts'
import { decodeHead } from '../node/chain/block.ts'
import { decodeMessage, encodeMessage } from '../node/consensus/engine/messages.ts'
import { areEqual, makeConsortium, until, type TestConsortium } from '../node/members.test-kit.ts'
import type { NodeNetwork } from '../node/network/node-network.ts'
import type { Transport } from '../node/network/transport.ts'
import type { ChainNode } from '../node/node.ts'
import { sampleVisit } from '../node/node.test-kit.ts'
import { createSignatureBook, type SignatureBook } from '../node/signatures.test-kit.ts'
import { readBlock } from '../node/storage/chain-store.ts'
import { foundProfiles, type ProfileConsortium } from './consortium.test-kit.ts'

const TEN_MINUTES_MS = 600_000
/** As far as a birth time may be ahead of a clock (record-format.md section 7). */
const AHEAD_MS = 5_000

let consortium: ProfileConsortium | null = null
let inMemory: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  await inMemory?.close()
  consortium = inMemory = null
})

async function expectTimesOfNow({ store, status }: ChainNode): Promise<void> {
  for (let index = 0; index < status.blockCount; index++) {
    const block = await readBlock(store, index)
    if (block.kind !== 'ok') throw new Error(block.kind)
    expect(decodeHead(block.value.head)!.timestamp).toBeLessThanOrEqual(Date.now() + AHEAD_MS)
  }
}

describe('a hospital of four whose clock is ten minutes ahead', () => {
  it('warns its own people and proposes nothing, the others go on, and it works again when its clock is right (A17)', async () => {
    const at = (consortium = await foundProfiles(['hospital', 'hospital', 'hospital', 'hospital']))
    const skewed = at.members[2]!
    const { memberId } = skewed.founded
    const book = createSignatureBook()
    let skewMs = TEN_MINUTES_MS
    for (const member of at.members) {
      const world = testWorld(member === skewed ? { now: () => Date.now() + skewMs } : {})
      await member.start({
        ...world,
        openNetwork: async (about, settings) => book.watch(await world.openNetwork(about, settings), about),
      })
    }
    const alerts = async (i: number) => {
      const { alerts: shown } = await at.members[i]!.open!.handlers.governance.overview(undefined)
      return shown.filter(({ kind }) => kind === 'clock').map(({ tone, amount }) => ({ tone, amount }))
    }
    await until(() => skewed.node.status.state === 'clock-wrong')
    const [alert] = await alerts(2)
    expect(alert?.tone).toBe('bad')
    expect(Math.abs(alert!.amount! + TEN_MINUTES_MS)).toBeLessThan(60_000)
    // Of three others one is wrong: nobody else doubts its own clock.
    expect(await alerts(0)).toEqual([])

    let next = 0
    const grow = async (count: number, by: readonly number[]): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await at.members[by[i % by.length]!]!.submit([sampleVisit(next++)])
        await until(() => areEqual(at.up(), next))
      }
    }
    // Also what the skewed one's own people write becomes final, in segments that others propose.
    await grow(8, [0, 2, 1, 3])
    expect(freshProposals(book, memberId)).toEqual([])
    await expectTimesOfNow(at.members[0]!.node)

    skewMs = 0
    await until(() => skewed.node.status.state === 'running')
    expect(await alerts(2)).toEqual([])
    while (freshProposals(book, memberId).length === 0) await grow(1, [0])
    await grow(2, [2])
    expect(book.doubles()).toEqual([])
  }, 120_000)

  it('and that is deaf to what the others say of the time proposes in vain (A17)', async () => {
    const at = (inMemory = await makeConsortium({ voters: 4 }))
    const { members } = at
    const skewed = members[2]!
    const { memberId } = skewed.founded
    const book = createSignatureBook()
    for (const member of members)
      await member.start(
        member === skewed
          ? {
              now: () => Date.now() + TEN_MINUTES_MS,
              openNetwork: (about) => book.watch(timesShifted(member.openNetwork(about)), about),
            }
          : { openNetwork: (about) => book.watch(member.openNetwork(about), about) },
      )
    await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    expect(skewed.node!.status.state).toBe('running')
    const proposed = () => freshProposals(book, memberId)
    for (let i = 0; i < 40 && proposed().length < 3; i++) {
      await skewed.submit(1, i)
      await until(() => areEqual(at.up(), i + 1))
    }
    expect(proposed().length).toBeGreaterThanOrEqual(3)
    // Nobody else votes for what it proposed in that round, and its time is nowhere in the chain.
    for (const { place, what } of proposed())
      for (const other of members.filter((member) => member !== skewed))
        for (const type of ['prevote', 'precommit'] as const)
          for (const vote of book.signed(other.founded.memberId, type))
            if (vote.place === place) expect(vote.what, `${type} at ${place}`).not.toBe(what)
    await expectTimesOfNow(members[0]!.node!)
    expect(book.doubles()).toEqual([])
  }, 120_000)
})

/** What was proposed for the first time: of its time others judge. What a quorum found valid before is proposed again by all. */
function freshProposals(book: SignatureBook, memberId: string): { place: string; what: string }[] {
  const fresh = / of -1$/
  return book
    .signed(memberId, 'proposal')
    .filter(({ what }) => fresh.test(what))
    .map(({ place, what }) => ({ place, what: what.replace(fresh, '') }))
}

/** What peers say of their clocks is heard as if they were ten minutes ahead, too. */
function timesShifted(network: NodeNetwork): NodeNetwork {
  const { transport } = network
  const changed: Partial<Transport> = {
    onMessage: (lane, handler) =>
      transport.onMessage(lane, (from, bytes) => {
        const message = lane === 'consensus' ? decodeMessage(bytes) : null
        if (message?.kind !== 'status') return handler(from, bytes)
        const status = { ...message.status, localTime: message.status.localTime + TEN_MINUTES_MS }
        return handler(from, encodeMessage({ kind: 'status', status }))
      }),
  }
  return {
    ...network,
    transport: new Proxy(transport, {
      get: (target, name) => (Reflect.get(changed, name) ?? Reflect.get(target, name)) as unknown,
    }),
  }
}
