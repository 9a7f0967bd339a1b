/** What a caller's services stand on: the open profile, the caller's own lease on the session keys, and the desktop. */
import { role, type Role } from '../../shared/contract/app.ts'
import type { EmitEvent } from '../../shared/contract/index.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { mayOpenPatients } from '../../shared/contract/rights.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { AnalysisHome } from '../analytics/analysis-home.ts'
import type { AuditHome } from '../audit/audit-home.ts'
import type { HouseOpenings } from '../audit/house-openings.ts'
import type { CodeLists } from '../codes/code-lists.ts'
import type { Desktop } from '../desktop.ts'
import type { GovernanceHome } from '../governance/governance-home.ts'
import type { ChainNode } from '../node/node.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import type { Credentials } from '../node/vault/people-keys.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { userKeyIdOf, type Roster } from '../node/vault/people.ts'
import type { NamesTable } from '../patients/names-table.ts'
import type { Lease, PatientSession, PersonSession } from '../profile/keyring.ts'
import type { OpenProfile, ProfileWorld } from '../profile/open-profile.ts'
import type { GatewayHome } from '../gateway/gateway-home.ts'
import type { WorkPlaces } from '../work-place/work-places-port.ts'
import type { Confirmations } from './confirmations.ts'
import type { Jobs } from './jobs.ts'

export type AccessFailureDetail =
  /** No profile is open. */
  | { code: 'no-profile' }
  /** The person's session is locked; the node goes on. */
  | { code: 'locked' }
  /** Made-up patients have no place among real ones. */
  | { code: 'not-synthetic' }
  /** The profile was opened without a passphrase: it can be looked at only. */
  | { code: 'read-only' }
  /** The same import is being worked on already. */
  | { code: 'busy' }
  | { code: 'too-many-drafts' }
  | { code: 'draft-too-large' }
  /** No import of this id is known here. */
  | { code: 'unknown-batch' }
  /** The import came to its end and was not undone: there is nothing to go on with. */
  | { code: 'batch-over' }
  /** The person's roles do not allow it. */
  | { code: 'not-permitted' }
  /** The passphrase is asked once more for this. */
  | { code: 'passphrase-needed' }
  /** The patient is in the table of names no more: erased. */
  | { code: 'patient-gone' }
export class AccessFailure extends Failure<AccessFailureDetail> {}

/** One for each caller: the window has one, each connection of the command line another. */
export interface ServiceContext {
  readonly world: ProfileWorld
  readonly desktop: Desktop
  readonly emit: EmitEvent
  readonly jobs: Jobs
  /** Null when none is open. */
  readonly profile: () => OpenProfile | null
  /** Membership of the open profile; null when none is open or no node runs. */
  readonly governance: () => GovernanceHome | null
  /** Of the open profile. @throws {AccessFailure} `no-profile` */
  readonly codeLists: () => CodeLists
  /** Of the open profile; null where no node runs. */
  readonly audit: () => AuditHome | null
  /** Of the open profile; null where no node runs. */
  readonly openings?: () => HouseOpenings | null
  /** Of the open profile; null where no node runs. */
  readonly analysis: () => AnalysisHome | null
  /** Of the open profile, where this institution is a gateway. */
  readonly gateway?: () => GatewayHome | null
  /** Of the open profile; null where no node runs. */
  readonly workPlaces?: () => WorkPlaces | null
  /** The passphrase once more, counted where this caller sits; the profile's own where absent. */
  readonly unlockAgain?: (given: Credentials) => Promise<Lease>
  /** Null when the caller has none or it was taken away by a lock. */
  readonly lease: () => Lease | null
  /** The caller's, which the door takes from. */
  readonly confirmations: Confirmations
}

/** @throws {AccessFailure} `no-profile` */
export function profileOf(context: ServiceContext): OpenProfile {
  const profile = context.profile()
  if (profile === null) throw new AccessFailure({ code: 'no-profile' })
  return profile
}

/** @throws {AccessFailure} `no-profile`, `read-only` */
export function nodeOf(context: ServiceContext): ChainNode {
  const { node } = profileOf(context)
  if (node === null) throw new AccessFailure({ code: 'read-only' })
  return node
}

/** @throws {AccessFailure} `locked` */
export function leaseOf(context: ServiceContext): Lease {
  const lease = context.lease()
  if (lease === null || lease.isReleased) throw new AccessFailure({ code: 'locked' })
  return lease
}

/** What the person types before the passphrase; calls that bring a passphrase bring that of whoever is here. */
export const accountOf = (context: ServiceContext): string => context.lease()?.session.person.account ?? ''

/**
 * Whether somebody else recorded it; keys that a reset replaced are one's own. Asked of the desk, which goes on with what was
 * under way when a lock comes.
 */
export function isOthers({ keys }: Desk, { envelope }: VisitRecord): boolean {
  const { userKeyId, formerKeyIds } = keys.person
  const by = envelope.recorder.userKeyId
  return by !== userKeyId && formerKeyIds?.includes(by) !== true
}

/** @throws {AccessFailure} `locked`, `not-permitted` for whoever has nothing to do with patients */
export function patientsOf(lease: Lease): PatientSession {
  const { session } = lease
  if (!isWithPatients(session)) throw new AccessFailure({ code: 'not-permitted' })
  return session
}

const isWithPatients = (session: PersonSession): session is PatientSession =>
  session.keys !== null && session.names !== null

/**
 * Null where the lease is none any more, or the person has left since. The roles are those that the newest list gives;
 * what this version does not know are none.
 */
export function personOf(
  lease: Lease | null,
  roster: Roster | null,
): { userKeyId: string; roles: readonly Role[] } | null {
  if (lease === null || lease.isReleased) return null
  const { userKeyId, personId } = lease.session.person
  const entry = roster?.people.find((each) => each.personId === personId)
  if (entry?.isActive !== true) return null
  const { roles } = entry
  return { userKeyId, roles: role.options.filter((each) => roles.includes(each)) }
}

/** Of this key, also of one that a reset replaced; its beginning where nobody here has it. */
export function personNamed(crypto: Crypto, roster: Roster | null, userKeyId: string): string {
  const found = roster?.people.find(
    ({ signKey, formerKeyIds }) =>
      userKeyIdOf(crypto, signKey) === userKeyId || formerKeyIds.includes(userKeyId),
  )
  return found?.name ?? userKeyId.slice(0, 8)
}

export interface Desk {
  readonly profile: OpenProfile
  readonly node: ChainNode
  readonly keys: SessionKeys
  readonly names: NamesTable
}

/**
 * Work of the person with patients and records, under a lease of its own: a lock that comes meanwhile takes the window's
 * lease at once, and the keys are zeroed when this work is done, never under its hands.
 * @throws {AccessFailure}
 */
export async function atDesk<T>(context: ServiceContext, work: (desk: Desk) => Promise<T>): Promise<T> {
  const profile = profileOf(context)
  const node = nodeOf(context)
  const asking = leaseOf(context)
  const session = patientsOf(asking)
  const lease = asking.share()
  try {
    const names = await session.names
    if (asking.isReleased) throw new AccessFailure({ code: 'locked' })
    return await work({ profile, node, keys: session.keys, names })
  } finally {
    lease.release()
  }
}

/** As `atDesk`, for work that only reads: what was read is not handed to a caller who was locked out meanwhile. */
export async function readAtDesk<T>(context: ServiceContext, work: (desk: Desk) => Promise<T>): Promise<T> {
  const asking = leaseOf(context)
  const answer = await atDesk(context, work)
  if (asking.isReleased) throw new AccessFailure({ code: 'locked' })
  return answer
}

/**
 * The caller's keys of patients, for calls that everybody may make: null where nobody has unlocked, and for whoever left or may
 * open no patients any more since their session began.
 */
export function openingKeys(context: ServiceContext): SessionKeys | null {
  const lease = context.lease()
  const person = personOf(lease, profileOf(context).roster)
  return lease === null || person === null || !mayOpenPatients(person.roles) ? null : lease.session.keys
}

/**
 * Work that a locked caller may do too, with less: `keys` is null then and for whoever may open no patients, and otherwise whole
 * until the work is done.
 */
export async function withKeys<T>(
  context: ServiceContext,
  work: (keys: SessionKeys | null) => Promise<T>,
): Promise<T> {
  const keys = openingKeys(context)
  if (keys === null) return work(null)
  const lease = leaseOf(context).share()
  try {
    return await work(keys)
  } finally {
    lease.release()
  }
}
