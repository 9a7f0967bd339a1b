/** The same node without a window: for the command line, servers and tests. */
import { randomBytes } from 'node:crypto'
import type { AllHandlers, EmitEvent } from '../shared/contract/index.ts'
import { noDesktop } from './desktop.ts'
import { noApp, openInstitution, type Institution } from './institution.ts'
import type { Lease } from './profile/keyring.ts'
import {
  foundProfile as foundIn,
  openProfile,
  type NewInstitution,
  type ProfileWorld,
} from './profile/open-profile.ts'
import { ALL_ROLES, type ProfileFacts } from './profile/profile-folder.ts'
import { alwaysConfirmed } from './services/confirmations.ts'
import type { Caller } from './services/dispatch.ts'
import type { ProfileServices } from './services/profile-services.ts'
import { realWorld } from './world.ts'

export interface Headless {
  readonly institution: Institution
  readonly handlers: AllHandlers
  readonly services: ProfileServices
  readonly caller: Caller
  close(): Promise<void>
}

export interface HeadlessOptions {
  readonly folder: string
  /** Null to look and verify only: no node runs. */
  readonly passphrase: string | null
  /** Whose passphrase it is; may stay away while there is only one person. */
  readonly account?: string
  readonly emit?: EmitEvent
  readonly world?: ProfileWorld
  /** Finishes what waits before closing, as far as this node can decide alone. */
  readonly drainMs?: number
}

const DRAIN_MS = 10_000

/** @throws {ProfileFailure} one of the contract's `openRefusal` */
export async function openHeadless(options: HeadlessOptions): Promise<Headless> {
  const world = options.world ?? realWorld()
  const { profile, lease } = await openProfile(
    world,
    options.folder,
    options.passphrase === null ? null : { account: options.account ?? '', passphrase: options.passphrase },
  )
  const emit: EmitEvent = options.emit ?? (() => {})
  let institution: Institution
  try {
    institution = await openInstitution(world, profile)
  } catch (error) {
    lease?.release()
    await profile.close()
    throw error
  }
  const held: Lease | null = lease
  await institution.noteOpened(held)
  const services = institution.servicesFor(() => held, noDesktop, emit, alwaysConfirmed)
  return {
    institution,
    services,
    caller: institution.callerWith(() => held, alwaysConfirmed),
    handlers: { ...services.handlers, ...noApp() },
    async close() {
      await profile.node?.drain(options.drainMs ?? DRAIN_MS)
      held?.release()
      await institution.close()
    },
  }
}

/** Founds an institution with all roles of a hospital. @throws {ProfileFailure} */
export async function foundProfile(
  institution: Omit<NewInstitution, 'roles'>,
  world: ProfileWorld = realWorld(),
): Promise<ProfileFacts> {
  return foundIn(world, { ...institution, roles: HOSPITAL_ROLES })
}

/** What the person who founds a hospital may do there. Analysts work at insurers. */
export const HOSPITAL_ROLES = ALL_ROLES.filter((name) => name !== 'analyst')

/** Demonstration data is made up, so its passphrase protects nothing and may be known. */
export const DEMONSTRATION_PASSPHRASE = 'synthetic demonstration data'

/** A seed for one demonstration. */
export const freshSeed = (): string => randomBytes(6).toString('hex')
