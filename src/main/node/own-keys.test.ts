/** A member's node through changes of its own keys: with visits under way, and killed at every step of the way. */
import { afterEach, describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { memberWith } from '../profile/next-keys.ts'
import { findMember, type Member } from './chain/members.ts'
import { membersOf, scheduledState } from './chain/state.ts'
import { createNodeCrypto } from './crypto-node.ts'
import {
  areEqual,
  decideTogether,
  makeConsortium,
  random,
  until,
  type TestConsortium,
  type TestMember,
} from './members.test-kit.ts'
import { decodeNodeKeys, encodeNodeKeys, type NextKeys, type NodeKeys } from './vault/institution-keys.ts'

const crypto = createNodeCrypto()

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** The vault of one member, as bytes: what a process has in its memory is its own. */
function vaultOf(member: TestMember) {
  let bytes = encodeNodeKeys(member.founded.keys.node)
  return {
    keys: (): NodeKeys => decodeNodeKeys(bytes),
    start: () =>
      member.start({
        keys: decodeNodeKeys(bytes),
        saveKeys: async (keys) => {
          bytes = encodeNodeKeys(keys)
          return true
        },
      }),
    /** Made and in the vault; the node hears of it when it runs. */
    make(): NextKeys {
      const next = {
        consensus: random(32),
        network: random(32),
        author: random(32),
        gateway: random(32),
        madeAt: Date.now(),
      }
      const keys = decodeNodeKeys(bytes)
      bytes = encodeNodeKeys({ ...keys, next: [...keys.next, next] })
      member.node?.takeNextKeys({ ...next })
      return next
    },
  }
}

function rowOf(seen: TestMember, of: TestMember): Member {
  return present(findMember(membersOf(seen.node!.ledger.state.consortium), of.memberId), 'it is a member')
}
const isKnownBy = (seen: TestMember, of: TestMember, next: NextKeys) =>
  toHex(rowOf(seen, of).authorKey) === toHex(crypto.ed25519PublicKey(next.author))

function decide(at: TestConsortium, changing: TestMember, next: NextKeys): Promise<void> {
  const [author, second] = at.members.filter((member) => member !== changing && member.node !== null)
  const state = scheduledState(author!.node!.ledger.state.consortium)
  const row = present(findMember(membersOf(state), changing.memberId), 'it is a member')
  const third = at.members.find((each) => each !== author && each !== second && each !== changing)
  return decideTogether(
    author!,
    [author!, second!, third!],
    [{ kind: 'membership', change: 'replace', member: memberWith(crypto, row, next), approvals: [] }],
  )
}

describe('own keys', () => {
  it('change again and again while visits come in, and no visit is lost', async () => {
    const at = (consortium = await makeConsortium({}))
    const changing = at.members[1]!
    const vault = vaultOf(changing)
    for (const member of at.members) await (member === changing ? vault.start() : member.start())
    await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    let count = 0
    for (let round = 0; round < 4; round++) {
      const next = vault.make()
      const load = (async () => {
        for (let i = 0; i < 8; i++) {
          await changing.submit(2, count)
          count += 2
          await new Promise((resolve) => setTimeout(resolve, 3))
        }
      })()
      await decide(at, changing, next)
      await load
      await until(() => at.members.every((seen) => isKnownBy(seen, changing, next)))
      await until(() => areEqual(at.up(), count))
      await until(() => vault.keys().next.length === 0)
      expect(vault.keys().author).toEqual(next.author)
      await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    }
  }, 180_000)
})

describe('own keys of a node that is killed', () => {
  /** Where on the way the process dies; it comes back with what its disk and its vault hold. */
  const moments = ['made', 'proposed', 'decided', 'effective', 'forgotten'] as const

  it.each(moments)(
    'when they are %s: it comes back to one state and takes part',
    async (moment) => {
      const at = (consortium = await makeConsortium({}))
      const changing = at.members[1]!
      const [author] = at.members as [TestMember]
      const vault = vaultOf(changing)
      for (const member of at.members) await (member === changing ? vault.start() : member.start())
      await until(() => at.up().every(({ status }) => status.votersReachable === 4))
      let count = 0
      const write = async (by: TestMember): Promise<void> => {
        await by.submit(1, count++)
        await until(() => areEqual(at.up(), count))
      }
      await write(changing)
      const waiting = changing.seal(3, 900)
      const next = vault.make()
      const isDecided = () =>
        toHex(
          present(
            findMember(membersOf(scheduledState(author.node!.ledger.state.consortium)), changing.memberId),
            'it is in',
          ).authorKey,
        ) === toHex(crypto.ed25519PublicKey(next.author))
      const die = async (): Promise<void> => {
        // It accepts visits and dies before anybody heard of them, signed with the key that is about to be over.
        const node = changing.node!
        const accepted = node.submit(waiting, node.reserve(3), [])
        await accepted
        count += 3
        await changing.die('kill')
      }
      if (moment === 'made') await die()
      await decide(at, changing, next)
      if (moment === 'proposed') await die()
      await until(isDecided)
      if (moment === 'decided') await die()
      await until(() => isKnownBy(author, changing, next))
      if (moment === 'effective') {
        await until(() => isKnownBy(changing, changing, next))
        await die()
      }
      if (moment === 'forgotten') {
        await until(() => vault.keys().next.length === 0)
        await die()
      }
      await vault.start()
      await until(() => at.up().every(({ status }) => status.votersReachable === 4))
      await until(() => areEqual(at.up(), count))
      await until(() => vault.keys().next.length === 0)
      expect(vault.keys().author).toEqual(next.author)
      expect(changing.node!.status).toMatchObject({ state: 'running', standing: 'voting' })
      await write(changing)
      await write(author)
    },
    60_000,
  )

  it('is told of keys that are not its own, signs nothing, and follows the chain', async () => {
    const at = (consortium = await makeConsortium({}))
    const changing = at.members[1]!
    const [author] = at.members as [TestMember]
    const vault = vaultOf(changing)
    for (const member of at.members) await (member === changing ? vault.start() : member.start())
    await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    await changing.submit(1, 0)
    await until(() => areEqual(at.up(), 1))
    // Made elsewhere: on another machine, or by whoever stole the root key too.
    const elsewhere = vaultOf(changing)
    const vaultBefore = changing.node!.ownKeys.held.keys.next.length
    const next = { ...elsewhere.keys(), ...random32(), madeAt: 1 }
    await decide(at, changing, next)
    await until(() => changing.node!.ownKeys.isReplaced || isKnownBy(author, changing, next))
    await until(() => changing.node!.status.observingReason === 'keys-replaced')
    expect(changing.node!.ownKeys.held.keys.next).toHaveLength(vaultBefore)
    expect(changing.node!.status).toMatchObject({ state: 'running', standing: 'observing' })
    const others = at.members.filter((member) => member !== changing)
    await author.submit(2, 10)
    await until(() =>
      areEqual(
        others.map(({ node }) => node!),
        3,
      ),
    )
    expect(changing.node!.status.height).toBeLessThan(author.node!.status.height)
  }, 180_000)
})

function random32() {
  return { consensus: random(32), network: random(32), author: random(32), gateway: random(32) }
}
