/** Members in processes of their own, over loopback with the product's disk, threads and network. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import {
  buildClusterChild,
  hasRows,
  killUnderLoad,
  openCluster,
  pause,
  removeBuilt,
  until,
  type Cluster,
  type ClusterMember,
} from './cluster.test-kit.ts'

let built = ''
let folder = ''
let cluster: Cluster | null = null
beforeAll(async () => {
  built = await buildClusterChild()
  folder = await mkdtemp(join(tmpdir(), 'consilium-cluster-'))
}, 180_000)
afterEach(async ({ task }) => {
  // Where a wait never ended: what each of them last said tells for what.
  if (task.result?.state === 'fail')
    for (const { memberId, status } of cluster?.members ?? []) console.error(memberId, JSON.stringify(status))
  await cluster?.close()
  cluster = null
})
afterAll(async () => {
  await removeBuilt(built)
  await rm(folder, { recursive: true, force: true })
})

const seenBy = ({ status }: ClusterMember, other: ClusterMember) =>
  present(
    status!.peers.find(({ name }) => name === other.memberId),
    'members know each other',
  )

/** Six processes take a busy machine its time. */
const PATIENCE_MS = 540_000

describe('four hospitals, a university and an insurer as real processes', () => {
  it(
    'lose no accepted visit and sign nothing twice while hospitals are killed, 20 times',
    async () => {
      const options = { built, folder: join(folder, 'kills') }
      expect(await killUnderLoad(options, 20, Math.random)).toBeNull()
    },
    PATIENCE_MS,
  )

  it(
    'go on when one is stopped (A16), in halves decide nothing, and are one chain again within a minute when the lines are back (A11)',
    async () => {
      cluster = await openCluster({ built, folder: join(folder, 'lines') })
      const { members, voters } = cluster
      await Promise.all(members.map((member) => member.start()))
      await until(() => voters.every(({ status }) => status?.votersReachable === 4))
      for (const voter of voters) voter.work(50)
      const frozen = voters[1]!
      const others = members.filter((member) => member !== frozen)
      await until(() => frozen.status!.height >= 3)
      const said = frozen.status!.height
      await until(() => others.every((each) => (seenBy(each, frozen).height ?? 0) >= said))
      frozen.kill('SIGSTOP')
      const before = voters[0]!.status!.height
      // All the others show it, with the height that it said last (A16); that ten seconds are enough: silence.test.ts.
      await until(() => others.every((each) => seenBy(each, frozen).state === 'away'))
      await until(() => voters[0]!.status!.height > before + 10)
      for (const each of others) {
        const { state, height } = seenBy(each, frozen)
        expect(state).toBe('away')
        expect(height).toBeGreaterThanOrEqual(said)
        expect(height).toBeLessThan(voters[0]!.status!.height)
      }
      frozen.kill('SIGCONT')
      await until(() => frozen.status!.height > before + 10)
      // An hour of it, with rounds that have grown to their longest, is `sim/sim.test.ts`: here are real processes and lines (A11).
      cluster.part(voters.slice(0, 2), voters.slice(2))
      await until(() => voters.every(({ status }) => status!.votersReachable <= 2))
      await pause(500)
      // One that was stopped may still fetch what the others had decided: nothing new is what is meant.
      const highest = (): number => Math.max(...voters.map(({ status }) => status!.height))
      const decided = highest()
      await pause(2_000)
      expect(highest()).toBe(decided)
      cluster.join()
      const joinedAt = Date.now()
      await until(() => voters.every(({ status }) => status!.height > decided))
      expect(Date.now() - joinedAt).toBeLessThan(60_000)
      for (const voter of voters) voter.rest()
      await pause(200)
      await until(() => cluster!.isSettled() && voters.every(hasRows))
      expect(voters.flatMap(({ status }) => status!.accused)).toEqual([])
      await cluster.close()
      expect(await cluster.examine()).toBeNull()
    },
    PATIENCE_MS,
  )

  it(
    'refuse wrong roots, name the one that votes twice, cut the one that floods, and go on',
    async () => {
      cluster = await openCluster({ built, folder: join(folder, 'lies'), others: [] })
      const { members, voters } = cluster
      const [a, b, c, liar] = voters as [
        (typeof voters)[0],
        (typeof voters)[0],
        (typeof voters)[0],
        (typeof voters)[0],
      ]
      const honest = [a, b, c]
      await Promise.all([...honest, ...members.slice(4)].map((member) => member.start()))
      await liar.start('wrong-roots')
      for (const member of honest) member.work(150)
      // Its turn comes every fourth height, and three honest ones decide without it.
      await until(
        () => (liar.status?.lieCount ?? 0) >= 3 && honest.every(({ status }) => status!.height >= 8),
      )
      expect(honest.flatMap(({ status }) => [...status!.suspended, ...status!.accused])).toEqual([])
      expect(new Set(honest.map(({ status }) => status!.state))).toEqual(new Set(['running']))
      liar.kill('SIGKILL')
      await liar.gone
      await liar.start('votes-twice')
      await until(() => honest.every(({ status }) => status?.suspended.includes(liar.memberId) === true))
      expect(new Set(honest.flatMap(({ status }) => status!.suspended))).toEqual(new Set([liar.memberId]))
      liar.kill('SIGKILL')
      await liar.gone
      await liar.start('floods')
      await until(() => honest.every(({ status }) => status!.banned.includes(liar.memberId)))
      const before = a.status!.height
      await until(() => honest.every(({ status }) => status!.height > before + 5))
      for (const member of honest) member.rest()
      await pause(200)
      await until(() => cluster!.isSettled(honest) && honest.every(hasRows))
      expect(new Set(honest.flatMap(({ status }) => status!.suspended))).toEqual(new Set([liar.memberId]))
      await cluster.close()
      // Two different votes of the liar left its process, and nobody else signed twice; no lie is on an honest disk.
      expect(await cluster.examine([liar])).toBeNull()
    },
    PATIENCE_MS,
  )
})
