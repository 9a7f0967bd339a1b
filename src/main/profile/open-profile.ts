/**
 * A profile with its store and its node: founded, opened, restored, closed. Whatever fails on the way is closed again
 * and the folder's lock is given back.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assert } from '../../shared/std/assert.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import { membersOf, scheduledState } from '../node/chain/state.ts'
import type { RecordChecker } from '../node/check-records.ts'
import {
  encodeStanding,
  observe,
  VOTING,
  withConfirmation,
  type Standing,
} from '../node/consensus/engine/standing.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import { foundAlone, type Founded, type Founding } from '../node/founding.ts'
import { openLedger, type Ledger } from '../node/ledger.ts'
import type { RangeThread } from '../node/follow.ts'
import type { NodeLimits } from '../node/limits.ts'
import type { NetworkAbout, NodeNetwork } from '../node/network/node-network.ts'
import type { Wires } from '../node/network/wire.ts'
import { startNode, type ChainNode } from '../node/node.ts'
import { prepareChainStore, standingWrite } from '../node/storage/chain-store.ts'
import type { Store } from '../node/storage/store.ts'
import {
  forgetNodeKeys,
  forgetSessionKeys,
  type NodeKeys,
  type RootKeys,
  type SessionKeys,
} from '../node/vault/institution-keys.ts'
import type { RecoveryKit } from '../node/vault/recovery-kit.ts'
import { mapSecrets, memberWith, nextKeysOf } from './next-keys.ts'
import { loadNetwork, ONLY_DIALS, type NetworkSettings } from './network-settings.ts'
import { createKeyring, type Keyring, type Lease } from './keyring.ts'
import {
  createProfile,
  failedAttempts,
  loadFacts,
  inKeysTurn,
  loadKeysText,
  openDoor,
  resealNodeKeys,
  saveFacts,
  STORE_FOLDER,
  unsealKeys,
  dropOlderKeys,
  migrateKeys,
  type ProfileFacts,
  type UnsealOptions,
} from './profile-folder.ts'
import { liftLayer, openMachineHome, unsealByMachine, type MachineHome } from './machine-home.ts'
import { dropLayer } from './machine-key.ts'
import { openPins, type PinAnswer, type Pins } from './pins.ts'
import type { SecretStore } from './secret-store.ts'
import {
  credentialsOf,
  forgetPerson,
  unsealWithSecrets,
  type SectionName,
  type UnsealedKeys,
} from './unseal.ts'
import type { Restart } from '../node/network/protocols/hello.ts'
import type { Credentials, OpenedFile } from '../node/vault/people-keys.ts'
import type { Roster } from '../node/vault/people.ts'
import type { AuditPort } from '../services/audit-port.ts'
import type { PlaceLimits } from '../work-place/limits.ts'
import type { PlaceNetwork } from '../work-place/place-network.ts'
import { asProfileFailure, ProfileFailure } from './profile-failure.ts'
import { lockProfile } from './profile-lock.ts'

/** What a profile needs of the world; `compose.ts` and `headless.ts` give the real one. */
export interface ProfileWorld {
  /** Of the application, for the other end of a work place's line. */
  readonly applicationVersion: string
  readonly crypto: Crypto
  readonly random: Random
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly openStore: (path: string, mustExist: boolean) => Promise<Store>
  readonly createChecker: () => RecordChecker
  /** Verifies ranges of the chain and writes them to the store in this folder, beside the node. */
  readonly openRangeThread: (storePath: string) => Promise<RangeThread>
  readonly openNetwork: (about: NetworkAbout, settings: NetworkSettings) => Promise<NodeNetwork>
  /** Between an institution's node and its work places. */
  readonly openPlaceWires: (network: PlaceNetwork) => Promise<Wires>
  readonly freeBytes: (path: string) => Promise<number | null>
  readonly limits: NodeLimits
  /** For tests only: other bounds of work places than the product's. */
  readonly placeLimits?: Partial<PlaceLimits>
  /** Hears what callers open, change and are refused. */
  readonly audit?: AuditPort
  /** The operating system's store of secrets; none where absent. */
  readonly secretStore?: SecretStore
  /** Whoever starts this process gives it the passphrase out of a file, so that it starts again without anybody. */
  readonly isStartUnattended?: boolean
  /** Where wrong passphrases are counted, where that is not the profile's folder: at a work place. */
  readonly attemptsFolder?: string
  /** For tests only: a smaller cost than the design asks for. */
  readonly scryptCost?: number
}

/** One place where people unlock: the window of this machine, or a work place. */
export type ProfileDesk = Pick<OpenProfile, 'unlockByPin' | 'pins' | 'setPin'> & {
  unlock(given: string | Credentials): Promise<Lease>
  /** Where its wrong passphrases are counted. */
  readonly folder: string
  /** Wrong passphrases in a row. */
  failedAttempts(): Promise<number>
}
/** In place of a passphrase: by what this machine keeps. Only the node's keys are opened, and no session begins. */
export const BY_MACHINE = Symbol('by machine')

export interface OpenProfile {
  readonly folder: string
  readonly storePath: string
  readonly facts: ProfileFacts
  readonly store: Store
  readonly ledger: Ledger
  /** Null when it was opened without a passphrase: then it can be looked at and verified, and nothing is signed. */
  readonly node: ChainNode | null
  /** The node's own keys, which outlive a lock; null where no node runs. Zeroed when the profile closes. */
  readonly nodeKeys: NodeKeys | null
  /**
   * Keys that may replace those of this node, and what the members know it by then. They are in the vault, synced, when
   * it resolves, before anybody else can hear of them; they count once the members' decision is in effect. `planned` gives
   * those again that wait already; `stolen` always makes new ones.
   * @throws {ProfileFailure} `wrong-passphrase`, `disk-full`, `folder-not-writable`
   */
  makeNextKeys(
    again: string | Credentials,
    because: 'planned' | 'stolen',
  ): Promise<{ kind: 'made'; member: Member; root: RootKeys } | { kind: 'refused'; reason: 'unknown-member' }>
  readonly keyring: Keyring
  /** What this machine keeps beside the passphrase. */
  readonly machine: Pick<MachineHome, 'standing' | 'choose'>
  /** What becomes of this node's vote when the machine starts anew, as the others were told; null where no node runs. */
  readonly restart: Restart | null
  /** Wrong passphrases in a row before it was opened. */
  readonly failedBefore: { readonly count: number; readonly lastAt: number }
  changeFacts(change: Partial<ProfileFacts>): Promise<void>
  /** One at a time: work that reads rows, writes them and shows them must not cross other such work. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Checks the passphrase and lends the session keys. @throws {ProfileFailure} `wrong-passphrase` */
  unlock(given: string | Credentials, isAtWindow?: boolean): Promise<Lease>
  /** By the PIN of whoever gave the passphrase last; their roles are those of now. */
  unlockByPin(
    digits: string,
  ): Promise<{ kind: 'opened'; lease: Lease } | Exclude<PinAnswer, { kind: 'opened' }>>
  readonly pins: Pick<Pins, 'waiting' | 'has' | 'remove' | 'forget'>
  /** @throws {ProfileFailure} `wrong-passphrase`, `disk-full`, `folder-not-writable` */
  setPin(again: string | Credentials, digits: string): Promise<void>
  /** Where people unlock who are not at this machine: with PINs and a count of wrong passphrases of its own. */
  deskAt(folder: string): ProfileDesk
  /** Everybody who has an account, as the institution's root key signed it; null until somebody has unlocked. */
  readonly roster: Roster | null
  /** It was changed: roles hold from now on, also for sessions that are open. */
  noteRoster(roster: Roster): void
  /** The institution's root key and session keys, for a recovery kit; the caller forgets them. */
  unsealAll(given: string | Credentials): Promise<{ session: SessionKeys; root: RootKeys; node: NodeKeys }>
  close(): Promise<void>
}

export interface NewInstitution extends Founding, ProfileSetting {}

/** What a new profile says of itself besides what its founding gave. */
export interface ProfileSetting {
  readonly folder: string
  readonly institutionName: string
  readonly passphrase: string
  readonly zone: string
  readonly isSynthetic: boolean
}

/** @throws {ProfileFailure} as `createProfile` */
export async function foundProfile(world: ProfileWorld, institution: NewInstitution): Promise<ProfileFacts> {
  const founded = foundAlone(world.crypto, world.random, world.now(), institution)
  return createFoundedProfile(world, founded, institution)
}

/**
 * The profile of an institution that was just founded, alone or with others.
 * @throws {ProfileFailure} as `createProfile`
 */
export async function createFoundedProfile(
  world: ProfileWorld,
  founded: Founded,
  setting: ProfileSetting,
): Promise<ProfileFacts> {
  return createProfile(
    setting.folder,
    {
      facts: {
        institutionName: setting.institutionName.normalize('NFC'),
        memberId: founded.memberId,
        chainId: founded.chainId,
        zone: setting.zone,
        isSynthetic: setting.isSynthetic,
        createdAt: world.now(),
        isRecoveryKitProven: false,
        isRestored: false,
        genesis: toHex(founded.genesisBytes),
      },
      world,
      keys: founded.keys,
      passphrase: setting.passphrase,
      ...(world.scryptCost === undefined ? {} : { scryptCost: world.scryptCost }),
    },
    (path) => prepareStore(world, path, founded.genesisBytes, VOTING),
  )
}

/**
 * An empty profile from a recovery kit. The machine before it may have signed what this one does not know: from four
 * voters on it observes until that is settled; alone, the person who restores has said that the old one is gone.
 * @throws {ProfileFailure} as `createProfile`
 */
export async function restoreProfile(
  world: ProfileWorld,
  kit: RecoveryKit,
  folder: string,
  passphrase: string,
): Promise<ProfileFacts> {
  const { facts, keys } = kit
  return createProfile(
    folder,
    {
      facts: {
        institutionName: facts.institutionName,
        memberId: toHex(facts.memberId),
        chainId: toHex(facts.chainId),
        zone: facts.zone,
        isSynthetic: facts.isSynthetic,
        createdAt: world.now(),
        isRecoveryKitProven: true,
        isRestored: true,
        genesis: toHex(facts.genesis),
      },
      world,
      keys,
      passphrase,
      ...(world.scryptCost === undefined ? {} : { scryptCost: world.scryptCost }),
    },
    (path) => prepareStore(world, path, facts.genesis, withConfirmation(observe('data-restored', 0))),
  )
}

/** The chain's store of a new profile, with its founding document. */
export async function prepareStore(
  world: ProfileWorld,
  path: string,
  genesis: Uint8Array,
  standing: Standing,
): Promise<void> {
  // Before the store makes it: its own files have the mode of the process's mask.
  await mkdir(path, { recursive: true, mode: 0o700 })
  const store = await world.openStore(path, false)
  try {
    await prepareChainStore(store, genesis, world.random(16))
    await store.commit([standingWrite(encodeStanding(standing))])
  } finally {
    await store.close()
  }
}

/**
 * Opens a profile and starts its node.
 * @param given the passphrase (of the only person), an account with its passphrase, what the machine keeps, or null to
 *   look and verify only
 * @returns the profile and, with a passphrase, a lease on the session keys
 * @throws {ProfileFailure} one of the contract's `openRefusal`
 */
export async function openProfile(
  world: ProfileWorld,
  folder: string,
  given: string | Credentials | typeof BY_MACHINE | null,
): Promise<{ profile: OpenProfile; lease: Lease | null }> {
  const closers: (() => Promise<void> | void)[] = []
  let lease: Lease | null = null
  try {
    let facts = await loadFacts(folder)
    const lock = await lockProfile(folder)
    closers.push(() => lock.release())
    const failedBefore = await failedAttempts(folder)
    const pins = openPins(folder, world.now)
    closers.push(() => pins.forget())
    closers.push(() => dropLayer(folder))
    if (given !== null) await liftLayer(folder, world)
    const machine = openMachineHome(folder, world)
    const doorOpened = (isAtWindow: boolean) => async (file: OpenedFile) => {
      await machine.renew(file)
      // A command's passphrase arms no PIN.
      if (isAtWindow) await pins.opened(file)
    }
    const unsealed =
      given === null
        ? null
        : given === BY_MACHINE
          ? { ...(await unsealByMachine(folder, world)), person: null }
          : await unsealNewest(world, folder, given, ['node', 'session'], doorOpened(true))
    let nodeKeys = unsealed?.node ?? null
    closers.push(() => {
      if (nodeKeys !== null) forgetNodeKeys(nodeKeys)
      unsealed?.nodeSealer?.forget()
    })
    const person = unsealed?.person ?? null
    if (person !== null) {
      closers.push(() => {
        if (lease === null) forgetPerson(person) // nobody took them over
      })
      if (toHex(person.roster.memberId) !== facts.memberId)
        throw new ProfileFailure({ code: 'profile-damaged', detail: 'people' })
    }
    const network = await loadNetwork(folder)
    const storePath = join(folder, STORE_FOLDER)
    const store = await world.openStore(storePath, true)
    closers.push(() => store.close())
    const node =
      unsealed?.node === undefined
        ? null
        : await startNode({
            store,
            storePath,
            keys: unsealed.node,
            saveKeys: (keys) =>
              inKeysTurn(folder, async () => {
                const { nodeSealer } = unsealed
                if (nodeSealer === undefined || !(await resealNodeKeys(folder, nodeSealer, keys)))
                  return false
                nodeKeys = keys
                return true
              }),
            memberId: fromHex(facts.memberId) as Uint8Array as MemberId,
            crypto: world.crypto,
            checker: world.createChecker(),
            limits: world.limits,
            now: world.now,
            freeBytes: () => world.freeBytes(storePath),
            random: world.random,
            // A hospital alone neither listens nor dials, unless it was told where to be found.
            openNetwork: (about) =>
              network === null && about.members.length < 2
                ? null
                : world.openNetwork(about, network ?? ONLY_DIALS),
            openRangeThread: () => world.openRangeThread(storePath),
            answersWaitForGuard: true,
          })
    if (node !== null) closers.push(() => node.close())
    const ledger = node?.ledger ?? (await openLedger(world.crypto, store, storePath))
    if (toHex(ledger.chainId) !== facts.chainId)
      throw new ProfileFailure({ code: 'profile-damaged', detail: 'genesis' })
    const keyring = createKeyring(store, (secret) => world.crypto.forget(secret))
    let roster = person?.roster ?? null
    if (person !== null) lease = keyring.begin(person)
    let restart: Restart | null = null
    const tellRestart = async (): Promise<void> => {
      if (node === null) return
      restart = await machine.restart()
      node.sayRestart(restart)
    }
    await tellRestart()
    let turn: Promise<unknown> = Promise.resolve()
    const byPin = (own: Pins, at: UnsealOptions): Pick<OpenProfile, 'unlockByPin' | 'pins' | 'setPin'> => ({
      async unlockByPin(digits) {
        const tried = await own.try(digits)
        if (tried.kind !== 'opened') return tried
        const text = await loadKeysText(folder)
        const opened = unsealWithSecrets(world.crypto, text, tried.personId, tried.secrets, ['session'])
        if (opened.kind === 'refused') {
          // They have left, or were given another passphrase meanwhile.
          own.forget()
          return { kind: 'gone' }
        }
        const { person } = opened.keys
        roster = person.roster
        return { kind: 'opened', lease: keyring.begin(person) }
      },
      pins: own,
      async setPin(again, digits) {
        const file = await openDoor(folder, again, at)
        try {
          await own.set(file, digits)
        } catch (error) {
          throw asProfileFailure(error, folder) ?? error
        } finally {
          file.forget()
        }
      },
    })
    const profile: OpenProfile = {
      folder,
      storePath,
      get facts() {
        return facts
      },
      store,
      ledger,
      node,
      get nodeKeys() {
        return nodeKeys
      },
      makeNextKeys: (again, because) =>
        inKeysTurn(folder, async () => {
          assert(node !== null, 'a node that runs changes its keys')
          const scheduled = membersOf(scheduledState(node.ledger.state.consortium))
          const row = findMember(scheduled, node.memberId)
          if (row === null) return { kind: 'refused', reason: 'unknown-member' }
          const opened = await unsealKeys(folder, again, ['node', 'session', 'root'], world)
          const { node: vault, session, root, nodeSealer } = opened
          assert(vault && session && root && nodeSealer, 'all sections were opened')
          try {
            const made = nextKeysOf(world, vault, row, because)
            if (made.isNew) {
              // First on the disk: a key that others were told and that a crash took with it would be the end of this member.
              const isKept = await resealNodeKeys(folder, nodeSealer, made.vault)
              assert(isKept, 'what this turn has just opened it also seals')
              // A kit of before does not open what comes.
              await profile.changeFacts({ isRecoveryKitProven: false })
              const { consensus, network: networkSecret, author, gateway, madeAt } = made.next
              const held = { consensus, network: networkSecret, author, gateway }
              const copy = mapSecrets(held)
              node.takeNextKeys({ ...copy, madeAt })
              nodeKeys = node.ownKeys.held.keys
            }
            return { kind: 'made', member: memberWith(world.crypto, row, made.next), root }
          } finally {
            forgetNodeKeys(vault)
            forgetSessionKeys(session)
            nodeSealer.forget()
          }
        }),
      keyring,
      machine: {
        standing: machine.standing,
        async choose(by, choice) {
          const chosen = await machine.choose(by, choice)
          await tellRestart()
          return chosen
        },
      },
      get restart() {
        return restart
      },
      failedBefore,
      async changeFacts(change) {
        const changed = { ...facts, ...change }
        await saveFacts(folder, changed)
        facts = changed
      },
      inTurn(work) {
        const mine = turn.then(work, work)
        turn = mine.catch(() => {})
        return mine
      },
      get roster() {
        return roster
      },
      noteRoster(changed) {
        roster = changed
        void tellRestart()
      },
      async unlock(again, isAtWindow = false) {
        const { person } = await unsealNewest(world, folder, again, ['session'], doorOpened(isAtWindow))
        roster = person.roster
        void tellRestart()
        return keyring.begin(person)
      },
      ...byPin(pins, world),
      deskAt(deskFolder) {
        const own = openPins(deskFolder, world.now, world.scryptCost)
        const at = { ...world, attemptsFolder: deskFolder }
        return {
          folder: deskFolder,
          async unlock(again) {
            const { person } = await unsealNewest(at, folder, again, ['session'], async (file) => {
              await machine.renew(file)
              await own.opened(file)
            })
            roster = person.roster
            void tellRestart()
            return keyring.begin(person)
          },
          ...byPin(own, at),
          failedAttempts: async () => (await failedAttempts(deskFolder)).count,
        }
      },
      async unsealAll(again) {
        const {
          node: nodeKeys,
          session,
          root,
          nodeSealer,
        } = await unsealKeys(folder, again, ['node', 'session', 'root'], world)
        assert(
          nodeKeys !== undefined && session !== undefined && root !== undefined,
          'all sections were opened',
        )
        nodeSealer?.forget()
        return { node: nodeKeys, session, root }
      },
      close: () => closeAll(closers),
    }
    return { profile, lease }
  } catch (error) {
    await closeAll(closers)
    throw asProfileFailure(error, folder) ?? error
  }
}

/** Keys from before people had accounts are brought up first; whoever calls holds the folder's lock. */
async function unsealNewest(
  world: ProfileWorld & Pick<UnsealOptions, 'attemptsFolder'>,
  folder: string,
  given: string | Credentials,
  names: readonly SectionName[],
  onOpened: (file: OpenedFile) => Promise<void>,
): Promise<UnsealedKeys> {
  const unsealed = await unsealKeys(folder, given, names, world, onOpened)
  if (!unsealed.isOlder) {
    await dropOlderKeys(folder)
    return unsealed
  }
  forgetPerson(unsealed.person)
  if (unsealed.node !== undefined) forgetNodeKeys(unsealed.node)
  unsealed.nodeSealer?.forget()
  const { passphrase } = credentialsOf(given)
  await migrateKeys(world, folder, passphrase)
  // The older file stays until a person has opened the new one at another time.
  return unsealKeys(folder, passphrase, names, world, onOpened)
}

/** In the opposite order of opening, all of them, also when one fails. */
async function closeAll(closers: (() => Promise<void> | void)[]): Promise<void> {
  let failure: unknown = null
  for (const close of closers.splice(0).reverse()) {
    try {
      await close()
    } catch (error) {
      failure ??= error
    }
  }
  if (failure !== null) throw failure
}
