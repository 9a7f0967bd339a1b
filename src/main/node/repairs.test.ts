/** Damage on a disk is found by whoever reads it, mended from other members and reported (A9). */
import { afterEach, describe, expect, it } from 'vitest'
import { equalBytes } from '../../shared/std/bytes.ts'
import { decodeHead } from './chain/block.ts'
import { areEqual, makeConsortium, until, type TestConsortium, type TestMember } from './members.test-kit.ts'
import { NetworkFailure } from './network/transport.ts'
import type { NodeAlert } from './node.ts'
import type { RepairLimits, RepairReport } from './repairs.ts'
import { blockKey, rangeOf, rootKey, segmentKey } from './storage/buckets.ts'
import { readBlock, readBlocks, readSegment } from './storage/chain-store.ts'
import { readRows } from './storage/key-box-store.ts'
import { encodeRequest } from './sync/messages.ts'

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** Six blocks at three heights or more, on four members, and what the first one reports. */
async function running(limits: Partial<RepairLimits> = {}) {
  consortium = await makeConsortium({ voters: 4 })
  const { members, up } = consortium
  for (const member of members) await member.start({ repairLimits: limits })
  for (let i = 0; i < 3; i++) {
    await members[i]!.submit(2, 10 * i)
    await until(() => areEqual(up(), 2 + 2 * i))
  }
  const first = members[0]!
  await until(() => first.node!.rowsHeldUpTo === 6)
  await first.node!.repairs.settled()
  return { members, first, reports: reportsOf(first) }
}

function reportsOf({ node }: TestMember): RepairReport[] {
  const reports: RepairReport[] = []
  node!.onAlert((alert: NodeAlert) => {
    if (alert.kind === 'repair') reports.push(alert.report)
  })
  return reports
}

async function flip({ store }: TestMember, key: Uint8Array, fromEnd = 5): Promise<Uint8Array> {
  const value = (await store.get(key))!
  const whole = value.slice()
  value[value.length - fromEnd]! ^= 1
  await store.commit([{ kind: 'put', key, value }])
  return whole
}

const isBack = async ({ store }: TestMember, key: Uint8Array, whole: Uint8Array): Promise<boolean> =>
  equalBytes((await store.get(key)) ?? new Uint8Array(0), whole)

async function rowKeyOfBlock({ store }: TestMember, index: number): Promise<Uint8Array> {
  const block = await readBlock(store, index)
  const { merkleRoot } = decodeHead(block.kind === 'ok' ? block.value.head : new Uint8Array(0))!
  for await (const { key } of store.scan(rangeOf('k', merkleRoot))) return key
  throw new Error('no row')
}

describe('a reader that meets a damaged block', () => {
  it('has it fetched from a member, with the name of the one who gave it', async () => {
    const { members, first, reports } = await running()
    const key = blockKey(3)
    const whole = (await first.store.get(key))!.slice()
    await first.store.commit([{ kind: 'put', key, value: Uint8Array.of(1, 2, 3) }])
    expect((await readBlocks(first.node!.store, 0, 6))[3]!.kind).toBe('damaged')
    await until(() => isBack(first, key, whole))
    expect(reports).toMatchObject([{ kind: 'fetched', what: 'block', indexes: [3] }])
    const names = members.slice(1).map(({ founded }) => founded.memberId)
    expect(names).toContain((reports[0] as { from: string }).from)
  }, 60_000)

  it('is also who asks this node for a range: nothing damaged is handed out', async () => {
    const { members, first, reports } = await running()
    const key = blockKey(2)
    // Its form is right: only its hash says that it is not what was written.
    const whole = await flip(first, key)
    const asker = members[1]!
    let ask: () => Promise<unknown> = async () => {}
    await asker.stop()
    await asker.start({
      openNetwork(about) {
        const network = asker.openNetwork(about)
        const question = encodeRequest({ kind: 'bodies', firstIndex: 2, count: 1, byteBudget: 1_000_000 })
        ask = () => network.transport.request(first.founded.memberId, 'sync', question)
        return network
      },
    })
    await until(() => asker.node!.status.peerCount === 3)
    await expect(ask()).rejects.toBeInstanceOf(NetworkFailure)
    await until(() => isBack(first, key, whole))
    expect(reports).toMatchObject([{ kind: 'fetched', indexes: [2] }])
    await ask()
    // Nobody was left out for what a disk did.
    expect(asker.node!.peers().map(({ state }) => state)).toEqual(['up', 'up', 'up'])
  }, 60_000)

  it('gets segments and rows of keys back too, below the count of rows that are held', async () => {
    const { first, reports } = await running()
    const segment = segmentKey(2)
    const segmentBefore = (await first.store.get(segment))!.slice()
    await first.store.commit([{ kind: 'delete', key: segment }])
    await readSegment(first.node!.store, 2)
    await until(async () =>
      equalBytes(
        (await first.store.get(segment))?.subarray(0, 150) ?? new Uint8Array(0),
        segmentBefore.subarray(0, 150),
      ),
    )
    // A block of another hospital: this one has only the row of the gateway scope.
    const row = await rowKeyOfBlock(first, 5)
    const rowBefore = await flip(first, row)
    const block = await readBlock(first.store, 5)
    const { merkleRoot } = decodeHead(block.kind === 'ok' ? block.value.head : new Uint8Array(0))!
    expect((await readRows(first.node!.store, merkleRoot)).map(({ kind }) => kind)).toEqual(['damaged'])
    await until(() => isBack(first, row, rowBefore))
    expect(reports.map(({ kind, height }) => [kind, height])[0]).toEqual(['fetched', 2])
    expect(reports.at(-1)).toMatchObject({ kind: 'fetched', what: 'key', indexes: [5] })
  }, 60_000)

  it('is told once that nobody has it, and gets it when somebody comes who does', async () => {
    const { members, first, reports } = await running()
    for (const member of members.slice(1)) await member.stop()
    const key = blockKey(4)
    const whole = (await first.store.get(key))!.slice()
    await first.store.commit([{ kind: 'delete', key }])
    for (let i = 0; i < 3; i++) await readBlock(first.node!.store, 4)
    await until(() => reports.length > 0)
    await first.node!.repairs.settled()
    await readBlock(first.node!.store, 4)
    await first.node!.repairs.settled()
    expect(reports).toMatchObject([{ kind: 'nowhere', what: 'block' }])
    expect(first.node!.repairs.open.size).toBe(1)
    await members[2]!.start()
    await until(() => isBack(first, key, whole))
    await first.node!.repairs.settled()
    expect(reports.at(-1)).toMatchObject({
      kind: 'fetched',
      indexes: [4],
      from: members[2]!.founded.memberId,
    })
    expect(first.node!.repairs.open.size).toBe(0)
  }, 60_000)
})

describe('the look through the whole chain', () => {
  it('finds what nobody reads, also a lost index, and goes on where it ended', async () => {
    const { members, first } = await running({ startHeights: 0 })
    const block = await readBlock(first.store, 0)
    const root = rootKey(decodeHead(block.kind === 'ok' ? block.value.head : new Uint8Array(0))!.merkleRoot)
    // The two may have been decided together or one after the other: each is mended in its turn.
    const whole = await flip(first, blockKey(1))
    await first.store.commit([{ kind: 'delete', key: root }])
    const limits = { startHeights: 0, scrubEveryMs: 20, scrubHeights: 1 }
    await first.stop()
    const node = await first.start({ repairLimits: limits })
    const reports = reportsOf(first)
    await until(
      async () => (await first.store.get(root)) !== null && (await isBack(first, blockKey(1), whole)),
    )
    await node.repairs.settled()
    expect(reports.some(({ kind, indexes }) => kind === 'fetched' && indexes.includes(1))).toBe(true)
    expect(members.every((member) => member.node!.status.state === 'running')).toBe(true)
  }, 60_000)
})
