/** When a member of several must not go on as usual: its clock, its disk, its memory of what it signed. */
import { afterEach, describe, expect, it } from 'vitest'
import { encodeStanding, observe } from './consensus/engine/standing.ts'
import { NODE_LIMITS } from './limits.ts'
import { strengthOf } from './membership/arithmetic.ts'
import {
  areEqual,
  makeConsortium,
  makeMember,
  until,
  type TestConsortium,
  type TestMember,
} from './members.test-kit.ts'
import type { ChainNode } from './node.ts'
import { createPeerClock } from './peer-clock.ts'
import { createSignatureBook, type SignatureBook } from './signatures.test-kit.ts'
import { blockKey, rangeOf, segmentKey } from './storage/buckets.ts'
import type { Store } from './storage/store.ts'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { readSegment, standingWrite } from './storage/chain-store.ts'
import type { MemberId } from './chain/ids.ts'

type StartWatched = (member: TestMember) => Promise<ChainNode>

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

describe('a member among others', () => {
  it('with a wrong clock says so, and the others decide without its proposals', async () => {
    consortium = await makeConsortium({ voters: 4 })
    const { members, up } = consortium
    const late = members[2]!
    for (const member of members)
      await member.start(member === late ? { now: () => Date.now() - 20_000 } : {})
    // Not `votersReachable`: it no longer counts the late one as soon as that one has seen what its clock is.
    await until(() => up().every(({ status }) => status.peerCount === 3))
    for (let i = 0; i < 6; i++) {
      await members[0]!.submit(1, i)
      await until(() => areEqual(up(), i + 1))
    }
    await until(() => late.node!.status.state === 'clock-wrong')
    await until(() => members[0]!.node!.status.votersReachable === 3)
    expect(late.node!.status.clockOffsetMs).toBeGreaterThan(15_000)
    expect(members[0]!.node!.status.state).toBe('running')
  }, 60_000)

  it('with a full disk writes nothing more, and takes part again when there is space', async () => {
    consortium = await makeConsortium({ voters: 4 })
    const { members, up } = consortium
    let free = 10_000_000_000
    const tight = members[3]!
    const limits = { ...NODE_LIMITS, diskLookMs: 0, diskWatchMs: 20 }
    for (const member of members)
      await member.start(member === tight ? { freeBytes: async () => free, limits } : {})
    await members[0]!.submit(1, 0)
    await until(() => areEqual(up(), 1))
    free = 1_000
    await until(() => tight.node!.status.state === 'disk-full')
    // It is connected all the same, and the others do not count on it.
    await until(() => members[0]!.node!.status.votersReachable === 3)
    const others = members.slice(0, 3).map(({ node }) => node!)
    for (let i = 0; i < 4; i++) {
      await members[0]!.submit(1, 10 + i)
      await until(() => areEqual(others, 2 + i))
    }
    expect(tight.node!.status.blockCount).toBe(1)
    free = 10_000_000_000
    await until(() => areEqual(up(), 5))
    expect(tight.node!.status.state).toBe('running')
    await until(() => members[0]!.node!.status.votersReachable === 4)
  }, 60_000)

  it('counts only those that sign: with two of four that observe, visits are said to wait', async () => {
    consortium = await makeConsortium({ voters: 4 })
    const { members, up } = consortium
    for (const restored of members.slice(2))
      await restored.store.commit([standingWrite(encodeStanding(observe('data-restored', 0)))])
    for (const member of members) await member.start()
    const [first, , third] = up() as [ChainNode, ChainNode, ChainNode, ChainNode]
    await until(() => [first, third].every((each) => each.peers().every(({ signing }) => signing !== null)))
    expect(first.status).toMatchObject({ peerCount: 3, voterCount: 4, votersReachable: 2, quorum: 3 })
    expect(third.status).toMatchObject({ votersReachable: 2 })
    // As the room Network asks: who is connected, and who of them signs.
    const { voters } = first.ledger.state
    const peerOf = (memberId: MemberId) => first.peers().find((each) => equalBytes(each.memberId, memberId))
    const strength = strengthOf(voters, {
      isReachable: (memberId) => peerOf(memberId)?.state !== 'away',
      isSigning: (memberId) => (peerOf(memberId)?.signing ?? first.signing) === 'signs',
    })
    expect(strength).toMatchObject({ reachable: 2, silent: 2, spare: -1 })
    // It is so: what is submitted waits.
    await members[0]!.submit(1, 0)
    expect(first.status.blockCount).toBe(0)
  }, 30_000)

  it('that follows looks at its disk before each range, and goes on where it was when there is space', async () => {
    consortium = await makeConsortium({ voters: 1, others: ['university', 'insurer'] })
    const [voter, watched, unwatched] = consortium.members as [TestMember, TestMember, TestMember]
    let free = 10_000_000_000
    const freeBytes = async () => free
    await voter.start()
    await watched.start({ freeBytes, limits: { ...NODE_LIMITS, diskLookMs: 0, diskWatchMs: 20 } })
    // Nobody looks at this one's disk but whoever writes a range.
    await unwatched.start({ freeBytes, limits: { ...NODE_LIMITS, diskLookMs: 0, diskWatchMs: 3_600_000 } })
    await voter.submit(1, 0)
    await until(() => areEqual(consortium!.up(), 1))
    free = 1_000
    await until(() => watched.node!.status.state === 'disk-full')
    await voter.submit(2, 10)
    await until(() => unwatched.node!.status.state === 'disk-full' && voter.node!.status.blockCount === 3)
    expect([watched, unwatched].map(({ node }) => node!.status.blockCount)).toEqual([1, 1])
    free = 10_000_000_000
    // The chain rests and its members say nothing more: what was not taken is asked for all the same.
    await until(() => areEqual([voter.node!, watched.node!], 3))
  }, 30_000)

  it('restored from an old copy observes, follows, and votes again when a person confirmed and enough have spoken', async () => {
    consortium = await makeConsortium({ voters: 4 })
    const { members, up } = consortium
    for (const member of members) await member.start()
    await members[0]!.submit(2, 0)
    await until(() => areEqual(up(), 2))
    const restored = members[1]!
    await restored.die('kill')
    await restored.store.commit([standingWrite(encodeStanding(observe('data-restored', 0)))])
    await restored.start()
    await until(() => restored.node!.status.votersReachable === 3)
    expect(restored.node!.status).toMatchObject({ standing: 'observing', observingReason: 'data-restored' })
    for (let i = 0; i < 4; i++) {
      await members[0]!.submit(1, 10 + i)
      await until(() => areEqual(up(), 3 + i))
    }
    expect(restored.node!.status.standing).toBe('observing')
    restored.node!.confirmVoting()
    for (let i = 0; i < 12 && restored.node!.status.standing !== 'voting'; i++) {
      await members[0]!.submit(1, 20 + i)
      await until(() => areEqual(up(), 7 + i))
    }
    expect(restored.node!.status.standing).toBe('voting')
  }, 60_000)
})

describe('a member whose folder was copied to a second machine that runs too', () => {
  it('signs nothing with either, says why, and votes again with one when a person has stopped the other', async () => {
    const { at, book, start } = await watched()
    const [first, witness] = at.members as [TestMember, TestMember]
    const { memberId } = first.founded
    const told: string[] = []
    first.node!.onAlert(({ kind }) => told.push(kind))
    await grow(at, witness, 2)
    const names = at.members.map(({ founded, name }) => [founded.memberId, name] as const)
    const copy = await makeMember(at.hub, first.founded, new Map([...names, [memberId, 'second-machine']]))
    copy.store = first.store.afterKill()
    await start(copy)
    const reasonOf = ({ node }: TestMember) => node!.status.observingReason
    await until(() => [first, copy].every((each) => reasonOf(each) !== null))
    expect([first, copy].map(reasonOf)).toEqual(['keys-elsewhere', 'keys-elsewhere'])
    expect(told).toContain('keys-elsewhere')
    const before = book.countOf(memberId)
    const others = at.members.slice(1).map(({ node }) => node!)
    for (let i = 0; i < 5; i++) {
      const { blockCount } = others[0]!.status
      await witness.submit(1, 300 + i)
      await until(() => areEqual(others, blockCount + 1))
    }
    expect(book.countOf(memberId)).toBe(before)
    // What is on the disk is so at the next start too.
    await first.die('kill')
    await copy.die('kill')
    await start(first)
    expect(reasonOf(first)).toBe('keys-elsewhere')
    await until(() => areEqual(at.up(), others[0]!.status.blockCount))
    first.node!.confirmVoting()
    for (let i = 0; i < 10 && first.node!.status.standing !== 'voting'; i++) await grow(at, witness, 1)
    expect(first.node!.status.standing).toBe('voting')
    await grow(at, first, 2)
    expect(book.doubles()).toEqual([])
  }, 60_000)

  it('stops again where a person confirmed although the other machine still runs', async () => {
    const { at, start } = await watched()
    const [first] = at.members as [TestMember]
    let toldCount = 0
    first.node!.onAlert(({ kind }) => (toldCount += kind === 'keys-elsewhere' ? 1 : 0))
    const names = at.members.map(({ founded, name }) => [founded.memberId, name] as const)
    const copy = await makeMember(
      at.hub,
      first.founded,
      new Map([...names, [first.founded.memberId, 'second-machine']]),
    )
    copy.store = first.store.afterKill()
    await start(copy)
    await until(() => [first, copy].every(({ node }) => node!.status.standing === 'observing'))
    first.node!.confirmVoting()
    // Twice, so that what the first brought has been dealt with.
    const before = toldCount
    await until(() => toldCount >= before + 2)
    expect(isConfirmed(first.node!)).toBe(false)
    expect(first.node!.status.observingReason).toBe('keys-elsewhere')
  }, 60_000)
})

function isConfirmed(node: ChainNode): boolean {
  const { standing } = node.consensusView()
  return standing.kind === 'voting' || standing.isConfirmed
}

async function watched(): Promise<{ at: TestConsortium; book: SignatureBook; start: StartWatched }> {
  consortium = await makeConsortium({ voters: 4 })
  const book = createSignatureBook()
  const start: StartWatched = (member) =>
    member.start({ openNetwork: (about) => book.watch(member.openNetwork(about), about) })
  for (const member of consortium.members) await start(member)
  return { at: consortium, book, start }
}

async function grow(at: TestConsortium, by: TestMember, visits: number): Promise<void> {
  for (let i = 0; i < visits; i++) {
    const before = at.up()[0]!.status.blockCount
    await by.submit(1, 1_000 * at.members.indexOf(by) + before)
    await until(() => areEqual(at.up(), before + 1))
  }
}

describe('a member whose disk is put back to an old copy, and that nobody told so', () => {
  it('signs nothing as long as nobody has told it where the others are', async () => {
    const { at, book, start } = await watched()
    const [old, ...others] = at.members as [TestMember, ...TestMember[]]
    await grow(at, old, 2)
    const copy = old.store.afterKill()
    await grow(at, others[0]!, 5)
    for (const other of others) await other.stop()
    await old.die('kill')
    old.store = copy
    const before = book.countOf(old.founded.memberId)
    await start(old)
    // With this the node would begin the third height by itself, for the second time.
    await old.submit(1, 500)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(book.countOf(old.founded.memberId)).toBe(before)
    for (const other of others) await start(other)
    await until(() => old.node!.status.blockCount >= 7)
    expect(old.node!.status).toMatchObject({
      standing: 'observing',
      observingReason: 'unknown-own-signature',
    })
    expect(book.doubles()).toEqual([])
  }, 60_000)

  it('finds its own later votes in the middle of a height that it has forgotten', async () => {
    const { at, book, start } = await watched()
    const [old, witness, ...away] = at.members as [TestMember, TestMember, ...TestMember[]]
    await grow(at, witness, 1)
    const copy = old.store.afterKill()
    await grow(at, witness, 3)
    for (const member of away) await member.stop()
    await witness.submit(1, 700)
    await until(() => book.countOf(old.founded.memberId, 5) > 0)
    await old.die('kill')
    old.store = copy
    await start(old)
    await until(() => old.node!.status.standing === 'observing')
    for (const member of away) await start(member)
    await until(() => areEqual(at.up(), 5))
    old.node!.confirmVoting()
    for (let i = 0; i < 8 && old.node!.status.standing !== 'voting'; i++) await grow(at, witness, 1)
    expect(old.node!.status.standing).toBe('voting')
    await grow(at, old, 2)
    expect(book.doubles()).toEqual([])
  }, 60_000)
})

describe('a member with a damaged disk', () => {
  it('gets from others what is damaged, and nothing else', async () => {
    consortium = await makeConsortium({ voters: 4 })
    const { members, up } = consortium
    for (const member of members) await member.start()
    for (let i = 0; i < 5; i++) {
      await members[i % 4]!.submit(2, 10 * i)
      await until(() => areEqual(up(), 2 + 2 * i))
    }
    const { node, store } = members[0]!
    const { height } = node!.status
    const whole = await entriesOf(store)
    expect(await node!.mend(1, height)).toEqual({
      checkedHeights: height,
      damagedHeights: 0,
      mendedHeights: 0,
    })
    const damage = async (key: Uint8Array): Promise<void> => {
      const value = (await store.get(key))!
      value[value.length - 5]! ^= 1
      await store.commit([{ kind: 'put', key, value }])
    }
    await damage(blockKey(3))
    await damage(segmentKey(2))
    await store.commit([{ kind: 'delete', key: blockKey(9) }])
    const mended = await node!.mend(1, height)
    expect(mended.mendedHeights).toBe(mended.damagedHeights)
    expect(mended.damagedHeights).toBeGreaterThan(0)
    expect(await entriesOf(store)).toEqual(whole)
    await members[0]!.submit(1, 90)
    await until(() => areEqual(up(), 11))
  }, 60_000)
})

/** Without certificates: another member's quorum for the same segment is as good. */
async function entriesOf(store: Store): Promise<string[]> {
  const entries: string[] = []
  for (let height = 1; ; height++) {
    const found = await readSegment(store, height)
    if (found.kind !== 'ok') break
    entries.push(toHex(found.value.segment), ...found.value.items.map(toHex))
  }
  for (const letter of ['b', 'h', 'r'] as const)
    for await (const { key, value } of store.scan(rangeOf(letter)))
      entries.push(`${toHex(key)} ${toHex(value)}`)
  return entries
}

describe('the median of the peers', () => {
  const member = (n: number) => new Uint8Array(16).fill(n) as MemberId

  it('warns beyond two seconds, stops beyond five, and is not moved by one liar', () => {
    let elapsed = 0
    const clock = createPeerClock(
      () => 1_000_000,
      () => elapsed,
    )
    clock.heard(member(1), 1_090_000, 0)
    expect(clock.state).toBe('right')
    clock.heard(member(2), 1_000_010, 0)
    clock.heard(member(3), 1_000_020, 0)
    expect([clock.offsetMs, clock.state]).toEqual([20, 'right'])
    clock.heard(member(2), 1_003_000, 0)
    clock.heard(member(3), 1_003_000, 0)
    expect(clock.state).toBe('warn')
    clock.heard(member(2), 1_006_000, 0)
    clock.heard(member(3), 1_006_000, 0)
    expect(clock.state).toBe('wrong')
    elapsed = 61_000
    expect([clock.offsetMs, clock.state]).toEqual([null, 'right'])
  })
})
