/** Institutions as people run them, in this process: the whole contract, real stores, libp2p over loopback. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AllClients } from '../../shared/contract/index.ts'
import { assert } from '../../shared/std/assert.ts'
import { compose } from '../compose.ts'
import { noDesktop, type Composed, type Desktop } from '../desktop.ts'
import { createBatchCache } from '../node/chain/author.ts'
import { checkRecord } from '../node/check-records.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { ownPort } from '../node/network/own-ports.test-kit.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { dispatch } from '../services/dispatch.ts'
import { realWorld } from '../world.ts'

export const PASSPHRASE = 'a passphrase of several words'

/** The real one with a cheap scrypt and records checked in this thread. */
export function testWorld(over: Partial<ProfileWorld> = {}): ProfileWorld {
  const crypto = createNodeCrypto()
  const cache = createBatchCache()
  return {
    ...realWorld(),
    scryptCost: 2 ** 10,
    createChecker: () => ({
      check: async (keys, records) => records.map((record) => checkRecord(crypto, keys, record, cache)),
      close: async () => {},
    }),
    ...over,
  }
}

export interface RunningInstitution {
  readonly ask: AllClients
  readonly folder: string
  readonly name: string
  close(): Promise<void>
}

export interface Town {
  /** A folder for files that go from one to another. */
  readonly files: string
  /** An application without a profile; `folder` is where its institution will be. */
  start(name: string, desktop?: Partial<Desktop>): Promise<RunningInstitution>
  close(): Promise<void>
}

export async function createTown(world: ProfileWorld = testWorld()): Promise<Town> {
  const scratch = await mkdtemp(join(tmpdir(), 'consilium-town-'))
  const open: Composed[] = []
  return {
    files: scratch,
    async start(name, desktop = {}) {
      const composed = await compose(
        {
          settingsFolder: join(scratch, `settings-${name}`),
          profileFolder: null,
          applicationVersion: '0.0.0',
          systemLocale: 'en',
          desktop: { ...noDesktop, ...desktop },
          emit: () => {},
          startNode: () => {
            throw new Error('these tests start no process')
          },
        },
        world,
      )
      open.push(composed)
      return {
        ask: asking(composed),
        folder: join(scratch, `institution-${name}`),
        name,
        close: () => composed.close(),
      }
    },
    async close() {
      await Promise.all(open.splice(0).map((composed) => composed.close()))
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The whole contract as the window has it; a refusal is thrown with its code. */
export function asking(composed: Composed): AllClients {
  const service = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, method) => async (input: unknown) => {
          const operation = `${name}.${String(method)}`
          const ask = () => dispatch(composed.handlers, composed.caller, operation, input)
          let reply = await ask()
          // As the window does: the dialog, then the same call again.
          if (!reply.ok && reply.error.code === 'passphrase-needed') {
            const confirm = { operation, input, passphrase: PASSPHRASE }
            await dispatch(composed.handlers, composed.caller, 'people.confirm', confirm)
            reply = await ask()
          }
          if (!reply.ok) throw Object.assign(new Error(reply.error.code), reply.error)
          return reply.value
        },
      },
    )
  return new Proxy({}, { get: (_, name) => service(String(name)) }) as AllClients
}

/** Hospitals that have founded together over one file, each with a vote, connected to each other. */
export async function foundedTogether(town: Town, names: readonly string[]): Promise<RunningInstitution[]> {
  const institutions: RunningInstitution[] = []
  const requests: string[] = []
  for (const name of names) {
    const institution = await town.start(name)
    const listen = `127.0.0.1:${await ownPort()}`
    const requested = await institution.ask.joining.request({
      folder: institution.folder,
      institutionName: `${name} hospital`,
      personName: 'Admin',
      kind: 'hospital',
      zone: 'Asia/Taipei',
      wishesVote: true,
      addresses: [listen],
      listen,
      passphrase: PASSPHRASE,
      path: join(town.files, `${name}.request`),
    })
    assert(requested.kind === 'requested', JSON.stringify(requested))
    institutions.push(institution)
    requests.push(requested.path)
  }
  const [first, ...others] = institutions
  assert(first !== undefined, 'somebody founds')
  const drafted = await first.ask.joining.draftFounding({
    folder: first.folder,
    passphrase: PASSPHRASE,
    consortiumName: 'Island',
    paths: requests.slice(1),
    voters: null,
    allowFewVoters: false,
    savePath: join(town.files, 'island.founding'),
  })
  assert(drafted.kind === 'drafted', JSON.stringify(drafted))
  const paths = [drafted.path]
  const { documentHash } = drafted.round
  for (const { ask, folder } of others) {
    const signed = await ask.joining.signFounding({ folder, passphrase: PASSPHRASE, paths, documentHash })
    assert(signed.kind === 'signed', JSON.stringify(signed))
  }
  for (const { ask, folder } of institutions) {
    const started = await ask.joining.startFounded({ folder, passphrase: PASSPHRASE, paths, documentHash })
    assert(started.kind === 'opened', JSON.stringify(started))
  }
  for (const { ask } of institutions)
    await until(
      () => ask.governance.overview(),
      ({ strength }) => strength.reachable === names.length,
    )
  return institutions
}

/** Asks again until the answer is the wanted one; a test that waits in vain ends by the runner's limit. */
export async function until<T>(ask: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask()
    if (isWanted(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
