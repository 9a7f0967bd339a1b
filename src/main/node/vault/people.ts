/**
 * The people of an institution, as its root key signed them. Whoever edits the file gives nobody a role: the list is
 * sealed, and what it says counts only under that signature.
 */
import type { Role } from '../../../shared/contract/app.ts'
import { mayOpenPatients } from '../../../shared/contract/rights.ts'
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { memberIdOf } from '../chain/members.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { ascii } from '../crypto/labels.ts'
import { concatBytes } from '../../../shared/std/bytes.ts'
import type { NodeKeys } from './institution-keys.ts'

export interface PersonEntry {
  /** Random, hex: stays when the keys are made anew. */
  readonly personId: string
  /** What the person types to unlock, as `plainAccount` gives it. */
  readonly account: string
  readonly name: string
  readonly roles: readonly string[]
  /** False for whoever has left. */
  readonly isActive: boolean
  /** Ed25519. */
  readonly signKey: Bytes
  /** X25519: section keys are sealed to it. */
  readonly sealKey: Bytes
  /** Of keys that a reset replaced. */
  readonly formerKeyIds: readonly string[]
  /** Milliseconds since 1970 of the newest change. */
  readonly changedAt: number
}

export interface Roster {
  readonly revision: number
  readonly memberId: Bytes
  readonly people: readonly PersonEntry[]
}

export const SECTIONS = ['node', 'session', 'root', 'roster'] as const
export type Section = (typeof SECTIONS)[number]

const LABEL = ascii('consilium/people/1')
export const ACCOUNT_MAX_CHARACTERS = 60

/** One account however it is typed: width, case and spaces do not tell people apart. */
export const plainAccount = (typed: string): string =>
  typed.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

export const userKeyIdOf = (crypto: Crypto, signKey: Bytes): string =>
  toHex(crypto.sha256(signKey).subarray(0, 8))

/**
 * What a person's own keys open. An administrator appoints clerks, so holds what they hold; unlocking opens it for
 * nobody whose roles do not work with patients. Where the node holds keys that open every record, only those are given
 * them who start it.
 */
export function sectionsFor({ roles }: Pick<PersonEntry, 'roles'>, node: NodeKeys): Section[] {
  const isAdministrator = roles.includes('administrator')
  const opensPatients = mayOpenPatients(roles as readonly Role[])
  const isHarmless = node.gatewayEpochs.length === 0 && node.linkageEpochs.length === 0
  return SECTIONS.filter((section) => {
    switch (section) {
      case 'roster':
        return true
      case 'root':
        return isAdministrator
      case 'session':
        return isAdministrator || opensPatients
      case 'node':
        return isAdministrator || opensPatients || isHarmless
    }
  })
}

export function signRoster(crypto: Crypto, roster: Roster, root: Bytes): Bytes {
  const body = encode([
    1,
    roster.revision,
    roster.memberId,
    roster.people.map((each) => [
      each.personId,
      each.account,
      each.name.normalize('NFC'),
      [...each.roles],
      each.isActive ? 1 : 0,
      each.signKey,
      each.sealKey,
      [...each.formerKeyIds],
      each.changedAt,
    ]),
  ])
  const signature = crypto.ed25519Sign(root, messageOf(body))
  return encode([body, crypto.ed25519PublicKey(root), signature])
}

/** Null unless the institution's own root key signed it. */
export function verifyRoster(crypto: Crypto, bytes: Bytes): Roster | null {
  const outer = tryDecode(bytes)
  if (!Array.isArray(outer) || outer.length !== 3) return null
  const [body, rootKey, signature] = outer as unknown[]
  if (!isBytes(body) || !isBytes(rootKey) || !isBytes(signature)) return null
  if (!crypto.ed25519Verify(rootKey, messageOf(body), signature)) return null
  const inner = tryDecode(body)
  if (!Array.isArray(inner) || inner.length !== 4 || inner[0] !== 1 || !isBytes(inner[2])) return null
  if (typeof inner[1] !== 'number' || !Array.isArray(inner[3])) return null
  if (toHex(memberIdOf(crypto, rootKey)) !== toHex(inner[2])) return null
  const people = inner[3].map(entryOf)
  if (people.some((each) => each === null)) return null
  return { revision: inner[1], memberId: inner[2], people: people as PersonEntry[] }
}

export type RosterProblem = 'last-administrator' | 'account-taken' | 'unknown-person' | 'no-role'

/** Whether a changed list may be signed; null when it may. */
export function checkPeople(people: readonly PersonEntry[]): RosterProblem | null {
  const active = people.filter(({ isActive }) => isActive)
  if (!active.some(({ roles }) => roles.includes('administrator'))) return 'last-administrator'
  if (active.some(({ roles }) => roles.length === 0)) return 'no-role'
  if (new Set(active.map(({ account }) => account)).size < active.length) return 'account-taken'
  return null
}

function entryOf(slot: unknown): PersonEntry | null {
  if (!Array.isArray(slot) || slot.length !== 9) return null
  const [personId, account, name, roles, isActive, signKey, sealKey, formerKeyIds, changedAt] =
    slot as unknown[]
  if (typeof personId !== 'string' || typeof account !== 'string' || typeof name !== 'string') return null
  if (!Array.isArray(roles) || !Array.isArray(formerKeyIds) || typeof changedAt !== 'number') return null
  if (!isBytes(signKey) || !isBytes(sealKey)) return null
  return {
    personId,
    account,
    name,
    roles: roles.map(String),
    isActive: isActive === 1,
    signKey,
    sealKey,
    formerKeyIds: formerKeyIds.map(String),
    changedAt,
  }
}

const messageOf = (body: Bytes): Bytes => concatBytes(LABEL, Uint8Array.of(0), body)
const isBytes = (value: unknown): value is Bytes => value instanceof Uint8Array
