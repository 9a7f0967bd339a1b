/** What this machine keeps of an open profile beside the passphrase, by an administrator's choice, and what follows for its vote. */
import { assert } from '../../shared/std/assert.ts'
import type { Restart } from '../node/network/protocols/hello.ts'
import { openSection, parsePeopleFile, type Credentials, type OpenedFile } from '../node/vault/people-keys.ts'
import { sealerOfSection } from '../node/vault/institution-vault.ts'
import { decodeNodeKeys, type NodeKeys } from '../node/vault/institution-keys.ts'
import type { SectionSealer } from '../node/vault/sealed-keys.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import {
  dropLayer,
  holdLayer,
  isLayered,
  isLayerHeld,
  loadMachine,
  openMachineKey,
  openStart,
  saveMachine,
  sealStart,
} from './machine-key.ts'
import type { ProfileWorld } from './open-profile.ts'
import { asProfileFailure, ProfileFailure } from './profile-failure.ts'
import { inKeysTurn, loadKeysText, openDoor, rawKeysText, saveKeysText } from './profile-folder.ts'
import { noSecretStore, type SecretStoreStanding } from './secret-store.ts'

export interface MachineChoice {
  /** The node starts, votes and serves while nobody is there; sessions stay locked. */
  readonly startsAlone: boolean
  /** `keys.json` opens on this machine only, besides the passphrase. */
  readonly isSecondFactor: boolean
}

export interface MachineStanding extends MachineChoice {
  readonly store: SecretStoreStanding
  readonly restart: Restart
}

export interface MachineHome {
  standing(): Promise<MachineStanding>
  /** @throws {ProfileFailure} `wrong-passphrase`, `not-permitted`, `disk-full`, `folder-not-writable` */
  choose(by: string | Credentials, choice: MachineChoice): Promise<'chosen' | 'not-real'>
  /** Somebody's door is open: what the machine keeps follows a section that has a fresh key since. */
  renew(file: OpenedFile): Promise<void>
  /** `alone` where the node would start now without anybody. */
  restart(): Promise<Restart>
}

type MachineWorld = Pick<
  ProfileWorld,
  'crypto' | 'random' | 'now' | 'sleep' | 'secretStore' | 'isStartUnattended'
>

/** Makes `keys.json` readable where it lies under the layer. @throws {ProfileFailure} `needs-this-machine` */
export async function liftLayer(folder: string, world: Pick<ProfileWorld, 'secretStore'>): Promise<void> {
  if (isLayerHeld(folder) || !isLayered(await rawKeysText(folder))) return
  const key = await openMachineKey(folder, world.secretStore ?? noSecretStore)
  if (key === null) throw new ProfileFailure({ code: 'needs-this-machine' })
  holdLayer(folder, key)
  key.fill(0)
}

/**
 * The node's keys by what the machine keeps, for a start while nobody is there.
 * @throws {ProfileFailure} `wrong-passphrase` where a person has to come: nothing was chosen, or it does not open any more
 */
export async function unsealByMachine(
  folder: string,
  world: Pick<ProfileWorld, 'secretStore'>,
): Promise<{ node: NodeKeys; nodeSealer: SectionSealer }> {
  const key = await startKey(folder, world)
  if (key === null) throw new ProfileFailure({ code: 'wrong-passphrase' })
  try {
    const content = await nodeSection(folder, key)
    if (content === null) throw new ProfileFailure({ code: 'wrong-passphrase' })
    const node = decodeNodeKeys(content)
    content.fill(0)
    return { node, nodeSealer: sealerOfSection('node', key) }
  } finally {
    key.fill(0)
  }
}

export function openMachineHome(folder: string, world: MachineWorld): MachineHome {
  const store = world.secretStore ?? noSecretStore

  async function restart(): Promise<Restart> {
    if (world.isStartUnattended === true) return 'alone'
    const key = await startKey(folder, world)
    if (key === null) return 'person'
    const content = await nodeSection(folder, key)
    key.fill(0)
    content?.fill(0)
    return content === null ? 'person' : 'alone'
  }

  return {
    restart,
    async standing() {
      return {
        store: await store.standing(),
        startsAlone: ((await loadMachine(folder))?.start ?? null) !== null,
        isSecondFactor: isLayered(await rawKeysText(folder)),
        restart: await restart(),
      }
    },
    choose: (by, choice) =>
      inKeysTurn(folder, async () => {
        if ((await store.standing()).kind !== 'real' && (choice.startsAlone || choice.isSecondFactor))
          return 'not-real'
        const file = await openDoor(folder, by, world)
        const sectionKey = file.sectionKey('node')
        file.forget()
        if (sectionKey === null) throw new ProfileFailure({ code: 'not-permitted' })
        try {
          const text = await loadKeysText(folder)
          if (!choice.startsAlone && !choice.isSecondFactor) {
            // Plain first: a crash in between must not leave a file whose key is gone.
            const held = await openMachineKey(folder, store)
            dropLayer(folder)
            try {
              await saveKeysText(folder, text)
            } catch (error) {
              if (held !== null && isLayered(await rawKeysText(folder).catch(() => '')))
                holdLayer(folder, held)
              throw error
            } finally {
              held?.fill(0)
            }
            await saveMachine(folder, null)
            return 'chosen'
          }
          const before = await loadMachine(folder)
          const machineKey = (await openMachineKey(folder, store)) ?? world.random(32)
          const isKept = before !== null && (await store.open(fromHex(before.key))) !== null
          const key = isKept ? before.key : toHex(await store.seal(machineKey))
          await saveMachine(folder, {
            key,
            start: choice.startsAlone ? sealStart(machineKey, sectionKey) : null,
          })
          try {
            if (choice.isSecondFactor) holdLayer(folder, machineKey)
            else dropLayer(folder)
            await saveKeysText(folder, text)
          } catch (error) {
            // The disk has what it had, and memory must have its key.
            if (before !== null && isLayered(await rawKeysText(folder).catch(() => '')))
              holdLayer(folder, machineKey)
            throw error
          } finally {
            machineKey.fill(0)
          }
          return 'chosen'
        } catch (error) {
          throw asProfileFailure(error, folder) ?? error
        } finally {
          sectionKey.fill(0)
        }
      }),
    async renew(file) {
      const machine = await loadMachine(folder)
      if (machine === null || machine.start === null || (await restart()) === 'alone') return
      const sectionKey = file.sectionKey('node')
      const machineKey = sectionKey && (await openMachineKey(folder, store))
      if (sectionKey !== null && machineKey !== null) {
        assert(machineKey.length === 32, 'a machine key was opened')
        // Where it cannot be written now, it is tried at the next unlocking, and the others are told that a person is needed.
        await saveMachine(folder, { key: machine.key, start: sealStart(machineKey, sectionKey) }).catch(
          () => {},
        )
        machineKey.fill(0)
      }
      sectionKey?.fill(0)
    },
  }
}

async function startKey(folder: string, { secretStore }: Pick<ProfileWorld, 'secretStore'>) {
  const start = (await loadMachine(folder))?.start ?? null
  const machineKey = start && (await openMachineKey(folder, secretStore ?? noSecretStore))
  if (!start || !machineKey) return null
  const key = openStart(machineKey, start)
  machineKey.fill(0)
  return key
}

/** What the key opens of the file as it is now; null where the section has a fresh key since. */
async function nodeSection(folder: string, key: Uint8Array): Promise<Uint8Array | null> {
  const parsed = parsePeopleFile(await loadKeysText(folder))
  return parsed.kind === 'ok' ? openSection(parsed.body, 'node', key) : null
}
