/** What a node needs of its network beyond the transport: addresses, and pre-shared keys that come and go. */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { PROTOCOLS } from '../chain/protocol.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import { findMember } from '../chain/members.ts'
import { membersOf, scheduledState, type ConsortiumState } from '../chain/state.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import type { NetworkLimits } from './limits.ts'
import { createMesh, type Mesh } from './mesh.ts'
import type { CallBackAnswer } from './peers/ask-call-back.ts'
import type { AddressRecord, Restart, Signing } from './protocols/hello.ts'
import type { MemberEntry, PeerName, Transport } from './transport.ts'
import type { Address, Wires } from './wire.ts'

/** What the network is told about the node that opens it. */
export interface NetworkAbout {
  readonly chainId: ChainId
  readonly memberId: MemberId
  /** Ed25519 seeds: the node's identity in the network, and the member's author key. */
  readonly networkSecret: Bytes
  readonly memberSecret: Bytes
  readonly members: readonly MemberEntry[]
  /** Pre-shared keys to be open from the start, oldest first. */
  readonly generations: readonly PreSharedKey[]
  readonly position: () => { readonly epoch: number; readonly height: number }
  readonly addresses: readonly { readonly peer: PeerName; readonly addresses: readonly Address[] }[]
  readonly records: readonly AddressRecord[]
  readonly onRecord: (record: AddressRecord) => void
  /** Another process lives in this network with this member's keys (N11). Told again as long as it does. */
  readonly onKeysElsewhere: () => void
  /** A member said that it signs votes now, or does not. */
  readonly onSigning: () => void
}

export type PreSharedKey = { readonly generation: number; readonly psk: Bytes }

export interface NodeNetwork {
  readonly transport: Transport
  /** From an invitation or by hand; dialled at once. */
  addAddresses(peer: PeerName, addresses: readonly Address[]): void
  /** Where this node listens. */
  addresses(): readonly Address[]
  /** Has another member dial this node at what it announces; null where none is up. */
  askCallBack(): Promise<CallBackAnswer | null>
  /** Tells the others what becomes of this node's vote when its machine starts anew. */
  sayRestart(restart: Restart): void
  /** Tells the others whether this node signs votes, or would with a vote. */
  saySigning(signing: Signing): void
  /** As `Mesh.reachedBy`: by this generation of the pre-shared key or a newer one, until `signal` ends it. */
  reachedBy(generation: number, signal: AbortSignal): Promise<ReadonlySet<PeerName>>
  /** A new pre-shared key beside the others. */
  openGeneration(key: PreSharedKey): Promise<void>
  closeGeneration(generation: number): Promise<void>
  /** Generations that are open, once the transport has started: the port of one may have been taken. */
  generationsOpen(): readonly number[]
  /** From now on this node is known by these keys: every connection is made anew. */
  takeKeys(keys: { readonly networkSecret: Bytes; readonly memberSecret: Bytes }): Promise<void>
}

/** Does not listen or dial before `transport.start()`. Null where there is nobody to talk to. */
export type OpenNetwork = (about: NetworkAbout) => NodeNetwork | null | Promise<NodeNetwork>

export type MeshNetworkOptions = {
  readonly crypto: Crypto
  readonly random: Random
  readonly wires: Wires & Partial<GenerationPort>
  /** Where others reach this node in a generation, when that differs from where it listens. */
  readonly announce?: (generation: number) => readonly Address[]
  readonly limits?: Partial<NetworkLimits>
}

type GenerationPort = {
  openGeneration(key: PreSharedKey): Promise<void>
  closeGeneration(generation: number): Promise<void>
  /** Left out where every one that was asked for is open. */
  generationsOpen(): readonly number[]
  /** Ends every connection and listens as before under this key. */
  takeKey(networkSecret: Bytes, networkKey: Bytes): Promise<void>
}

/** The network over whatever connections `wires` makes. */
export function createMeshNetwork(about: NetworkAbout, options: MeshNetworkOptions): NodeNetwork {
  const { crypto, wires, announce } = options
  const open = new Set(about.generations.map(({ generation }) => generation))
  const newestFirst = (): number[] => [...open].sort((a, b) => b - a)
  const announced = (): readonly Address[] =>
    announce === undefined
      ? wires.addresses().filter(({ generation }) => open.has(generation))
      : newestFirst().flatMap((generation) => announce(generation))
  // Where this node listens is known once it does.
  const first = announce && announced()
  /** Only what is open is announced: nobody answers at the port of the rest. */
  const dropClosed = (): void => {
    const areOpen = wires.generationsOpen?.()
    for (const generation of [...open]) if (areOpen?.includes(generation) === false) open.delete(generation)
  }
  const mesh: Mesh = createMesh({
    identity: {
      chainId: about.chainId,
      memberId: about.memberId,
      networkKey: crypto.ed25519PublicKey(about.networkSecret),
      memberSecret: about.memberSecret,
      versions: PROTOCOLS,
    },
    wires: {
      ...wires,
      async start(handlers) {
        await wires.start(handlers)
        dropClosed()
        if (announce !== undefined) mesh.announce(announced())
      },
    },
    crypto,
    random: options.random,
    members: about.members,
    position: about.position,
    addresses: about.addresses,
    records: about.records,
    onRecord: about.onRecord,
    onKeysElsewhere: about.onKeysElsewhere,
    ...(first === undefined ? {} : { announce: first }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  /** One after the other: a generation that opens while the key changes would listen under the one before. */
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }
  return {
    transport: mesh,
    addAddresses: (peer, addresses) => mesh.addAddresses(peer, addresses),
    addresses: () => wires.addresses(),
    askCallBack: () => mesh.askCallBack(),
    sayRestart: (restart) => mesh.sayRestart(restart),
    saySigning: (signing) => mesh.saySigning(signing),
    reachedBy: (generation, signal) => mesh.reachedBy(generation, signal),
    openGeneration: (key) =>
      inTurn(async () => {
        await wires.openGeneration?.(key)
        open.add(key.generation)
        mesh.announce(announced())
      }),
    closeGeneration: (generation) =>
      inTurn(async () => {
        // First, while the connections are there: who loses one knows by it why, and does not take it for a failure.
        open.delete(generation)
        mesh.announce(announced())
        await wires.closeGeneration?.(generation)
      }),
    takeKeys: ({ networkSecret, memberSecret }) =>
      inTurn(async () => {
        // First who we are, so that no connection of the new key says a hello of the old one.
        const networkKey = crypto.ed25519PublicKey(networkSecret)
        mesh.takeKeys(networkKey, memberSecret)
        await wires.takeKey?.(networkSecret, networkKey)
        dropClosed()
        mesh.announce(announced())
      }),
    generationsOpen: newestFirst,
  }
}

/** The chain's table of members as the network wants it. */
export function memberEntries(state: ConsortiumState): MemberEntry[] {
  const scheduled = membersOf(scheduledState(state))
  return membersOf(state).map(({ memberId, kind, isVoter, networkKey, authorKey }) => {
    const entry = { memberId, kind, isVoter, networkKey, memberKey: authorKey }
    const coming = findMember(scheduled, memberId)
    const isSame =
      coming === null ||
      (equalBytes(coming.networkKey, networkKey) && equalBytes(coming.authorKey, authorKey))
    return isSame ? entry : { ...entry, next: { networkKey: coming.networkKey, memberKey: coming.authorKey } }
  })
}
