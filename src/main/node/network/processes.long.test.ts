/** Members in processes of their own, over loopback with noise and the pre-shared key. */
import { fork, type ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import type { ChildCommand, ChildEvent, ChildSetup } from './child.test-kit.ts'
import { ownPorts } from './own-ports.test-kit.ts'
import { makeCast, until } from './network.test-kit.ts'

const root = join(import.meta.dirname, '../../../..')
const folder = join(root, `.cache/network-child-${process.pid}`)
const children = new Set<ChildProcess>()

beforeAll(async () => {
  const { bundle } = (await import(join(root, 'scripts/lib/bundle.mjs'))) as {
    bundle: (entries: Record<string, string>, folder: string) => Promise<void>
  }
  await bundle({ child: join(import.meta.dirname, 'child.test-kit.ts') }, folder)
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

type Member = { child: ChildProcess; events: ChildEvent[]; tell(command: ChildCommand): void }

async function openConsortium(count: number): Promise<{ members: Member[]; begin(index: number): Member }> {
  const cast = makeCast(...Array.from({ length: count }, () => 'voter' as const))
  const ports = await ownPorts(count)
  const setupOf = (index: number): ChildSetup => ({
    chainId: toHex(cast.chainId),
    psk: toHex(cast.psk),
    index,
    ports,
    members: cast.members.map(({ entry, networkSecret, memberSecret }) => ({
      memberId: toHex(entry.memberId),
      networkKey: toHex(entry.networkKey),
      memberKey: toHex(entry.memberKey),
      networkSecret: toHex(networkSecret),
      memberSecret: toHex(memberSecret),
    })),
  })
  const begin = (index: number): Member => {
    const child = fork(join(folder, 'child.js'), [], {
      execArgv: ['--import', join(root, 'bin/polyfill-node20.mjs')],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    children.add(child)
    const events: ChildEvent[] = []
    child.on('message', (event: ChildEvent) => events.push(event))
    const tell = (command: ChildCommand): void => void child.send(command)
    tell({ kind: 'setup', setup: setupOf(index) })
    return { child, events, tell }
  }
  const members = cast.members.map((_, index) => begin(index))
  await until(() =>
    members.every(({ events }) => events.filter(({ kind }) => kind === 'up').length >= count - 1),
  )
  return { members, begin }
}

const isUpEvent = (peer: number) => (event: ChildEvent) => event.kind === 'up' && event.peer === peer
const isDownEvent = (peer: number) => (event: ChildEvent) => event.kind === 'down' && event.peer === peer
const roundTrips = ({ events }: Member): readonly number[] | undefined =>
  events.find((event) => event.kind === 'round-trips')?.ms
/** How many messages it has from that member. */
function receivedFrom({ events }: Member, from: number): number {
  const last = events.findLast((event) => event.kind === 'received' && event.from === from)
  return last?.kind === 'received' ? last.count : 0
}

/** Four processes that start take a busy machine its time. */
const PATIENCE_MS = 180_000

describe('four members in four processes', () => {
  it(
    'talk, see one killed at once, and have it back when it starts again',
    async () => {
      const { members, begin } = await openConsortium(4)
      members[0]!.tell({ kind: 'broadcast', lane: 'consensus', byteCount: 200, count: 500 })
      await until(() => members.slice(1).every((member) => receivedFrom(member, 0) === 500))
      members[3]!.child.kill('SIGKILL')
      const rest = members.slice(0, 3)
      await until(() => rest.every(({ events }) => events.some(isDownEvent(3))))
      for (const { events } of rest) events.length = 0
      const again = begin(3)
      await until(() => rest.every(({ events }) => events.some(isUpEvent(3))))
      await until(() => again.events.filter(({ kind }) => kind === 'up').length === 3)
      expect(rest.flatMap(({ events }) => events.filter(({ kind }) => kind === 'down'))).toEqual([])
    },
    PATIENCE_MS,
  )

  it(
    'cut a flooding one, while votes between the others go on',
    async () => {
      const { members } = await openConsortium(4)
      members[3]!.tell({ kind: 'flood', to: 0, lane: 'consensus', byteCount: 100 })
      members[1]!.tell({ kind: 'ping-pong', to: 0, lane: 'consensus', count: 200, byteCount: 200 })
      await until(() => members[0]!.events.some(isDownEvent(3)) && roundTrips(members[1]!) !== undefined)
      expect(members[0]!.events.find(isDownEvent(3))).toMatchObject({ problem: 'flooding' })
      expect(roundTrips(members[1]!)).toHaveLength(200)
      expect(members[0]!.events.filter((event) => event.kind === 'down')).toHaveLength(1)
    },
    PATIENCE_MS,
  )

  it(
    'bring votes while bodies fill every other stream',
    async () => {
      const { members } = await openConsortium(4)
      for (const index of [2, 3])
        members[index]!.tell({ kind: 'broadcast', lane: 'body', byteCount: 100_000, count: 300 })
      members[0]!.tell({ kind: 'broadcast', lane: 'body', byteCount: 100_000, count: 300 })
      members[0]!.tell({ kind: 'ping-pong', to: 1, lane: 'consensus', count: 50, byteCount: 200 })
      await until(() => roundTrips(members[0]!) !== undefined)
      await until(() => [0, 2, 3].every((from) => receivedFrom(members[1]!, from) === 300))
      expect(roundTrips(members[0]!)).toHaveLength(50)
    },
    PATIENCE_MS,
  )
})
