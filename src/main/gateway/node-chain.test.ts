/** The chain as a gateway reads it, from a node of its own. */
import { expect, it } from 'vitest'
import { fromHex } from '../../shared/std/bytes.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { makeConsortium, until } from '../node/members.test-kit.ts'
import { gatewayChainOf } from './node-chain.ts'

it('finds the first erasure of each snapshot, and reads erasures once for each that was agreed to', async () => {
  const consortium = await makeConsortium({ voters: 1 })
  const [member] = consortium.members
  await member!.start()
  const node = member!.node!
  const roots = await member!.submit(2, 0)
  await until(() => node.status.blockCount === 2)
  let lists = 0
  const counting = {
    ...node,
    store: node.store,
    ledger: node.ledger,
    get itemsReadUpTo() {
      return node.itemsReadUpTo
    },
    erasures: {
      ...node.erasures,
      get areAllRead() {
        return node.erasures.areAllRead
      },
      async list() {
        lists++
        return node.erasures.list()
      },
    },
  }
  const chain = gatewayChainOf(counting, { upTo: async () => [] })
  const at = (name: number, upTo: number) => {
    const itemHash = new Uint8Array(32).fill(name) as ItemHash
    return chain.firstErasureOf({ itemHash, height: node.ledger.state.height, upTo, day: 0 })
  }
  // Both places are of before what follows.
  const [none, first] = [
    { name: 1, upTo: -1 },
    { name: 2, upTo: 0 },
  ] as const
  const { height } = node.ledger.state
  const of = async ({ name, upTo }: { name: number; upTo: number }) =>
    chain.firstErasureOf({ itemHash: new Uint8Array(32).fill(name) as ItemHash, height, upTo, day: 0 })
  expect([await of(none), await of(first)]).toEqual([null, null])
  const erase = async (root: string): Promise<number> => {
    const wanted = { roots: [fromHex(root)], reason: 'patient-request', text: null, userKeyId: 'dpo-1' }
    const erasureId = (await node.erasures.request(wanted, { keys: [], people: [] }))!
    const found = async () =>
      (await node.erasures.list()).find(
        ({ roots: [each] }) => each !== undefined && each.every((byte, i) => byte === wanted.roots[0]![i]),
      )
    await until(async () => (await found())?.state === 'asked')
    expect(await node.erasures.approve(erasureId, 'dpo-2')).toBe('taken')
    await until(async () => (await found())?.state === 'decided')
    await until(() => node.itemsReadUpTo === node.ledger.state.height)
    return (await found())!.decidedAt!
  }
  const decidedAt = await erase(roots[0]!)
  expect([await of(none), await of(first)]).toEqual([null, decidedAt])
  const before = lists
  expect([await of(none), await of(first)]).toEqual([null, decidedAt])
  expect(lists).toBe(before)
  // A later one of the same snapshot is not its first; of a snapshot that was taken after it, it is none.
  await erase(roots[1]!)
  expect([await of(none), await of(first)]).toEqual([null, decidedAt])
  expect(await at(3, 1)).toBeNull()
  await consortium.close()
}, 60_000)
