/**
 * How a member comes by the keys that the others share: it asks, and who has them answers. Keys of the gateway scope and
 * of linkage go between hospitals, sealed to the asker's gateway key; the network's pre-shared key goes to every member
 * over the encrypted link itself, whose other end is proven.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { epochCommitmentOf } from './chain/sealed-content.ts'
import type { ChainId, MemberId } from './chain/ids.ts'
import { openEpochKey, sealEpochKey } from './chain/key-box.ts'
import { findMember } from './chain/members.ts'
import { membersOf, type ConsortiumState } from './chain/state.ts'
import { faultsTolerated, votersOf } from './chain/voters.ts'
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
  /** As the chain announced it; null for the first epoch, which the founding brought. */
  readonly commitmentOf: (epoch: number) => Bytes | null
  /** Generations of the network that are decided and whose key is not here, with who made it where that is known. */
  readonly missingNetwork: () => readonly { readonly generation: number; readonly author: MemberId | null }[]
  /** Something came. */
  readonly onKeys: () => void
  readonly onFailure: (error: unknown) => void
}

/** The keys that a member said it has of the epochs that it was asked for, inclusive: hashes by epoch. */
interface Answer {
  readonly from: number
  readonly to: number
  readonly keys: ReadonlyMap<number, string>
}

const AGAIN_MS = 1_000
/** What did not come by then may be nobody's: whoever comes up is asked at once all the same. */
const SOON_TIMES = 60
const LATER_MS = 30_000
const ASK_MS = 3_000
const EPOCHS_AT_ONCE = 256

export function startKeyExchange(options: KeyExchangeOptions): KeyExchange {
  const { transport, shared, crypto, random, chainId, memberId } = options
  /** The last answer of each member, by what was asked for. */
  const answers = new Map<string, Map<string, Answer>>()
  let running: Promise<void> | null = null
  /** How often everybody was asked. */
  let round = 0
  /** As often since something came last, or more was missing than before. */
  let inVain = 0
  let soughtBefore: ReadonlySet<string> = new Set()
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

  function sought(): ReadonlySet<string> {
    const names = options.missingNetwork().map(({ generation }) => `network/${generation}`)
    if (isLackingLinkage()) names.push('linkage')
    if (isLackingGateway()) names.push('gateway', ...options.missingGateway().map(String))
    return new Set(names)
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
        timer = setTimeout(
          () => {
            timer = null
            nudge()
          },
          inVain < SOON_TIMES ? AGAIN_MS : LATER_MS,
        )
        timer.unref()
      })
  }

  /** In windows: one that is full of epochs that nobody has stands in no other's way. */
  function inTurn(missing: readonly number[]): number {
    const starts: number[] = []
    for (const epoch of missing)
      if (starts.length === 0 || epoch >= starts.at(-1)! + EPOCHS_AT_ONCE) starts.push(epoch)
    return starts[round % starts.length]!
  }

  async function run(): Promise<void> {
    round++
    const now = sought()
    // What nobody has is asked for seldom; what is newly missing somebody may have.
    inVain = [...now].every((name) => soughtBefore.has(name)) ? inVain + 1 : 0
    soughtBefore = now
    for (const peer of transport.peers()) {
      if (isClosed || peer.state !== 'up' || peer.isGuest) continue
      if (peer.kind === 'hospital' && isLackingGateway()) await askGateway(peer)
      if (peer.kind === 'hospital' && isLackingLinkage()) await askLinkage(peer)
      for (const missing of options.missingNetwork()) await askNetwork(peer, missing)
    }
  }

  async function askGateway(peer: Peer): Promise<void> {
    const missing = options.missingGateway()
    const from = shared.gateway().length === 0 ? 0 : inTurn(missing)
    const to = from + EPOCHS_AT_ONCE - 1
    const request = { kind: 'epoch-keys', scope: 'gateway', from, to } as const
    const answer = await ask(peer, 'keybox', encodeKeyBoxRequest(request))
    const sealed = answer === null ? [] : decodeEpochKeysAnswer(answer)
    if (sealed === null) return transport.penalise(peer.name, 'violation')
    const opened = sealed.map((each) => ({
      epoch: each.epoch,
      key:
        each.scope !== 'gateway' || !equalBytes(each.memberId, memberId)
          ? null
          : firstOf(options.gatewaySecrets(), (secret) =>
              openEpochKey(crypto, chainId, each, secret, crypto.x25519PublicKey(secret)),
            ),
    }))
    // An empty list may be a request that got no answer.
    if (answer !== null) noteAnswer('gateway', peer.name, { from, to, keys: namesOf(opened) })
    const keys = opened.flatMap(({ epoch, key }) => {
      // One that the chain has not announced is whoever's says so, and would stand in the way of the one that it will.
      if (key === null || !missing.includes(epoch) || shared.has('gateway', epoch)) return []
      const commitment = options.commitmentOf(epoch)
      // A key that opens no row is found out by the rows' commitments, but only where it is the first one.
      const isRight =
        commitment === null
          ? isAgreed('gateway', epoch, key)
          : equalBytes(commitment, epochCommitmentOf(crypto, chainId, epoch, key))
      return isRight ? [{ epoch, key }] : []
    })
    await take('gateway', keys)
  }

  async function askLinkage(peer: Peer): Promise<void> {
    const [from, to] = [0, EPOCHS_AT_ONCE - 1]
    const answer = await ask(peer, 'keybox', encodeKeyBoxRequest({ kind: 'linkage-keys', from, to }))
    const sealed = answer === null ? [] : decodeLinkageAnswer(answer)
    if (sealed === null) return transport.penalise(peer.name, 'violation')
    const opened = sealed.map((each) => ({
      epoch: each.epoch,
      key: firstOf(options.gatewaySecrets(), (secret) =>
        openLinkageKey(crypto, chainId, memberId, each, secret),
      ),
    }))
    if (answer !== null) noteAnswer('linkage', peer.name, { from, to, keys: namesOf(opened) })
    await take(
      'linkage',
      opened.flatMap(({ epoch, key }) =>
        key !== null && isAgreed('linkage', epoch, key) ? [{ epoch, key }] : [],
      ),
    )
  }

  /** By epoch; what does not open is a key all the same. */
  const namesOf = (opened: readonly { epoch: number; key: Bytes | null }[]): ReadonlyMap<number, string> =>
    new Map(opened.map(({ epoch, key }) => [epoch, key === null ? '' : nameOf(key)]))

  async function askNetwork(
    peer: Peer,
    { generation, author }: { generation: number; author: MemberId | null },
  ): Promise<void> {
    const psk = await ask(peer, 'body', encodeBodyRequest({ kind: 'network-key', generation }))
    if (psk === null || psk.length !== 32) return
    const isFromAuthor = author !== null && peer.name === peerName(author)
    const what = `network/${generation}`
    const keys = new Map([[generation, nameOf(psk)]])
    noteAnswer(what, peer.name, { from: generation, to: generation, keys })
    if (isFromAuthor || isToldByVoters(what, generation, nameOf(psk)))
      await take('network', [{ epoch: generation, key: psk }])
  }

  function noteAnswer(what: string, from: string, answer: Answer): void {
    const byMember = answers.get(what) ?? new Map<string, Answer>()
    answers.set(what, byMember.set(from, answer))
  }

  /**
   * f + 1 voters who say the same include one who is right, and of four voters three others may include the one who lies.
   * There is no hurry: whoever lacks a pre-shared key goes on with the old one, and whoever lacks a key of the gateway
   * scope has no vote yet, or f + 1 others who have it.
   */
  function isToldByVoters(what: string, epoch: number, key: string): boolean {
    const voters = votersOf(membersOf(options.consortium()))
    const byMember = answers.get(what)
    const same = voters.filter(({ memberId: id }) => byMember?.get(peerName(id))?.keys.get(epoch) === key)
    return same.length >= faultsTolerated(voters.length) + 1
  }

  /**
   * Fewer have the key than f + 1, as where one hospital alone had it and has become four: every other voter has answered,
   * and none has another. Whoever is away, or says something that does not open, may have one. Only among voters: to one
   * that has just come in, whoever has not heard of it yet says that there is nothing.
   */
  function isUncontested(what: string, epoch: number, key: string): boolean {
    const voters = votersOf(membersOf(options.consortium()))
    const others = voters.filter(({ memberId: id }) => !equalBytes(id, memberId))
    if (others.length === voters.length) return false
    const said = others.map(({ memberId: id }) => answers.get(what)?.get(peerName(id)))
    if (!said.some((answer) => answer?.keys.get(epoch) === key)) return false
    return said.every((answer) => {
      if (answer === undefined || epoch < answer.from || epoch > answer.to) return false
      return (answer.keys.get(epoch) ?? key) === key
    })
  }

  const isAgreed = (what: string, epoch: number, key: Bytes): boolean =>
    isToldByVoters(what, epoch, nameOf(key)) || isUncontested(what, epoch, nameOf(key))

  const nameOf = (key: Bytes): string => toHex(crypto.sha256(key))

  async function take(kind: 'gateway' | 'linkage' | 'network', keys: readonly EpochKey[]): Promise<void> {
    if (keys.length === 0) return
    await shared.add(kind, keys)
    inVain = 0
    if (!isLacking()) answers.clear()
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
