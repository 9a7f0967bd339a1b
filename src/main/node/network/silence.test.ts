/** When a peer counts as gone (A16): soon for people, and not because somebody was busy. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { NETWORK_LIMITS } from './limits.ts'
import { createMemoryHub } from './memory.ts'
import type { Mesh } from './mesh.ts'
import { eventsOf, makeCast, makeMesh } from './network.test-kit.ts'

interface HandClock extends Clock {
  /** One step; what is due is called late, as after a stop of the process. */
  jump(ms: number): void
}

function handClock(): HandClock {
  let time = 0
  let timers: { at: number; call: () => void }[] = []
  return {
    now: () => time,
    after(ms, call) {
      const timer = { at: time + ms, call }
      timers.push(timer)
      return () => (timers = timers.filter((each) => each !== timer))
    },
    jump(ms) {
      time += ms
      const due = timers.filter(({ at }) => at <= time)
      timers = timers.filter(({ at }) => at > time)
      for (const { call } of due) call()
    },
  }
}

const meshes: Mesh[] = []
afterEach(async () => {
  for (const mesh of meshes.splice(0)) await mesh.stop()
})

/** Everything that is under way arrives. */
async function settle(): Promise<void> {
  for (let i = 0; i < 60; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Two voters over a line that can be held: the second one is stopped as SIGSTOP or a pulled plug stops it. */
async function two() {
  let isHeld = false
  const held: (() => void)[] = []
  const hub = createMemoryHub({
    schedule: (_from, _to, deliver) => (isHeld ? void held.push(deliver) : void setImmediate(deliver)),
  })
  const cast = makeCast('voter', 'voter')
  const clocks = [handClock(), handClock()] as const
  const made = cast.members.map((member, index) => {
    const wires = hub.wires(`node-${index}`, {
      networkKey: member.entry.networkKey,
      generations: [{ generation: 1, psk: cast.psk, port: 4000 }],
    })
    const known = cast.members.map(({ name }, i) => ({
      peer: name,
      addresses: [{ generation: 1, address: `node-${i}:4000` }],
    }))
    const { pingEveryMs, silenceMs } = NETWORK_LIMITS
    const mesh = makeMesh(cast, index, wires, {
      addresses: known,
      clock: clocks[index]!,
      position: () => ({ epoch: 0, height: 40 + index }),
      limits: { pingEveryMs, silenceMs },
    })
    meshes.push(mesh)
    return mesh
  })
  const [watcher, other] = made as [Mesh, Mesh]
  for (const mesh of made) await mesh.start()
  const name = cast.members[1]!.name
  while (!watcher.isUp(name)) {
    for (const clock of clocks) clock.jump(100)
    await settle()
  }
  const events = eventsOf(watcher)
  return {
    watcher,
    other,
    name,
    clocks,
    events,
    hold: (is: boolean) => {
      isHeld = is
      if (!is) for (const deliver of held.splice(0)) setImmediate(deliver)
    },
    /** The watcher's time goes on by itself, and the other's where it is not stopped. */
    async pass(ms: number, isOtherAwake: boolean) {
      for (let passed = 0; passed < ms; passed += 250) {
        clocks[0].jump(250)
        if (isOtherAwake) clocks[1].jump(250)
        await settle()
      }
    },
  }
}

describe('a member that is stopped or unplugged', () => {
  it('shows as away within ten seconds, with the height that it said last (A16)', async () => {
    const { watcher, name, events, hold, pass } = await two()
    await pass(30_000, true)
    expect(events).toEqual([])
    hold(true)
    await pass(9_000, false)
    expect(events).toMatchObject([{ kind: 'down', problem: 'silent' }])
    expect(watcher.peers().find((peer) => peer.name === name)).toMatchObject({ state: 'away', height: 41 })
  })

  it('is not taken for gone when it was busy for five seconds', async () => {
    const { watcher, name, events, hold, pass } = await two()
    for (let i = 0; i < 4; i++) {
      hold(true)
      await pass(5_000, false)
      hold(false)
      await pass(2_500, true)
    }
    expect(events).toEqual([])
    expect(watcher.isUp(name)).toBe(true)
  })

  it('is not taken for gone when this node itself stood still', async () => {
    const { watcher, name, clocks, events, pass } = await two()
    for (let i = 0; i < 3; i++) {
      // Between a ping and its answer, which arrived meanwhile and is not read yet.
      clocks[0].jump(2_000)
      clocks[0].jump(60_000)
      await settle()
      await pass(4_000, true)
    }
    expect(events).toEqual([])
    expect(watcher.isUp(name)).toBe(true)
  })
})
