import { afterEach, describe, expect, it } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import { decodeHead } from './chain/block.ts'
import { readBlock } from './storage/chain-store.ts'
import { StorageFailure } from './storage/store.ts'
import type { RecordChecker } from './check-records.ts'
import { lyingNetwork, type Lie } from './lies.test-kit.ts'
import type { ChainNode } from './node.ts'
import { sampleFields } from './node.test-kit.ts'
import { sealVisits } from './seal-visits.ts'
import { newestEpoch } from './vault/institution-keys.ts'
import {
  areEqual,
  crypto,
  inProcessChecker,
  keysIn,
  makeConsortium,
  random,
  until,
  type Institutions,
  type TestConsortium,
  type TestMember,
} from './members.test-kit.ts'

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

async function make(institutions: Institutions): Promise<TestConsortium> {
  consortium = await makeConsortium(institutions)
  return consortium
}

async function start(institutions: Institutions): Promise<TestConsortium> {
  await make(institutions)
  for (const member of consortium!.members) await member.start()
  return consortium!
}

async function finalRoots(node: ChainNode, roots: readonly string[]): Promise<number> {
  let count = 0
  for (let index = 0; index < node.status.blockCount; index++) {
    const block = await readBlock(node.store, index)
    if (block.kind === 'ok' && roots.includes(toHex(decodeHead(block.value.head)!.merkleRoot))) count++
  }
  return count
}

describe('several members', () => {
  it('make visits of any hospital final everywhere, with one tip, and only hospitals hold their keys', async () => {
    const { members, up } = await start({ voters: 4, clinics: 1, others: ['university', 'insurer'] })
    const roots: string[] = []
    for (const [i, member] of members.slice(0, 5).entries()) roots.push(...(await member.submit(5, 10 * i)))
    await until(() => areEqual(up(), 25))
    expect(up().map(({ status }) => status.queuedCount)).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(await finalRoots(up()[6]!, roots)).toBe(25)
    expect(members[0]!.node!.status).toMatchObject({ votersReachable: 4, quorum: 3, standing: 'voting' })
    expect(members[0]!.node!.status.peerCount).toBe(6)
    await until(() =>
      up()
        .slice(0, 5)
        .every((node) => node.rowsHeldUpTo === 25),
    )
    // Of every block the gateway's row, of one's own the custodian's too.
    for (const { store } of members.slice(0, 5)) expect((await keysIn(store, 'k')).length).toBe(25 + 5)
    for (const { store } of members.slice(5)) {
      expect(await keysIn(store, 'k')).toEqual([])
      // Keys that hospitals share lie nowhere else; the one of a member's own studies is every member's.
      const kinds = (await keysIn(store, 'e')).map((key) => key[2])
      expect(kinds.filter((kind) => kind !== 6)).toEqual([])
    }
    // Nothing of others' waiting visits is left beside the chain.
    for (const { store } of members) expect(await keysIn(store, 'f')).toEqual([])
  }, 30_000)

  it('go on without one of four, which catches up when it is back, with its rows', async () => {
    const { members, up } = await start({ voters: 4 })
    await members[0]!.submit(3, 0)
    await until(() => areEqual(up(), 3))
    await members[3]!.stop()
    for (let i = 0; i < 6; i++) {
      await members[i % 3]!.submit(2, 100 + 2 * i)
      await until(() => areEqual(up(), 5 + 2 * i))
    }
    await members[3]!.start()
    await until(() => areEqual(up(), 15) && members[3]!.node!.rowsHeldUpTo === 15)
    await members[3]!.submit(2, 200)
    await until(() => areEqual(up(), 17))
    // A row for every block stays with every hospital, heights later as well; and the custodian's of one's own.
    const own = [3 + 4, 4, 4, 2]
    for (const [i, { store }] of members.entries())
      expect((await keysIn(store, 'k')).length, `member ${i}`).toBe(17 + own[i]!)
  }, 30_000)

  it('decide nothing in two halves, and all of it when the halves meet again', async () => {
    const { hub, members, up } = await start({ voters: 4 })
    await members[0]!.submit(1, 0)
    await until(() => areEqual(up(), 1))
    const apart = [0, 1].flatMap((a) => [2, 3].map((b) => [members[a]!.name, members[b]!.name] as const))
    for (const [a, b] of apart) hub.part(a, b)
    await until(() => up().every(({ status }) => status.votersReachable === 2))
    await members[0]!.submit(2, 10)
    await members[3]!.submit(2, 20)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(up().map(({ status }) => status.blockCount)).toEqual([1, 1, 1, 1])
    for (const [a, b] of apart) hub.join(a, b)
    await until(() => areEqual(up(), 5))
  }, 60_000)

  it('lose nothing that was accepted when one after the other loses its power', async () => {
    const { members, up } = await start({ voters: 4 })
    const roots: string[] = []
    for (let round = 0; round < 8; round++) {
      const victim = members[round % 4]!
      for (const member of members) roots.push(...(await member.submit(2, 1000 * round + roots.length)))
      await victim.die(round % 2 === 0 ? 'power-cut' : 'kill')
      await victim.start()
    }
    await until(() => areEqual(up(), roots.length))
    expect(await finalRoots(up()[0]!, roots)).toBe(roots.length)
    expect(up().map(({ status }) => status.standing)).toEqual(['voting', 'voting', 'voting', 'voting'])
  }, 90_000)

  it('get the bodies that a proposer kept to itself, before they vote for it', async () => {
    const { members, up } = await make({ voters: 4 })
    await members[0]!.startLying('withholds')
    for (const member of members.slice(1)) await member.start()
    await members[0]!.submit(3, 0)
    await until(() => areEqual(up(), 3))
  }, 30_000)

  it('end in order also while others’ records are being opened', async () => {
    const { members, up } = await make({ voters: 4 })
    let isAsked = false
    let end = (): void => {}
    for (const member of members.slice(0, 3)) await member.start()
    await members[3]!.start({
      checker: {
        check: () =>
          new Promise((_, reject) => {
            isAsked = true
            end = () => reject(new StorageFailure({ code: 'closed', path: 'thread' }))
          }),
        close: async () => end(),
      },
    })
    await until(() => up().every(({ status }) => status.votersReachable === 4))
    await members[0]!.submit(1, 0)
    await until(() => isAsked)
    await members[3]!.stop()
    await until(() => areEqual(up(), 1))
  }, 30_000)

  it('record an item of a member once and tell its fate', async () => {
    const { members, up } = await start({ voters: 4, others: ['university'] })
    const university = members[4]!.node!
    const hash = await university.propose(
      { kind: 'anchor', auditRoot: new Uint8Array(32).fill(7), count: 3 },
      null,
      1_000,
    )
    await until(async () => (await university.items.fateOf(hash)).kind === 'final')
    expect(await university.items.fateOf(hash)).toEqual({ kind: 'final', height: 1 })
    await until(() => up().every(({ status }) => status.height === 1))
    for (const { store } of members) expect(await keysIn(store, 'i')).toEqual([])
    await expect(
      university.propose({ kind: 'sealed' }, () => ({ epoch: 0, box: new Uint8Array(1_052) }), 1_000),
    ).rejects.toMatchObject({ detail: { code: 'item-refused', reason: 'item-author-not-allowed' } })
  }, 30_000)
})

describe('a faulty voter', () => {
  async function withLiar(
    lie: Lie,
  ): Promise<{ members: readonly TestMember[]; liar: TestMember; honest: ChainNode[] }> {
    const { members } = await make({ voters: 4 })
    const liar = members[3]!
    await liar.startLying(lie)
    const honest: ChainNode[] = []
    for (const member of members.slice(0, 3)) honest.push(await member.start())
    await until(() => honest.every(({ status }) => status.votersReachable === 4))
    return { members, liar, honest }
  }

  it('that votes twice is named in the chain, and the others go on', async () => {
    const { members, liar, honest } = await withLiar('votes-twice')
    for (let i = 0; i < 60; i++) {
      await members[i % 3]!.submit(1, i)
      await until(() => areEqual(honest, i + 1))
      if (honest.every(({ ledger }) => ledger.state.consortium.suspensions.length === 1)) break
    }
    for (const { ledger } of honest)
      expect(
        ledger.state.consortium.suspensions.map(({ memberId, reason }) => [toHex(memberId), reason]),
      ).toEqual([[liar.founded.memberId, 'equivocation']])
    const before = honest[0]!.status.blockCount
    await members[1]!.submit(2, 500)
    await until(() => areEqual(honest, before + 2))
  }, 60_000)

  it('that proposes wrong roots convinces nobody, and its turn passes', async () => {
    const { members, honest } = await withLiar('wrong-roots')
    for (let i = 0; i < 5; i++) {
      await members[0]!.submit(1, i)
      await until(() => areEqual(honest, i + 1))
    }
  }, 60_000)

  it('that proposes a record which its own check would have refused convinces nobody, and its turn passes', async () => {
    const { members } = await make({ voters: 4 })
    const liar = members[3]!
    const checker = inProcessChecker()
    const refusals = new Set<string>()
    await liar.start({
      // It hands its visit out to nobody before it proposes it, so that the check before the vote sees it first.
      openNetwork: (about) =>
        lyingNetwork(liar.openNetwork(about), about, 'withholds', {
          crypto,
          consensusSecret: liar.founded.keys.node.consensus,
        }),
      checker: {
        ...checker,
        check: async (keys, records) =>
          (await checker.check(keys, records)).map((verdict) =>
            verdict.kind === 'refused' ? { kind: 'opened', author: liar.memberId } : verdict,
          ),
      },
    })
    const honest: ChainNode[] = []
    const watched: RecordChecker = {
      ...checker,
      async check(keys, records) {
        const verdicts = await checker.check(keys, records)
        for (const verdict of verdicts) if (verdict.kind === 'refused') refusals.add(verdict.reason)
        return verdicts
      },
    }
    for (const member of members.slice(0, 3)) honest.push(await member.start({ checker: watched }))
    await until(() => honest.every(({ status }) => status.votersReachable === 4))
    // It says that another hospital keeps it.
    const node = liar.node!
    const keys = node.sealingKeys(newestEpoch(liar.founded.keys.session.custodianEpochs))
    const [sealed] = sealVisits(crypto, random, keys, [sampleFields(7, members[0]!.founded.memberId)])
    if (sealed?.kind !== 'sealed') throw new Error('a sample fits')
    await node.submit([sealed.visit], node.reserve(1), [])
    for (let i = 0; i < 5; i++) {
      await members[i % 3]!.submit(1, i)
      await until(() => areEqual(honest, i + 1))
    }
    expect([...refusals]).toEqual(['facility'])
    expect(node.status.queuedCount).toBe(1)
  }, 60_000)

  it('that sends records which do not open is left out, and the others go on', async () => {
    const { members, liar, honest } = await withLiar('wrong-bodies')
    await liar.submit(1, 0)
    const { memberId } = liar.founded
    await until(() =>
      honest.every((node) => node.peers().find(({ name }) => name === memberId)?.state === 'banned'),
    )
    await members[0]!.submit(2, 10)
    await until(() => areEqual(honest, 2))
  }, 60_000)
})
