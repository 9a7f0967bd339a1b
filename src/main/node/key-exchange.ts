/**
 * How a member comes by the keys that the others share: it asks, and who has them answers. Keys of the gateway scope and
 * of linkage go between hospitals, sealed to the asker's gateway key; the network's pre-shared key goes to every member
 * over the encrypted link itself, whose other end is proven.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { epochCommitmentOf } from './chain/sealed-content.ts'
import { keyOf, type ChainId, type MemberId } from './chain/ids.ts'
import { openEpochKey, sealEpochKey } from './chain/key-box.ts'
import { findMember } from './chain/members.ts'
import { membersOf, type ConsortiumState } from './chain/state.ts'
import { faultsTolerated } from './chain/voters.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import {
  decodeEpochKeysAnswer,
  decodeLinkageAnswer,
  encodeEpochKeysAnswer,
  encodeKeyBoxRequest,
  encodeLinkageAnswer,
  openLinkageKey,
  sealLinkageKey,
} from './network/protocols/key-box.ts'
import { encodeBodyRequest } from './network/protocols/bodies.ts'
import { NetworkFailure, peerName, type Lane, type Peer, type Transport } from './network/transport.ts'
import type { SharedKeys } from './shared-keys.ts'
import type { EpochKey } from './vault/institution-keys.ts'

export interface KeyExchange {
  /** Asks until the keys are here: at once, and again every few seconds while something is missing. */
  nudge(): void
  /** A final item named this commitment for an epoch of the gateway scope. */
  commitTo(epoch: number, commitment: Bytes): void
  /** Answers to a hospital. */
  gatewayKeysFor(peer: MemberId, from: number, to: number): Bytes
  linkageKeysFor(peer: MemberId, from: number, to: number): Bytes
  close(): void
}

export interface KeyExchangeOptions {
  readonly transport: Pick<Transport, 'peers' | 'request' | 'penalise'>
  readonly shared: Pick<SharedKeys, 'gateway' | 'linkage' | 'has' | 'add'>
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  /** X25519 secrets to which epoch keys are sealed: more than one while they change. */
  readonly gatewaySecrets: () => readonly Bytes[]
  readonly consortium: () => ConsortiumState
  /** Epochs of the gateway scope that are known to exist and are not here. */
  readonly missingGateway: () => readonly number[]
  /** Generations of the network that are decided and whose key is not here, with who made it where that is known. */
  readonly missingNetwork: () => readonly { readonly generation: number; readonly author: MemberId | null }[]
  /** Something came. */
  readonly onKeys: () => void
  readonly onFailure: (error: unknown) => void
}

const AGAIN_MS = 1_000
const ASK_MS = 3_000
const EPOCHS_AT_ONCE = 256

export function startKeyExchange(options: KeyExchangeOptions): KeyExchange {
  const { transport, shared, crypto, random, chainId, memberId } = options
  const commitments = new Map<number, Bytes>()
  /** What members said a key is, until enough say the same: by kind and epoch, by key in hex. */
  const said = new Map<string, Map<string, Set<string>>>()
  let running: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let isClosed = false

  function isHospital(): boolean {
    return findMember(membersOf(options.consortium()), memberId)?.kind === 'hospital'
  }

  function isLackingLinkage(): boolean {
    return isHospital() && shared.linkage().length === 0
  }
  function isLackingGateway(): boolean {
    return isHospital() && (shared.gateway().length === 0 || options.missingGateway().length > 0)
  }
  function isLacking(): boolean {
    return isLackingGateway() || isLackingLinkage() || options.missingNetwork().length > 0
  }

  function nudge(): void {
    if (isClosed || running !== null || !isLacking()) return
    running = run()
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
      })
      .finally(() => {
        running = null
        if (isClosed || timer !== null || !isLacking()) return
        timer = setTimeout(() => {
          timer = null
          nudge()
        }, AGAIN_MS)
        timer.unref()
      })
  }

  async function run(): Promise<void> {
    for (const peer of transport.peers()) {
      if (isClosed || peer.state !== 'up' || peer.isGuest) continue
      if (peer.kind === 'hospital' && isLackingGateway()) await askGateway(peer)
      if (peer.kind === 'hospital' && isLackingLinkage()) await askLinkage(peer)
      for (const missing of options.missingNetwork()) await askNetwork(peer, missing)
    }
  }

  async function askGateway(peer: Peer): Promise<void> {
    const missing = options.missingGateway()
    const from = shared.gateway().length === 0 ? 0 : Math.min(...missing)
    const request = { kind: 'epoch-keys', scope: 'gateway', from, to: from + EPOCHS_AT_ONCE - 1 } as const
    const answer = await ask(peer, 'keybox', encodeKeyBoxRequest(request))
    const sealed = answer === null ? [] : decodeEpochKeysAnswer(answer)
    if (sealed === null) return transport.penalise(peer.name, 'violation')
    const keys: EpochKey[] = []
    for (const each of sealed) {
      if (
        each.scope !== 'gateway' ||
        shared.has('gateway', each.epoch) ||
        !equalBytes(each.memberId, memberId)
      )
        continue
      const key = firstOf(options.gatewaySecrets(), (secret) =>
        openEpochKey(crypto, chainId, each, secret, crypto.x25519PublicKey(secret)),
      )
      const commitment = commitments.get(each.epoch)
      if (key === null) continue
      // A key that opens no row is found out by the rows' commitments, but only where it is the first one.
      const isRight =
        commitment === undefined
          ? isAgreed('gateway', each.epoch, key, peer.name)
          : equalBytes(commitment, epochCommitmentOf(crypto, chainId, each.epoch, key))
      if (isRight) keys.push({ epoch: each.epoch, key })
    }
    await take('gateway', keys)
  }

  async function askLinkage(peer: Peer): Promise<void> {
    const answer = await ask(
      peer,
      'keybox',
      encodeKeyBoxRequest({ kind: 'linkage-keys', from: 0, to: EPOCHS_AT_ONCE - 1 }),
    )
    const sealed = answer === null ? [] : decodeLinkageAnswer(answer)
    if (sealed === null) return transport.penalise(peer.name, 'violation')
    const keys: EpochKey[] = []
    for (const each of sealed) {
      const key = firstOf(options.gatewaySecrets(), (secret) =>
        openLinkageKey(crypto, chainId, memberId, each, secret),
      )
      if (key !== null && isAgreed('linkage', each.epoch, key, peer.name))
        keys.push({ epoch: each.epoch, key })
    }
    await take('linkage', keys)
  }

  async function askNetwork(
    peer: Peer,
    { generation, author }: { generation: number; author: MemberId | null },
  ): Promise<void> {
    const psk = await ask(peer, 'body', encodeBodyRequest({ kind: 'network-key', generation }))
    if (psk === null || psk.length !== 32) return
    const isFromAuthor = author !== null && peer.name === peerName(author)
    if (isFromAuthor || isToldByVoters(generation, psk, peer.name))
      await take('network', [{ epoch: generation, key: psk }])
  }

  /**
   * f + 1 voters who say the same include one who is right, and of four voters three others may include the one who lies.
   * There is no hurry: as long as the key is not here the old one stays open.
   */
  function isToldByVoters(generation: number, psk: Bytes, from: string): boolean {
    const voters = membersOf(options.consortium()).filter(({ isVoter }) => isVoter)
    if (!voters.some((voter) => peerName(voter.memberId) === from)) return false
    return whoSaid('network', generation, psk, from).size >= faultsTolerated(voters.length) + 1
  }

  /** Those who said that this is the key, `from` among them. */
  function whoSaid(kind: string, epoch: number, key: Bytes, from: string): ReadonlySet<string> {
    const name = `${kind}/${epoch}`
    const bySaying = said.get(name) ?? new Map<string, Set<string>>()
    said.set(name, bySaying)
    const hash = toHex(crypto.sha256(key))
    const who = bySaying.get(hash) ?? new Set<string>()
    bySaying.set(hash, who)
    who.add(from)
    return who
  }

  /** Enough say the same; where one hospital alone has the keys yet, as when it has become four, that one is enough. */
  function isAgreed(kind: string, epoch: number, key: Bytes, from: string): boolean {
    const who = whoSaid(kind, epoch, key, from)
    const voters = membersOf(options.consortium()).filter(
      ({ isVoter, memberId: id }) => isVoter && keyOf(id) !== keyOf(memberId),
    )
    return who.size >= faultsTolerated(voters.length) + 1
  }

  async function take(kind: 'gateway' | 'linkage' | 'network', keys: readonly EpochKey[]): Promise<void> {
    if (keys.length === 0) return
    await shared.add(kind, keys)
    for (const { epoch } of keys) said.delete(`${kind}/${epoch}`)
    options.onKeys()
  }

  async function ask(peer: Peer, lane: Lane, question: Bytes): Promise<Bytes | null> {
    try {
      return await transport.request(peer.name, lane, question, { timeoutMs: ASK_MS })
    } catch (error) {
      if (error instanceof NetworkFailure) return null
      throw error
    }
  }

  function gatewayKeyOf(peer: MemberId): Bytes | null {
    return findMember(membersOf(options.consortium()), peer)?.gatewayKey ?? null
  }

  return {
    nudge,
    commitTo(epoch, commitment) {
      commitments.set(epoch, commitment)
    },
    gatewayKeysFor(peer, from, to) {
      const recipientKey = gatewayKeyOf(peer)
      if (recipientKey === null) return encodeEpochKeysAnswer([])
      const sealed = inRange(shared.gateway(), from, to).flatMap(({ epoch, key }) => {
        const about = { scope: 'gateway', epoch, memberId: peer } as const
        return sealEpochKey(crypto, random, chainId, about, recipientKey, key) ?? []
      })
      return encodeEpochKeysAnswer(sealed)
    },
    linkageKeysFor(peer, from, to) {
      const recipientKey = gatewayKeyOf(peer)
      if (recipientKey === null) return encodeLinkageAnswer([])
      return encodeLinkageAnswer(
        inRange(shared.linkage(), from, to).flatMap(
          (each) => sealLinkageKey(crypto, random, chainId, peer, recipientKey, each) ?? [],
        ),
      )
    },
    close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

function firstOf(secrets: readonly Bytes[], open: (secret: Bytes) => Bytes | null): Bytes | null {
  for (const secret of secrets) {
    const key = open(secret)
    if (key !== null) return key
  }
  return null
}

function inRange(keys: readonly EpochKey[], from: number, to: number): EpochKey[] {
  return keys.filter(({ epoch }) => epoch >= from && epoch <= to)
}
