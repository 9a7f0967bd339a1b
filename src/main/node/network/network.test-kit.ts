/** Members with keys, and meshes over either network, for tests. */
import { randomBytes } from 'node:crypto'
import type { Bytes } from '../../../shared/std/bytes.ts'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import type { MemberKind } from '../chain/members.ts'
import type { NetworkLimits } from './limits.ts'
import { createMesh, type Mesh, type MeshOptions } from './mesh.ts'
import { peerName, type MemberEntry, type PeerEvent, type PeerName } from './transport.ts'
import type { Wires } from './wire.ts'

export const testCrypto = createNodeCrypto()
export const testRandom = createNodeRandom()

export type TestMember = {
  readonly entry: MemberEntry
  readonly name: PeerName
  readonly memberSecret: Bytes
  readonly networkSecret: Bytes
}

export type Cast = { readonly chainId: ChainId; readonly psk: Bytes; readonly members: readonly TestMember[] }

export type Role = 'voter' | 'hospital' | 'university' | 'insurer' | 'guest'

export function makeMember(role: Role, idByte: number): TestMember {
  const memberSecret = new Uint8Array(randomBytes(32))
  const networkSecret = new Uint8Array(randomBytes(32))
  const memberId = new Uint8Array(randomBytes(16)) as MemberId
  // Ids in the order of making, so that tests know who dials first.
  memberId[0] = idByte
  const kind: MemberKind = role === 'voter' ? 'hospital' : role === 'guest' ? 'university' : role
  const entry: MemberEntry = {
    memberId,
    kind,
    isVoter: role === 'voter',
    isGuest: role === 'guest',
    networkKey: testCrypto.ed25519PublicKey(networkSecret),
    memberKey: testCrypto.ed25519PublicKey(memberSecret),
  }
  return { entry, name: peerName(memberId), memberSecret, networkSecret }
}

export function makeCast(...roles: readonly Role[]): Cast {
  return {
    chainId: new Uint8Array(randomBytes(32)) as ChainId,
    psk: new Uint8Array(randomBytes(32)),
    members: roles.map((role, index) => makeMember(role, index)),
  }
}

/** Quick enough for tests, slow enough for a machine under load. */
export const TEST_LIMITS: Partial<NetworkLimits> = {
  dialBackoffFirstMs: 50,
  dialBackoffMaxMs: 500,
  dialGraceMs: 300,
  banFirstMs: 3_600_000,
  retireMs: 200,
  strangerMs: 15_000,
  upgradeMs: 20_000,
  helloMs: 15_000,
  dialMs: 20_000,
  silenceMs: 120_000,
  otherSelfMs: 300,
}

export function makeMesh(cast: Cast, index: number, wires: Wires, options: Partial<MeshOptions> = {}): Mesh {
  const member = cast.members[index]!
  return createMesh({
    identity: {
      chainId: cast.chainId,
      memberId: member.entry.memberId,
      networkKey: member.entry.networkKey,
      memberSecret: member.memberSecret,
      versions: { min: 1, max: 1 },
    },
    wires,
    crypto: testCrypto,
    random: testRandom,
    members: cast.members.map(({ entry }) => entry),
    position: () => ({ epoch: 0, height: index }),
    ...options,
    limits: { ...TEST_LIMITS, ...options.limits },
  })
}

/** Waits for what must come; the test's own limit ends a wait for what never does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export function eventsOf(mesh: Mesh): PeerEvent[] {
  const events: PeerEvent[] = []
  mesh.onPeer((event) => events.push(event))
  return events
}
