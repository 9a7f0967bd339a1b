/**
 * Documents of studies: from their author to every gateway until each has acknowledged, and from gateway to gateway where one missed
 * it. What is kept lies sealed; what belongs to no final study after a while is forgotten.
 */
import { equalBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, isBytes, isCount, MEMBER_ID_BYTES, type MemberId } from '../chain/ids.ts'
import type { NodeSeal } from '../access/node-seal.ts'
import type { StudyAnswerRefusal } from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { envelopeKey, heldByKey, keyTail, pendingEnvelopeKey, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { ask, gatewaysIn, isGateway, memberIn, reachableGateways, type Around } from './around.ts'
import {
  commitmentOf,
  decodeEnvelope,
  DOCUMENT_BYTES_MAX,
  encodeEnvelope,
  heldSignBytes,
  openEnvelope,
  sealEnvelope,
  verifyEnvelope,
  type SignedEnvelope,
} from './envelope.ts'
import { StudyFailure } from './study-exchange.ts'

export interface Envelopes {
  send(document: Bytes): Promise<{ commitment: Bytes; heldBy: MemberId[] }>
  heldBy(commitment: Bytes): Promise<MemberId[]>
  documentHere(commitment: Bytes): Promise<Bytes | null>
  documentOf(commitment: Bytes, author: MemberId | null): Promise<Bytes | null>
  /** From another member. */
  hold(from: Peer, envelope: SignedEnvelope): Promise<Bytes | StudyAnswerRefusal>
  want(from: Peer, commitment: Bytes): Promise<Bytes | StudyAnswerRefusal>
  /** Hands own documents again to gateways that have not acknowledged, and forgets what nobody charged. */
  deliver(): Promise<void>
  /** A study with this commitment is final: its document stays. */
  charged(commitment: Bytes): Promise<void>
}

/** Of one member, of no final study: as many as it may have open, twice. */
const PENDING_PER_MEMBER_MAX = 64
/** A document whose study never came is forgotten after this. */
const PENDING_MS = 7 * 86_400_000

type Pending = { readonly author: MemberId; readonly since: number; readonly isCharged: boolean }

export async function openEnvelopes(store: Store, seal: NodeSeal, around: Around): Promise<Envelopes> {
  const { crypto, random, chainId, memberId, now } = around
  const pending = new Map<string, Pending>()
  for await (const { key, value } of store.scan(rangeOf('z/p'))) {
    const read = readCheckedValue(key, value)
    const slots = read.kind === 'ok' ? asArray(tryDecode(read.content), 3) : null
    if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isCount(slots[1])) continue
    const [author, since, isCharged] = slots
    pending.set(toHex(keyTail('z/p', key)), { author: author as MemberId, since, isCharged: isCharged === 1 })
  }

  async function save(envelope: SignedEnvelope, document: Bytes, isPending: boolean): Promise<void> {
    const { commitment, author } = envelope
    const key = envelopeKey(commitment)
    const writes = [put(key, seal.seal(key, encode([encodeEnvelope(envelope), document])))]
    const entry = { author, since: Math.floor(now()), isCharged: false }
    if (isPending) writes.push(pendingWrite(commitment, entry))
    await store.commit(writes)
    if (isPending) pending.set(toHex(commitment), entry)
  }

  function pendingWrite(commitment: Bytes, { author, since, isCharged }: Pending) {
    const key = pendingEnvelopeKey(commitment)
    return put(key, checkedValue(key, encode([author, since, isCharged ? 1 : 0])))
  }

  async function kept(commitment: Bytes): Promise<{ envelope: SignedEnvelope; document: Bytes } | null> {
    const key = envelopeKey(commitment)
    const value = await store.get(key)
    const content = value && seal.open(key, value)
    const slots = content && asArray(tryDecode(content), 2)
    if (!slots || !(slots[0] instanceof Uint8Array) || !(slots[1] instanceof Uint8Array)) return null
    const envelope = decodeEnvelope(slots[0])
    return envelope && { envelope, document: slots[1] }
  }

  /** Opens and keeps what others gave; null where it is not what it says. */
  async function takeIn(envelope: SignedEnvelope, isPending: boolean): Promise<Bytes | null> {
    const author = memberIn(around, envelope.author)
    if (author === null || !verifyEnvelope(crypto, chainId, envelope, author.authorKey)) return null
    const document = openEnvelope(crypto, chainId, envelope, memberId, around.gatewaySecrets())
    if (document !== null) await save(envelope, document, isPending)
    return document
  }

  function pendingCountOf(author: MemberId): number {
    let count = 0
    for (const each of pending.values()) if (!each.isCharged && equalBytes(each.author, author)) count++
    return count
  }

  async function heldBy(commitment: Bytes): Promise<MemberId[]> {
    const holders: MemberId[] = []
    for await (const { key } of store.scan(rangeOf('z/k', commitment)))
      holders.push(keyTail('z/k', key).slice(commitment.length) as MemberId)
    return holders
  }

  async function handTo(gateway: MemberId, authorKey: Bytes, envelope: SignedEnvelope): Promise<void> {
    const { commitment } = envelope
    const asked = await ask(around, gateway, { kind: 'hold', envelope })
    if (asked.kind !== 'answer' || asked.bytes.length !== 64) return
    if (!crypto.ed25519Verify(authorKey, heldSignBytes(chainId, commitment, gateway), asked.bytes)) return
    const key = heldByKey(commitment, gateway)
    await store.commit([put(key, checkedValue(key, asked.bytes))])
  }

  /** To every reachable gateway that has it not; resolves when each has answered. */
  async function handOut(envelope: SignedEnvelope): Promise<void> {
    const holders = await heldBy(envelope.commitment)
    const missing = reachableGateways(around).filter(
      ({ memberId: gateway }) => !holders.some((holder) => equalBytes(holder, gateway)),
    )
    await Promise.all(missing.map((gateway) => handTo(gateway.memberId, gateway.authorKey, envelope)))
  }

  async function settle(name: string, entry: Pending): Promise<void> {
    const commitment = fromHex(name)
    if (!entry.isCharged && now() - entry.since > PENDING_MS) {
      pending.delete(name)
      return store.commit([del(pendingEnvelopeKey(commitment)), del(envelopeKey(commitment))])
    }
    if (!equalBytes(entry.author, memberId)) return
    const own = await kept(commitment)
    if (own !== null) await handOut(own.envelope)
    const holders = await heldBy(commitment)
    const isWith = ({ memberId: gateway }: { memberId: MemberId }): boolean =>
      equalBytes(gateway, memberId) || holders.some((holder) => equalBytes(holder, gateway))
    if (!entry.isCharged || !gatewaysIn(around).every(isWith)) return
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
      const commitment = commitmentOf(crypto, chainId, document)
      if (commitment === null) throw new StudyFailure({ code: 'document-malformed' })
      const before = await kept(commitment)
      let envelope = before?.envelope ?? null
      if (envelope === null) {
        if (pendingCountOf(memberId) >= PENDING_PER_MEMBER_MAX)
          throw new StudyFailure({ code: 'too-many-waiting' })
        const own = memberIn(around, memberId)
        const recipients = gatewaysIn(around).map((gateway) => ({
          memberId: gateway.memberId,
          key: gateway.gatewayKey!,
        }))
        // A gateway that asks opens its own with its gateway's key.
        if (own !== null && own.gatewayKey === null) recipients.push({ memberId, key: own.custodianKey })
        const about = { commitment, author: memberId, authorSecret: around.authorSecret() }
        envelope = sealEnvelope(crypto, random, chainId, about, recipients, document)
        await save(envelope, document, true)
      }
      await handOut(envelope)
      const holders = await heldBy(commitment)
      return { commitment, heldBy: isGateway(around, memberId) ? [...holders, memberId] : holders }
    },
    heldBy,
    documentHere: async (commitment) => (await kept(commitment))?.document ?? null,
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
      if ((await kept(commitment)) === null) {
        if (!seal.isReady) return 'not-ready'
        if (pendingCountOf(from.memberId) >= PENDING_PER_MEMBER_MAX) return 'too-many'
        if ((await takeIn(envelope, true)) === null) return 'malformed'
      }
      return crypto.ed25519Sign(around.authorSecret(), heldSignBytes(chainId, commitment, memberId))
    },
    async want(from, commitment) {
      const held = await kept(commitment)
      if (held === null) return 'not-here'
      const mayRead = isGateway(around, from.memberId) || equalBytes(held.envelope.author, from.memberId)
      return mayRead ? encodeEnvelope(held.envelope) : 'not-for-you'
    },
    async deliver() {
      for (const [name, entry] of pending) await settle(name, entry)
    },
    async charged(commitment) {
      const name = toHex(commitment)
      const entry = pending.get(name)
      if (entry === undefined || entry.isCharged) return
      if (equalBytes(entry.author, memberId)) {
        const next = { ...entry, isCharged: true }
        pending.set(name, next)
        return store.commit([pendingWrite(commitment, next)])
      }
      pending.delete(name)
      await store.commit([del(pendingEnvelopeKey(commitment))])
    },
  }
}
