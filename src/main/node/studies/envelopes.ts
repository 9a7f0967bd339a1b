/**
 * Documents of studies: from their author to every gateway until each has acknowledged, and from gateway to gateway where one missed
 * it. What is kept lies sealed; what belongs to no final study after a while is forgotten.
 */
import { compareBytes, equalBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId } from '../chain/ids.ts'
import { commitmentOf, heldSignBytes, type HeldSignature } from '../chain/study-items.ts'
import type { Member } from '../chain/members.ts'
import type { NodeSeal } from '../access/node-seal.ts'
import type { StudyAnswerRefusal } from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { envelopeKey, heldByKey, keyTail, pendingEnvelopeKey, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { ask, gatewaysIn, isGateway, memberIn, nameOf, reachableGateways, type Around } from './around.ts'
import {
  decodeEnvelope,
  DOCUMENT_BYTES_MAX,
  encodeEnvelope,
  openEnvelope,
  sealEnvelope,
  type Envelope,
} from './envelope.ts'
import { readDocument } from '../../privacy/request/study-document.ts'
import { StudyFailure } from './study-exchange.ts'

export interface Envelopes {
  send(document: Bytes): Promise<{ commitment: Bytes; held: HeldSignature[] }>
  heldBy(commitment: Bytes): Promise<HeldSignature[]>
  documentOf(commitment: Bytes, author: MemberId | null): Promise<Bytes | null>
  /** From this node's store alone. */
  kept(commitment: Bytes): Promise<Bytes | null>
  /** Keeps what somebody opened for us; false where it is not what this author committed to. */
  takeOpened(commitment: Bytes, author: MemberId, document: Bytes): Promise<boolean>
  /** From another member. */
  hold(from: Peer, envelope: Envelope): Promise<Bytes | StudyAnswerRefusal>
  want(from: Peer, commitment: Bytes): Promise<Bytes | StudyAnswerRefusal>
  /** Hands own documents again to gateways that have not acknowledged, and forgets those that no final study is of. */
  deliver(): Promise<void>
  /** A study of this author with this commitment is final: its document stays. */
  charged(commitment: Bytes, author: MemberId): Promise<void>
}

/** Of one member, of no final study: as many as it may have open, twice. */
const PENDING_PER_MEMBER_MAX = 64
/** A document whose study never came is forgotten after this. */
const PENDING_MS = 7 * 86_400_000
/** So long a gateway answers for a document: well before it forgets it, as clocks and the chain's time differ by minutes. */
const HELD_MS = 3 * 86_400_000

type Kept = { readonly author: MemberId; readonly document: Bytes }
type Pending = { readonly author: MemberId; readonly since: number; readonly isCharged: boolean }

/**
 * @param isFinal whether a final study of this author has this commitment, as far as the chain was read
 * @param hasReadAll whether it was read as far as it is known here
 */
export async function openEnvelopes(
  store: Store,
  seal: NodeSeal,
  around: Around,
  isFinal: (author: MemberId, commitment: Bytes) => Promise<boolean>,
  hasReadAll: () => boolean,
): Promise<Envelopes> {
  const { crypto, random, chainId, memberId, now } = around
  const pending = new Map<string, Pending>()
  for await (const { key, value } of store.scan(rangeOf('z/p'))) {
    const read = readCheckedValue(key, value)
    const slots = read.kind === 'ok' ? asArray(tryDecode(read.content), 3) : null
    if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isCount(slots[1])) continue
    const [author, since, isCharged] = slots
    pending.set(toHex(keyTail('z/p', key)), { author: author as MemberId, since, isCharged: isCharged === 1 })
  }

  async function save(commitment: Bytes, { author, document }: Kept, isPending: boolean): Promise<void> {
    const key = envelopeKey(commitment)
    const writes = [put(key, seal.seal(key, encode([author, document])))]
    const entry = { author, since: Math.floor(now()), isCharged: false }
    if (!isPending) return store.commit(writes)
    writes.push(pendingWrite(commitment, entry))
    const name = toHex(commitment)
    // Counted at once: what comes while this is being written finds its place taken.
    pending.set(name, entry)
    try {
      await store.commit(writes)
    } catch (error) {
      if (pending.get(name) === entry) pending.delete(name)
      throw error
    }
  }

  function pendingWrite(commitment: Bytes, { author, since, isCharged }: Pending) {
    const key = pendingEnvelopeKey(commitment)
    return put(key, checkedValue(key, encode([author, since, isCharged ? 1 : 0])))
  }

  async function kept(commitment: Bytes): Promise<Kept | null> {
    const key = envelopeKey(commitment)
    const value = await store.get(key)
    const content = value && seal.open(key, value)
    const slots = content && asArray(tryDecode(content), 2)
    if (!slots || !isBytes(slots[0], MEMBER_ID_BYTES) || !(slots[1] instanceof Uint8Array)) return null
    return { author: slots[0] as MemberId, document: slots[1] }
  }

  /**
   * Opens and keeps what others gave; null where it is not what it says. Who sealed it does not matter: the commitment binds author and
   * document.
   */
  async function takeIn(envelope: Envelope, isPending: boolean): Promise<Bytes | null> {
    const { commitment, author } = envelope
    const document = openEnvelope(crypto, chainId, envelope, memberId, around.gatewaySecrets())
    // No gateway signs that it has what it would refuse once it is charged.
    if (document === null || (isPending && readDocument(document) === null)) return null
    await save(commitment, { author, document }, isPending)
    return document
  }

  /** For one member alone, so that nobody is left out of it and whoever comes later gets it too. */
  function sealedFor(commitment: Bytes, { author, document }: Kept, member: Member): Envelope {
    const recipient = { memberId: member.memberId, key: member.gatewayKey ?? member.custodianKey }
    return sealEnvelope(crypto, random, chainId, { commitment, author }, [recipient], document)
  }

  function pendingCountOf(author: MemberId): number {
    let count = 0
    for (const each of pending.values()) if (!each.isCharged && equalBytes(each.author, author)) count++
    return count
  }

  /** Sorted by member, by the keys in effect and not run out: whoever has changed its key is asked to sign again. */
  async function heldBy(commitment: Bytes): Promise<HeldSignature[]> {
    const held: HeldSignature[] = []
    for await (const { key, value } of store.scan(rangeOf('z/k', commitment))) {
      const read = readCheckedValue(key, value)
      const gateway = keyTail('z/k', key).slice(commitment.length) as MemberId
      const said = read.kind === 'ok' ? heldOf(commitment, gateway, read.content) : null
      if (said !== null) held.push(said)
    }
    if (isGateway(around, memberId) && (await kept(commitment)) !== null) {
      const own = heldOf(commitment, memberId, signHeld(commitment))
      if (own !== null) held.push(own)
    }
    return held.sort((a, b) => compareBytes(a.memberId, b.memberId))
  }

  /** `[until, signature]` */
  function signHeld(commitment: Bytes): Bytes {
    const until = Math.floor(now()) + HELD_MS
    const input = heldSignBytes(chainId, commitment, memberId, until)
    return encode([until, crypto.ed25519Sign(around.authorSecret(), input)])
  }

  function heldOf(commitment: Bytes, gateway: MemberId, bytes: Bytes): HeldSignature | null {
    const member = memberIn(around, gateway)
    const [until, signature] = asArray(tryDecode(bytes), 2) ?? []
    if (member === null || member.gatewayKey === null) return null
    if (!isCount(until) || until <= now() || !isBytes(signature, 64)) return null
    const input = heldSignBytes(chainId, commitment, gateway, until)
    const isTrue = crypto.ed25519Verify(member.authorKey, input, signature)
    return isTrue ? { memberId: gateway, until, signature } : null
  }

  async function handTo(gateway: Member, commitment: Bytes, own: Kept, silent: Set<string>): Promise<void> {
    const { memberId: to } = gateway
    const envelope = sealedFor(commitment, own, gateway)
    const asked = await ask(around, to, { kind: 'hold', envelope })
    if (asked.kind === 'away') silent.add(nameOf(to))
    if (asked.kind !== 'answer' || heldOf(commitment, to, asked.bytes) === null) return
    const key = heldByKey(commitment, to)
    await store.commit([put(key, checkedValue(key, asked.bytes))])
  }

  /**
   * To every reachable gateway that has it not; resolves when each has answered.
   * @param silent gateways that did not answer in this round: they are asked in the next one
   */
  async function handOut(commitment: Bytes, own: Kept, silent = new Set<string>()): Promise<void> {
    const held = await heldBy(commitment)
    const missing = reachableGateways(around).filter(
      ({ memberId: gateway }) =>
        !silent.has(nameOf(gateway)) && !held.some((holder) => equalBytes(holder.memberId, gateway)),
    )
    await Promise.all(missing.map((gateway) => handTo(gateway, commitment, own, silent)))
  }

  async function settle(name: string, silent: Set<string>): Promise<void> {
    const commitment = fromHex(name)
    // It was handed over when its study was final already, or this node fell over before it wrote that it is.
    const { author, isCharged, since } = pending.get(name)!
    // By the chain's time: a node that was off for long has not heard yet of the study that its signature is in.
    const isOver = hasReadAll() && around.ledger.state.lastTime - since > PENDING_MS
    if (!isCharged && (await isFinal(author, commitment))) await charged(commitment, author)
    const entry = pending.get(name)
    if (entry === undefined) return
    if (!entry.isCharged && isOver && entry.since === since) {
      pending.delete(name)
      return store.commit([del(pendingEnvelopeKey(commitment)), del(envelopeKey(commitment))])
    }
    if (!equalBytes(entry.author, memberId)) return
    const own = await kept(commitment)
    if (own !== null) await handOut(commitment, own, silent)
    if (!entry.isCharged) return
    const held = await heldBy(commitment)
    const isWith = ({ memberId: gateway }: { memberId: MemberId }): boolean =>
      held.some((holder) => equalBytes(holder.memberId, gateway))
    if (!gatewaysIn(around).every(isWith)) return
    pending.delete(name)
    await store.commit([del(pendingEnvelopeKey(commitment))])
  }

  /** What this gateway signs anew it keeps as long as if it had come now. */
  async function keepLonger(commitment: Bytes): Promise<void> {
    const entry = pending.get(toHex(commitment))
    if (entry === undefined || entry.isCharged) return
    const next = { ...entry, since: Math.floor(now()) }
    pending.set(toHex(commitment), next)
    await store.commit([pendingWrite(commitment, next)])
  }

  async function charged(commitment: Bytes, author: MemberId): Promise<void> {
    const name = toHex(commitment)
    const entry = pending.get(name)
    if (entry === undefined || entry.isCharged) return
    // Whoever copies a commitment out of what waits says nothing about its document.
    if (!equalBytes(entry.author, author)) return
    if (equalBytes(entry.author, memberId)) {
      const next = { ...entry, isCharged: true }
      pending.set(name, next)
      return store.commit([pendingWrite(commitment, next)])
    }
    pending.delete(name)
    await store.commit([del(pendingEnvelopeKey(commitment))])
  }

  return {
    async send(document) {
      if (document.length > DOCUMENT_BYTES_MAX)
        throw new StudyFailure({
          code: 'too-long',
          byteCount: document.length,
          byteCountMax: DOCUMENT_BYTES_MAX,
        })
      if (readDocument(document) === null) throw new StudyFailure({ code: 'document-malformed' })
      const commitment = commitmentOf(crypto, chainId, memberId, document)
      const own = { author: memberId, document }
      if ((await kept(commitment)) === null) {
        if (pendingCountOf(memberId) >= PENDING_PER_MEMBER_MAX)
          throw new StudyFailure({ code: 'too-many-waiting' })
        await save(commitment, own, true)
      } else await keepLonger(commitment)
      await handOut(commitment, own)
      return { commitment, held: await heldBy(commitment) }
    },
    heldBy,
    kept: async (commitment) => (await kept(commitment))?.document ?? null,
    async takeOpened(commitment, author, document) {
      if (!equalBytes(commitmentOf(crypto, chainId, author, document), commitment) || !seal.isReady)
        return false
      await save(commitment, { author, document }, false)
      return true
    },
    async documentOf(commitment, author) {
      const own = await kept(commitment)
      if (own !== null) return own.document
      if (!isGateway(around, memberId)) return null
      const others = reachableGateways(around).map((gateway) => gateway.memberId)
      const holders = author === null || equalBytes(author, memberId) ? others : [author, ...others]
      for (const holder of holders) {
        const asked = await ask(around, holder, { kind: 'want', commitment })
        const envelope = asked.kind === 'answer' ? decodeEnvelope(asked.bytes) : null
        if (envelope === null || !equalBytes(envelope.commitment, commitment)) continue
        const document = await takeIn(envelope, false)
        if (document !== null) return document
      }
      return null
    },
    async hold(from, envelope) {
      if (!isGateway(around, memberId) || !equalBytes(from.memberId, envelope.author)) return 'not-for-you'
      const { commitment } = envelope
      const known = await kept(commitment)
      if (known !== null && !equalBytes(known.author, from.memberId)) return 'malformed'
      if (known === null) {
        if (!seal.isReady) return 'not-ready'
        if (pendingCountOf(from.memberId) >= PENDING_PER_MEMBER_MAX) return 'too-many'
        if ((await takeIn(envelope, true)) === null) return 'malformed'
      } else await keepLonger(commitment)
      return signHeld(commitment)
    },
    async want(from, commitment) {
      const held = await kept(commitment)
      if (held === null) return 'not-here'
      const asker = memberIn(around, from.memberId)
      const mayRead = asker !== null && (asker.gatewayKey !== null || equalBytes(held.author, from.memberId))
      return mayRead ? encodeEnvelope(sealedFor(commitment, held, asker)) : 'not-for-you'
    },
    async deliver() {
      const silent = new Set<string>()
      for (const name of [...pending.keys()]) await settle(name, silent)
    },
    charged,
  }
}
