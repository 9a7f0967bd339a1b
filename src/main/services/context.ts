/** What a caller's services stand on: the open profile, the caller's own lease on the session keys, and the desktop. */
import type { EmitEvent } from '../../shared/contract/index.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Desktop } from '../desktop.ts'
import type { GovernanceHome } from '../governance/governance-home.ts'
import type { ChainNode } from '../node/node.ts'
import type { SessionKeys } from '../node/vault/institution-keys.ts'
import type { NamesTable } from '../patients/names-table.ts'
import type { Lease } from '../profile/keyring.ts'
import type { OpenProfile, ProfileWorld } from '../profile/open-profile.ts'
import type { Jobs } from './jobs.ts'

export type AccessFailureDetail =
  /** No profile is open. */
  | { code: 'no-profile' }
  /** The person's session is locked; the node goes on. */
  | { code: 'locked' }
  /** The profile was opened without a passphrase: it can be looked at only. */
  | { code: 'read-only' }
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
  /** Null when the caller has none or it was taken away by a lock. */
  readonly lease: () => Lease | null
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

export interface Desk {
  readonly profile: OpenProfile
  readonly node: ChainNode
  readonly keys: SessionKeys
  readonly names: NamesTable
}

/** Everything that work with patients and records needs. @throws {AccessFailure} */
export async function deskOf(context: ServiceContext): Promise<Desk> {
  const profile = profileOf(context)
  const node = nodeOf(context)
  const lease = leaseOf(context)
  const names = await lease.session.names
  // It may have been taken away while the names were read.
  if (lease.isReleased) throw new AccessFailure({ code: 'locked' })
  return { profile, node, keys: lease.session.keys, names }
}
