import { afterEach, describe, expect, it } from 'vitest'
import {
  areEqual,
  makeConsortium,
  until,
  type Institutions,
  type TestConsortium,
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

describe('several members', () => {
  it('make visits of any hospital final everywhere, with one tip', async () => {
    const { members, up } = await start({ voters: 4, others: ['university', 'insurer'] })
    for (const [i, member] of members.slice(0, 4).entries()) await member.submit(5, 10 * i)
    await until(() => areEqual(up(), 20))
    expect(members.map(({ node }) => node!.status.queuedCount)).toEqual([0, 0, 0, 0, 0, 0])
    expect(members[0]!.node!.status).toMatchObject({
      votersReachable: 4,
      quorum: 3,
      peerCount: 5,
      standing: 'voting',
    })
    expect(members[4]!.node!.status).toMatchObject({ standing: 'no-vote' })
  })
})
