/**
 * The secrets of an institution, in the three sections that are opened and forgotten apart (DESIGN 4):
 * `node` outlives a lock so that voting and analysis go on; `session` belongs to the person at the desk and is zeroed
 * on lock; `root` is opened only to sign for the institution or to make a recovery kit.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { encode, tryDecode, type Cbor } from '../chain/codec.ts'

export interface EpochKey {
  readonly epoch: number
  readonly key: Bytes
}

/** What the members know a node by; a decision of theirs replaces all four at once. */
export interface OwnKeys {
  /** Ed25519 seeds (32 bytes). */
  readonly consensus: Bytes
  readonly network: Bytes
  readonly author: Bytes
  /** X25519 private key: epoch keys of the gateway scope are sealed to it. */
  readonly gateway: Bytes
}

/** Made and asked for, and not in effect yet. */
export interface NextKeys extends OwnKeys {
  /** Milliseconds since 1970. */
  readonly madeAt: number
}

export interface NodeKeys extends OwnKeys {
  /** Oldest first. None is thrown away before a later one is in effect: others may still decide it. */
  readonly next: readonly NextKeys[]
  readonly gatewayEpochs: readonly EpochKey[]
  /** HMAC keys of the patient key, by epoch. */
  readonly linkageEpochs: readonly EpochKey[]
  /** Pre-shared keys of the network, by generation. */
  readonly networkGenerations: readonly EpochKey[]
}

/** What opens the hospital's own patients. */
export interface PatientKeys {
  /** X25519 private key: epoch keys of the custodian scope are sealed to it. */
  readonly custodian: Bytes
  readonly custodianEpochs: readonly EpochKey[]
  /** The table of names and national ids. */
  readonly names: Bytes
  /** Which visits belong to which patient. */
  readonly patientIndex: Bytes
  readonly drafts: Bytes
  /** Ids of imported visits (record-format.md 12). */
  readonly importSecret: Bytes
}

export interface PersonIdentity {
  readonly name: string
  readonly userKeyId: string
  readonly roles: readonly string[]
  /** Key ids of the same person before a reset. */
  readonly formerKeyIds?: readonly string[]
}

/** A person at work with patients. */
export interface SessionKeys extends PatientKeys {
  /** Ed25519 seed of the person. */
  readonly user: Bytes
  readonly person: PersonIdentity
}

export interface RootKeys {
  /** Ed25519 seed. */
  readonly root: Bytes
}

export interface InstitutionKeys {
  readonly node: NodeKeys
  readonly session: SessionKeys
  readonly root: RootKeys
}

/** A section that opened and yet has not the shape that we write: a bug or a newer version wrote it. */
export class KeySectionFailure extends Failure<{ code: 'keys-unreadable'; section: string }> {}

/** The form without next keys is the one that programs before the change of keys read and write. */
export function encodeNodeKeys(keys: NodeKeys): Bytes {
  const form: Cbor[] = [
    keys.next.length === 0 ? 1 : 2,
    keys.consensus,
    keys.network,
    keys.author,
    keys.gateway,
    epochs(keys.gatewayEpochs),
    epochs(keys.linkageEpochs),
    epochs(keys.networkGenerations),
  ]
  if (keys.next.length > 0)
    form.push(
      keys.next.map(({ consensus, network, author, gateway, madeAt }) => [
        consensus,
        network,
        author,
        gateway,
        madeAt,
      ]),
    )
  return encode(form)
}

export function decodeNodeKeys(bytes: Bytes): NodeKeys {
  const isWithNext = (tryDecode(bytes) as unknown[] | null)?.[0] === 2
  const slots = slotsOf(bytes, 'node', isWithNext ? 9 : 8, isWithNext ? 2 : 1)
  return {
    next: isWithNext ? nextKeys(slots[8]) : [],
    consensus: key(slots[1], 'node'),
    network: key(slots[2], 'node'),
    author: key(slots[3], 'node'),
    gateway: key(slots[4], 'node'),
    gatewayEpochs: epochKeys(slots[5], 'node'),
    linkageEpochs: epochKeys(slots[6], 'node'),
    networkGenerations: epochKeys(slots[7], 'node'),
  }
}

export function encodeSessionKeys(keys: SessionKeys): Bytes {
  const { name, userKeyId, roles } = keys.person
  return encode([1, ...patientSlots(keys), keys.user, [name.normalize('NFC'), userKeyId, [...roles]]])
}

export function decodeSessionKeys(bytes: Bytes): SessionKeys {
  const slots = slotsOf(bytes, 'session', 9)
  const person = slots[8]
  if (!Array.isArray(person) || typeof person[0] !== 'string' || typeof person[1] !== 'string')
    throw new KeySectionFailure({ code: 'keys-unreadable', section: 'session' })
  return {
    ...patientKeysIn(slots),
    user: key(slots[7], 'session'),
    person: { name: person[0], userKeyId: person[1], roles: (person[2] as unknown[]).map(String) },
  }
}

export function encodeRootKeys(keys: RootKeys): Bytes {
  return encode([1, keys.root])
}

export function decodeRootKeys(bytes: Bytes): RootKeys {
  return { root: key(slotsOf(bytes, 'root', 2)[1], 'root') }
}

/** The section of `keys.json`, which belongs to no person. */
export function encodePatientKeys(keys: PatientKeys): Bytes {
  return encode([2, ...patientSlots(keys)])
}

export function decodePatientKeys(bytes: Bytes): PatientKeys {
  return patientKeysIn(slotsOf(bytes, 'session', 7, 2))
}

/** Slots 1 to 6 of a session and of the section without a person. */
const patientSlots = (keys: PatientKeys) => [
  keys.custodian,
  epochs(keys.custodianEpochs),
  keys.names,
  keys.patientIndex,
  keys.drafts,
  keys.importSecret,
]
const patientKeysIn = (slots: readonly unknown[]): PatientKeys => ({
  custodian: key(slots[1], 'session'),
  custodianEpochs: epochKeys(slots[2], 'session'),
  names: key(slots[3], 'session'),
  patientIndex: key(slots[4], 'session'),
  drafts: key(slots[5], 'session'),
  importSecret: key(slots[6], 'session'),
})

/** Every secret of a session, to overwrite or to look at in tests. */
export function secretsOfPatients(keys: PatientKeys): Bytes[] {
  const { custodian, names, patientIndex, drafts, importSecret, custodianEpochs } = keys
  return [
    custodian,
    names,
    patientIndex,
    drafts,
    importSecret,
    ...custodianEpochs.map(({ key: each }) => each),
  ]
}

/** Overwrites every key with zeros. Afterwards the object must not be used. */
export function forgetSessionKeys(keys: SessionKeys): void {
  for (const secret of [keys.user, ...secretsOfPatients(keys)]) secret.fill(0)
}

export function forgetNodeKeys(keys: NodeKeys): void {
  for (const own of [keys, ...keys.next]) for (const secret of secretsOf(own)) secret.fill(0)
  for (const list of [keys.gatewayEpochs, keys.linkageEpochs, keys.networkGenerations])
    for (const { key: secret } of list) secret.fill(0)
}

export function secretsOf({ consensus, network, author, gateway }: OwnKeys): Bytes[] {
  return [consensus, network, author, gateway]
}

/** The key of the newest epoch: what new records are wrapped under. */
export function newestEpoch(list: readonly EpochKey[]): EpochKey {
  let newest = list[0]
  for (const each of list) if (newest === undefined || each.epoch > newest.epoch) newest = each
  if (newest === undefined) throw new KeySectionFailure({ code: 'keys-unreadable', section: 'epochs' })
  return newest
}

function epochs(list: readonly EpochKey[]): Cbor {
  return list.map(({ epoch, key: secret }) => [epoch, secret])
}

function slotsOf(bytes: Bytes, section: string, count: number, version = 1): unknown[] {
  const value = tryDecode(bytes)
  if (!Array.isArray(value) || value[0] !== version || value.length !== count)
    throw new KeySectionFailure({ code: 'keys-unreadable', section })
  return value
}

function key(slot: unknown, section: string): Bytes {
  if (slot instanceof Uint8Array && slot.length === 32) return slot.slice()
  throw new KeySectionFailure({ code: 'keys-unreadable', section })
}

function nextKeys(slot: unknown): NextKeys[] {
  if (!Array.isArray(slot)) throw new KeySectionFailure({ code: 'keys-unreadable', section: 'node' })
  return slot.map((each: unknown) => {
    if (!Array.isArray(each) || each.length !== 5 || typeof each[4] !== 'number')
      throw new KeySectionFailure({ code: 'keys-unreadable', section: 'node' })
    const [consensus, network, author, gateway] = each.slice(0, 4).map((secret) => key(secret, 'node'))
    return { consensus: consensus!, network: network!, author: author!, gateway: gateway!, madeAt: each[4] }
  })
}

function epochKeys(slot: unknown, section: string): EpochKey[] {
  if (!Array.isArray(slot)) throw new KeySectionFailure({ code: 'keys-unreadable', section })
  return slot.map((each: unknown) => {
    if (!Array.isArray(each) || typeof each[0] !== 'number')
      throw new KeySectionFailure({ code: 'keys-unreadable', section })
    return { epoch: each[0], key: key(each[1], section) }
  })
}
