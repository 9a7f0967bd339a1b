/** A hospital's node and its work places as people run them, in this process: whole applications, libp2p over loopback. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role, Session } from '../../shared/contract/app.ts'
import type { AllClients } from '../../shared/contract/index.ts'
import { assert } from '../../shared/std/assert.ts'
import { compose } from '../compose.ts'
import { noDesktop, type Composed, type Desktop } from '../desktop.ts'
import { asking, PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import { openFaultProxy, type FaultProxy } from '../node/fault-proxy.test-kit.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { loadPlace, savePlace } from './place-folder.ts'
import type { PlaceLimits } from './limits.ts'

/** Impatient, so that a test need not be patient. */
export const QUICK: Partial<PlaceLimits> = {
  pingEveryMs: 100,
  silenceMs: 5_000,
  redialFirstMs: 20,
  redialMaxMs: 100,
  pairedMs: 20,
  movedMs: 100,
  draftSettlesMs: 20,
  listenAgainMs: 50,
}

export interface Application {
  readonly ask: AllClients
  readonly folder: string
  readonly composed: Composed
  readonly events: { readonly name: string; readonly payload: unknown }[]
  close(): Promise<void>
}

export interface House {
  readonly world: ProfileWorld
  readonly scratch: string
  readonly node: Application
  /** An application without a profile. */
  start(name: string, over?: { desktop?: Partial<Desktop>; world?: ProfileWorld }): Promise<Application>
  /** Everybody's passphrase is the same. */
  addPerson(account: string, roles: readonly Role[]): Promise<void>
  /** A code for one more work place, with the address to type beside it. */
  code(name: string): Promise<{ code: string; address: string }>
  /** Paired; locked. */
  place(name: string): Promise<Application>
  /** As `place`, over a line that can be cut. */
  placeByProxy(name: string): Promise<Application & { readonly line: FaultProxy }>
  close(): Promise<void>
}

export async function openHouse(over: Partial<ProfileWorld> = {}): Promise<House> {
  const scratch = await mkdtemp(join(tmpdir(), 'consilium-house-'))
  const world = testWorld({ placeLimits: QUICK, ...over })
  const open: Composed[] = []
  const lines: FaultProxy[] = []

  const start: House['start'] = async (name, { desktop = {}, world: own = world } = {}) => {
    const events: { name: string; payload: unknown }[] = []
    const composed = await compose(
      {
        settingsFolder: join(scratch, `settings-${name}`),
        profileFolder: null,
        applicationVersion: '0.0.0',
        systemLocale: 'en',
        desktop: { ...noDesktop, ...desktop },
        emit: (service, event, payload) => events.push({ name: `${service}.${event}`, payload }),
        startNode: () => {
          throw new Error('these tests start no process')
        },
      },
      own,
    )
    open.push(composed)
    return {
      ask: asking(composed),
      folder: join(scratch, name),
      composed,
      events,
      async close() {
        open.splice(open.indexOf(composed), 1)
        await composed.close()
      },
    }
  }

  const node = await start('node')
  const founded = await node.ask.app.found({
    folder: node.folder,
    institutionName: '北區醫院',
    personName: 'Ada',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  assert(founded.kind === 'opened', JSON.stringify(founded))

  const code: House['code'] = async (name) => {
    const listening = (await node.ask.workPlaces.list()).listening.kind
    const answer = await node.ask.workPlaces.openPairing({
      name,
      ...(listening === 'listening' ? {} : { listen: '127.0.0.1:0' }),
    })
    assert(answer.kind === 'open', JSON.stringify(answer))
    return { code: answer.code, address: answer.addresses[0]! }
  }

  async function place(name: string): Promise<Application> {
    const application = await start(name)
    const paired = await application.ask.joining.pairWorkPlace({
      folder: application.folder,
      ...(await code(name)),
    })
    assert(paired.kind === 'opened', JSON.stringify(paired))
    await until(
      () => application.ask.app.session(),
      (now) => awayOf(now) === null,
    )
    return application
  }

  return {
    world,
    scratch,
    node,
    start,
    code,
    place,
    async addPerson(account, roles) {
      const answer = await node.ask.people.add({
        name: account,
        account,
        roles: [...roles],
        theirPassphrase: PASSPHRASE,
        passphrase: PASSPHRASE,
      })
      assert(answer.kind === 'changed', JSON.stringify(answer))
    },
    async placeByProxy(name) {
      const application = await place(name)
      await application.ask.app.closeProfile()
      const facts = (await loadPlace(application.folder))!
      const line = await openFaultProxy(Number(facts.address.split(':')[1]))
      lines.push(line)
      await savePlace(application.folder, { ...facts, address: `127.0.0.1:${line.port}` })
      await application.ask.app.open({ folder: application.folder, passphrase: '' })
      return { ...application, line }
    },
    async close() {
      await Promise.all(open.splice(0).map((composed) => composed.close()))
      await Promise.all(lines.splice(0).map((line) => line.close()))
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Undefined where it is no work place. */
export const awayOf = (session: Session): number | null | undefined =>
  session.state === 'none' ? undefined : session.workPlace?.awaySince

export async function unlock({ ask }: Application, account: string): Promise<void> {
  const answer = await ask.app.unlock({ account, passphrase: PASSPHRASE })
  assert(answer.kind === 'opened', JSON.stringify(answer))
}

export const untilBack = ({ ask }: Application): Promise<Session> =>
  until(
    () => ask.app.session(),
    (now) => awayOf(now) === null,
  )

export const untilAway = ({ ask }: Application): Promise<Session> =>
  until(
    () => ask.app.session(),
    (now) => typeof awayOf(now) === 'number',
  )
