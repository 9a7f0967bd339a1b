/**
 * Which gateways say that another answered differently: their signatures for a suspension item, told from gateway to gateway until each
 * has them or the member is named. Whoever is named is accused no more.
 */
import { compareBytes, equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { MemberId } from '../chain/ids.ts'
import { attestationSignBytes, type SuspensionItem } from '../chain/item.ts'
import type { MemberSignature } from '../chain/signature-list.ts'
import { isNamed } from '../chain/state.ts'
import {
  accusationFromCbor,
  accusationToCbor,
  type Accusation,
  type StudyAnswerRefusal,
} from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { accusationKey, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { ask, isGateway, memberIn, nameOf, reachableGateways, type Around } from './around.ts'
import { StudyFailure } from './study-exchange.ts'

export interface Accusations {
  accuse(accused: MemberId, reason: string): Promise<void>
  of(accused: MemberId, reason: string): readonly MemberSignature[]
  listen(take: (accused: MemberId, reason: string) => void): void
  /** From another gateway. */
  takeIn(from: Peer, accusation: Accusation): Promise<Bytes | StudyAnswerRefusal>
  /** Tells whoever was not told yet, and forgets what is settled. */
  tell(): Promise<void>
}

const NOTHING = new Uint8Array(0)
/** Of one gateway: more codes than there are. */
const PER_MEMBER_MAX = 64

export async function openAccusations(store: Store, around: Around): Promise<Accusations> {
  const { crypto, chainId, memberId, ledger } = around
  const known = new Map<string, Accusation>()
  const toldTo = new Set<string>()
  const listeners: ((accused: MemberId, reason: string) => void)[] = []
  for await (const { key, value } of store.scan(rangeOf('z/u'))) {
    const read = readCheckedValue(key, value)
    const accusation = read.kind === 'ok' ? accusationFromCbor(tryDecode(read.content) ?? undefined) : null
    if (accusation !== null) known.set(nameOfAccusation(accusation), accusation)
  }

  function isOver(accused: MemberId): boolean {
    return isNamed(ledger.state.consortium, accused) || memberIn(around, accused) === null
  }

  async function keep(accusation: Accusation): Promise<void> {
    const key = keyOfAccusation(accusation)
    await store.commit([put(key, checkedValue(key, encode(accusationToCbor(accusation))))])
    known.set(nameOfAccusation(accusation), accusation)
    for (const take of listeners) take(accusation.accused, accusation.reason)
  }

  function isTrue(accusation: Accusation): boolean {
    const gateway = memberIn(around, accusation.memberId)
    if (gateway === null || gateway.gatewayKey === null) return false
    const input = attestationSignBytes(chainId, suspensionOf(accusation))
    return crypto.ed25519Verify(gateway.authorKey, input, accusation.signature)
  }

  return {
    async accuse(accused, reason) {
      if (!isGateway(around, memberId)) throw new StudyFailure({ code: 'not-a-gateway' })
      const said = { accused, reason, memberId }
      if (isOver(accused) || known.has(nameOfAccusation(said))) return
      const input = attestationSignBytes(chainId, suspensionOf(said))
      await keep({ ...said, signature: crypto.ed25519Sign(around.authorSecret(), input) })
    },
    of: (accused, reason) =>
      [...known.values()]
        .filter((each) => each.reason === reason && equalBytes(each.accused, accused))
        .map(({ memberId: by, signature }) => ({ memberId: by, signature }))
        .sort((a, b) => compareBytes(a.memberId, b.memberId)),
    listen: (take) => void listeners.push(take),
    async takeIn(from, accusation) {
      if (!isGateway(around, memberId) || !isGateway(around, from.memberId)) return 'not-for-you'
      const { accused, memberId: by } = accusation
      if (!equalBytes(from.memberId, by) || equalBytes(accused, by)) return 'malformed'
      if (known.has(nameOfAccusation(accusation))) return NOTHING
      // Settled here: nothing is to be kept of it.
      if (isOver(accused)) return NOTHING
      const ofMember = [...known.values()].filter((each) => equalBytes(each.memberId, by))
      if (ofMember.length >= PER_MEMBER_MAX) return 'too-many'
      if (!isTrue(accusation)) return 'malformed'
      await keep(accusation)
      return NOTHING
    },
    async tell() {
      for (const [name, accusation] of known) {
        if (isOver(accusation.accused)) {
          known.delete(name)
          for (const told of toldTo) if (told.startsWith(name)) toldTo.delete(told)
          await store.commit([del(keyOfAccusation(accusation))])
          continue
        }
        if (!equalBytes(accusation.memberId, memberId)) continue
        for (const { memberId: gateway } of reachableGateways(around)) {
          const told = `${name}>${toHex(gateway)}`
          if (toldTo.has(told)) continue
          const asked = await ask(around, gateway, { kind: 'accuse', accusation })
          if (asked.kind === 'answer') toldTo.add(told)
        }
      }
    },
  }
}

type Said = Omit<Accusation, 'signature'>

function nameOfAccusation({ accused, reason, memberId }: Said): string {
  return `${nameOf(accused, memberId)}/${reason}`
}

function keyOfAccusation({ accused, reason, memberId }: Said): Bytes {
  return accusationKey(accused, memberId, reason)
}

function suspensionOf({ accused, reason }: Said): SuspensionItem {
  return { kind: 'suspension', memberId: accused, reason, attestations: [] }
}
