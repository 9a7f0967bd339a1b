/** R20, R21 in a whole node: what a precommit stands for is on the disk, synced, before the vote leaves the machine. */
import { afterEach, expect, it } from 'vitest'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { present } from '../../shared/std/assert.ts'
import { decodeHead } from './chain/block.ts'
import { scopeNumberOf } from './chain/key-box.ts'
import { segmentIdOf } from './chain/segment.ts'
import { decodeMessage } from './consensus/engine/messages.ts'
import { decodeLogEntry, type LogEntry } from './consensus/engine/write-ahead-log.ts'
import {
  areEqual,
  crypto,
  makeConsortium,
  until,
  type TestConsortium,
  type TestMember,
} from './members.test-kit.ts'
import type { NetworkAbout, NodeNetwork } from './network/node-network.ts'
import type { Transport } from './network/transport.ts'
import { foreignKey, keyIn, rangeOf } from './storage/buckets.ts'
import type { MemoryStore } from './storage/memory.ts'
import type { ReadableStore, Store, Write } from './storage/store.ts'
import { readCheckedValue } from './storage/value.ts'

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** A precommit for a value, as it left its voter, and what a power cut at that moment would have left there. */
interface Left {
  readonly of: TestMember
  readonly segmentId: string
  readonly disk: MemoryStore
}

/** Looks at the disk in the very call in which the vote is handed to the network. */
function watched(of: TestMember, left: Left[]) {
  return (about: NetworkAbout): NodeNetwork => {
    const network = of.openNetwork(about)
    const { transport } = network
    const look = (message: Uint8Array): void => {
      const decoded = decodeMessage(message)
      if (decoded?.kind !== 'votes') return
      for (const { vote } of decoded.votes)
        if (vote.type === 'precommit' && vote.segmentId !== null && equalBytes(vote.memberId, of.memberId))
          left.push({ of, segmentId: toHex(vote.segmentId), disk: of.store.afterPowerCut() })
    }
    const changed: Partial<Transport> = {
      send(to, lane, message) {
        if (lane === 'consensus') look(message)
        return transport.send(to, lane, message)
      },
      broadcast(lane, message) {
        if (lane === 'consensus') look(message)
        return transport.broadcast(lane, message)
      },
    }
    const looking = new Proxy(transport, {
      get: (target, name) => (Reflect.get(changed, name) ?? Reflect.get(target, name)) as unknown,
    })
    return { ...network, transport: looking }
  }
}

function precommitIn(writes: readonly Write[]): boolean {
  return writes.some((write) => {
    if (write.kind !== 'put' || !equalBytes(write.key.subarray(0, 2), rangeOf('w').from)) return false
    const read = readCheckedValue(write.key, write.value)
    const entry = read.kind === 'ok' ? decodeLogEntry(read.content) : null
    return entry?.kind === 'vote' && entry.signed.vote.type === 'precommit'
  })
}

async function logOn(disk: ReadableStore): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for await (const { key, value } of disk.scan(rangeOf('w'))) {
    const read = readCheckedValue(key, value)
    if (read.kind === 'ok') entries.push(present(decodeLogEntry(read.content), 'it was written here'))
  }
  return entries
}

async function countIn(disk: ReadableStore, range: ReturnType<typeof rangeOf>): Promise<number> {
  let count = 0
  for await (const _ of disk.scan(range)) count++
  return count
}

it('sends no precommit before the bodies, the rows and the lock with its proof are written and synced', async () => {
  consortium = await makeConsortium({ voters: 4 })
  const { members, up } = consortium
  const left: Left[] = []
  // The writes that hold a precommit wait at two of the four: without both nothing is decided.
  const held = new Set<TestMember>()
  let release: () => void = () => {}
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  for (const [i, member] of members.entries()) {
    const { store } = member
    const slow: Store = {
      ...store,
      async commit(writes) {
        if (precommitIn(writes)) {
          held.add(member)
          await isReleased
        }
        await store.commit(writes)
      },
    }
    await member.start({ openNetwork: watched(member, left), ...(i < 2 ? {} : { store: slow }) })
  }
  await until(() => up().every(({ status }) => status.votersReachable === 4))
  await members[0]!.submit(3, 0)
  await until(() => held.size === 2 && new Set(left.map(({ of }) => of)).size >= 2)
  // All four have what they need to precommit, and those whose disk is slow have said nothing.
  expect(new Set(left.map(({ of }) => of))).toEqual(new Set(members.slice(0, 2)))
  expect(up().map(({ status }) => status.blockCount)).toEqual([0, 0, 0, 0])
  release()
  await until(() => areEqual(up(), 3))
  await members[1]!.submit(2, 10)
  await until(() => areEqual(up(), 5))

  const headsOf = new Map<string, readonly Uint8Array[]>()
  const { ledger } = members[0]!.node!
  for (let height = 1; height <= ledger.state.height; height++) {
    const { bundle } = present(await ledger.bundleAt(height), 'it was decided')
    headsOf.set(toHex(segmentIdOf(crypto, ledger.chainId, bundle.segment)), bundle.heads)
  }
  expect(new Set(left.map(({ of }) => of))).toEqual(new Set(members))
  for (const { of, segmentId, disk } of left) {
    const where = `${of.name} at ${segmentId.slice(0, 8)}`
    const entries = await logOn(disk)
    const lock = entries.find((entry) => entry.kind === 'lock' && toHex(entry.segmentId) === segmentId)
    expect(lock?.kind === 'lock' && lock.proof.length, where).toBeGreaterThanOrEqual(3)
    expect(
      entries.some((entry) => entry.kind === 'value'),
      where,
    ).toBe(true)
    for (const bytes of present(headsOf.get(segmentId), 'what was locked here was decided')) {
      const { merkleRoot, bodyHash } = present(decodeHead(bytes), 'a head of the chain')
      const isForeign = (await disk.get(foreignKey(bodyHash))) !== null
      expect(isForeign || (await countIn(disk, rangeOf('o'))) > 0, `${where}: body`).toBe(true)
      const gateway = keyIn('k', merkleRoot, Uint8Array.of(scopeNumberOf('gateway')))
      const rows = rangeOf('k', gateway.subarray(2))
      expect(await countIn(disk, rows), `${where}: row`).toBe(1)
    }
  }
}, 60_000)
