/** What the two ends of a work place's line tell each other, and what the node keeps to itself. */
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { WorkPlacesOverview } from '../../shared/contract/work-places.ts'
import { PASSPHRASE, until } from '../governance/institution.test-kit.ts'
import { DialProblem, type Wires } from '../node/network/wire.ts'
import { realWorld } from '../world.ts'
import { openPlaceConnection } from './connection.ts'
import { openHouse, QUICK, unlock, untilAway, untilBack, type House } from './house.test-kit.ts'
import { PLACE_LIMITS } from './limits.ts'
import { LINK } from './messages.ts'
import { loadPlace } from './place-folder.ts'
import { jobToldOutside, replyToldOutside } from './told-outside.ts'

let house: House | null = null
afterEach(async () => {
  await house?.close()
  house = null
})

describe('the node’s listener for work places', () => {
  it('takes its address when whoever had it at the start is gone', async () => {
    house = await openHouse()
    await house.place('Ward 1')
    const { ask, folder } = house.node
    const { listening } = await ask.workPlaces.list()
    if (listening.kind !== 'listening') throw new Error(listening.kind)
    const { listen } = listening
    await ask.app.closeProfile()
    const other = createServer((socket) => socket.on('error', () => {})).listen(
      Number(listen.split(':')[1]),
      '127.0.0.1',
    )
    await once(other, 'listening')
    await ask.app.open({ folder, account: 'ada', passphrase: PASSPHRASE })
    expect((await ask.workPlaces.list()).listening).toMatchObject({ kind: 'failed', listen })
    other.close()
    await until(
      async () => (await ask.workPlaces.list()).listening.kind,
      (kind) => kind === 'listening',
    )
  })
})

describe('a node that listens at another port', () => {
  it('takes those along that are connected, and says of the others that they look for it at the old one', async () => {
    house = await openHouse()
    const here = await house.place('Ward 1')
    const away = await house.place('Ward 2')
    await away.ask.app.closeProfile()
    const { ask } = house.node
    const before = await ask.workPlaces.list()
    expect(before.places.map(({ dialsPort }) => dialsPort)).toEqual([null, null])
    const oldPort = portOf(before)
    const moved = await ask.workPlaces.setListening({ listen: '127.0.0.1:0' })
    if (moved.kind !== 'set') throw new Error(moved.reason)
    const port = portOf(moved.overview)
    expect(port).not.toBe(oldPort)
    const places = await until(
      async () => (await ask.workPlaces.list()).places,
      (all) => all[0]!.isConnected && all[0]!.dialsPort === null,
    )
    expect(places).toMatchObject([
      { name: 'Ward 1', dialsPort: null },
      { name: 'Ward 2', isConnected: false, dialsPort: oldPort },
    ])
    await until(
      () => here.ask.app.session(),
      (now) => now.state === 'locked' && now.workPlace?.awaySince === null,
    )
    // Known after a restart, too; and whoever is behind says where it looks.
    await until(
      () => loadPlace(here.folder),
      (facts) => facts?.address === `127.0.0.1:${port}` && facts.movedTo === undefined,
    )
    await away.ask.app.open({ folder: away.folder, passphrase: '' })
    expect(await away.ask.app.session()).toMatchObject({
      workPlace: { awaySince: expect.any(Number), address: `127.0.0.1:${oldPort}` },
    })
    // Back at the old port both are here.
    await ask.workPlaces.setListening({ listen: `127.0.0.1:${oldPort}` })
    await until(
      async () => (await ask.workPlaces.list()).places,
      (all) => all.every(({ isConnected, dialsPort }) => isConnected && dialsPort === null),
    )
  })

  it('is looked for where it was, too, until a work place has reached it at the new port', async () => {
    const real = realWorld()
    let isOpenTo = (_address: string): boolean => true
    house = await openHouse({
      async openPlaceWires(network) {
        const wires = await real.openPlaceWires(network)
        return {
          ...wires,
          async dial(key, at, signal) {
            if (!isOpenTo(at.address)) throw new DialProblem('unreachable')
            return wires.dial(key, at, signal)
          },
        }
      },
    })
    const here = await house.place('Ward 1')
    const { ask } = house.node
    const move = async (listen: string): Promise<string> => {
      const moved = await ask.workPlaces.setListening({ listen })
      if (moved.kind !== 'set') throw new Error(moved.reason)
      return `127.0.0.1:${portOf(moved.overview)}`
    }
    const old = `127.0.0.1:${portOf(await ask.workPlaces.list())}`
    // The ward's firewall lets nothing else through.
    isOpenTo = (address) => address === old
    const next = await move('127.0.0.1:0')
    await untilAway(here)
    await until(
      () => loadPlace(here.folder),
      (facts) => facts?.address === old && facts.movedTo === next,
    )
    await move(old)
    await untilBack(here)
    expect(await here.ask.app.session()).toMatchObject({ workPlace: { address: old } })

    // Both are known after a restart, and the one that answers is kept.
    const third = await move('127.0.0.1:0')
    await untilAway(here)
    await until(
      () => loadPlace(here.folder),
      (facts) => facts?.movedTo === third,
    )
    await here.ask.app.closeProfile()
    isOpenTo = () => true
    await here.ask.app.open({ folder: here.folder, passphrase: '' })
    await untilBack(here)
    expect(await here.ask.app.session()).toMatchObject({ workPlace: { address: third } })
    await until(
      () => loadPlace(here.folder),
      (facts) => facts?.address === third && facts.movedTo === undefined,
    )
  })

  it('stays where it was, with its lines, when the other address cannot be had', async () => {
    house = await openHouse()
    const here = await house.place('Ward 1')
    const { ask } = house.node
    const other = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await ask.workPlaces.setListening({ listen: `127.0.0.1:${port}` })).toMatchObject({
      kind: 'refused',
      reason: 'address-in-use',
    })
    expect(await ask.workPlaces.list()).toMatchObject({
      listening: { kind: 'listening' },
      places: [{ isConnected: true, dialsPort: null }],
    })
    expect(await here.ask.app.session()).toMatchObject({ workPlace: { awaySince: null } })
    other.close()
  })
})

const portOf = ({ listening }: WorkPlacesOverview): number =>
  listening.kind === 'listening' ? Number(listening.listen.split(':').at(-1)) : 0

describe('a code that is withdrawn', () => {
  it('admits nobody whose question came before the withdrawal had its turn', async () => {
    const real = realWorld()
    let hold: ((piece: Uint8Array) => Promise<void>) | null = null
    let gate: Promise<void> | null = null
    let entered = (): void => {}
    house = await openHouse({
      async openPlaceWires(network) {
        if (gate !== null) {
          entered()
          await gate
        }
        const wires = await real.openPlaceWires(network)
        return network.listen === null ? wires : holdingData(wires, () => hold)
      },
    })
    const { node } = house
    await house.place('Ward 1')
    const wish = await house.code('Ward 2')
    const { listening } = await node.ask.workPlaces.list()
    if (listening.kind !== 'listening') throw new Error(listening.kind)
    const under: Promise<unknown>[] = []
    hold = async (piece) => {
      if (!Buffer.from(piece).includes(LINK.pair)) return
      hold = null
      // A change of the listener has the turn, the withdrawal waits behind it, and then the machine asks.
      let open = (): void => {}
      gate = new Promise((resolve) => (open = resolve))
      const isUnderWay = new Promise<void>((resolve) => (entered = resolve))
      under.push(node.ask.workPlaces.setListening({ listen: listening.listen }))
      await isUnderWay
      under.push(node.ask.workPlaces.closePairing())
      setTimeout(open, 50)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const late = await house.start('Ward 2')
    expect(await late.ask.joining.pairWorkPlace({ folder: late.folder, ...wish })).toMatchObject({
      kind: 'refused',
      reason: 'no-answer',
    })
    expect(under).toHaveLength(2)
    await Promise.all(under)
    // Behind whatever has its turn after the withdrawal.
    await node.ask.workPlaces.closePairing()
    expect((await node.ask.workPlaces.list()).places.map(({ name }) => name)).toEqual(['Ward 1'])
  })
})

describe('the versions of the application at both ends', () => {
  it('are compared, and both sides say where they are not the same', async () => {
    house = await openHouse()
    const { node, world } = house
    const place = await house.start('Ward 1', { world: { ...world, applicationVersion: '9.9.9' } })
    const paired = await place.ask.joining.pairWorkPlace({
      folder: place.folder,
      ...(await house.code('Ward 1')),
    })
    expect(paired.kind).toBe('opened')
    const same = await house.place('Ward 2')
    const otherVersion = { here: '9.9.9', node: world.applicationVersion }
    await until(
      () => place.ask.app.session(),
      (now) => now.state === 'locked' && now.workPlace?.otherVersion?.here === '9.9.9',
    )
    expect(await place.ask.app.session()).toMatchObject({ workPlace: { otherVersion } })
    expect(await same.ask.app.session()).toMatchObject({ workPlace: { otherVersion: null } })
    expect(await node.ask.workPlaces.list()).toMatchObject({
      places: [
        { name: 'Ward 1', otherVersion: { there: '9.9.9', node: world.applicationVersion } },
        { name: 'Ward 2', otherVersion: null },
      ],
    })

    // One that speaks another language altogether is told which version would understand it.
    const facts = (await loadPlace(same.folder))!
    await same.ask.app.closeProfile()
    const refused = await new Promise<unknown>((resolve) => {
      void openPlaceConnection({
        world,
        facts,
        address: () => facts.address,
        limits: { ...PLACE_LIMITS, ...QUICK },
        onEvent() {},
        async greet(call) {
          resolve(await call(LINK.hello, { format: 2, version: '12.0.0' }))
          return null
        },
        onAway() {},
      }).then((line) => void (closeLine = () => line.close()))
    })
    await closeLine()
    expect(refused).toEqual({
      ok: false,
      error: { code: 'other-format', detail: { version: world.applicationVersion } },
    })
  })
  let closeLine: () => Promise<void> = async () => {}
})

describe('a failure at the node', () => {
  it('names no folder of it to a work place, locked or not, by event, list or answer', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk', 'administrator'])
    const locked = await house.place('Ward 1')
    const place = await house.place('Ward 2')
    await unlock(place, 'bo')
    const { node } = house
    const secret = join(node.folder, 'own-shelf')
    const started = await node.ask.upkeep.startBackup({ out: secret })
    if (started.kind !== 'started') throw new Error(started.kind)
    const { jobId } = started
    await until(
      () => node.ask.jobs.list(),
      (jobs) => jobs.some((each) => each.jobId === jobId && each.state === 'failed'),
    )
    // At the node it is said in full, or this would show nothing.
    expect(JSON.stringify(await node.ask.jobs.list())).toContain('own-shelf')
    for (const at of [locked, place]) {
      await until(
        async () => at.events,
        (events) =>
          events.some(
            ({ name, payload }) => name === 'jobs.progress' && JSON.stringify(payload).includes('failed'),
          ),
      )
      const heard = JSON.stringify([at.events, await at.ask.jobs.list()])
      expect(heard).toContain('"failed"')
      expect(heard).not.toContain('own-shelf')
      expect(heard).not.toContain(node.folder)
    }
  })

  it('is told by its code alone to whoever is locked out, and without places to everybody else', () => {
    const reply = {
      ok: false as const,
      error: { code: 'disk-full', detail: { code: 'disk-full', path: '/x', freeBytes: 3 } },
    }
    expect(replyToldOutside(reply, true)).toEqual({ ok: false, error: { code: 'disk-full' } })
    expect(replyToldOutside(reply, false)).toEqual({
      ok: false,
      error: { code: 'disk-full', detail: { code: 'disk-full', freeBytes: 3 } },
    })
    // Words under whatever name may be a place on a disk, or what stood in somebody's file.
    const told = { code: 'folder-not-writable', detail: '/srv/north', reason: 'row of p7', rows: ['p7'] }
    const failed = { ok: false as const, error: { code: 'folder-not-writable', detail: told } }
    expect(replyToldOutside(failed, false)).toEqual({
      ok: false,
      error: { code: 'folder-not-writable', detail: { code: 'folder-not-writable' } },
    })
    const wait = { code: 'wrong-passphrase', detail: '8' }
    const wrong = { ok: false as const, error: { code: 'wrong-passphrase', detail: wait } }
    expect(replyToldOutside(wrong, false)).toEqual(wrong)
    const where = [{ path: ['visit', 'notes', 0], code: 'too_big' }]
    const invalid = { ok: false as const, error: { code: 'invalid-input', detail: where } }
    expect(replyToldOutside(invalid, false)).toEqual(invalid)
    const fine = { ok: true as const, value: { path: 'mine' } }
    expect(replyToldOutside(fine, true)).toBe(fine)
    const job = { jobId: 'j', state: 'failed', error: { code: 'bad-row', detail: { row: 3, subject: 'p7' } } }
    expect(jobToldOutside(job as never)).toMatchObject({ error: { code: 'bad-row' } })
    expect(JSON.stringify(jobToldOutside(job as never))).not.toContain('p7')
  })
})

/** The same wires; what arrives on an inbound lane waits for what `hold` does with it. */
function holdingData(wires: Wires, hold: () => ((piece: Uint8Array) => Promise<void>) | null): Wires {
  return {
    ...wires,
    start: (handlers) =>
      wires.start({
        ...handlers,
        wire: (wire) =>
          handlers.wire({
            remoteKey: wire.remoteKey,
            direction: wire.direction,
            generation: wire.generation,
            openLane: (lane, signal) => wire.openLane(lane, signal),
            abort: () => wire.abort(),
            listen: (of) =>
              wire.listen({
                ...of,
                lane: (lane, stream) =>
                  of.lane(lane, {
                    send: (bytes) => stream.send(bytes),
                    pause: () => stream.pause(),
                    resume: () => stream.resume(),
                    abort: () => stream.abort(),
                    listen(data) {
                      let turn: Promise<void> = Promise.resolve()
                      stream.listen({
                        ...data,
                        data(piece) {
                          const bytes = piece.slice()
                          turn = turn.then(() => hold()?.(bytes)).then(() => data.data(bytes))
                        },
                      })
                    },
                  }),
              }),
          }),
      }),
  }
}
