/**
 * An institution's folder: what is in it, how it is founded, opened and refused.
 *
 *     profile.json    public facts with a checksum; its presence says that the founding was finished
 *     keys.json       the sealed keys (node/vault/sealed-keys.ts)
 *     machine.json    what this machine's store of secrets opens (machine-key.ts); only by choice
 *     attempts.json   wrong passphrases in a row
 *     profile.lock    who has it open
 *     control.json    where that process listens for the command line
 *     network.json    where this machine listens (network-settings.ts); only where it takes part in a network
 *     chain/          the store
 */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { role } from '../../shared/contract/app.ts'
import { assert } from '../../shared/std/assert.ts'
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { afterFailure, NO_FAILURES, waitMs, type Failures } from '../node/vault/back-off.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import {
  encodeNodeKeys,
  encodePatientKeys,
  forgetNodeKeys,
  forgetSessionKeys,
  type InstitutionKeys,
  type NodeKeys,
} from '../node/vault/institution-keys.ts'
import { sealInstitution, type VaultWorld } from '../node/vault/institution-vault.ts'
import { checkPassphrase } from '../node/vault/passphrase.ts'
import { openPeople, parsePeopleFile, type Credentials, type OpenedFile } from '../node/vault/people-keys.ts'
import { checkKeysFile, type SectionSealer } from '../node/vault/sealed-keys.ts'
import { credentialsOf, unsealText, type SectionName, type UnsealedKeys } from './unseal.ts'
import { errorCode, readTextFile, writeFileAtomic } from './atomic-file.ts'
import { isLayered, layeredText, plainText } from './machine-key.ts'
import { asProfileFailure, ProfileFailure } from './profile-failure.ts'

export const PROFILE_FORMAT = 1
export const STORE_FOLDER = 'chain'
const FACTS = 'profile.json'
const KEYS = 'keys.json'
const OLDER_KEYS = 'keys.format-1.json'
const ATTEMPTS = 'attempts.json'
const FOUNDING = 'founding'

const hexText = z.string().regex(/^([0-9a-f]{2})+$/)
const profileFacts = z.object({
  format: z.literal(PROFILE_FORMAT),
  institutionName: z.string().min(1),
  memberId: hexText,
  chainId: hexText,
  /** IANA zone of the facility. */
  zone: z.string().min(1),
  isSynthetic: z.boolean(),
  /** Milliseconds since 1970. */
  createdAt: z.number().int(),
  isRecoveryKitProven: z.boolean(),
  /** True when it was made from a recovery kit, so that the machine before it may have signed too. */
  isRestored: z.boolean(),
  /** The signed genesis document, hex. */
  genesis: hexText,
})
export type ProfileFacts = z.infer<typeof profileFacts>

export interface NewProfile {
  readonly world: VaultWorld
  readonly facts: Omit<ProfileFacts, 'format'>
  readonly keys: InstitutionKeys
  readonly passphrase: string
  /** For tests only: a smaller cost than the design asks for. */
  readonly scryptCost?: number
}

/**
 * Makes the folder and writes the profile; `prepareStore` makes the chain's store in it. `profile.json` is written
 * last, so a crash leaves no half profile: the next founding in the same folder clears the remains.
 *
 * @throws {ProfileFailure} `folder-not-empty`, `folder-not-writable`, `disk-full`, `passphrase-too-weak`
 */
export async function createProfile(
  folder: string,
  profile: NewProfile,
  prepareStore: (storeFolder: string) => Promise<void>,
): Promise<ProfileFacts> {
  const verdict = checkPassphrase(profile.passphrase)
  if (verdict.kind === 'weak')
    throw new ProfileFailure({ code: 'passphrase-too-weak', detail: verdict.reason })
  const facts: ProfileFacts = { format: PROFILE_FORMAT, ...profile.facts }
  try {
    await prepareEmptyFolder(folder)
    await writeFileAtomic(join(folder, FOUNDING), '')
    await writeFileAtomic(
      join(folder, KEYS),
      await sealInstitution(profile.world, profile.keys, profile.passphrase, profile.scryptCost),
    )
    await prepareStore(join(folder, STORE_FOLDER))
    await saveFacts(folder, facts)
    await rm(join(folder, FOUNDING), { force: true })
    return facts
  } catch (error) {
    throw asProfileFailure(error, folder) ?? error
  }
}

/** @throws {ProfileFailure} `profile-missing`, `profile-damaged`, `profile-newer`, `folder-not-writable` */
export async function loadFacts(folder: string): Promise<ProfileFacts> {
  const text = await readWhole(folder, FACTS)
  if (text === null) throw new ProfileFailure({ code: 'profile-missing', detail: folder })
  const damaged = () => new ProfileFailure({ code: 'profile-damaged', detail: FACTS })
  let json: { format?: unknown; checksum?: unknown }
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    throw damaged()
  }
  if (typeof json?.format === 'number' && json.format > PROFILE_FORMAT)
    throw new ProfileFailure({ code: 'profile-newer', detail: String(json.format) })
  const parsed = profileFacts.safeParse(json)
  if (!parsed.success || checksumOf(parsed.data) !== json.checksum) throw damaged()
  const keys = await readWhole(folder, KEYS)
  const state = keys === null ? 'damaged' : stateOfKeys(keys)
  if (state === 'newer') throw new ProfileFailure({ code: 'profile-newer', detail: KEYS })
  if (state === 'damaged') throw new ProfileFailure({ code: 'profile-damaged', detail: KEYS })
  return parsed.data
}

/** Whether the file is whole and of a known format; needs no passphrase. */
function stateOfKeys(text: string): 'ok' | 'damaged' | 'newer' {
  if (isLayered(text)) return 'ok'
  const { kind } = parsePeopleFile(text)
  return kind === 'older' ? checkKeysFile(text) : kind
}

/** `profile.json`, whole. */
export const factsText = (facts: ProfileFacts): string =>
  JSON.stringify({ ...facts, checksum: checksumOf(facts) }, null, 2) + '\n'

/** @throws {ProfileFailure} `disk-full`, `folder-not-writable` */
export async function saveFacts(folder: string, facts: ProfileFacts): Promise<void> {
  try {
    await writeFileAtomic(join(folder, FACTS), factsText(facts))
  } catch (error) {
    throw asProfileFailure(error, folder) ?? error
  }
}

export interface UnsealOptions {
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly crypto: Crypto
  /** Where wrong passphrases are counted; the profile's folder where left out. */
  readonly attemptsFolder?: string
}
/** A wait that a person hardly notices is waited out; a longer one is answered, so that the window can count down. */
const WAITED_OUT_MS = 4_000

/**
 * The sections that the passphrase opens. Wrong ones make the next attempt wait: 1, 2, 4 … 300 seconds.
 * @throws {ProfileFailure} `wrong-passphrase` (detail: seconds to wait), `profile-damaged`, `profile-newer`
 */
export async function unsealKeys(
  folder: string,
  given: string | Credentials,
  names: readonly SectionName[],
  { crypto, ...pace }: UnsealOptions,
  onOpened?: (file: OpenedFile) => Promise<void>,
): Promise<UnsealedKeys> {
  return attempt(folder, pace, async (text) => {
    const opened = await unsealText(crypto, text, given, names, onOpened)
    return opened.kind === 'unsealed' ? { kind: 'ok', value: opened.keys } : opened
  })
}

/** A person's door and what they may open behind it; the caller forgets it. @throws {ProfileFailure} as `unsealKeys` */
export async function openDoor(
  folder: string,
  given: string | Credentials,
  { crypto, ...pace }: UnsealOptions,
): Promise<OpenedFile> {
  return attempt(folder, pace, async (text) => {
    const opened = await openPeople(crypto, text, credentialsOf(given))
    return opened.kind === 'opened' ? { kind: 'ok', value: opened.file } : opened
  })
}

type Attempted<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; reason: 'wrong-passphrase' | 'damaged' | 'newer' | 'not-permitted' | 'needs-starter' }

/** Wrong passphrases in a row, over restarts. */
export const failedAttempts = (
  folder: string,
): Promise<{ readonly count: number; readonly lastAt: number }> => loadFailures(folder)

/** The last attempt at each place that somebody waits for. */
const turns = new Map<string, Promise<unknown>>()

/**
 * One count for everybody at one place: whoever guesses gains nothing by trying several accounts, nor by trying many at once,
 * since each waits for the one before it and its count.
 */
async function attempt<T>(
  folder: string,
  pace: Omit<UnsealOptions, 'crypto'>,
  open: (text: string) => Promise<Attempted<T>>,
): Promise<T> {
  const place = resolve(pace.attemptsFolder ?? folder)
  const before = turns.get(place) ?? Promise.resolve()
  const mine = before.then(() => attemptOnce(folder, pace, open))
  const over = mine.then(ignore, ignore)
  turns.set(place, over)
  try {
    return await mine
  } finally {
    if (turns.get(place) === over) turns.delete(place)
  }
}

/** Whoever made the attempt hears how it ended. */
function ignore(): void {}

async function attemptOnce<T>(
  folder: string,
  { now, sleep, attemptsFolder = folder }: Omit<UnsealOptions, 'crypto'>,
  open: (text: string) => Promise<Attempted<T>>,
): Promise<T> {
  const failures = await loadFailures(attemptsFolder)
  const wait = waitMs(failures, now())
  if (wait > WAITED_OUT_MS)
    throw new ProfileFailure({ code: 'wrong-passphrase', detail: String(Math.ceil(wait / 1000)) })
  if (wait > 0) await sleep(wait)
  const opened = await open(await loadKeysText(folder))
  if (opened.kind === 'refused') {
    switch (opened.reason) {
      case 'wrong-passphrase': {
        const next = afterFailure(failures, now())
        await saveFailures(attemptsFolder, next)
        throw new ProfileFailure({
          code: 'wrong-passphrase',
          detail: String(Math.ceil(waitMs(next, now()) / 1000)),
        })
      }
      case 'damaged':
        throw new ProfileFailure({ code: 'profile-damaged', detail: KEYS })
      case 'newer':
        throw new ProfileFailure({ code: 'profile-newer', detail: KEYS })
      case 'not-permitted':
      case 'needs-starter':
        throw new ProfileFailure({ code: opened.reason })
    }
  }
  if (failures.count > 0) await saveFailures(attemptsFolder, NO_FAILURES)
  return opened.value
}

/** @throws {ProfileFailure} `profile-damaged`, `needs-this-machine` where it lies under a layer that was not lifted */
export async function loadKeysText(folder: string): Promise<string> {
  const text = plainText(folder, await rawKeysText(folder))
  if (text === null) throw new ProfileFailure({ code: 'needs-this-machine' })
  if (text === 'damaged') throw new ProfileFailure({ code: 'profile-damaged', detail: KEYS })
  return text
}

/** As it lies on the disk. @throws {ProfileFailure} `profile-damaged` */
export async function rawKeysText(folder: string): Promise<string> {
  const text = await readWhole(folder, KEYS)
  if (text === null) throw new ProfileFailure({ code: 'profile-damaged', detail: KEYS })
  return text
}

/** @throws {ProfileFailure} `disk-full`, `folder-not-writable` */
export async function saveKeysText(folder: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(join(folder, KEYS), layeredText(folder, text))
  } catch (error) {
    throw asProfileFailure(error, folder) ?? error
  }
}

/**
 * Gives people accounts: `keys.json` of format 1 becomes format 2. The new text is proved before it takes the old one's
 * place, and the old one stays beside it until the new one was opened by a person.
 */
export async function migrateKeys(world: VaultWorld, folder: string, passphrase: string): Promise<void> {
  const before = await loadKeysText(folder)
  const opened = await unsealText(world.crypto, before, passphrase, ['node', 'session', 'root'])
  if (opened.kind !== 'unsealed' || !opened.keys.isOlder) return
  const { node, session, root } = opened.keys
  assert(
    node !== undefined && session !== undefined && root !== undefined,
    'the passphrase opened all sections',
  )
  try {
    const cost = (JSON.parse(before) as { kdf: { N: number } }).kdf.N
    const text = await sealInstitution(world, { node, session, root }, passphrase, cost)
    await proveKeys(world, text, passphrase, { node, session, root })
    await writeFileAtomic(join(folder, OLDER_KEYS), before)
    await saveKeysText(folder, text)
  } catch (error) {
    throw asProfileFailure(error, folder) ?? error
  } finally {
    forgetNodeKeys(node)
    forgetSessionKeys(session)
    root.root.fill(0)
  }
}

async function proveKeys(
  { crypto }: VaultWorld,
  text: string,
  passphrase: string,
  keys: InstitutionKeys,
): Promise<void> {
  const again = await unsealText(crypto, text, passphrase, ['node', 'session', 'root'])
  assert(again.kind === 'unsealed', 'what was just sealed opens')
  const { node, session, root } = again.keys
  assert(node !== undefined && session !== undefined && root !== undefined, 'to the person who sealed it')
  const isSame =
    equalBytes(encodeNodeKeys(node), encodeNodeKeys(keys.node)) &&
    equalBytes(encodePatientKeys(session), encodePatientKeys(keys.session)) &&
    equalBytes(session.user, keys.session.user) &&
    equalBytes(root.root, keys.root.root)
  forgetNodeKeys(node)
  forgetSessionKeys(session)
  root.root.fill(0)
  assert(isSame, 'and holds the same keys')
}

/** The file of format 1, once format 2 was opened by a person. */
export async function dropOlderKeys(folder: string): Promise<void> {
  await rm(join(folder, OLDER_KEYS), { force: true })
}

/** By folder: what the last one who changes its keys is doing. */
const keysTurns = new Map<string, Promise<unknown>>()

/** One at a time for each folder: each change of `keys.json` reads the file and writes it anew. */
export async function inKeysTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = keysTurns.get(folder) ?? Promise.resolve()
  const mine = before.then(work, work)
  const turn = mine.catch(() => {})
  keysTurns.set(folder, turn)
  try {
    return await mine
  } finally {
    if (keysTurns.get(folder) === turn) keysTurns.delete(folder)
  }
}

/**
 * Writes the node's section anew: durable when it resolves. False where the file was sealed under another passphrase since;
 * whoever opens the profile next finds the section as it was.
 * @throws {ProfileFailure} `disk-full`, `folder-not-writable`, `profile-damaged`
 */
export async function resealNodeKeys(
  folder: string,
  sealer: SectionSealer,
  keys: NodeKeys,
): Promise<boolean> {
  const text = await loadKeysText(folder)
  const section = encodeNodeKeys(keys)
  const sealed = sealer.reseal(text, section)
  section.fill(0)
  if (sealed === null) return false
  await saveKeysText(folder, sealed)
  return true
}

/** Bytes of the signed genesis document. */
export function genesisOf(facts: ProfileFacts): Bytes {
  return fromHex(facts.genesis)
}

export const ALL_ROLES = role.options

/** Makes the folder, or clears what an interrupted founding left in it. @throws {ProfileFailure} `folder-not-empty` */
export async function prepareEmptyFolder(folder: string): Promise<void> {
  let names: string[]
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    names = await readdir(folder)
    if (names.length === 0) await chmod(folder, 0o700) // an empty folder that was there before
  } catch (error) {
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOTDIR')
      throw new ProfileFailure({ code: 'folder-not-empty', detail: folder }, { cause: error })
    throw error
  }
  const ours = new Set([FOUNDING, KEYS, STORE_FOLDER])
  const isRemainder =
    names.includes(FOUNDING) && names.every((name) => ours.has(name) || name.endsWith('.new'))
  if (names.length > 0 && !isRemainder) throw new ProfileFailure({ code: 'folder-not-empty', detail: folder })
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true })
}

async function readWhole(folder: string, name: string): Promise<string | null> {
  try {
    return await readTextFile(join(folder, name))
  } catch (error) {
    throw (
      asProfileFailure(error, folder) ??
      new ProfileFailure({ code: 'profile-damaged', detail: name }, { cause: error })
    )
  }
}

async function loadFailures(folder: string): Promise<Failures> {
  try {
    const json = JSON.parse((await readTextFile(join(folder, ATTEMPTS))) ?? '{}') as Partial<Failures>
    return { count: Number(json.count) || 0, lastAt: Number(json.lastAt) || 0 }
  } catch {
    return NO_FAILURES
  }
}

/** Best effort: whoever can write the folder can also reset it, and a full disk must not keep the owner out. */
async function saveFailures(folder: string, failures: Failures): Promise<void> {
  try {
    await writeFileAtomic(join(folder, ATTEMPTS), JSON.stringify(failures))
  } catch {
    // Nothing depends on it.
  }
}

function checksumOf(facts: ProfileFacts): string {
  const names = (Object.keys(facts) as (keyof ProfileFacts)[]).sort((a, b) => (a < b ? -1 : 1))
  const text = JSON.stringify(names.map((name) => [name, facts[name]]))
  return toHex(new Uint8Array(createHash('sha256').update(text).digest())).slice(0, 16)
}
