import { afterEach, describe, expect, it } from 'vitest'
import type { DecisionItem } from './chain/item.ts'
import { membersOf } from './chain/state.ts'
import { findMember, type Member } from './chain/members.ts'
import { NODE_LIMITS } from './limits.ts'
import {
  areEqual,
  decideTogether,
  keysIn,
  makeConsortium,
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

async function start(institutions: Institutions): Promise<TestConsortium> {
  consortium = await makeConsortium(institutions)
  for (const member of consortium.members) await member.start()
  return consortium
}

const membership = (change: 'add' | 'remove', member: Member): DecisionItem => ({
  kind: 'membership',
  change,
  member,
  approvals: [],
})
const rowOf = (of: TestMember, from: TestMember): Member =>
  findMember(membersOf(from.node!.ledger.state.consortium), of.memberId)!
const newestGateway = ({ node }: TestMember): number =>
  Math.max(...node!.gatewayKeys().epochs.map(({ epoch }) => epoch))
const guestOf = ({ memberId, founded }: TestMember, row: Member) => ({
  memberId,
  kind: row.kind,
  isVoter: false,
  isGuest: true,
  networkKey: row.networkKey,
  memberKey: row.authorKey,
  name: founded.memberId,
})

describe('members that come and go while the chain runs', () => {
  it('grow from one hospital to four in one decision, on an idle chain, with keys and rows of what was before', async () => {
    const { members, invite, up } = await start({ voters: 1 })
    const first = members[0]!
    await first.submit(4, 0)
    await until(() => first.node!.status.blockCount === 4)
    const joining = [
      await invite('East', 'hospital', true),
      await invite('South', 'hospital', true),
      await invite('West', 'hospital', true),
    ]
    first.node!.setGuests(joining.map((each) => guestOf(each, each.row)))
    for (const each of joining) await each.start()
    await until(() => joining.every(({ node }) => node!.status.blockCount === 4))
    // Guests have the chain and nothing that opens it.
    for (const { store } of joining) expect(await keysIn(store, 'k')).toEqual([])
    first.node!.setGuests([])
    await decideTogether(
      first,
      [first],
      joining.map(({ row }) => membership('add', row)),
    )
    await until(() => up().every(({ status }) => status.voterCount === 4 && status.votersReachable === 4))
    await until(() => up().every((node) => node.rowsHeldUpTo === 4))
    // A new key, which all four hold and the chain brought.
    await until(() => [first, ...joining].every((each) => newestGateway(each) === 1))
    expect(joining.map(({ node }) => node!.patientKey('A123'))).toEqual(
      joining.map(() => first.node!.patientKey('A123')),
    )
    await joining[2]!.submit(3, 50)
    await first.submit(1, 60)
    await until(() => areEqual(up(), 8))
  }, 60_000)

  it('leave: the one that was removed is cut, and later records are under a key that it never had', async () => {
    const { members, up } = await start({ voters: 5, others: ['insurer'] })
    await members[0]!.submit(2, 0)
    await until(() => areEqual(up(), 2))
    const gone = members[4]!
    const rest = members.filter((each) => each !== gone)
    await decideTogether(members[1]!, members.slice(0, 4), [membership('remove', rowOf(gone, members[0]!))])
    await until(() => rest.slice(0, 4).every((each) => newestGateway(each) === 1))
    expect(newestGateway(gone)).toBe(0)
    expect(rest.every(({ node }) => node!.peers().every(({ name }) => name !== gone.founded.memberId))).toBe(
      true,
    )
    await members[2]!.submit(2, 10)
    await until(() =>
      areEqual(
        rest.map(({ node }) => node!),
        4,
      ),
    )
    expect(gone.node!.status.blockCount).toBe(2)
    expect(gone.node!.status.peerCount).toBe(0)
  }, 60_000)

  it('rotate the gateway key when the days of the policy are over, although one of them sleeps', async () => {
    let ahead = 0
    const now = () => Date.now() + ahead
    consortium = await makeConsortium({ voters: 4 })
    const { members, up } = consortium
    for (const member of members) await member.start({ now })
    await until(() => up().every(({ status }) => status.votersReachable === 4))
    await members[3]!.stop()
    ahead = 91 * 86_400_000
    await members[0]!.submit(1, 0)
    await until(() => members.slice(0, 3).every((each) => newestGateway(each) === 1))
    await members[1]!.submit(1, 1)
    await until(() => areEqual(up(), 2))
    await members[3]!.start({ now })
    await until(() => areEqual(up(), 2) && newestGateway(members[3]!) === 1)
    await until(() => members[3]!.node!.rowsHeldUpTo === 2)
  }, 60_000)

  it('bring the next pre-shared key of the network to every member, and close the old one when all had time', async () => {
    let ahead = 0
    const clock = {
      now: () => Date.now() + ahead,
      limits: { ...NODE_LIMITS, networkLookMs: 20 },
    }
    consortium = await makeConsortium({ voters: 4, others: ['university'] })
    const { members, up } = consortium
    for (const member of members) await member.start(clock)
    await until(() => up().every(({ status }) => status.peerCount === 4))
    const height = members[0]!.node!.ledger.state.height
    await decideTogether(members[0]!, members.slice(0, 3), [
      { kind: 'network', number: 1, height: height + 3, approvals: [] },
    ])
    await until(() => up().every(({ ledger }) => ledger.state.consortium.networkGeneration === 1))
    const generations = (node: (typeof members)[number]['node']) =>
      node!.addresses().map(({ generation }) => generation)
    await until(() => up().every((node) => generations(node).includes(1)))
    expect(up().every((node) => generations(node).includes(0))).toBe(true)
    for (const { store } of members) expect((await keysIn(store, 'e')).length).toBeGreaterThan(0)
    // Seven days pass in which nobody decides anything.
    const idle = up().map(({ status }) => status.height)
    ahead = NODE_LIMITS.networkOverlapMs
    await until(() => up().every((node) => generations(node).join() === '1'))
    await until(() => up().every(({ status }) => status.peerCount === 4))
    expect(up().map(({ status }) => status.height)).toEqual(idle)
    // A restart opens the new one only, also by a clock that is right again, and they find each other by it.
    ahead = 0
    for (const member of members) {
      await member.stop()
      await member.start(clock)
    }
    expect(up().map((node) => generations(node))).toEqual(members.map(() => [1]))
    await until(() => up().every(({ status }) => status.peerCount === 4))
    await members[2]!.submit(1, 0)
    await until(() => areEqual(up(), 1))
  }, 60_000)
})
