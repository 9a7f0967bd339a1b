/** What the transport must do, whatever connections are underneath. */
import { afterEach, describe, expect, it } from 'vitest'
import { utf8Decode, utf8Encode } from '../../../shared/std/bytes.ts'
import { LANE_LIMITS } from './limits.ts'
import type { Mesh, MeshOptions } from './mesh.ts'
import { eventsOf, makeCast, makeMember, pause, until, type Cast, type Role } from './network.test-kit.ts'
import type { Lane, PeerEvent } from './transport.ts'

export type TestWorld = {
  readonly cast: Cast
  readonly meshes: readonly Mesh[]
  /** A mesh for the member that is not started; the addresses of the others are known to it. */
  make(index: number, options?: Partial<MeshOptions>): Mesh
  /** Stops a node at once, as a crash would, and starts another one in its place. */
  restart(index: number): Promise<Mesh>
  close(): Promise<void>
}

export type OpenWorld = (cast: Cast, options?: (index: number) => Partial<MeshOptions>) => Promise<TestWorld>

export function transportContract(name: string, open: OpenWorld): void {
  describe(`${name} as a transport`, { timeout: 120_000 }, () => {
    const worlds: TestWorld[] = []
    const start = async (
      roles: readonly Role[],
      prepare: (meshes: readonly Mesh[]) => void = () => {},
      options?: (index: number) => Partial<MeshOptions>,
    ): Promise<TestWorld> => {
      const world = await open(makeCast(...roles), options)
      worlds.push(world)
      prepare(world.meshes)
      for (const mesh of world.meshes) await mesh.start()
      return world
    }
    const allUp = (world: TestWorld): Promise<void> =>
      until(() =>
        world.meshes.every((mesh) =>
          mesh.peers().every((peer) => peer.state === 'up' || !isNeighbour(world, mesh, peer.name)),
        ),
      )
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close()
    })

    it('connects all voters with each other, each pair once', async () => {
      const world = await start(['voter', 'voter', 'voter', 'voter'])
      await allUp(world)
      for (const mesh of world.meshes) {
        expect(mesh.peers()).toHaveLength(3)
        expect(mesh.peers().every(({ problem }) => problem === null)).toBe(true)
      }
      expect(world.meshes[0]!.peers()[0]).toMatchObject({
        protocolVersion: 1,
        newestProtocol: 1,
        epoch: 0,
        height: 1,
      })
    })

    it('tells what becomes of a vote when its machine starts anew, at once and to whoever comes later', async () => {
      const world = await start(['voter', 'voter'], ([first]) => first!.sayRestart('person'))
      await allUp(world)
      const [first, second] = world.meshes
      const told = () => second!.peers()[0]!.restart
      await until(() => told() === 'person')
      expect(first!.peers()[0]!.restart).toBe(null)
      first!.sayRestart('alone')
      await until(() => told() === 'alone')
    })

    it('tells whether a node signs, at once and to whoever comes later, and forgets it with the connection', async () => {
      const world = await start(['voter', 'voter'], ([first]) => first!.saySigning('disk-full'))
      await allUp(world)
      const [first, second] = world.meshes
      const told = () => second!.peers()[0]!.signing
      await until(() => told() === 'disk-full')
      first!.saySigning('signs')
      await until(() => told() === 'signs')
      await first!.stop()
      await until(() => told() === null)
    })

    it('keeps one connection where both dial at the same time, the same one on both sides', async () => {
      const events: PeerEvent[][] = []
      const world = await start(
        ['voter', 'voter', 'voter', 'voter'],
        (meshes) => meshes.forEach((mesh) => events.push(eventsOf(mesh))),
        () => ({ limits: { dialGraceMs: 0 } }),
      )
      await allUp(world)
      await pause(500)
      for (const each of events) expect(each.map(({ kind }) => kind)).toEqual(['up', 'up', 'up'])
      for (const [i, mesh] of world.meshes.entries())
        for (const peer of mesh.peers()) {
          const other = world.meshes.findIndex(({ self }) => self === peer.name)
          const back = world.meshes[other]!.peers().find(({ name }) => name === mesh.self)!
          expect([i, other, new Set([peer.direction, back.direction]).size]).toEqual([i, other, 2])
        }
    })

    it('brings messages whole, in order, on every lane', async () => {
      const got: string[] = []
      const world = await start(['voter', 'voter'], ([, second]) => {
        for (const lane of ['consensus', 'body', 'keybox', 'sync'] as const)
          second!.onMessage(
            lane,
            (from, message) => void got.push(`${lane} ${from.name} ${utf8Decode(message)}`),
          )
      })
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      for (let i = 0; i < 100; i++)
        for (const lane of ['consensus', 'body', 'keybox', 'sync'] as const)
          expect(first.send(second.self, lane, utf8Encode(`${i}`))).toBe('queued')
      await until(() => got.length === 400)
      for (const lane of ['consensus', 'body', 'keybox', 'sync'] as const)
        expect(got.filter((each) => each.startsWith(lane))).toEqual(
          Array.from({ length: 100 }, (_, i) => `${lane} ${first.self} ${i}`),
        )
    })

    it('brings empty messages and the longest that the lane takes, and refuses a longer one', async () => {
      const sizes: number[] = []
      const world = await start(['voter', 'voter'], ([, second]) =>
        second!.onMessage('body', (_, message) => {
          sizes.push(message.length)
          if (message.length > 0) expect([message[0], message.at(-1)]).toEqual([7, 9])
        }),
      )
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      const longest = new Uint8Array(LANE_LIMITS.body.frameBytesMax)
      longest[0] = 7
      longest[longest.length - 1] = 9
      first.send(second.self, 'body', new Uint8Array(0))
      first.send(second.self, 'body', longest)
      expect(() => first.send(second.self, 'body', new Uint8Array(longest.length + 1))).toThrow(
        'message-too-large',
      )
      await until(() => sizes.length === 2)
      expect(sizes).toEqual([0, longest.length])
    })

    it('broadcasts to those who may use the lane', async () => {
      const got: string[] = []
      const roles: Role[] = ['voter', 'voter', 'hospital', 'university', 'insurer']
      const world = await start(roles, (meshes) =>
        meshes.forEach((mesh, i) => {
          for (const lane of ['consensus', 'body', 'keybox', 'sync'] as const)
            mesh.onMessage(lane, () => void got.push(`${lane} ${roles[i]}`))
        }),
      )
      await allUp(world)
      const [voter] = world.meshes as [Mesh]
      expect(
        (['consensus', 'body', 'keybox', 'sync'] as const).map((lane) =>
          voter.broadcast(lane, utf8Encode('x')),
        ),
      ).toEqual([1, 4, 2, 4])
      await until(() => got.length === 11)
      expect(got.sort()).toEqual([
        'body hospital',
        'body insurer',
        'body university',
        'body voter',
        'consensus voter',
        'keybox hospital',
        'keybox voter',
        'sync hospital',
        'sync insurer',
        'sync university',
        'sync voter',
      ])
    })

    it('gives the key-box lane to hospitals only, in both directions', async () => {
      const world = await start(['voter', 'university'])
      await allUp(world)
      const [hospital, university] = world.meshes as [Mesh, Mesh]
      expect(hospital.send(university.self, 'keybox', utf8Encode('row'))).toBe('not-permitted')
      expect(university.send(hospital.self, 'keybox', utf8Encode('ask'))).toBe('not-permitted')
      await expect(university.request(hospital.self, 'keybox', utf8Encode('ask'))).rejects.toMatchObject({
        detail: { code: 'peer-unreachable' },
      })
    })

    it('answers requests, with bytes or a numbered refusal, many at a time', async () => {
      const world = await start(['voter', 'voter'], ([, second]) =>
        second!.onRequest('sync', async (_, request) => {
          await pause(request[0]! % 3)
          return request[0] === 13 ? 42 : Uint8Array.of(request[0]! + 1)
        }),
      )
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      const answers = await Promise.allSettled(
        Array.from({ length: 60 }, (_, i) => first.request(second.self, 'sync', Uint8Array.of(i))),
      )
      answers.forEach((answer, i) => {
        if (i === 13)
          expect(answer).toMatchObject({ reason: { detail: { code: 'request-refused', reason: 42 } } })
        else expect(answer).toEqual({ status: 'fulfilled', value: Uint8Array.of(i + 1) })
      })
    })

    it('gives up on an answer that does not come, and when told to', async () => {
      const world = await start(['voter', 'voter'], ([, second]) =>
        second!.onRequest('sync', () => new Promise(() => {})),
      )
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      await expect(
        first.request(second.self, 'sync', Uint8Array.of(1), { timeoutMs: 50 }),
      ).rejects.toMatchObject({ detail: { code: 'request-timeout' } })
      const aborter = new AbortController()
      const asked = first.request(second.self, 'sync', Uint8Array.of(1), { signal: aborter.signal })
      aborter.abort()
      await expect(asked).rejects.toMatchObject({ detail: { code: 'request-aborted' } })
    })

    it('says so at once when a peer is gone, and fails what was asked of it', async () => {
      const world = await start(['voter', 'voter'], ([, second]) =>
        second!.onRequest('sync', () => new Promise(() => {})),
      )
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      const events = eventsOf(first)
      const asked = first.request(second.self, 'sync', Uint8Array.of(1))
      const refused = expect(asked).rejects.toMatchObject({ detail: { code: 'peer-unreachable' } })
      await second.stop()
      await refused
      await until(() => events.some(({ kind }) => kind === 'down'))
      expect(first.send(second.self, 'consensus', Uint8Array.of(1))).toBe('unreachable')
      await expect(first.request(second.self, 'sync', Uint8Array.of(1))).rejects.toMatchObject({
        detail: { code: 'peer-unreachable' },
      })
    })

    it('finds a peer again that restarted', async () => {
      const world = await start(['voter', 'voter'])
      for (const index of [0, 1]) {
        await allUp(world)
        const survivor = world.meshes[1 - index]!
        const events = eventsOf(survivor)
        await world.restart(index)
        await until(() => events.map(({ kind }) => kind).join() === 'down,up')
        expect(survivor.peers()[0]!.state).toBe('up')
      }
    })

    it('holds bounded memory for a peer that does not read bodies, and lets consensus pass', async () => {
      const votes: number[] = []
      let release = (): void => {}
      const held = new Promise<void>((resolve) => (release = resolve))
      let bodyCount = 0
      const world = await start(['voter', 'voter'], ([, second]) => {
        second!.onMessage('consensus', (_, message) => void votes.push(message[0]!))
        second!.onMessage('body', () => {
          bodyCount++
          return held
        })
      })
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      const body = new Uint8Array(64 * 1024)
      let sent = 0
      // Gives up only when nothing moves any more.
      for (let quiet = 0; quiet < 20;) {
        if (first.send(second.self, 'body', body) === 'queued') {
          sent++
          quiet = 0
        } else {
          quiet++
          await pause(10)
        }
      }
      const { queueBytesMax, inHandBytesMax } = LANE_LIMITS.body
      expect(sent * body.length).toBeLessThan(queueBytesMax + inHandBytesMax + 4 * 1024 * 1024)
      expect(bodyCount * body.length).toBeLessThan(inHandBytesMax + 1024 * 1024)
      for (let i = 0; i < 10; i++) first.send(second.self, 'consensus', Uint8Array.of(i))
      await until(() => votes.length === 10)
      expect(second.isUp(first.self)).toBe(true)
      const writable = first.writable(second.self, 'body')
      release()
      await writable
      expect(first.send(second.self, 'body', body)).toBe('queued')
      await until(() => bodyCount === sent + 1)
    })

    it('cuts a peer that does not read votes instead of dropping some', async () => {
      const world = await start(['voter', 'voter'], ([, second]) =>
        second!.onMessage('consensus', () => new Promise<void>(() => {})),
      )
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      const events = eventsOf(first)
      const large = new Uint8Array(1024 * 1024)
      while (events.length === 0) {
        first.send(second.self, 'consensus', large)
        await pause(1)
      }
      expect(events[0]).toMatchObject({ kind: 'down', problem: 'not-reading' })
    })

    it('slows a flooding peer down and cuts it, while others go on', async () => {
      const got = new Map<string, number>()
      const world = await start(
        ['voter', 'voter', 'voter'],
        ([first]) =>
          first!.onMessage('consensus', (from) => void got.set(from.name, (got.get(from.name) ?? 0) + 1)),
        () => ({ limits: { floodMs: 400 } }),
      )
      await allUp(world)
      const [first, flooder, honest] = world.meshes as [Mesh, Mesh, Mesh]
      let votes = 0
      let isFlooding = true
      const flood = (async () => {
        while (isFlooding && flooder.isUp(first.self)) {
          // Its own node would cut a peer that does not read; a clever flooder goes on for longer.
          const { queuedBytes } = flooder.peers().find(({ name }) => name === first.self)!
          for (let i = 0; i < 2_000 && queuedBytes < 1024 * 1024; i++)
            flooder.send(first.self, 'consensus', Uint8Array.of(1))
          await pause(1)
        }
      })()
      while (first.isUp(flooder.self)) {
        honest.send(first.self, 'consensus', Uint8Array.of(2))
        votes++
        await pause(5)
      }
      isFlooding = false
      await flood
      expect(first.peers().find(({ name }) => name === flooder.self)).toMatchObject({
        state: 'banned',
        problem: 'flooding',
      })
      await until(() => got.get(honest.self) === votes)
      expect(first.isUp(honest.self)).toBe(true)
    })

    it('leaves a peer out that was penalised', async () => {
      const world = await start(['voter', 'voter'])
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      first.penalise(second.self, 'forged')
      await until(() => !second.isUp(first.self))
      await pause(300)
      expect(first.peers()[0]).toMatchObject({ state: 'banned', problem: 'forged' })
      expect(second.isUp(first.self)).toBe(false)
    })

    it('drops a member that was removed, and takes one that joined', async () => {
      const world = await start(['voter', 'voter', 'voter'])
      await allUp(world)
      const [first, second, third] = world.meshes as [Mesh, Mesh, Mesh]
      const entries = world.cast.members.map(({ entry }) => entry)
      const events = eventsOf(first)
      first.setMembers(entries.slice(0, 2))
      await until(() => !third.isUp(first.self))
      expect(events).toMatchObject([{ kind: 'down', peer: { name: third.self } }])
      expect(first.peers().map(({ name }) => name)).toEqual([second.self])
      expect(first.send(third.self, 'sync', Uint8Array.of(1))).toBe('unreachable')
      first.setMembers(entries)
      await until(() => first.isUp(third.self) && third.isUp(first.self))
    })

    it('gives a member the lanes of its new role without asking it to leave, where it gains', async () => {
      const got: Lane[] = []
      const world = await start(['voter', 'hospital'], ([, second]) =>
        second!.onMessage('consensus', () => void got.push('consensus')),
      )
      await allUp(world)
      const [first, second] = world.meshes as [Mesh, Mesh]
      expect(first.send(second.self, 'consensus', Uint8Array.of(1))).toBe('not-permitted')
      const events = eventsOf(first)
      const entries = world.cast.members.map(({ entry }) => ({ ...entry, isVoter: true }))
      // One side knows earlier than the other: what it sends waits, and nothing breaks.
      first.setMembers(entries)
      expect(first.send(second.self, 'consensus', Uint8Array.of(1))).toBe('queued')
      await pause(100)
      expect(got).toEqual([])
      second.setMembers(entries)
      await until(() => got.length === 1)
      expect(events).toEqual([])
    })

    it('refuses a node of another chain by name', async () => {
      const cast = makeCast('voter', 'voter')
      const other = { ...cast, chainId: makeCast('voter').chainId }
      const world = await open(cast)
      worlds.push(world)
      const [first] = world.meshes as [Mesh]
      await first.start()
      const stray = world.make(1, {
        identity: {
          chainId: other.chainId,
          memberId: cast.members[1]!.entry.memberId,
          networkKey: cast.members[1]!.entry.networkKey,
          memberSecret: cast.members[1]!.memberSecret,
          versions: { min: 1, max: 1 },
        },
      })
      await stray.start()
      await until(
        () => first.peers()[0]!.problem === 'other-chain' || first.peers()[0]!.problem === 'handshake',
      )
      expect(first.isUp(stray.self)).toBe(false)
      await stray.stop()
    })

    it('refuses a version that it does not speak, and a member key that is not in the table', async () => {
      const cast = makeCast('voter', 'voter')
      const world = await open(cast)
      worlds.push(world)
      const [first] = world.meshes as [Mesh]
      await first.start()
      const member = cast.members[1]!
      const identity = {
        chainId: cast.chainId,
        memberId: member.entry.memberId,
        networkKey: member.entry.networkKey,
        memberSecret: member.memberSecret,
        versions: { min: 1, max: 1 },
      }
      const newer = world.make(1, { identity: { ...identity, versions: { min: 2, max: 3 } } })
      await newer.start()
      await until(() => first.peers()[0]!.problem === 'no-common-version')
      await newer.stop()
      const thief = world.make(1, {
        identity: { ...identity, memberSecret: makeMember('voter', 9).memberSecret },
      })
      await thief.start()
      await until(() => first.peers()[0]!.problem === 'bad-signature')
      expect(first.isUp(thief.self)).toBe(false)
      await thief.stop()
    })

    it('tells members where other members are', async () => {
      // The second knows only the first; the third tells the first where it is.
      const world = await start(
        ['university', 'voter', 'voter'],
        () => {},
        (index) => (index === 0 ? {} : { addresses: [] }),
      )
      await allUp(world)
      expect(world.meshes[1]!.isUp(world.meshes[2]!.self)).toBe(true)
    })

    it('stops in peace, twice', async () => {
      const world = await start(['voter', 'voter'])
      await allUp(world)
      await world.meshes[0]!.stop()
      await world.meshes[0]!.stop()
    })
  })
}

function isNeighbour(world: TestWorld, mesh: Mesh, name: string): boolean {
  const entryOf = (each: string) => world.cast.members.find((member) => member.name === each)!.entry
  const [a, b] = [entryOf(mesh.self), entryOf(name)]
  return a.isVoter || b.isVoter || (a.kind === 'hospital' && b.kind === 'hospital')
}
