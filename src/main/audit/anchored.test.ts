import { afterEach, describe, expect, it } from 'vitest'
import type { Item } from '../node/chain/item.ts'
import {
  crypto,
  makeConsortium,
  random,
  until,
  type TestConsortium,
  type TestMember,
} from '../node/members.test-kit.ts'
import { encode } from '../node/chain/codec.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { callOf } from './audit.test-kit.ts'
import { openAuditHome, type AuditHome } from './audit-home.ts'

const HOUR = 3_600_000
let consortium: TestConsortium
const homes: AuditHome[] = []
afterEach(async () => {
  for (const home of homes.splice(0)) await home.close()
  await consortium.close()
})

async function homeAt(member: TestMember, clock: { ahead: number }): Promise<AuditHome> {
  const home = await openAuditHome({
    store: member.store,
    storePath: 'memory',
    node: member.node!,
    crypto,
    random,
    now: () => Date.now() + clock.ahead,
    onFound: () => {},
  })
  homes.push(home)
  return home
}
const heights = () => consortium.up().map(({ status }) => status.height)

describe('T26: anchors among several institutions', { timeout: 60_000 }, () => {
  it('are of any member, and tell the others a number and a hash of its audit, nothing else', async () => {
    consortium = await makeConsortium({ voters: 4, others: ['university'] })
    const items: Item[] = []
    for (const member of consortium.members) await member.start()
    consortium.members[1]!.node!.onItem(({ signed }) => items.push(signed.item))
    await until(() => consortium.up().every(({ status }) => status.votersReachable === 4))
    const clock = { ahead: 0 }
    const hospital = await homeAt(consortium.members[0]!, clock)
    const university = await homeAt(consortium.members[4]!, clock)
    await hospital.note(callOf('canary-patient-1'))
    await hospital.note(callOf('canary-patient-2'))
    await university.note(
      callOf('', { operation: 'models.start', act: 'study', subject: { jobId: 'canary-job' } }),
    )
    clock.ahead = HOUR
    await Promise.all([hospital.look(), university.look()])
    await until(() => items.length === 2)
    await until(() => new Set(heights()).size === 1)
    for (const { node } of [consortium.members[0]!, consortium.members[4]!]) {
      const { head } = homes[node === consortium.members[0]!.node ? 0 : 1]!.log
      const item = items.find(({ author }) => toHex(author) === toHex(node!.memberId))!
      expect({ clear: item.clear, sealed: item.sealed }).toEqual({
        clear: { kind: 'anchor', auditRoot: head.hash, count: head.count },
        sealed: null,
      })
    }
    for (const home of [hospital, university])
      expect(await home.verify()).toMatchObject({ anchorCount: 1, agreeCount: 1, findings: [] })
    // What lies at the others says nothing of what was done.
    for (const { store } of consortium.members.slice(1, 4))
      for await (const { key, value } of store.scan({ from: new Uint8Array(0) }))
        expect(Buffer.from(encode([key, value])).includes('canary')).toBe(false)
  })

  it('find that an older copy of the store was put back, and no number is given twice', async () => {
    consortium = await makeConsortium({ voters: 4 })
    for (const member of consortium.members) await member.start()
    await until(() => consortium.up().every(({ status }) => status.votersReachable === 4))
    const clock = { ahead: 0 }
    const [north] = consortium.members
    const before = await homeAt(north!, clock)
    for (let i = 0; i < 3; i++) await before.note(callOf(`p${i}`))
    const older = north!.store.afterPowerCut()
    for (let i = 3; i < 8; i++) await before.note(callOf(`p${i}`))
    clock.ahead = HOUR
    await before.look()
    await until(() => heights().every((height) => height === 1))
    await before.close()
    homes.length = 0
    await north!.stop()
    north!.store = older
    await north!.start()
    const restored = await homeAt(north!, clock)
    // It does not know yet what the others hold.
    expect(await restored.verify()).toMatchObject({ count: 3, anchorCount: 0, findings: [] })
    await until(() => north!.node!.status.height === 1)
    await restored.look()
    await restored.note(callOf('p9'))
    const { findings } = await restored.verify()
    expect(findings).toEqual([{ kind: 'missing', from: 4, to: 8 }])
    const sequences: number[] = []
    for await (const { sequence } of restored.log.scan(1, 100)) sequences.push(sequence)
    expect(sequences).toEqual([1, 2, 3, 9, 10, 11])
  })
})
