/** Who comes in as a work place, what they may do there, and what everybody else gets: nothing. */
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from '../../shared/contract/index.ts'
import type { Reply, Service } from '../../shared/contract/kit.ts'
import { allRights, isAllowed } from '../../shared/contract/rights.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { PASSPHRASE, until } from '../governance/institution.test-kit.ts'
import { openHeadless } from '../headless.ts'
import { dispatch } from '../services/dispatch.ts'
import { openPlaceConnection } from './connection.ts'
import { awayOf, openHouse, QUICK, unlock, type House } from './house.test-kit.ts'
import { PLACE_LIMITS } from './limits.ts'
import { LINK } from './messages.ts'
import { NODE_ONLY } from './node-only.ts'
import { makePairingCode, readPairingCode } from './pairing-code.ts'
import { loadPlace, type PlaceFacts } from './place-folder.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
async function freshHouse(over: Parameters<typeof openHouse>[0] = {}): Promise<House> {
  const house = await openHouse(over)
  cleanUps.push(() => house.close())
  return house
}

/** What anybody hears who opens a connection and says this; by timers of one event loop, so that a busy machine slows both. */
function visit(port: number, say: Uint8Array | null): Promise<{ heard: number; isClosedInTime: boolean }> {
  return new Promise((resolve) => {
    let heard = 0
    const socket = connect(port, '127.0.0.1')
    const timer = setTimeout(() => {
      resolve({ heard, isClosedInTime: false })
      socket.destroy()
    }, 2_000)
    socket.on('data', (piece) => (heard += piece.length))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ heard, isClosedInTime: true })
    })
    if (say !== null) socket.write(say)
  })
}
const portOf = (address: string): number => Number(address.split(':').at(-1))
async function listeningPort({ node }: House): Promise<number> {
  const { listening } = await node.ask.workPlaces.list()
  if (listening.kind !== 'listening') throw new Error(listening.kind)
  return portOf(listening.listen)
}

/** A line as a work place has it, with no application around it. */
async function rawLine(house: House, facts: PlaceFacts) {
  let welcomed = (_: Reply<unknown>): void => {}
  const hello = new Promise<Reply<unknown>>((resolve) => (welcomed = resolve))
  let turnedAway = (): void => {}
  const refused = new Promise<'refused'>((resolve) => (turnedAway = () => resolve('refused')))
  const line = await openPlaceConnection({
    world: house.world,
    facts,
    address: () => facts.address,
    limits: { ...PLACE_LIMITS, ...QUICK },
    onEvent() {},
    async greet(call) {
      const reply = await call(LINK.hello, { format: 1, token: null, idleMinutes: 15 })
      setImmediate(() => welcomed(reply)) // when the line is in use
      return reply.ok ? () => {} : null
    },
    onAway: () => turnedAway(),
  })
  cleanUps.push(() => line.close())
  return { call: line.call, hello, refused }
}

describe('a pairing code', () => {
  it('is read back however it is typed, and a slip is told from it', () => {
    for (let i = 0; i < 200; i++) {
      const code = makePairingCode((count) => crypto.getRandomValues(new Uint8Array(count)))
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
      expect(readPairingCode(code.toLowerCase().replaceAll('-', ' '))).toEqual(readPairingCode(code))
      const swapped = code.replace(/^(.)(.)/, '$2$1')
      if (swapped !== code && !/^(0Z|Z0)/.test(code)) expect(readPairingCode(swapped)).toBeNull()
    }
    expect(readPairingCode('')).toBeNull()
    expect(readPairingCode('0000-0000-0000-000')).toBeNull()
  })

  it('admits one machine once; a wrong, used or old one finds nobody', async () => {
    let now = Date.now()
    const house = await freshHouse({ now: () => now })
    const { code, address } = await house.code('Ward 1')
    const typed = async (name: string, given: string) => {
      const application = await house.start(name)
      const answer = await application.ask.joining.pairWorkPlace({
        folder: application.folder,
        address,
        code: given,
      })
      return answer.kind === 'opened' ? 'opened' : answer.reason
    }
    const wrong = makePairingCode((count) => crypto.getRandomValues(new Uint8Array(count)))
    expect(await typed('slip', `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`)).toBe('bad-code')
    expect(await typed('guess', wrong)).toBe('no-answer')
    expect(await typed('first', code)).toBe('opened')
    expect(await typed('second', code)).toBe('no-answer')
    expect(await house.node.ask.workPlaces.list()).toMatchObject({
      places: [{ name: 'Ward 1', pairedBy: 'Ada' }],
    })

    const old = await house.code('Ward 2')
    now += PLACE_LIMITS.pairingMs + 1
    const late = await house.start('late')
    expect(await late.ask.joining.pairWorkPlace({ folder: late.folder, ...old })).toMatchObject({
      kind: 'refused',
      reason: 'no-answer',
    })
    expect(await house.node.ask.workPlaces.openPairing({ name: 'Ward 1' })).toEqual({
      kind: 'refused',
      reason: 'name-taken',
    })
  })

  it('is withdrawn by the administrator, and by the next one', async () => {
    const house = await freshHouse()
    const first = await house.code('Ward 1')
    const second = await house.code('Ward 2')
    const pair = async (name: string, wish: { code: string; address: string }) => {
      const { ask, folder } = await house.start(name)
      return ask.joining.pairWorkPlace({ folder, ...wish })
    }
    expect(await pair('a', first)).toMatchObject({ reason: 'no-answer' })
    expect((await house.node.ask.workPlaces.closePairing()).pairing).toBeNull()
    expect(await pair('b', second)).toMatchObject({ reason: 'no-answer' })
  })
})

describe('a third machine', () => {
  it('gets no answer without pairing: neither by silence, nor by noise, nor with the right network key', async () => {
    const house = await freshHouse()
    const place = await house.place('Ward 1')
    const port = await listeningPort(house)
    // pnet's 24 random bytes say nothing, and nothing comes after them.
    for (const say of [null, new Uint8Array(24), new Uint8Array(4_096).fill(7)]) {
      const { heard, isClosedInTime } = await visit(port, say)
      expect(isClosedInTime).toBe(true)
      expect(heard).toBeLessThanOrEqual(24)
    }
    const facts = (await loadPlace(place.folder))!
    const stranger = await rawLine(house, { ...facts, secret: '11'.repeat(32) })
    expect(await Promise.race([stranger.hello, stranger.refused])).toBe('refused')
    expect(await stranger.call('node.status', undefined)).toMatchObject({ error: { code: 'node-away' } })
    expect((await house.node.ask.workPlaces.list()).places).toHaveLength(1)
  })

  it('finds no key of the institution or of the consortium’s network on a work place', async () => {
    const house = await freshHouse()
    const place = await house.place('Ward 1')
    const text = await readFile(join(place.folder, 'work-place.json'), 'utf8')
    await house.node.close()
    const { world } = house
    const headless = await openHeadless({
      folder: house.node.folder,
      passphrase: PASSPHRASE,
      world,
      drainMs: 0,
    })
    cleanUps.push(() => headless.close())
    const { nodeKeys } = headless.institution.profile
    const { consensus, network, author, gateway, gatewayEpochs, linkageEpochs, networkGenerations } =
      nodeKeys!
    const epochs = [...gatewayEpochs, ...linkageEpochs, ...networkGenerations].map(({ key }) => key)
    for (const secret of [consensus, network, author, gateway, ...epochs])
      expect(text).not.toContain(toHex(secret))
  })

  it('that was a work place is cut off at once when it is removed, and never let in again', async () => {
    const house = await freshHouse()
    await house.addPerson('bo', ['clerk'])
    const place = await house.place('Ward 1')
    const other = await house.place('Ward 2')
    await unlock(place, 'bo')
    const { places } = await house.node.ask.workPlaces.list()
    expect(places).toMatchObject([
      { name: 'Ward 1', isConnected: true, personName: 'bo' },
      { name: 'Ward 2', isConnected: true, personName: null },
    ])
    await house.node.ask.workPlaces.remove({ placeId: places[0]!.placeId })
    await until(
      () => place.ask.app.session(),
      (now) => now.state !== 'none' && now.workPlace?.isTurnedAway === true,
    )
    await expect(place.ask.patients.search({ text: '王', limit: 5 })).rejects.toMatchObject({
      code: 'node-away',
    })
    expect(awayOf(await other.ask.app.session())).toBeNull()
    expect(await house.node.ask.workPlaces.list()).toMatchObject({ places: [{ name: 'Ward 2' }] })
  })

  it('that writes itself into the list is not admitted by it, and the audit says so', async () => {
    const house = await freshHouse()
    await house.place('Ward 1')
    await house.node.ask.app.closeProfile()
    const path = join(house.node.folder, 'work-places.json')
    const list = JSON.parse(await readFile(path, 'utf8')) as { places: { name: string }[] }
    list.places[0]!.name = 'Ward 9'
    await writeFile(path, JSON.stringify(list))
    await house.node.ask.app.open({ folder: house.node.folder, passphrase: PASSPHRASE })
    expect(await house.node.ask.workPlaces.list()).toMatchObject({ isListChanged: true, places: [] })
    const { entries } = await house.node.ask.audit.entries({
      filter: { operation: 'node.workPlacesChanged' },
      before: null,
      limit: 5,
    })
    expect(entries).toMatchObject([{ outcome: 'failed' }])
  })
})

describe('what a work place may ask', () => {
  it('is what the matrix gives the roles of whoever unlocked there, over the line too', async () => {
    const house = await freshHouse()
    // Every set of roles is asked about at the door itself (services/rights.test.ts); here, that the line leads there.
    const roles = ['clerk', 'researcher', 'auditor'] as const
    for (const each of roles) await house.addPerson(`only ${each}`, [each])
    const place = await house.place('Ward 1')
    const facts = (await loadPlace(place.folder))!
    await place.ask.app.closeProfile()
    const { call, hello } = await rawLine(house, facts)
    expect((await hello).ok).toBe(true)
    const wrong: string[] = []
    for (const each of [null, ...roles]) {
      if (each !== null)
        expect(await call('app.unlock', { account: `only ${each}`, passphrase: PASSPHRASE })).toMatchObject({
          ok: true,
          value: { kind: 'opened' },
        })
      for (const { operation, right } of allRights) {
        // Those that are allowed are tried with what no method takes, so that nothing is done.
        const reply = await call(operation, { wrong: true })
        const code = reply.ok ? 'answered' : reply.error.code
        const isRefused = code === 'locked' || code === 'not-permitted'
        if (isRefused === isAllowed(right, each === null ? null : [each]))
          wrong.push(`${each ?? 'nobody'} ${operation} ${code}`)
      }
      if (each !== null) await call('app.lock', undefined)
    }
    expect(wrong).toEqual([])
  })

  it('is nothing that names a file or folder of the node’s machine, whatever the role', async () => {
    const house = await freshHouse()
    await house.addPerson('bo', ['clerk', 'administrator'])
    const place = await house.place('Ward 1')
    await unlock(place, 'bo')
    // At the work place itself, before anything is sent.
    await expect(place.ask.imports.start({ paths: ['/etc/hostname'] })).rejects.toMatchObject({
      code: 'only-at-node',
    })
    await expect(place.ask.app.saveRecoveryKit({ passphrase: PASSPHRASE, as: 'text' })).rejects.toMatchObject(
      {
        code: 'only-at-node',
      },
    )
    // And at the node, which does not trust that.
    const facts = (await loadPlace(place.folder))!
    await place.ask.app.closeProfile()
    const { call, hello } = await rawLine(house, facts)
    await hello
    await call('app.unlock', { account: 'bo', passphrase: PASSPHRASE })
    for (const [operation, input] of [
      ['imports.start', { paths: ['/etc/hostname'] }],
      ['imports.startExport', { format: 'fhir', folder: '/nowhere' }],
      ['upkeep.startBackup', { parent: '/nowhere' }],
      ['app.saveRecoveryKit', { passphrase: PASSPHRASE, as: 'text' }],
    ] as const) {
      expect(NODE_ONLY.has(operation)).toBe(true)
      const reply = await call(operation, input)
      expect(reply.ok ? 'answered' : reply.error.code, operation).toMatch(/^(only-at-node|invalid-input)$/)
    }
    expect(await call('joining.candidate', { folder: '/etc' })).toMatchObject({
      error: { code: 'not-available' },
    })
  })

  it('is nothing of the contract that takes a place in a file system, and no method is forgotten', () => {
    const places = /^(path|paths|folder|out|outFolder|file|files|savePath|keysPlace|parent)$/
    const takers = Object.entries(contract).flatMap(([service, methods]) =>
      Object.entries(methods as Service).flatMap(([method, { input }]) => {
        const schema = z.toJSONSchema(input, { unrepresentable: 'any', io: 'input' })
        return Object.keys(schema.properties ?? {}).some((name) => places.test(name))
          ? [`${service}.${method}`]
          : []
      }),
    )
    expect(takers.length).toBeGreaterThan(15)
    const served = takers.filter((name) => !/^(app|joining)\./.test(name))
    // The place of a field in a record, and the content of a file with its name.
    const others = ['records.dispute', 'summaries.checkFile', 'tariffs.check']
    expect(served.filter((name) => !NODE_ONLY.has(name))).toEqual(others)
  })

  it('is noted where a file comes of it at the work place', async () => {
    const house = await freshHouse()
    await house.addPerson('bo', ['clerk'])
    const files = house.scratch
    const application = await house.start('Ward 1', {
      desktop: {
        printPage: async () => new Uint8Array([37, 80, 68, 70]),
        chooseSavePath: async () => join(files, 'report.pdf'),
      },
    })
    await application.ask.joining.pairWorkPlace({
      folder: application.folder,
      ...(await house.code('Ward 1')),
    })
    await until(
      () => application.ask.app.session(),
      (now) => awayOf(now) === null,
    )
    await unlock(application, 'bo')
    expect(await application.ask.audit.saveDisclosurePdf({ patientId: 'p1' } as never)).toMatchObject({
      isSaved: true,
    })
    const { entries } = await house.node.ask.audit.entries({
      filter: { operation: 'audit.saveDisclosurePdf' },
      before: null,
      limit: 5,
    })
    expect(entries).toMatchObject([
      {
        personName: 'bo',
        act: 'export',
        outcome: 'done',
        subject: expect.arrayContaining([{ name: 'workPlace', value: 'Ward 1' }]),
      },
    ])
  })

  it('is within sizes: a longer call is not sent, and the line goes on', async () => {
    const house = await freshHouse()
    const place = await house.place('Ward 1')
    const large = 'x'.repeat(PLACE_LIMITS.requestBytesMax)
    const reply = await dispatch(place.composed.handlers, place.composed.caller, 'chain.find', {
      text: large,
    })
    expect(reply.ok ? 'answered' : reply.error.code).toMatch(/^(input-too-large|invalid-input)$/)
    const facts = (await loadPlace(place.folder))!
    await place.ask.app.closeProfile()
    const { call, hello } = await rawLine(house, facts)
    await hello
    expect(await call('node.status', large)).toMatchObject({ error: { code: 'input-too-large' } })
    expect(await call('node.status', undefined)).toMatchObject({ ok: true })
  })

  it('is bounded in a time: told when it is too much, cut when it goes on, and no new line or session begins anew; others ask as before', async () => {
    const callsBurst = 40
    const house = await freshHouse({
      placeLimits: {
        ...QUICK,
        callsBurst,
        callsPerSecond: 0.001,
        refusedBurst: 10,
        refusedPerSecond: 0.001,
      },
    })
    const place = await house.place('Ward 1')
    const other = await house.place('Ward 2')
    const facts = (await loadPlace(place.folder))!
    await place.ask.app.closeProfile()
    const { call, hello } = await rawLine(house, facts)
    expect((await hello).ok).toBe(true)
    const codes: string[] = []
    for (let i = 0; i < 2 * callsBurst && codes.at(-1) !== 'node-away'; i++) {
      const reply = await call('node.status', undefined)
      codes.push(reply.ok ? 'answered' : reply.error.code)
    }
    expect([...new Set(codes)]).toEqual(['answered', 'too-many-calls', 'node-away'])
    expect(codes.filter((each) => each === 'answered').length).toBeLessThan(callsBurst)
    // The same computer from the beginning: a line of its own, a hello of its own.
    const again = await rawLine(house, facts)
    expect(await Promise.race([again.hello, again.refused])).not.toMatchObject({ ok: true })
    expect(awayOf(await other.ask.app.session())).toBeNull()
    expect(await other.ask.node.status()).toMatchObject({})
  })
})
